import { isIPv4 } from "node:net";
import { isList, type Value } from "../../schema/unknown.js";
import { ArgumentError, type ProviderFunction } from "./function.js";

/** An IPv4 range: its first address as a number, and how many addresses it has. */
interface Range {
  readonly first: number;
  readonly size: number;
}

/** The first range of a length that overlaps none of those in use. */
export const cidrFree: ProviderFunction = {
  name: "cidr_free",
  summary: "The first free range of a VPC",
  description:
    "The first IPv4 range with the given prefix length inside of a VPC's range that overlaps none of the ranges in use: the `cidr` of the next subnet.",
  parameters: [
    { name: "vpc_cidr", type: "string", description: "Range of the VPC, such as `10.0.0.0/16`." },
    { name: "used", type: ["list", "string"], description: "Ranges in use, such as those of its subnets." },
    { name: "prefix", type: "number", description: "Prefix length of the range wanted, such as 24." },
  ],
  returns: "string",
  call([vpc, used, prefix]) {
    const whole = parse(vpc, 0);
    if (typeof prefix !== "number" || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) {
      throw new ArgumentError(
        2,
        `${JSON.stringify(prefix)} is no prefix length: it is a whole number, 0 to 32.`,
      );
    }
    const size = 2 ** (32 - prefix);
    if (size > whole.size) {
      throw new ArgumentError(2, `A range of /${prefix} does not fit into ${JSON.stringify(vpc)}.`);
    }
    const taken = (isList(used ?? null) ? (used as readonly Value[]) : [])
      .map((range) => parse(range, 1))
      .sort((a, b) => a.first - b.first);
    let first = whole.first;
    for (const range of taken) {
      if (range.first >= first + size) break;
      // Ranges start at multiples of their size.
      first = Math.max(first, Math.ceil((range.first + range.size) / size) * size);
    }
    if (first + size > whole.first + whole.size) {
      throw new ArgumentError(1, `No range of /${prefix} is free in ${JSON.stringify(vpc)}.`);
    }
    return `${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".")}/${prefix}`;
  },
};

/** Host bits may be set: the range the address lies in is meant. */
function parse(value: Value | undefined, argument: number): Range {
  const [address = "", length = "", ...rest] = typeof value === "string" ? value.split("/") : [];
  if (!isIPv4(address) || !/^\d{1,2}$/.test(length) || Number(length) > 32 || rest.length > 0) {
    throw new ArgumentError(argument, `${JSON.stringify(value)} is no IPv4 range such as 10.0.0.0/16.`);
  }
  const size = 2 ** (32 - Number(length));
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first: Math.floor(number / size) * size, size };
}

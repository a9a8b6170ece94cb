import { isIPv4, isIPv6 } from "node:net";
import { fail } from "../errors.js";
import { define, defineVariadic, type FunctionDefinition, integer, text } from "./definition.js";

/** An address range: the bits of its first address, and how many of them are the prefix. */
interface Range {
  readonly bits: bigint;
  readonly prefix: number;
  /** 32 or 128. */
  readonly size: number;
}

function parseRange(cidr: string): Range {
  const [address = "", length = "", ...rest] = cidr.split("/");
  const size = isIPv6(address) ? 128 : 32;
  const bits = size === 128 ? parseV6(address) : parseV4(address);
  const prefix = Number(length);
  if (bits === undefined || rest.length > 0 || !/^\d+$/.test(length) || prefix > size) {
    return fail("function", "The text is no address range such as 10.0.0.0/16");
  }
  const host = BigInt(size - prefix);
  return { bits: (bits >> host) << host, prefix, size };
}

/** Leading zeros are read as decimal, as Terraform does. */
function parseV4(address: string): bigint | undefined {
  const plain = address.replace(/(^|\.)0+(?=\d)/g, "$1");
  return isIPv4(plain) ? plain.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) : undefined;
}

function parseV6(address: string): bigint | undefined {
  if (address.includes(".") || address.includes("%")) return undefined;
  const [head = "", tail] = address.split("::");
  const groups = (part: string | undefined): string[] => (part ? part.split(":") : []);
  const [left, right] = [groups(head), groups(tail)];
  const all = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function formatAddress(bits: bigint, size: number): string {
  if (size === 32) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => (bits >> BigInt(112 - 16 * i)) & 0xffffn).map((g) =>
    g.toString(16),
  );
  const full = groups.join(":");
  // RFC 5952: the longest run of two zero groups or more, the first of equals, becomes "::".
  const runs = [...full.matchAll(/\b0(?::0\b)+/g)].map(([run]) => run);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  return longest === "" ? full : full.replace(new RegExp(`(?:^|:)\\b${longest}\\b(?:$|:)`), "::");
}

const formatRange = ({ bits, prefix, size }: Range): string => `${formatAddress(bits, size)}/${prefix}`;

function subnet(cidr: string, newBits: number, number: number): string {
  const { bits, prefix, size } = parseRange(cidr);
  const length = prefix + newBits;
  if (newBits < 0 || length > size) {
    return fail("function", `A prefix of ${prefix} bits cannot be extended by ${newBits}: there are ${size}`);
  }
  if (number < 0 || BigInt(number) >= 1n << BigInt(newBits)) {
    return fail("function", `An extension by ${newBits} bits has no subnet number ${number}`);
  }
  return formatRange({ bits: bits | (BigInt(number) << BigInt(size - length)), prefix: length, size });
}

/** Subnets one after the other, each at the next address that suits its size. */
function subnets(cidr: string, newBits: readonly number[]): string[] {
  const { bits, prefix, size } = parseRange(cidr);
  const end = bits + (1n << BigInt(size - prefix));
  let next = bits;
  return newBits.map((extension) => {
    const length = prefix + extension;
    if (extension < 1 || length > size)
      return fail("function", `A prefix of ${prefix} bits cannot be extended by ${extension}`);
    const step = 1n << BigInt(size - length);
    const start = ((next + step - 1n) / step) * step;
    next = start + step;
    if (next > end) return fail("function", `${cidr} has no room left for a subnet of ${length} bits`);
    return formatRange({ bits: start, prefix: length, size });
  });
}

/** The host of that number; negative numbers count from the end of the range. */
function host(cidr: string, number: number): string {
  const { bits, prefix, size } = parseRange(cidr);
  const count = 1n << BigInt(size - prefix);
  const wanted = BigInt(number);
  if (wanted >= count || -wanted > count)
    return fail("function", `A prefix of ${prefix} bits has no host number ${number}`);
  return formatAddress(bits + (wanted < 0n ? count + wanted : wanted), size);
}

function netmask(cidr: string): string {
  const { prefix, size } = parseRange(cidr);
  if (size === 128) return fail("function", "A range of IPv6 has no netmask");
  return formatAddress(((1n << BigInt(prefix)) - 1n) << BigInt(32 - prefix), 32);
}

export const networkFunctions: readonly FunctionDefinition[] = [
  define("cidrsubnet", [text("prefix"), integer("newbits"), integer("netnum")], subnet),
  defineVariadic("cidrsubnets", [text("prefix")], integer("newbits"), (newBits, cidr) =>
    subnets(cidr, newBits),
  ),
  define("cidrhost", [text("prefix"), integer("hostnum")], host),
  define("cidrnetmask", [text("prefix")], netmask),
];

import { includes, parseCidr, parseIpv4, type Range } from "../cidr.js";
import { codes, Refusal } from "../errors.js";

/** The range of a CIDR in a request or a stored object. */
export function rangeOf(cidr: string): Range {
  const range = parseCidr(cidr);
  if (!range) throw new Refusal(400, codes.cidr, `The CIDR ${cidr} cannot be worked out.`);
  return range;
}

/** Whether the address text lies in the range. */
export function within(range: Range, address: string): boolean {
  const value = parseIpv4(address);
  return value !== undefined && includes(range, value);
}

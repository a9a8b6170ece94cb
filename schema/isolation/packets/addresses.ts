import { isIPv6 } from "node:net";
import { ADDRESSES, type Family, type Interval, type Point } from "./fields.js";

/** Addresses of one family. */
export interface Addresses {
  readonly family: Family;
  readonly interval: Interval;
}

/** The addresses of `10.0.0.1`, `10.0.0.0/16`, `2001:db8::1` or `2001:db8::/32`: host bits do not count. */
export function parseAddresses(text: string): Addresses | undefined {
  const slash = text.indexOf("/");
  const [base, length] = slash < 0 ? [text, undefined] : [text.slice(0, slash), text.slice(slash + 1)];
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  return base.includes(":")
    ? ipv6Range(parseIpv6(base), Number(length ?? 128))
    : ipv4Range(parseIpv4(base), Number(length ?? 32));
}

function ipv4Range(address: number | undefined, prefix: number): Addresses | undefined {
  if (address === undefined || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const first = Math.floor(address / size) * size;
  return { family: 4, interval: [first, first + size - 1] };
}

function ipv6Range(address: bigint | undefined, prefix: number): Addresses | undefined {
  if (address === undefined || prefix > 128) return undefined;
  const size = 1n << BigInt(128 - prefix);
  const first = (address / size) * size;
  return { family: 6, interval: [first, first + size - 1n] };
}

function parseIpv4(text: string): number | undefined {
  let address = 0;
  let parts = 0;
  let part = 0;
  let digits = 0;
  for (let i = 0; i <= text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) {
      part = part * 10 + digit;
      if (++digits > 3) return undefined;
    } else {
      if (digits === 0 || part > 255 || (i < text.length && text[i] !== ".")) return undefined;
      address = address * 256 + part;
      parts++;
      part = 0;
      digits = 0;
    }
  }
  return parts === 4 ? address : undefined;
}

function parseIpv6(text: string): bigint | undefined {
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const dotted = /(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = parseIpv4(dotted?.[2] ?? "") ?? 0;
  const written = dotted
    ? `${dotted[1] ?? ""}${Math.floor(tail / 65_536).toString(16)}:${(tail % 65_536).toString(16)}`
    : text;
  const [head = "", rest] = written.split("::");
  const words = (part: string | undefined) => (part ? part.split(":") : []);
  const [before, after] = [words(head), words(rest)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].reduce((sum, word) => sum * 65_536n + BigInt(`0x${word}`), 0n);
}

export function formatAddress(family: Family, point: Point): string {
  if (family === 4) return [24, 16, 8, 0].map((shift) => (Number(point) >>> shift) & 255).join(".");
  const value = BigInt(point);
  const words = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 65_535n).toString(16));
  const runs = [...words.join(":").matchAll(/(^|:)0(:0)+(?=:|$)/g)];
  const longest = runs.toSorted((a, b) => b[0].length - a[0].length)[0];
  if (longest === undefined) return words.join(":");
  const text = words.join(":");
  return `${text.slice(0, longest.index)}::${text.slice(longest.index + longest[0].length + 1)}`;
}

/** `10.0.0.0/16`, `10.0.0.1`, or `10.0.0.1-10.0.0.9` where it is no prefix. */
export function formatAddresses({ family, interval: [first, last] }: Addresses): string {
  if (first === last) return formatAddress(family, first);
  const size = BigInt(last) - BigInt(first) + 1n;
  const bits = size.toString(2).length - 1;
  if (size === 1n << BigInt(bits) && BigInt(first) % size === 0n)
    return `${formatAddress(family, first)}/${(family === 4 ? 32 : 128) - bits}`;
  return `${formatAddress(family, first)}-${formatAddress(family, last)}`;
}

const range = (first: string, last: string): Addresses => ({
  family: first.includes(":") ? 6 : 4,
  interval: [parseAddresses(first)?.interval[0] ?? 0, parseAddresses(last)?.interval[1] ?? 0],
});

/**
 * Addresses of the internet: IPv4 without the private ranges of RFC 1918; of IPv6 global unicast. The first range has
 * those that examples are made of.
 */
export const INTERNET: readonly Addresses[] = [
  range("192.169.0.0", "255.255.255.255"),
  range("0.0.0.0", "9.255.255.255"),
  range("11.0.0.0", "172.15.255.255"),
  range("172.32.0.0", "192.167.255.255"),
  range("2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
];

/** The addresses that are in both. */
export function overlap(a: Addresses, b: Addresses): Addresses | undefined {
  if (a.family !== b.family) return undefined;
  const first = a.interval[0] > b.interval[0] ? a.interval[0] : b.interval[0];
  const last = a.interval[1] < b.interval[1] ? a.interval[1] : b.interval[1];
  return first <= last ? { family: a.family, interval: [first, last] } : undefined;
}

export const anyAddress = (family: Family): Addresses => ({ family, interval: ADDRESSES[family] });

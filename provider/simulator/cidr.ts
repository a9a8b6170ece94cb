/** An IPv4 range: first and last address as numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** The address as a number, or undefined when the text is no dotted IPv4 address. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** The range of a CIDR; undefined when malformed or when host bits are set and `exact` is asked for. */
export function parseCidr(text: string, exact = true): Range | undefined {
  const [address = "", length = "32", ...rest] = text.split("/");
  const value = parseIpv4(address);
  if (value === undefined || rest.length > 0 || !/^\d{1,2}$/.test(length) || Number(length) > 32)
    return undefined;
  const size = 2 ** (32 - Number(length));
  const first = value - (value % size);
  if (exact && first !== value) return undefined;
  return { first, last: first + size - 1, prefix: Number(length) };
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function includes(range: Range, address: number): boolean {
  return range.first <= address && address <= range.last;
}

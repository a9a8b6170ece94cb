/** An IPv4 range: its first and last address as numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** A dotted IPv4 address as a number; undefined when it is none (`010.0.0.1` and `10.1` are none). */
function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  if (!parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((address, part) => address * 256 + Number(part), 0);
}

const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

/** The range that `a.b.c.d/n` lies in: host bits do not count, as in a published sample of the API. */
export function parseRange(text: string): Range | undefined {
  const [, base, length] = /^([\d.]+)\/(\d|[12]\d|3[0-2])$/.exec(text) ?? [];
  const address = parseAddress(base ?? "");
  if (address === undefined) return undefined;
  const size = 2 ** (32 - Number(length));
  const first = address - (address % size);
  return { first, last: first + size - 1 };
}

export const formatRange = (range: Range): string =>
  `${formatAddress(range.first)}/${32 - Math.log2(sizeOf(range))}`;

export const sizeOf = (range: Range): number => range.last - range.first + 1;

export const contains = (outer: Range, inner: Range): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

export const overlaps = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last;

/** The first aligned range of that size in `outer` which overlaps nothing of `taken`. */
export function freeRange(outer: Range, size: number, taken: readonly Range[]): Range | undefined {
  let first = outer.first;
  for (const range of taken.toSorted((a, b) => a.first - b.first)) {
    if (range.first > first + size - 1) break;
    if (range.last >= first) first = Math.ceil((range.last + 1) / size) * size;
  }
  return first + size - 1 <= outer.last ? { first, last: first + size - 1 } : undefined;
}

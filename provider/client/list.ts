import type { ListStyle } from "./paging.js";

/** One page: its items, and the total when the answer tells. */
export interface Page {
  readonly items: readonly unknown[];
  readonly total: number | undefined;
}
export type PageQuery = Readonly<Record<string, number | string>>;

/** All items, or why there is no telling: the list needs more pages than allowed, or it changed while it was read. */
export type Listing = { readonly items: unknown[] } | "too-long" | "unsteady";

/**
 * Reads a list to its end. The first page tells how many there are; the others are fetched side by side.
 *
 * Pages are cut by what the first answer holds, not by what was asked for: a cloud may cap the limit. Items are told
 * apart by identity, and while fewer are known than the total says, one more page is asked for: that covers servers
 * whose page 1 is their page 0 (BEHAVIOUR section 6).
 */
export async function readAll(
  style: ListStyle,
  fetchPage: (query: PageQuery) => Promise<Page | "unsteady">,
  maxPages = Infinity,
): Promise<Listing> {
  const found = new Map<unknown, unknown>();
  const fetchNumber = async (number: number, size: number, after?: unknown): Promise<Page | "unsteady"> => {
    const page = await fetchPage(pageQuery(style, number, size, after));
    if (page === "unsteady") return page;
    for (const item of page.items) found.set(identity(item), item);
    return page;
  };
  const first = await fetchNumber(0, 0);
  if (first === "unsteady") return first;
  const size = first.items.length;
  const isSteady = (page: Page | "unsteady"): page is Page =>
    page !== "unsteady" && page.total === first.total;
  let last = first;
  let pages = 1;
  if (first.total !== undefined && size > 0) {
    pages = Math.max(1, Math.ceil(first.total / size));
    if (pages > maxPages) return "too-long";
    const rest = await Promise.all(Array.from({ length: pages - 1 }, (_, i) => fetchNumber(i + 1, size)));
    if (!rest.every(isSteady)) return "unsteady";
    last = rest.at(-1) ?? first;
  }
  while (!isLast(style, last, found.size)) {
    if (pages >= maxPages) return "too-long";
    const known = found.size;
    const next = await fetchNumber(pages++, size, last.items.at(-1));
    if (!isSteady(next) || (next.items.length > 0 && found.size === known)) return "unsteady";
    last = next;
  }
  return { items: [...found.values()] };
}

function isLast(style: ListStyle, page: Page, found: number): boolean {
  if (page.items.length === 0 || style.style === "none") return true;
  return page.total === undefined ? page.items.length < (style.limit ?? Infinity) : found >= page.total;
}

/** `size` is what one page really holds, `after` the last item seen. */
function pageQuery(style: ListStyle, number: number, size: number, after: unknown): PageQuery {
  const limit = style.limit === undefined ? {} : { limit: style.limit };
  switch (style.style) {
    case "none":
      return {};
    case "offset":
      return { ...limit, offset: number * size };
    case "page":
      return { ...limit, offset: number + (style.first ?? 0) };
    case "marker":
      return after === undefined ? limit : { ...limit, marker: String(identity(after)) };
  }
}

/** The id of an item; items without one are told apart as objects. */
function identity(item: unknown): unknown {
  return typeof item === "object" && item !== null && "id" in item && typeof item.id === "string"
    ? item.id
    : item;
}

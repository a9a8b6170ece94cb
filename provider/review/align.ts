import { equalValues, isObject, type Value } from "../../schema/unknown.js";

/** One step from an old list to a new one; undefined on the side that lacks the item. */
export interface ItemChange {
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** Beyond this many comparisons a list is shown as replaced as a whole. */
const MOST_COMPARISONS = 1_000_000;

/** What was taken out of a list, put in, and kept (both sides equal), in the order to show it. */
export function alignLists(
  before: readonly Value[],
  after: readonly Value[],
  ordered: boolean,
): ItemChange[] {
  return pairObjects(ordered ? alignOrdered(before, after) : alignUnordered(before, after));
}

function alignUnordered(before: readonly Value[], after: readonly Value[]): ItemChange[] {
  const added = [...after];
  const result: ItemChange[] = [];
  for (const item of before) {
    const index = added.findIndex((other) => equalValues(item, other));
    result.push({ before: item, after: index === -1 ? undefined : added.splice(index, 1)[0] });
  }
  return [...result, ...added.map((item) => ({ before: undefined, after: item }))];
}

/** The longest common subsequence is kept. */
function alignOrdered(before: readonly Value[], after: readonly Value[]): ItemChange[] {
  const result: ItemChange[] = [];
  const common = before.length * after.length > MOST_COMPARISONS ? [] : commonLengths(before, after);
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const [a, b] = [before[i], after[j]];
    if (a !== undefined && b !== undefined && common.length > 0 && equalValues(a, b)) {
      result.push({ before: a, after: b });
      i++;
      j++;
    } else if (a !== undefined && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0)) {
      result.push({ before: a, after: undefined });
      i++;
    } else {
      result.push({ before: undefined, after: b });
      j++;
    }
  }
  return result;
}

/** `[i][j]`: length of the longest common subsequence of `before` from i on and `after` from j on. */
function commonLengths(before: readonly Value[], after: readonly Value[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    const row = table[i] ?? [];
    const below = table[i + 1] ?? [];
    for (let j = after.length - 1; j >= 0; j--) {
      row[j] = equalValues(before[i] ?? null, after[j] ?? null)
        ? 1 + (below[j + 1] ?? 0)
        : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

/** Objects taken out and put in between the same kept items are shown as changed, first with first. */
function pairObjects(changes: readonly ItemChange[]): ItemChange[] {
  const result: ItemChange[] = [];
  let removed: Value[] = [];
  let added: Value[] = [];
  const flush = () => {
    const pairs =
      removed.every(isObject) && added.every(isObject) ? Math.min(removed.length, added.length) : 0;
    for (let i = 0; i < pairs; i++) result.push({ before: removed[i], after: added[i] });
    for (const before of removed.slice(pairs)) result.push({ before, after: undefined });
    for (const after of added.slice(pairs)) result.push({ before: undefined, after });
    removed = [];
    added = [];
  };
  for (const { before, after } of changes) {
    if (before !== undefined && after !== undefined) {
      flush();
      result.push({ before, after });
    } else if (before !== undefined) removed.push(before);
    else if (after !== undefined) added.push(after);
  }
  flush();
  return result;
}

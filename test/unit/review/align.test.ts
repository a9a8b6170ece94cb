import { expect, it } from "vitest";
import { alignLists } from "../../../provider/review/align.js";
import { columns, wrap } from "../../../provider/review/text.js";

/** `a-` taken out, `a+` put in, `a` kept, `a~b` changed. */
const show = (
  before: readonly (string | object)[],
  after: readonly (string | object)[],
  ordered = true,
): string =>
  alignLists(before as never, after as never, ordered)
    .map(({ before: b, after: a }) => {
      const [old, next] = [b, a].map((item) =>
        item === undefined ? undefined : JSON.stringify(item).replaceAll('"', ""),
      );
      if (old === undefined) return `${next!}+`;
      if (next === undefined) return `${old}-`;
      return old === next ? old : `${old}~${next}`;
    })
    .join(" ");

it.each([
  ["nothing", [], [], ""],
  ["equal", ["a", "b"], ["a", "b"], "a b"],
  ["put in between", ["a", "c"], ["a", "b", "c"], "a b+ c"],
  ["taken out at the start", ["a", "b"], ["b"], "a- b"],
  ["replaced", ["a"], ["b"], "a- b+"],
  ["moved", ["a", "b", "c"], ["c", "a", "b"], "c+ a b c-"],
  ["repeated", ["a"], ["a", "a"], "a a+"],
  ["objects change in place", [{ n: 1 }, { n: 2 }], [{ n: 1 }, { n: 3 }], "{n:1} {n:2}~{n:3}"],
  ["more objects than before", [{ n: 1 }], [{ n: 2 }, { n: 3 }], "{n:1}~{n:2} {n:3}+"],
])("ordered: %s", (_name, before, after, expected) => expect(show(before, after)).toBe(expected));

it.each([
  ["moved", ["a", "b"], ["b", "a"], "a b"],
  ["repeated", ["a", "a"], ["a"], "a a-"],
  ["exchanged", ["a", "b"], ["c", "a"], "a b- c+"],
])("unordered: %s", (_name, before, after, expected) => expect(show(before, after, false)).toBe(expected));

it("shows very long lists as replaced instead of comparing them for minutes", () => {
  const long = (prefix: string) => Array.from({ length: 2000 }, (_, i) => `${prefix}${i}`);
  expect(alignLists(long("a"), long("b"), true)).toHaveLength(4000);
});

it.each([
  ["words", "one two three", 7, ["one two", "three"]],
  [
    "a word longer than the line",
    "see https://example.com/long now",
    10,
    ["see", "https://example.com/long", "now"],
  ],
  ["paragraphs", "a b\n\n  c d", 5, ["a b", "", "  c d"]],
  ["wide characters", "广州 西安 北京", 9, ["广州 西安", "北京"]],
])("wraps %s", (_name, text, width, expected) => expect(wrap(text, width)).toEqual(expected));

it("counts a Chinese character as two columns", () => expect(columns("a广州")).toBe(5));

import type { Value } from "../../../../schema/unknown.js";
import { harmonise, identity, isSet, makeSet } from "../convert.js";
import { fail } from "../errors.js";
import { define, defineVariadic, type FunctionDefinition, list, openList } from "./definition.js";

type Values = readonly Value[];

/** Sets of one type of element, so that their elements can be compared. */
function alike(sets: readonly Values[]): readonly ReadonlyMap<string, Value>[] {
  const all = harmonise(sets.flat()) ?? fail("type", "The elements of the sets must have one type");
  let start = 0;
  return sets.map((set) => {
    const items = all.slice(start, (start += set.length));
    return new Map(items.map((item) => [identity(item), item]));
  });
}

function intersect(sets: readonly Values[]): Value {
  const [first, ...others] = alike(sets);
  return makeSet(
    [...(first ?? [])].filter(([key]) => others.every((other) => other.has(key))).map(([, item]) => item),
  );
}

function subtract(from: Values, what: Values): Value {
  const [a = new Map<string, Value>(), b = new Map<string, Value>()] = alike([from, what]);
  return makeSet([...a].filter(([key]) => !b.has(key)).map(([, item]) => item));
}

function product(sets: readonly Values[]): Value {
  if (sets.length < 2) return fail("function", "setproduct() needs two sets or more");
  const rows = sets.reduce<readonly Values[]>(
    (left, set) => left.flatMap((row) => set.map((item) => [...row, item])),
    [[]],
  );
  return sets.every(isSet) ? makeSet(rows) : rows;
}

/** Elements may be unknown; marks count for the whole set, as those of a set's elements do in Terraform. */
const openSet = { ...list("sets"), elementsUnknown: true } as const;

export const setFunctions: readonly FunctionDefinition[] = [
  defineVariadic("setunion", [], openSet, (sets) => makeSet(sets.flat())),
  defineVariadic("setintersection", [list("first_set")], list("other_sets"), (others, first) =>
    intersect([first, ...others]),
  ),
  define("setsubtract", [list("a"), list("b")], subtract),
  defineVariadic("setproduct", [], openList("sets"), product),
];

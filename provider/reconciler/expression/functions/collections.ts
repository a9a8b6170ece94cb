import {
  isList,
  isObject,
  isUnknown,
  isWhollyKnown,
  type ObjectValue,
  type Value,
} from "../../../../schema/unknown.js";
import { compareText, harmonise, isSet, sortedEntries, toBool, toText, typeName } from "../convert.js";
import { fail } from "../errors.js";
import { type Bare, derive, holdsSensitive, sealIf } from "../marks.js";
import { compare } from "../operators.js";
import {
  any,
  define,
  defineVariadic,
  type FunctionDefinition,
  integer,
  list,
  nullable,
  number,
  open,
  openList,
  openObject,
  optional,
  text,
  texts,
} from "./definition.js";
import { graphemes } from "./strings.js";

function length(value: Bare): Value {
  if (typeof value === "string") return graphemes(value).length;
  if (isObject(value)) return Object.keys(value).length;
  if (!isList(value))
    return fail("type", `length() needs a list, an object or a string, not ${typeName(value)}`);
  // Elements of a set that are not known yet may turn out to be equal.
  return isSet(value) && value.length > 1 && !isWhollyKnown(value) ? derive(value) : value.length;
}

function element(values: readonly Value[], index: number): Value {
  if (values.length === 0) return fail("index", "element() was given an empty list");
  if (index < 0) return fail("index", "The index given to element() is negative");
  return values[index % values.length] ?? null;
}

function lookup(object: ObjectValue, key: string, fallback: Value | undefined): Value {
  const value = Object.hasOwn(object, key) ? object[key] : fallback;
  return value === undefined ? fail("index", "lookup() finds no such key, and was given no default") : value;
}

function flatten(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (isList(value) ? flatten(value) : [value]));
}

const sameType = (name: string, values: readonly Value[]): readonly Value[] =>
  harmonise(values) ?? fail("type", `The elements given to ${name}() must have one type`);

/** Whether one of the values equals the wanted one: undecided while an unknown might. */
function contains(values: readonly Value[], wanted: Bare): Value {
  const results = values.map((value) => compare(value, wanted));
  const found = results.includes(true) || (results.includes(undefined) ? derive(values, wanted) : false);
  return sealIf(values.some(holdsSensitive), found);
}

export function distinct(values: readonly Value[]): Value[] {
  const result: Value[] = [];
  for (const value of values) if (!result.some((other) => compare(other, value) === true)) result.push(value);
  return result;
}

function slice(values: readonly Value[], start: number, end: number): Value {
  if (start < 0 || start > end || end > values.length) {
    return fail("index", `slice() from ${start} to ${end} does not fit a list of ${values.length} elements`);
  }
  return values.slice(start, end);
}

function zipmap(keys: readonly string[], values: readonly Value[]): Value {
  if (keys.length !== values.length) {
    return fail("function", `zipmap() was given ${keys.length} keys and ${values.length} values`);
  }
  return Object.fromEntries(keys.map((key, i) => [key, values[i] ?? null]));
}

/** Longest list that range() makes, as in Terraform. */
const RANGE_LIMIT = 1024;

function range(...args: readonly (number | undefined)[]): Value {
  const [a, b, c] = args;
  const [start, limit] = b === undefined ? [0, a ?? 0] : [a ?? 0, b];
  const step = c ?? (limit < start ? -1 : 1);
  if (step === 0) return fail("function", "The step of range() is zero");
  if (limit < start !== step < 0 && limit !== start)
    return fail("function", "The step of range() leads away from its limit");
  const count = Math.max(0, Math.ceil((limit - start) / step));
  if (count > RANGE_LIMIT) return fail("function", `range() makes no more than ${RANGE_LIMIT} elements`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}

function coalesce(values: readonly Bare[]): Value {
  const candidates = sameType("coalesce", values) as readonly Bare[];
  for (const [i, value] of candidates.entries()) {
    if (isUnknown(value) && i < candidates.length - 1) return derive(...candidates.slice(i));
    if (value !== null && value !== "") return value;
  }
  return fail("function", "All arguments of coalesce() are null or empty");
}

function coalesceList(lists: readonly (readonly Value[])[]): Value {
  const found = lists.find((one) => one.length > 0);
  return found
    ? sealIf(lists.some(holdsSensitive), found)
    : fail("function", "All lists given to coalescelist() are empty");
}

function chunk(values: readonly Value[], size: number): Value {
  if (size < 0) return fail("function", "The size given to chunklist() is negative");
  if (size === 0) return [values];
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    values.slice(i * size, (i + 1) * size),
  );
}

function one(values: readonly Value[]): Value {
  if (values.length > 1)
    return fail("function", `one() was given ${values.length} elements: it takes none or one`);
  return values[0] ?? null;
}

function transpose(object: Bare): Value {
  if (!isObject(object)) return fail("type", `transpose() needs a map of lists, not ${typeName(object)}`);
  const result = new Map<string, string[]>();
  for (const [key, items] of sortedEntries(object)) {
    if (!isList(items)) return fail("type", "transpose() needs a map of lists");
    for (const item of items) {
      const name = toText(item as Bare);
      result.set(name, [...(result.get(name) ?? []), key].sort(compareText));
    }
  }
  return Object.fromEntries(result);
}

/** `decisive` decides at once, whatever else is in the list; otherwise an unknown leaves it undecided. */
function quantify(values: readonly Value[], decisive: boolean): Value {
  const read = values.map((value) =>
    isUnknown(value) ? undefined : value === null ? false : toBool(value as Bare),
  );
  if (read.includes(decisive)) return decisive;
  return read.includes(undefined) ? derive(values) : !decisive;
}

function matchKeys(values: readonly Value[], keys: readonly Value[], wanted: readonly Value[]): Value {
  if (values.length !== keys.length)
    return fail("function", "The lists of values and keys of matchkeys() differ in length");
  return values.filter((_, i) => wanted.some((one) => compare(one, keys[i] ?? null) === true));
}

function merge(objects: readonly (ObjectValue | null)[]): Value {
  return Object.fromEntries(objects.flatMap((object) => Object.entries(object ?? {})));
}

/** A list of which elements may be unknown, read without their marks. */
const bools = { ...list("list"), elementsUnknown: true } as const;

export const collectionFunctions: readonly FunctionDefinition[] = [
  define("length", [open("value")], length),
  define("element", [openList("list"), integer("index")], element),
  define("lookup", [openObject("inputMap"), text("key"), optional(nullable(open("default")))], lookup),
  defineVariadic("merge", [], nullable(openObject("maps")), merge),
  defineVariadic("concat", [], openList("lists"), (lists) => lists.flat()),
  define("flatten", [{ ...list("list"), elementsMarked: true }], flatten),
  define("keys", [openObject("inputMap")], (object) => Object.keys(object).sort(compareText)),
  define("values", [openObject("mapping")], (object) => sortedEntries(object).map(([, value]) => value)),
  define("contains", [openList("list"), any("value")], contains),
  define("distinct", [list("list")], (values) => distinct(sameType("distinct", values))),
  define("slice", [openList("list"), integer("start"), integer("end")], slice),
  define("sort", [texts("list")], (values) => [...values].sort(compareText)),
  define("reverse", [openList("list")], (values) => [...values].reverse()),
  define("zipmap", [texts("keys"), openList("values")], zipmap),
  define("range", [number("start"), optional(number("limit")), optional(number("step"))], range),
  define("index", [list("list"), any("value")], (values, wanted) => {
    const found = values.findIndex((value) => compare(value, wanted) === true);
    return found < 0 ? fail("function", "index() finds no such element in the list") : found;
  }),
  defineVariadic("coalesce", [], { ...nullable(open("values")), unknown: true }, (values) =>
    coalesce(values),
  ),
  defineVariadic("coalescelist", [], openList("lists"), coalesceList),
  define("compact", [list("list")], (values) =>
    values.filter((value) => value !== null && value !== "").map((value) => toText(value as Bare)),
  ),
  define("chunklist", [openList("list"), integer("size")], chunk),
  define("one", [openList("list")], one),
  define("transpose", [any("values")], transpose),
  define("alltrue", [bools], (values) => quantify(values, false)),
  define("anytrue", [bools], (values) => quantify(values, true)),
  define("matchkeys", [list("values"), list("keys"), list("searchset")], matchKeys),
];

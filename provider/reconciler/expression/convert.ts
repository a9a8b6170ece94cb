import {
  isList,
  isObject,
  isUnknown,
  mapObject,
  type ObjectValue,
  Sensitive,
  type Value,
} from "../../../schema/unknown.js";
import { fail } from "./errors.js";
import { type Bare, seal } from "./marks.js";

/**
 * The type of a value, as far as conversions need it. Values do not tell lists from tuples and maps from objects, so
 * every array is taken for a tuple and every object for an object until something demands one type for all elements.
 */
type Type =
  | "any"
  | "bool"
  | "number"
  | "string"
  | { readonly tuple: readonly Type[] }
  | { readonly list: Type }
  | { readonly object: Readonly<Record<string, Type>> }
  | { readonly map: Type };

export function typeOf(value: Value): Type {
  if (value === null || isUnknown(value)) return "any";
  if (value instanceof Sensitive) return typeOf(value.value);
  if (isList(value)) return { tuple: value.map(typeOf) };
  if (isObject(value)) {
    return { object: Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typeOf(item)])) };
  }
  return typeof value === "boolean" ? "bool" : typeof value === "number" ? "number" : "string";
}

/** The name of a value's type, for messages. */
export function typeName(value: Value): string {
  if (value === null) return "null";
  if (isUnknown(value)) return "a value known after apply";
  if (value instanceof Sensitive) return typeName(value.value);
  if (isList(value)) return isSet(value) ? "a set" : "a list";
  if (isObject(value)) return "an object";
  return { boolean: "a bool", number: "a number", string: "a string" }[
    typeof value as "boolean" | "number" | "string"
  ];
}

/** The one type that values of all these types can be converted to, by Terraform's rules; undefined without one. */
export function unify(types: readonly Type[]): Type | undefined {
  const known = types.filter((type) => type !== "any");
  const [first] = known;
  if (first === undefined) return "any";
  if (known.length === 1) return first;
  if (known.every((type) => typeof type === "string")) {
    if (known.every((type) => type === first)) return first;
    return known.includes("string") ? "string" : undefined;
  }
  if (known.every(isSequence)) return unifySequences(known);
  return known.every(isMapping) ? unifyMappings(known) : undefined;
}

type Sequence = Extract<Type, { tuple: unknown } | { list: unknown }>;
type Mapping = Extract<Type, { object: unknown } | { map: unknown }>;
const isSequence = (type: Type): type is Sequence =>
  typeof type !== "string" && ("tuple" in type || "list" in type);
const isMapping = (type: Type): type is Mapping =>
  typeof type !== "string" && ("object" in type || "map" in type);

function unifySequences(types: readonly Sequence[]): Type | undefined {
  const tuples = types
    .map((type) => ("tuple" in type ? type.tuple : undefined))
    .filter((tuple) => tuple !== undefined);
  const length = tuples[0]?.length;
  if (
    length !== undefined &&
    tuples.length === types.length &&
    tuples.every((tuple) => tuple.length === length)
  ) {
    const items = Array.from({ length }, (_, i) => unify(tuples.map((tuple) => tuple[i] ?? "any")));
    return items.every((item) => item !== undefined) ? { tuple: items } : undefined;
  }
  const item = unify(types.flatMap((type) => ("tuple" in type ? type.tuple : [type.list])));
  return item && { list: item };
}

function unifyMappings(types: readonly Mapping[]): Type | undefined {
  const objects = types
    .map((type) => ("object" in type ? type.object : undefined))
    .filter((object) => object !== undefined);
  const keys = Object.keys(objects[0] ?? {});
  const alike = (object: Readonly<Record<string, Type>>): boolean =>
    Object.keys(object).length === keys.length && keys.every((key) => Object.hasOwn(object, key));
  if (objects.length === types.length && objects.every(alike)) {
    const entries = keys.map((key) => [key, unify(objects.map((object) => object[key] ?? "any"))] as const);
    return entries.every((entry): entry is readonly [string, Type] => entry[1] !== undefined)
      ? { object: Object.fromEntries(entries) }
      : undefined;
  }
  const item = unify(types.flatMap((type) => ("object" in type ? Object.values(type.object) : [type.map])));
  return item && { map: item };
}

/** Converts to a type found by {@link unify}. What needs no change is returned as it is, unknowns in any case. */
export function convert(value: Value, type: Type): Value {
  if (value === null || isUnknown(value) || type === "any") return value;
  if (value instanceof Sensitive) {
    const inner = convert(value.value, type);
    return inner === value.value ? value : seal(inner);
  }
  if (type === "string") return toText(value);
  if (typeof type === "string") return value;
  if (isList(value)) {
    const items = value.map((item, i) =>
      convert(item, "tuple" in type ? (type.tuple[i] ?? "any") : "list" in type ? type.list : "any"),
    );
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isObject(value)) return value;
  const result = mapObject(value, (item, key) =>
    convert(item, "object" in type ? (type.object[key] ?? "any") : "map" in type ? type.map : "any"),
  );
  return Object.keys(value).every((key) => result[key] === value[key]) ? value : result;
}

/** Gives all values one type, as the elements of a list or map have; undefined where there is no such type. */
export function harmonise(values: readonly Value[]): readonly Value[] | undefined {
  const types = values.map(typeOf);
  const [first] = types;
  if (typeof first === "string" && types.every((type) => type === first)) return values;
  const type = unify(types);
  if (type === undefined) return undefined;
  const items = values.map((value) => convert(value, type));
  return items.every((item, i) => item === values[i]) ? values : items;
}

export function toText(value: Bare): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean") return String(value);
  return fail("type", `A string is needed here, not ${typeName(value)}`);
}

export function toNumber(value: Bare): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value))
    return Number(value);
  return fail("type", `A number is needed here, not ${typeName(value)}${hintNumber(value)}`);
}

const hintNumber = (value: Bare): string => (typeof value === "string" ? " that is no decimal number" : "");

export function toBool(value: Bare): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  return fail(
    "type",
    `A bool is needed here, not ${typeName(value)}${typeof value === "string" ? ' other than "true" or "false"' : ""}`,
  );
}

/** Decimal digits without an exponent, as Terraform writes numbers. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return fail("type", "A number that is infinite cannot be written");
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value));
  if (!match) return Object.is(value, -0) ? "0" : String(value);
  const [, sign = "", first = "", fraction = "", power = ""] = match;
  const digits = first + fraction;
  const exponent = Number(power);
  return exponent < 0
    ? `${sign}0.${"0".repeat(-exponent - 1)}${digits}`
    : sign + digits.padEnd(exponent + 1, "0");
}

/** Orders texts by code points, as Terraform orders keys; UTF-16 order differs beyond the basic plane only. */
export function compareText(a: string, b: string): number {
  if (/[\ud800-\udfff]/.test(a + b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Entries in the order in which Terraform walks objects and maps. */
export const sortedEntries = (object: ObjectValue): [string, Value][] =>
  Object.entries(object).sort(([a], [b]) => compareText(a, b));

const sets = new WeakSet<readonly Value[]>();

/**
 * Makes a set of values: an array without repetitions, in order, of one type. It is remembered to be a set as long as
 * the array itself is passed on, so that it cannot be indexed and `for k, v` gives each value twice. Unknown elements
 * stay as they are, behind the known ones.
 */
export function makeSet(values: readonly Value[]): readonly Value[] {
  const items = harmonise(values) ?? fail("type", "The elements of a set must have one type");
  const distinct = new Map<unknown, Value>();
  for (const item of items) distinct.set(isUnknown(item) ? item : identity(item), item);
  const set = [...distinct.values()].sort(compareElements);
  sets.add(set);
  return set;
}

export const isSet = (value: readonly Value[]): boolean => sets.has(value);

/** A text that is the same for equal values, and for unknowns never. */
const unknownIds = new WeakMap<object, number>();
let unknownCount = 0;
export function identity(value: Value): string {
  if (isUnknown(value)) {
    const id = unknownIds.get(value) ?? ++unknownCount;
    unknownIds.set(value, id);
    return `?${id}`;
  }
  if (value instanceof Sensitive) return identity(value.value);
  if (isList(value)) return `[${value.map(identity).join(",")}]`;
  if (isObject(value)) {
    return `{${sortedEntries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${identity(item)}`)
      .join(",")}}`;
  }
  return JSON.stringify(value);
}

function compareElements(a: Value, b: Value): number {
  if (isUnknown(a) || isUnknown(b)) return Number(isUnknown(a)) - Number(isUnknown(b));
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  return compareText(identity(a), identity(b));
}

import { isList, isObject, isUnknown, mapObject, Sensitive, type Value } from "../../../../schema/unknown.js";
import { harmonise, isSet, makeSet, toBool, toNumber, toText, typeName } from "../convert.js";
import { EvaluationError, fail } from "../errors.js";
import { type Bare, derive, isUncertain, seal } from "../marks.js";
import { any, define, defineLazy, type FunctionDefinition, open, type Parameter } from "./definition.js";

/** Conversions leave null and what is unknown as they are. */
const scalar = (name: string, read: (value: Bare) => Value): FunctionDefinition =>
  define(name, [any("v")], (value) => (value === null ? null : read(value)));

const collection = (parameter: Parameter<Bare>): Parameter<Bare> => ({ ...parameter, nullable: true });

/** Lists and sets, and maps and objects, are the same data: an unknown one stays the same unknown. */
const passed: Parameter<Bare> = { ...collection(open("v")), unknown: true };

function toList(value: Bare): Value {
  if (value === null || isUnknown(value)) return value;
  if (!isList(value)) return fail("type", `tolist() needs a list or set, not ${typeName(value)}`);
  const items = harmonise(value) ?? fail("type", "The elements of a list must have one type");
  return isSet(items) ? [...items] : items;
}

function toSet(value: Bare): Value {
  if (value === null) return null;
  return isList(value) ? makeSet(value) : fail("type", `toset() needs a list or set, not ${typeName(value)}`);
}

function toMap(value: Bare): Value {
  if (value === null || isUnknown(value)) return value;
  if (!isObject(value)) return fail("type", `tomap() needs an object, not ${typeName(value)}`);
  const keys = Object.keys(value);
  const items = harmonise(Object.values(value)) ?? fail("type", "The elements of a map must have one type");
  const converted = new Map(keys.map((key, i) => [key, items[i] ?? null]));
  return mapObject(value, (_, key) => converted.get(key) ?? null);
}

/** What an argument evaluates to, or the error; a reference to nothing is an error of the whole expression. */
function attempt(arg: () => Value): { value: Value } | { error: EvaluationError } {
  try {
    return { value: arg() };
  } catch (error) {
    if (error instanceof EvaluationError && error.kind !== "undeclared" && error.kind !== "unsupported")
      return { error };
    throw error;
  }
}

/**
 * The first argument that has a value. One that rests on a step into, or a computation with, an unknown may still
 * fail when that is known, so the result is then unknown.
 */
function tryEach(args: readonly (() => Value)[]): Value {
  if (args.length === 0) return fail("function", "try() needs an argument or more");
  const errors: string[] = [];
  for (const arg of args) {
    const result = attempt(arg);
    if ("value" in result) return isUncertain(result.value) ? uncertain(result.value) : result.value;
    errors.push(result.error.message);
  }
  return fail("function", `No argument of try() has a value: ${errors.join("; ")}`);
}

const uncertain = (value: Value): Value => (value instanceof Sensitive ? seal(derive(value)) : derive(value));

function can(args: readonly (() => Value)[]): Value {
  const [arg] = args;
  if (!arg || args.length > 1) return fail("function", `can(expression) was given ${args.length} arguments`);
  const result = attempt(arg);
  if ("error" in result) return false;
  return isUncertain(result.value) ? derive(result.value) : true;
}

function single(name: string, args: readonly (() => Value)[]): Value {
  const [arg] = args;
  return arg && args.length === 1
    ? arg()
    : fail("function", `${name}(value) was given ${args.length} arguments`);
}

export const typeFunctions: readonly FunctionDefinition[] = [
  scalar("tostring", toText),
  scalar("tonumber", toNumber),
  scalar("tobool", toBool),
  define("tolist", [passed], toList),
  define("toset", [collection({ ...any("v"), elementsUnknown: true })], toSet),
  define("tomap", [passed], toMap),
  defineLazy("try", tryEach),
  defineLazy("can", can),
  defineLazy("sensitive", (args) => seal(single("sensitive", args))),
  defineLazy("nonsensitive", (args) => {
    const value = single("nonsensitive", args);
    return value instanceof Sensitive ? value.value : value;
  }),
  defineLazy("issensitive", (args) => {
    const value = single("issensitive", args);
    return value instanceof Sensitive || (isUnknown(value) ? derive(value) : false);
  }),
];

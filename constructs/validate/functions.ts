import { formatRange, parseRange, sizeOf } from "../../schema/isolation/cidr.js";
import {
  isList,
  isObject,
  isUnknown,
  isWhollyKnown,
  Unknown,
  type Path,
  type Value,
} from "../../schema/unknown.js";

/** What a function gives; undefined where only Terraform can tell. */
type Evaluate = (...args: readonly Value[]) => Value | undefined;

/** Functions that only pick, or put together, what they are given: the result tells where it comes from. */
export const FUNCTIONS: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  ["element", element],
  ["lookup", lookUp],
  ["coalesce", (...values) => sure(values.find((value) => value !== null && value !== ""))],
  ["try", (first) => sure(first)],
  ["one", (list) => (isList(list) && list.length === 1 ? list[0] : undefined)],
  ["concat", (...lists) => (lists.every(isList) ? lists.flat() : undefined)],
  ["flatten", (list) => (isList(list) ? flattened(list) : undefined)],
  ["merge", (...maps) => (maps.every(isObject) ? (Object.assign({}, ...maps) as Value) : undefined)],
  ["keys", (map) => (isObject(map) ? Object.keys(map).sort() : undefined)],
  [
    "values",
    (map) =>
      isObject(map)
        ? Object.keys(map)
            .sort()
            .map((key) => map[key] ?? null)
        : undefined,
  ],
  ["reverse", (list) => (isList(list) ? list.toReversed() : undefined)],
  ["toset", (list) => (isList(list) && isWhollyKnown(list) ? [...new Set(list)] : list)],
  // What is a secret gets into no message. An id that is not known yet is none.
  ["sensitive", (value) => (isUnknown(value) ? value : undefined)],
  ...["tolist", "tomap", "tostring", "nonsensitive"].map((name): [string, Evaluate] => [
    name,
    (value) => value,
  ]),
  [
    "tonumber",
    (value) => (typeof value === "string" || typeof value === "number" ? Number(value) : undefined),
  ],
  ["lower", (text) => (typeof text === "string" ? text.toLowerCase() : undefined)],
  ["upper", (text) => (typeof text === "string" ? text.toUpperCase() : undefined)],
  ["cidrsubnet", cidrSubnet],
]);

function element(list: Value | undefined, index: Value | undefined): Value | undefined {
  if (typeof index !== "number") return undefined;
  if (isList(list)) return list.length === 0 ? undefined : list.at(index % list.length);
  // A later item of a list of unknown length may be any: `element` counts in circles.
  return index === 0 ? at(list, 0) : undefined;
}

/** What stands under a key, also where that will be known only later. */
function at(value: Value | undefined, key: Value | undefined): Value | undefined {
  return typeof key === "string" || typeof key === "number" ? below(value, [key]) : undefined;
}

/** The value at a path, also where an unknown with a source of its own stands above it; `*` is every item. */
export function below(value: Value | undefined, path: Path): Value | undefined {
  const [step] = path;
  if (step === undefined || value === undefined) return value;
  if (isUnknown(value)) {
    return value.source === undefined || path.includes("*")
      ? undefined
      : new Unknown({ address: value.source.address, path: value.source.path.concat(path) });
  }
  const rest = path.slice(1);
  if (step === "*") {
    const items = isList(value) ? value : isObject(value) ? Object.values(value) : [value];
    const found = items.map((item) => below(item, rest));
    return found.every((item) => item !== undefined) ? found : undefined;
  }
  if (isList(value)) return below(value[Number(step)], rest);
  return isObject(value) && Object.hasOwn(value, step) ? below(value[step], rest) : undefined;
}

function lookUp(map?: Value, key?: Value, fallback?: Value): Value | undefined {
  // Whether a map that is not known has the key, nobody can tell.
  if (isUnknown(map) && fallback !== undefined) return undefined;
  return at(map, key) ?? (isObject(map) ? fallback : undefined);
}

/** A value that is certainly one, neither missing nor empty: ids are, even when they are not known yet. */
const sure = (value: Value | undefined): Value | undefined =>
  isUnknown(value) && !["id", "port"].includes(String(value.source?.path.at(-1))) ? undefined : value;

function flattened(list: readonly Value[]): readonly Value[] | undefined {
  const items = list.map((item) => (isList(item) ? flattened(item) : sure(item)));
  return items.every((item) => item !== undefined) ? items.flat() : undefined;
}

function cidrSubnet(prefix?: Value, bits?: Value, number?: Value): Value | undefined {
  const range = typeof prefix === "string" ? parseRange(prefix) : undefined;
  if (range === undefined || typeof bits !== "number" || typeof number !== "number") return undefined;
  const size = sizeOf(range) / 2 ** bits;
  const first = range.first + number * size;
  const fits = size >= 1 && number >= 0 && first + size - 1 <= range.last;
  return fits ? formatRange({ first, last: first + size - 1 }) : undefined;
}

/** Undefined where the operands do not tell. */
export function operate(operator: string, [left, right]: readonly Value[]): Value | undefined {
  const scalars = [left, right].every((value) => typeof value !== "object");
  if (operator === "!" && typeof left === "boolean") return !left;
  if (operator === "==" && scalars) return left === right;
  if (operator === "!=" && scalars) return left !== right;
  if (operator === "&&" && typeof left === "boolean" && typeof right === "boolean") return left && right;
  if (operator === "||" && typeof left === "boolean" && typeof right === "boolean") return left || right;
  return undefined;
}

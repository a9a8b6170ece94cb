/**
 * Values as the whole package passes them around: plain JSON data, plus two first-class wrappers.
 *
 * - {@link Unknown}: a value that only an apply can tell ("known after apply").
 * - {@link Sensitive}: a value that must not be shown. Only the expression evaluator meets it: a resource's values
 *   are stored unwrapped, beside the list of their sensitive paths.
 *
 * `null` is Terraform's null: not set. `undefined` never occurs inside a value.
 */
export type Value = null | boolean | number | string | Unknown | Sensitive | readonly Value[] | ObjectValue;
export interface ObjectValue {
  readonly [key: string]: Value;
}
/** A value that may be stored: no unknowns, no marks. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Where inside a value: attribute names, list indexes, map keys. */
export type Path = readonly (string | number)[];

const BRAND = Symbol.for("iec-cdk.unknown");

/**
 * A value not known yet.
 *
 * It remembers where it will come from, so that a rule can follow `subnet_ids[0]` to the subnet whose id it will
 * be, without knowing the id. `source` is exact (this very value); `derivedFrom` lists the sources of a value that
 * was computed out of unknowns (a template, a function).
 */
export class Unknown {
  constructor(
    readonly source?: ValueSource,
    readonly derivedFrom: readonly ValueSource[] = [],
  ) {}
  get [BRAND](): true {
    return true;
  }
  /** One of another copy of this module, such as that of the built constructs, is an unknown too. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return isUnknown(value);
  }
}
export interface ValueSource {
  /** Address of a resource or data source instance, such as `iec_vpc_subnet.web` or `data.iec_sites.all`. */
  readonly address: string;
  readonly path: Path;
}

/** An unknown of no stated origin. */
export const UNKNOWN = new Unknown();

export class Sensitive {
  constructor(readonly value: Exclude<Value, Sensitive>) {}
}

export const isUnknown = (value: unknown): value is Unknown =>
  typeof value === "object" && value !== null && BRAND in value;

export const isObject = (value: unknown): value is ObjectValue =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !isUnknown(value) &&
  !(value instanceof Sensitive);

export const isList = (value: unknown): value is readonly Value[] => Array.isArray(value);

/** Whether the value holds no unknown at any depth. */
export function isWhollyKnown(value: Value): boolean {
  if (isUnknown(value)) return false;
  if (value instanceof Sensitive) return isWhollyKnown(value.value);
  if (isList(value)) return value.every(isWhollyKnown);
  if (isObject(value)) return Object.values(value).every(isWhollyKnown);
  return true;
}

/** Structural equality. An unknown equals nothing but itself (not even another unknown). */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a instanceof Sensitive || b instanceof Sensitive) return equalValues(reveal(a), reveal(b));
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((item, i) => equalValues(item, b[i] ?? null));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && equalValues(a[key] ?? null, b[key] ?? null))
    );
  }
  return false;
}

/** The value without sensitive marks, at every depth. */
export function reveal(value: Value): Exclude<Value, Sensitive> {
  if (value instanceof Sensitive) return reveal(value.value);
  if (isList(value)) return value.map(reveal);
  if (isObject(value)) return mapObject(value, reveal);
  return value;
}

/** The value without marks, and the paths that were marked (a path covers everything below it). */
export function unmark(
  value: Value,
  path: Path = [],
): { value: Exclude<Value, Sensitive>; sensitive: Path[] } {
  if (value instanceof Sensitive) return { value: reveal(value), sensitive: [path] };
  const sensitive: Path[] = [];
  const visit = (child: Value, key: string | number): Value => {
    const result = unmark(child, [...path, key]);
    sensitive.push(...result.sensitive);
    return result.value;
  };
  if (isList(value)) return { value: value.map(visit), sensitive };
  if (isObject(value)) return { value: mapObject(value, visit), sensitive };
  return { value, sensitive };
}

/** The value at a path; undefined where the path leads nowhere; the unknown itself where one stops the way. */
export function getPath(value: Value, path: Path): Value | undefined {
  let current: Value | undefined = value;
  for (const step of path) {
    if (typeof current !== "object" || current === null) return undefined;
    if (current instanceof Sensitive) {
      current = current.value;
      if (typeof current !== "object" || current === null) return undefined;
    }
    if (isUnknown(current)) return current;
    if (isList(current)) current = current[Number(step)];
    else current = Object.hasOwn(current, step) ? current[step] : undefined;
  }
  return current;
}

/** Every leaf (scalar, unknown, empty container) with its path. */
export function* leaves(value: Value, path: Path = []): Generator<readonly [Path, Value]> {
  if (isList(value) && value.length > 0) {
    for (const [i, item] of value.entries()) yield* leaves(item, [...path, i]);
  } else if (isObject(value) && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value)) yield* leaves(item, [...path, key]);
  } else yield [path, value];
}

/** `coverage_sites[0].site_id`: a path as people write it. Keys that are no identifiers are quoted in brackets. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

export function mapObject(object: ObjectValue, change: (value: Value, key: string) => Value): ObjectValue {
  // A copy has a "__proto__" of its own where the object has one, and then an assignment sets just that.
  const changed: Record<string, Value> = { ...object };
  for (const key of Object.keys(changed)) changed[key] = change(changed[key] ?? null, key);
  return changed;
}

import {
  isList,
  isObject,
  isUnknown,
  Sensitive,
  Unknown,
  type Value,
  type ValueSource,
} from "../../../schema/unknown.js";

/** A value that is not wrapped as sensitive itself; what it holds may be. */
export type Bare = Exclude<Value, Sensitive>;

/** Unknowns made by an evaluation. What they stand for may yet turn out to be an error, unlike those of the scope. */
const made = new WeakSet<Unknown>();

function remember(unknown: Unknown): Unknown {
  made.add(unknown);
  return unknown;
}

/** Marks a value as sensitive. */
export const seal = (value: Value): Sensitive => (value instanceof Sensitive ? value : new Sensitive(value));

export const sealIf = (condition: boolean, value: Value): Value => (condition ? seal(value) : value);

/** Applies a step to what a value holds; the result of a step into something sensitive is sensitive. */
export const through = (value: Value, step: (bare: Bare) => Value): Value =>
  value instanceof Sensitive ? seal(step(value.value)) : step(value);

/** The value at `key` inside an unknown: unknown as well, and its source followed one step further. */
export function extend(unknown: Unknown, key: string | number): Unknown {
  const { source, derivedFrom } = unknown;
  return remember(
    source
      ? new Unknown({ address: source.address, path: [...source.path, key] })
      : new Unknown(undefined, derivedFrom),
  );
}

/** What is computed out of values of which some are unknown. */
export function derive(...values: readonly Value[]): Unknown {
  const sources = new Map<string, ValueSource>();
  for (const source of sourcesOf(values)) sources.set(JSON.stringify([source.address, source.path]), source);
  return remember(new Unknown(undefined, [...sources.values()]));
}

function* sourcesOf(value: Value): Generator<ValueSource> {
  if (isUnknown(value)) yield* value.source ? [value.source, ...value.derivedFrom] : value.derivedFrom;
  else if (value instanceof Sensitive) yield* sourcesOf(value.value);
  else if (isList(value)) for (const item of value) yield* sourcesOf(item);
  else if (isObject(value)) for (const item of Object.values(value)) yield* sourcesOf(item);
}

function some(value: Value, test: (value: Value) => boolean): boolean {
  if (test(value)) return true;
  if (value instanceof Sensitive) return some(value.value, test);
  if (isList(value)) return value.some((item) => some(item, test));
  return isObject(value) && Object.values(value).some((item) => some(item, test));
}

/** Whether anything in the value is sensitive. */
export const holdsSensitive = (value: Value): boolean => some(value, (item) => item instanceof Sensitive);

/** Whether the value holds an unknown that an evaluation made, so that it is not certain that there will be a value. */
export const isUncertain = (value: Value): boolean =>
  some(value, (item) => isUnknown(item) && made.has(item));

import {
  equalValues,
  isList,
  isObject,
  isUnknown,
  Unknown,
  type Json,
  type Path,
  type Value,
  type ValueSource,
} from "../unknown.js";
import type { Reference } from "../graph.js";
import type { Fits } from "./roles.js";
import { derived, referencesOf, type Holder } from "./scope.js";

/** What the values of one resource instance are made of. */
export interface Reading {
  readonly address: string;
  readonly type: string;
  readonly holder: Holder;
  readonly fits: Fits;
  /** What the plan tells of a source; undefined when the plan does not have it. */
  readonly valueAt: (source: ValueSource) => Value | undefined;
}

/** Three JSON values of one shape: what is known, where it is unknown, where it is sensitive. */
interface Layers {
  readonly after: Json | undefined;
  readonly unknown: Json | undefined;
  readonly sensitive: Json | undefined;
}
/** How a value is written: an expression, blocks, not at all, or in a way that the plan does not tell. */
type Writing = Json | undefined | typeof UNTOLD;
const UNTOLD = Symbol("untold");

/**
 * The planned values, each unknown with where it will come from.
 *
 * A plan lists what an expression refers to, and not what it does with it: `a.id` and `replace(a.id, "x", "y")` read
 * the same. A source is taken for exact where the expression has one reference, once, and it leads to an id not known
 * yet of what the attribute takes. That it is handed on as it is remains an assumption. Everything else is `derivedFrom`.
 */
export function plannedValue(layers: Layers, reading: Reading): Value {
  return valueOf(layers, reading.holder.block?.["expressions"], [], reading);
}

function valueOf(
  { after, unknown, sensitive }: Layers,
  writing: Writing,
  path: Path,
  reading: Reading,
): Value {
  if (sensitive === true && (unknown === true || (after ?? null) !== null)) return untold(path, reading);
  if (unknown === true) return unknownOf(writing, path, reading);
  const below = (key: string | number, how: Writing): Value =>
    valueOf(
      { after: child(after, key), unknown: child(unknown, key), sensitive: child(sensitive, key) },
      how,
      [...path, key],
      reading,
    );
  if (isList(after) || isList(unknown)) {
    const length = Math.max(...[after, unknown].map((items) => (isList(items) ? items.length : 0)));
    const known = isList(after) ? after : [];
    const unknowns = isList(unknown) ? unknown : [];
    const items = Array.from({ length }, (_, i) => (unknowns[i] === true ? undefined : (known[i] ?? null)));
    const written = itemsOf(writing, items, path, reading);
    return items.map((_, i) => {
      const item = written(i);
      return isUnknown(item) && unknowns[i] === true && child(sensitive, i) !== true
        ? item
        : below(i, isUnknown(item) ? UNTOLD : item);
    });
  }
  if (isObject(after) || isObject(unknown)) {
    const keys = new Set([after, unknown].flatMap((part) => (isObject(part) ? Object.keys(part) : [])));
    return Object.fromEntries([...keys].map((key) => [key, below(key, partOf(writing, key))]));
  }
  return after ?? null;
}

const child = (layer: Json | undefined, key: string | number): Json | undefined =>
  typeof layer === "object" && layer !== null
    ? (layer as Readonly<Record<string | number, Json>>)[key]
    : undefined;

const isExpression = (writing: Writing): boolean =>
  isObject(writing) && Object.keys(writing).every((key) => key === "references" || key === "constant_value");

/** How an attribute of a block or of an object is written. */
function partOf(writing: Writing, key: string): Writing {
  if (writing === UNTOLD || writing === undefined) return writing;
  const isBlock = !isExpression(writing) || equalValues(writing, {});
  return isBlock ? child(writing, key) : writing;
}

function unknownOf(writing: Writing, path: Path, reading: Reading): Unknown {
  if (writing === undefined) return new Unknown({ address: reading.address, path });
  if (writing === UNTOLD || !isExpression(writing)) return untold(path, reading);
  const references = referencesOf(writing, reading.holder);
  const [only, ...others] = references;
  if (only !== undefined && others.length === 0 && isIdToCome(only, path, reading)) return only;
  return derived(references) ?? untold(path, reading);
}

/**
 * Made of something that the plan does not tell: a dynamic block, a function without arguments. Taken for such is
 * also what is sensitive, so that no message can show it.
 */
const untold = (path: Path, { address }: Reading): Unknown => new Unknown(undefined, [{ address, path }]);

/**
 * How the items of a list are written: an unknown where it is certain which one an item is.
 * @param known the items, undefined where one is unknown
 */
function itemsOf(
  writing: Writing,
  known: readonly (Json | undefined)[],
  path: Path,
  reading: Reading,
): (index: number) => Writing | Unknown {
  if (writing === UNTOLD || writing === undefined) return () => UNTOLD;
  if (!isExpression(writing)) {
    const blocks = isList(writing) ? writing : [writing as Json];
    return blocksMatch(blocks, known, reading) ? (i) => blocks[i] : () => UNTOLD;
  }
  const references = referencesOf(writing, reading.holder);
  const ids = references.map((reference, i) =>
    isIdFor(reference, [...path, i], reading) ? reading.valueAt(reference.source) : undefined,
  );
  const agree = (value: Value | undefined, item: Json | undefined) =>
    item === undefined ? isUnknown(value) : value !== undefined && equalValues(value, item);
  if (ids.length === known.length && known.every((item, i) => agree(ids[i], item))) {
    return (i) => references[i];
  }
  const [only, ...others] = references.filter((_, i) => isUnknown(ids[i]));
  const settled = ids.every((value) => value !== undefined);
  const openItems = known.filter((item) => item === undefined);
  if (settled && only !== undefined && others.length === 0 && openItems.length === 1) {
    return (i) => (known[i] === undefined ? only : writing);
  }
  // One reference in several items is none of them as it is.
  const mixed = derived(references) ?? UNTOLD;
  return (i) => (known[i] === undefined ? mixed : known.length === 1 ? writing : UNTOLD);
}

/** Whether blocks stand in the order of their values: what is known of each agrees with how it is written. */
function blocksMatch(
  blocks: readonly Json[],
  known: readonly (Json | undefined)[],
  reading: Reading,
): boolean {
  if (blocks.length !== known.length) return false;
  if (blocks.length === 1) return true;
  const names = new Set(blocks.flatMap((block) => (isObject(block) ? Object.keys(block) : [])));
  return [...names].every((name) => {
    const written = blocks.map((block) => child(block, name));
    const alike = written.every((expression) => JSON.stringify(expression) === JSON.stringify(written[0]));
    return alike || known.every((item, i) => tellsOf(written[i], child(item, name), reading));
  });
}

/** Whether an expression, for all that is known of it, has that value; an undefined value is not known. */
function tellsOf(expression: Json | undefined, value: Json | undefined, reading: Reading): boolean {
  if (value === undefined || value === null) return true;
  const constant = child(expression, "constant_value");
  if (constant !== undefined) return equalValues(constant, value);
  const [only, ...others] = referencesOf(expression, reading.holder);
  if (only?.source === undefined || others.length > 0) return false;
  const known = reading.valueAt(only.source);
  return known !== undefined && equalValues(known, value);
}

/** Whether it leads to an id that the attribute takes: a value that is handed on, and not computed with. */
const isIdFor = (
  reference: Unknown,
  path: Path,
  { type, fits }: Reading,
): reference is Unknown & { readonly source: ValueSource } =>
  reference.source !== undefined && fits(type, path, reference.source);

const isIdToCome = (reference: Unknown, path: Path, reading: Reading): boolean =>
  isIdFor(reference, path, reading) && isUnknown(reading.valueAt(reference.source));

/** Every reference that the configuration of a resource writes. */
export function writtenReferences(
  reading: Reading,
  values: Value,
  instancesOf: (address: string) => readonly string[],
): readonly Reference[] {
  const found: Reference[] = [];
  const add = (path: Path, references: readonly Unknown[]): void => {
    for (const { source, derivedFrom } of references) {
      for (const { address, path: toPath } of source === undefined ? derivedFrom : [source]) {
        for (const to of instancesOf(address)) found.push({ path, to, toPath });
      }
    }
  };
  const visit = (writing: Json | undefined, value: Value | undefined, path: Path): void => {
    if (isList(writing)) {
      for (const [i, item] of writing.entries()) visit(item, child(value as Json, i), [...path, i]);
    } else if (isObject(writing) && !isExpression(writing)) {
      for (const [key, item] of Object.entries(writing))
        visit(item, child(value as Json, key), [...path, key]);
    } else {
      const references = referencesOf(writing, reading.holder);
      const byItem =
        isList(value) &&
        value.length === references.length &&
        references.every((reference, i) => isIdFor(reference, [...path, i], reading));
      if (byItem) for (const [i, reference] of references.entries()) add([...path, i], [reference]);
      else add(path, references);
    }
  };
  visit(reading.holder.block?.["expressions"], values, []);
  return found;
}

import {
  isConfigurable,
  type Attribute,
  type Attributes,
  type CollectionAttribute,
  type ElementAttribute,
  type NumberAttribute,
  type StringAttribute,
} from "./attributes.js";
import { errorDiagnostic, type Diagnostic } from "./diagnostics.js";
import { formats } from "./json-schema.js";
import { nearest } from "./nearest.js";
import {
  formatPath,
  isList,
  isObject,
  isUnknown,
  type ObjectValue,
  type Path,
  type Value,
} from "./unknown.js";

/**
 * Holds a decoded configuration against the limits its attributes state: a message a value, of the first limit it
 * breaks. Unknown values pass: they are checked when they are known. What is not set passes too: `decode` tells what
 * is required.
 */
export function checkValues(attributes: Attributes, config: ObjectValue): Diagnostic[] {
  const problems: Diagnostic[] = [];
  checkAll(attributes, config, [], problems);
  return problems;
}

function checkAll(attributes: Attributes, values: ObjectValue, path: Path, problems: Diagnostic[]): void {
  for (const name in attributes) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    check(attributes[name] as Attribute, value, [...path, name], problems);
  }
}

/** Whether `decode` and `checkValues` surely say nothing of a body: most have nothing wrong, and telling so is cheap. */
export function isRight(attributes: Attributes, body: ObjectValue): boolean {
  for (const name in body) {
    const attribute = attributes[name];
    if (attribute === undefined || !isConfigurable(attribute) || attribute.deprecated !== undefined)
      return false;
    if (!fits(attribute, body[name] ?? null)) return false;
  }
  return neededOf(attributes).every((name) => body[name] !== undefined && body[name] !== null);
}

const needed = new WeakMap<Attributes, readonly string[]>();

/** What may not be left out. */
function neededOf(attributes: Attributes): readonly string[] {
  let names = needed.get(attributes);
  if (names === undefined) {
    const all = Object.entries(attributes);
    names = all
      .filter(([, a]) => a.required === true || (a.kind === "block" && a.minItems))
      .map(([name]) => name);
    needed.set(attributes, names);
  }
  return names;
}

const TYPES: Readonly<Record<string, string>> = { string: "string", number: "number", bool: "boolean" };

/** Without conversions: what needs one is looked at more closely. */
function fits(attribute: AnyAttribute, value: Value): boolean {
  if (isUnknown(value)) return true;
  const type = TYPES[attribute.kind];
  if (type !== undefined) return typeof value === type && wrongOf(attribute, value) === undefined;
  if (attribute.kind === "block" && attribute.nesting === "single")
    return isObject(value) && isRight(attribute.attributes, value);
  if (!isList(value) || wrongOf(attribute, value) !== undefined) return false;
  if (attribute.kind === "block")
    return value.every((item) => isObject(item) && isRight(attribute.attributes, item));
  return (
    "element" in attribute && attribute.kind !== "map" && value.every((item) => fits(attribute.element, item))
  );
}

type AnyAttribute = Attribute | ElementAttribute;

function check(attribute: AnyAttribute, value: Value, path: Path, problems: Diagnostic[]): void {
  if (isUnknown(value)) return;
  const wrong = wrongOf(attribute, value);
  if (wrong !== undefined) {
    const summary = `${formatPath(path)} has a value the cloud does not take`;
    problems.push(errorDiagnostic("IEC2012", summary, { path, detail: wrong }));
  }
  if (typeof value !== "object" || value === null) return;
  if (attribute.kind === "object" || (attribute.kind === "block" && attribute.nesting === "single")) {
    checkAll(attribute.attributes, value as ObjectValue, path, problems);
    return;
  }
  const items = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, item] of items as Iterable<[string | number, Value]>) {
    checkItem(attribute, item, [...path, key], problems);
  }
}

function checkItem(attribute: AnyAttribute, item: Value, path: Path, problems: Diagnostic[]): void {
  if (isUnknown(item)) return;
  if (attribute.kind === "block") checkAll(attribute.attributes, item as ObjectValue, path, problems);
  if (!("element" in attribute)) return;
  if (item !== null) {
    const { element, sensitive } = attribute;
    check(sensitive === true ? { ...element, sensitive } : element, item, path, problems);
    return;
  }
  const summary = `${formatPath(path)} must be ${attribute.element.kind}`;
  problems.push(errorDiagnostic("IEC2005", summary, { path, detail: "It is null." }));
}

/** What is wrong with a value that is known. */
function wrongOf(attribute: AnyAttribute, value: Value): string | undefined {
  switch (attribute.kind) {
    case "string":
      return quoting(value, attribute, wrongText(attribute, value as string));
    case "number":
      return quoting(value, attribute, wrongNumber(attribute, value as number));
    case "list":
    case "set":
    case "map":
      return wrongCount(attribute, Object.keys(value as object).length);
    case "block":
      return attribute.nesting === "single"
        ? undefined
        : wrongCount(attribute, (value as readonly Value[]).length);
    case "bool":
    case "object":
      return undefined;
  }
}

const quoting = (value: Value, { sensitive }: AnyAttribute, wrong: string | undefined): string | undefined =>
  wrong && `${sensitive === true ? "The value (sensitive)" : JSON.stringify(value)} ${wrong}`;

function wrongText(attribute: StringAttribute, text: string): string | undefined {
  const { minLength = 0, maxLength = Infinity, pattern, patternHint, format, enum: allowed } = attribute;
  // The API counts characters; of code units there are as many or more.
  if (text.length > maxLength && Array.from(text).length > maxLength)
    return `must have at most ${characters(maxLength)}.`;
  if (text.length < 2 * minLength && Array.from(text).length < minLength)
    return `must have at least ${characters(minLength)}.`;
  if (pattern !== undefined && !compiled(pattern.source).test(text))
    return `may only hold ${patternHint ?? "what its pattern allows"}.`;
  if (format !== undefined && !formats[format](text)) return `is not ${FORMAT_NAMES[format]}.`;
  if (allowed === undefined || allowed.includes(text)) return undefined;
  const near = nearestOf(allowed, text);
  const hint =
    near === undefined || attribute.sensitive === true ? "" : ` Did you mean ${JSON.stringify(near)}?`;
  return `is not one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}.${hint}`;
}

const characters = (count: number): string => `${count} character${count === 1 ? "" : "s"}`;

/** In any case of letters; of short words no other is near. */
function nearestOf(allowed: readonly string[], text: string): string | undefined {
  const lower = allowed.map((one) => one.toLowerCase());
  const word = text.toLowerCase();
  const near = word.length > 3 ? nearest(word, lower) : word;
  return near === undefined ? undefined : allowed[lower.indexOf(near)];
}

function wrongNumber(
  { integer, minimum = -Infinity, maximum = Infinity, unit }: NumberAttribute,
  number: number,
): string | undefined {
  const unitText = unit === undefined ? "" : ` ${unit}`;
  if (integer === true && !Number.isInteger(number)) return "must be a whole number.";
  if (number > maximum) return `must be at most ${maximum}${unitText}.`;
  return number < minimum ? `must be at least ${minimum}${unitText}.` : undefined;
}

function wrongCount(
  { minItems = 0, maxItems = Infinity }: Pick<CollectionAttribute, "minItems" | "maxItems">,
  count: number,
): string | undefined {
  if (count > maxItems) return `At most ${maxItems} may be given.`;
  return count < minItems ? `At least ${minItems} must be given.` : undefined;
}

const patterns = new Map<string, RegExp>();
function compiled(source: string): RegExp {
  let pattern = patterns.get(source);
  if (pattern === undefined) patterns.set(source, (pattern = new RegExp(source, "u")));
  return pattern;
}

const FORMAT_NAMES: Readonly<Record<keyof typeof formats, string>> = {
  ipv4: "an IPv4 address such as 10.0.0.1",
  "ipv4-cidr": "an IPv4 range such as 10.0.0.0/16",
  cidr: "an IP range such as 10.0.0.0/16 or 2001:db8::/32",
  uuid: "a UUID",
  base64: "base64 text",
};

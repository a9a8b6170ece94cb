import type { Attribute, Attributes } from "../../schema/attributes.js";
import {
  equalValues,
  isList,
  isObject,
  isUnknown,
  Sensitive,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";
import { alignLists } from "./align.js";
import type { Paint } from "./paint.js";
import { count, indent, printable } from "./text.js";

/** How the inside of a resource is shown. */
export interface BodyOptions {
  readonly paint: Paint;
  /** Paths that must not be shown; a path covers what is below it. */
  readonly sensitive: readonly Path[];
  /** Paths that force a replacement. */
  readonly forced?: readonly Path[] | undefined;
  /** Tells blocks from attributes and sets from lists; without it all is attributes and lists. */
  readonly attributes?: Attributes | undefined;
  /** Whether lines carry `+ ~ -`. Without, `after` is shown as it is. */
  readonly symbols: boolean;
  /** The attributes that differ, where that was decided before; else those whose values differ. */
  readonly changed?: ReadonlySet<string> | undefined;
}

type Symbol = "+" | "-" | "~" | " ";
type Maybe = Value | undefined;

/** Shown even when unchanged, so that a reader knows which object it is. */
const IDENTITY = new Set(["id", "name"]);

/** The lines between the braces of a resource, not indented. Either side may be null: made, or taken away. */
export const bodyLines = (
  before: ObjectValue | null,
  after: ObjectValue | null,
  options: BodyOptions,
): string[] => objectLines(before, after, [], options, options.attributes);

/** One value over one or more lines, without symbols. */
export const valueText = (value: Value, paint: Paint): string =>
  valueLines(undefined, value, [], { paint, sensitive: [], symbols: false }, undefined).join("\n");

function objectLines(
  before: ObjectValue | null,
  after: ObjectValue | null,
  path: Path,
  options: BodyOptions,
  attributes: Attributes | undefined,
): string[] {
  const rows: { symbol: Symbol; name: string; value: string[] }[] = [];
  const blocks: string[][] = [];
  let hiddenAttributes = 0;
  let hiddenBlocks = 0;
  for (const name of new Set([...Object.keys(after ?? {}), ...Object.keys(before ?? {})])) {
    const [old, next] = [before?.[name], after?.[name]];
    if (isAbsent(old) && isAbsent(next)) continue;
    const here = [...path, name];
    const attribute = attributes?.[name];
    const isBlock = attribute?.kind === "block" && isBlockValue(old) && isBlockValue(next);
    const compared = before !== null && after !== null;
    const decided = path.length === 0 ? options.changed?.has(name) : undefined;
    const differs = !compared || (decided ?? !equalValues(old ?? null, next ?? null));
    if (isBlock) {
      const lines = blockLines(name, old, next, here, options, attribute.attributes, differs);
      hiddenBlocks += lines.hidden;
      blocks.push(...lines.shown);
    } else if (differs) {
      rows.push({
        symbol: symbolOf(old, next),
        name,
        value: valueLines(old, next, here, options, attribute, before !== null),
      });
    } else if (path.length === 0 && IDENTITY.has(name)) {
      const shown = { ...options, symbols: false };
      rows.push({ symbol: " ", name, value: valueLines(undefined, next, here, shown, attribute) });
    } else hiddenAttributes++;
  }

  const width = Math.max(0, ...rows.map(({ name }) => keyText(name).length));
  const lines = rows.flatMap(({ symbol, name, value: [first = "", ...rest] }) => [
    `${mark(symbol, options)}${keyText(name).padEnd(width)} = ${first}`,
    ...rest,
  ]);
  const note = (n: number, noun: string) =>
    `${margin(options)}${options.paint.dim(`# (${count(n, `unchanged ${noun}`)} hidden)`)}`;
  if (hiddenAttributes > 0) lines.push(note(hiddenAttributes, "attribute"));
  for (const block of blocks) lines.push(...(lines.length > 0 ? [""] : []), ...block);
  if (hiddenBlocks > 0) lines.push(...(lines.length > 0 ? [""] : []), note(hiddenBlocks, "block"));
  return lines;
}

function blockLines(
  name: string,
  before: Maybe,
  after: Maybe,
  path: Path,
  options: BodyOptions,
  attributes: Attributes,
  differs: boolean,
): { shown: string[][]; hidden: number } {
  const [old, next] = [blockItems(before), blockItems(after)];
  if (!differs) return { shown: [], hidden: next.length };
  const shown: string[][] = [];
  let hidden = 0;
  for (let i = 0; i < Math.max(old.length, next.length); i++) {
    const [a, b] = [old[i] ?? null, next[i] ?? null];
    const here = isList(before) || isList(after) ? [...path, i] : path;
    if (a !== null && b !== null && equalValues(a, b)) {
      hidden++;
      continue;
    }
    const inner = isHidden(here, options)
      ? [`${margin(options)}(sensitive value)`]
      : objectLines(a, b, here, options, attributes);
    // A block that came or went as a whole forces a replacement by its own path, or by that of all of its kind.
    const notes = forcedNote(here, options) || forcedNote(path, options);
    shown.push([
      `${mark(symbolOf(a ?? undefined, b ?? undefined), options)}${name} {${notes}`,
      ...indent(inner),
      `${margin(options)}}`,
    ]);
  }
  return { shown, hidden };
}

/** The value part of `name = value`; the first line follows the equals sign. */
function valueLines(
  before: Maybe,
  after: Maybe,
  path: Path,
  options: BodyOptions,
  attribute: Pick<Attribute, "kind"> | undefined,
  /** Whether the end of a value is worth an arrow to null. */
  arrowToNull = false,
): string[] {
  const forced = forcedNote(path, options);
  if (isHidden(path, options) || before instanceof Sensitive || after instanceof Sensitive) {
    return [`(sensitive value)${forced}`];
  }
  const element = attribute as { element?: Pick<Attribute, "kind">; attributes?: Attributes } | undefined;
  if (isAbsent(before) || isAbsent(after) || sameShape(before, after)) {
    const ordered = attribute?.kind !== "set" && !(attribute && "unordered" in attribute);
    const present = isAbsent(after) ? before : after;
    let lines: string[];
    if (isList(present)) {
      const [old, next] = [isList(before) ? before : [], isList(after) ? after : []];
      lines = listLines(old, next, path, options, ordered, element?.element);
    } else if (isObject(present)) {
      const inner = objectLines(
        isObject(before) ? before : null,
        isObject(after) ? after : null,
        path,
        options,
        element?.attributes,
      );
      lines = inner.length === 0 ? ["{}"] : ["{", ...indent(inner), `${margin(options)}}`];
    } else if (isText(before) && isText(after)) lines = textLines(before, after, options);
    else if (isAbsent(before) || isAbsent(after)) lines = scalarLines(present, options);
    else lines = [`${scalar(before)} ${arrow(options)} ${scalar(after)}`];
    if (isAbsent(after) && arrowToNull)
      lines = append(lines, ` ${arrow(options)} ${options.paint.dim("null")}`);
    return lines.length > 1 && !isText(present) ? annotateFirst(lines, forced) : append(lines, forced);
  }
  const [old, next] = [
    valueLines(before, undefined, path, { ...options, forced: [] }, attribute),
    valueLines(undefined, after, path, { ...options, forced: [] }, attribute),
  ];
  const [first = "", ...rest] = next;
  return append([...append(old, ` ${arrow(options)} ${first}`), ...rest], forced);
}

function listLines(
  before: readonly Value[],
  after: readonly Value[],
  path: Path,
  options: BodyOptions,
  ordered: boolean,
  element: Pick<Attribute, "kind"> | undefined,
): string[] {
  if (before.length === 0 && after.length === 0) return ["[]"];
  const lines: string[] = [];
  let hidden = 0;
  let position = 0;
  for (const change of alignLists(before, after, ordered)) {
    const here = [...path, position++];
    if (
      change.before !== undefined &&
      change.after !== undefined &&
      equalValues(change.before, change.after)
    ) {
      hidden++;
      continue;
    }
    const item = append(valueLines(change.before, change.after, here, options, element), ",");
    const symbol = symbolOf(change.before, change.after);
    lines.push(mark(symbol, options) + (item[0] ?? ""), ...item.slice(1));
  }
  if (hidden > 0) {
    lines.push(margin(options) + options.paint.dim(`# (${count(hidden, "unchanged element")} hidden)`));
  }
  return ["[", ...indent(lines), `${margin(options)}]`];
}

/** Two texts; those of several lines are compared by line. */
function textLines(before: string, after: string, options: BodyOptions): string[] {
  if (!before.includes("\n") && !after.includes("\n")) {
    return [`${quote(before)} ${arrow(options)} ${quote(after)}`];
  }
  const lines = alignLists(splitLines(before), splitLines(after), true).map((change) => {
    const symbol =
      change.before !== undefined && change.after !== undefined ? " " : symbolOf(change.before, change.after);
    return mark(symbol, options) + printable(textOf(change.after ?? change.before));
  });
  return ["<<-EOT", ...indent(lines), `${margin(options)}EOT`];
}

function scalarLines(value: Maybe, options: BodyOptions): string[] {
  if (!isText(value) || !value.includes("\n")) return [scalar(value)];
  const lines = splitLines(value).map((line) => margin(options) + printable(line));
  return ["<<-EOT", ...indent(lines), `${margin(options)}EOT`];
}

const textOf = (value: Maybe): string => (isText(value) ? value : "");
const splitLines = (text: string): string[] => text.replace(/\n$/, "").split("\n");

const scalar = (value: Maybe): string =>
  isUnknown(value)
    ? "(known after apply)"
    : typeof value === "string"
      ? quote(value)
      : isList(value)
        ? "[]"
        : isObject(value)
          ? "{}"
          : JSON.stringify(value ?? null);

const quote = (text: string): string => printable(JSON.stringify(text));
const keyText = (name: string): string => (/^[A-Za-z_][\w-]*$/.test(name) ? name : quote(name));

const isAbsent = (value: Maybe): value is null | undefined => value === undefined || value === null;
const isText = (value: Maybe): value is string => typeof value === "string";
const isBlockValue = (value: Maybe): boolean =>
  isAbsent(value) || isObject(value) || (isList(value) && value.every(isObject));
const blockItems = (value: Maybe): readonly ObjectValue[] =>
  isList(value) ? value.filter(isObject) : isObject(value) ? [value] : [];
const isScalar = (value: Maybe): boolean => !isList(value) && !isObject(value);
const sameShape = (a: Value, b: Value): boolean =>
  (isList(a) && isList(b)) || (isObject(a) && isObject(b)) || (isScalar(a) && isScalar(b));

const symbolOf = (before: Maybe, after: Maybe): Symbol =>
  isAbsent(before) ? "+" : isAbsent(after) ? "-" : "~";

function mark(symbol: Symbol, { symbols, paint }: BodyOptions): string {
  if (!symbols) return "";
  const colour = { "+": paint.green, "-": paint.red, "~": paint.yellow, " ": (text: string) => text }[symbol];
  return `${colour(symbol)} `;
}
/** Where text begins below a marked line. */
const margin = ({ symbols }: BodyOptions): string => (symbols ? "  " : "");
const arrow = ({ paint }: BodyOptions): string => paint.yellow("->");

/** Any index stands for every other: items of a list move. */
const covers = (path: Path, other: Path): boolean =>
  path.length <= other.length &&
  path.every((step, i) => step === other[i] || (typeof step === "number" && typeof other[i] === "number"));
const isHidden = (path: Path, { sensitive }: BodyOptions): boolean => sensitive.some((s) => covers(s, path));
const forcedNote = (path: Path, { forced = [], paint }: BodyOptions): string =>
  forced.some((other) => other.length === path.length && other.every((step, i) => step === path[i]))
    ? paint.red(" # forces replacement")
    : "";

const append = (lines: readonly string[], text: string): string[] => [
  ...lines.slice(0, -1),
  (lines.at(-1) ?? "") + text,
];
const annotateFirst = ([first = "", ...rest]: readonly string[], text: string): string[] => [
  first + text,
  ...rest,
];

import { TerraformLocal, type TerraformStack } from "cdktf";
import {
  formatPath,
  isList,
  isObject,
  isUnknown,
  mapObject,
  Unknown,
  type ObjectValue,
  type Path,
  type Value,
  type ValueSource,
} from "../../schema/unknown.js";
import { below, FUNCTIONS, operate } from "./functions";
import { hasMark, MARK, MARKS, marksIn, type Marked, type Term } from "./tokens";
import type { Entry, Tree } from "./tree";

/** What `each` or `count` stands for. */
export type Instance =
  | { readonly kind: "count"; readonly index: number }
  | { readonly kind: "each"; readonly key: string; readonly value: Value };

/** Conditions that only Terraform can decide: what each is taken for here. Those that are met are noted. */
export interface Choices {
  readonly taken: ReadonlyMap<string, boolean>;
  readonly met: Set<string>;
}

/** What an expression is written in. */
type Holder = Pick<Entry, "element" | "resolved">;

/** Where an expression stands. */
export interface Scope {
  readonly tree: Tree;
  readonly entry: Holder;
  /** Of the block or resource that the expression is in; undefined also where it is not known which there are. */
  readonly instance?: Instance | undefined;
  readonly choices: Choices;
  /** Locals and blocks on the way here. */
  readonly via: readonly Entry[];
}

/** The value of marked data; an unknown tells what it will be, or at least what of. */
export function evaluate(scope: Scope, value: Marked): Value {
  if (typeof value === "string") return evaluateText(scope, value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item: Marked) => evaluate(scope, item));
  return mapObject(value as ObjectValue, (item) => evaluate(scope, item as Marked));
}

const STEP = String.raw`(?:\.[A-Za-z_][\w-]*|\.\d+|\[\d+\]|\["[^"]*"\]|\.\*|\[\*\])`;
const TRAVERSAL = String.raw`(?:data\.)?[A-Za-z_]\w*\.[A-Za-z_][\w-]*`;
/** A term and what is taken of it, with or without `\${ }`, and nothing else. */
const EXACT_MARK = new RegExp(String.raw`^(?:\$\{\s*)?${MARK.source}(${STEP}*)(?:\s*\})?$`);
/** A reference that was written by hand. */
const EXACT_TEXT = new RegExp(String.raw`^\$\{\s*(${TRAVERSAL}${STEP}*)\s*\}$`);
const ANY_TEXT = new RegExp(String.raw`\b${TRAVERSAL}${STEP}*`, "g");
const IDENTIFIER = new RegExp(`^(${TRAVERSAL})(.*)$`, "s");
const STEPS = new RegExp(`^${STEP}*$`);
/** Most are one name. */
const SOLE_NAME = /^\.[A-Za-z_][\w-]*$/;

function evaluateText(scope: Scope, text: string): Value {
  const marked = hasMark(text);
  if (!marked && !text.includes("${")) return text;
  const [, index, steps] = (marked && EXACT_MARK.exec(text)) || [];
  if (index !== undefined) return pick(termAt(scope, Number(index)), steps);
  const byHand = EXACT_TEXT.exec(text)?.[1];
  if (byHand !== undefined) return follow(scope, byHand);
  const marks = marksIn(text).map((index) => termAt(scope, index));
  if (!/(?<!\$)\$\{/.test(text)) {
    const rest = marks.values();
    const known = marks.every((value) => typeof value === "string" || typeof value === "number");
    return known
      ? text.replaceAll(MARKS, () => String(rest.next().value)).replaceAll("$${", "${")
      : mixed(marks);
  }
  return mixed([...marks, ...[...text.matchAll(ANY_TEXT)].map(([identifier]) => follow(scope, identifier))]);
}

function termAt(scope: Scope, index: number): Value {
  const term = scope.entry.resolved.terms[index];
  return term === undefined ? new Unknown() : evaluateTerm(scope, term);
}

function evaluateTerm(scope: Scope, term: Term): Value {
  switch (term.kind) {
    case "reference":
      return follow(scope, term.identifier, term.stack);
    case "access": {
      const [target, keys] = [evaluate(scope, term.target), term.keys.map((key) => evaluate(scope, key))];
      const plain = keys.every((key) => typeof key === "string" || typeof key === "number");
      return (plain ? below(target, keys) : undefined) ?? mixed([target, ...keys]);
    }
    case "call": {
      const args = term.args.map((arg) => evaluate(scope, arg));
      return FUNCTIONS.get(term.name)?.(...args) ?? mixed(args);
    }
    case "operation": {
      const operands = term.operands.map((operand) => evaluate(scope, operand));
      return operate(term.operator, operands) ?? mixed(operands);
    }
    case "choice":
      return choose(scope, term);
  }
}

function choose(scope: Scope, { condition, yes, no }: Extract<Term, { kind: "choice" }>): Value {
  const decided = evaluate(scope, condition);
  const key = typeof decided === "boolean" ? undefined : spell(scope.entry, condition);
  if (key !== undefined) scope.choices.met.add(key);
  const taken = key === undefined ? decided : scope.choices.taken.get(key);
  if (taken === true) return evaluate(scope, yes);
  if (taken === false) return evaluate(scope, no);
  const [a, b] = [evaluate(scope, yes), evaluate(scope, no)];
  return sameValue(a, b) ? a : mixed([a, b, decided]);
}

const sameValue = (a: Value, b: Value): boolean =>
  isUnknown(a) && isUnknown(b)
    ? a.source !== undefined &&
      a.source.address === b.source?.address &&
      formatPath(a.source.path) === formatPath(b.source.path)
    : a === b;

/** One text for one condition, wherever it stands. */
function spell({ resolved, element }: Holder, value: Marked): string {
  const text = JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "string"
      ? part.replaceAll(MARKS, (_mark, index: string) => {
          const term = resolved.terms[Number(index)];
          if (term?.kind !== "reference") return JSON.stringify(term);
          return `${(term.stack ?? element.cdktfStack).node.path} ${term.identifier}`;
        })
      : part,
  );
  return hasMark(text) ? spell({ resolved, element }, text) : text;
}

/** A value computed out of others: which one it is, or what of them, only Terraform can tell. */
export const mixed = (values: readonly Value[]): Unknown => new Unknown(undefined, values.flatMap(sourcesIn));

function sourcesIn(value: Value): readonly ValueSource[] {
  if (isUnknown(value)) return value.source ? [value.source, ...value.derivedFrom] : value.derivedFrom;
  if (isList(value)) return value.flatMap(sourcesIn);
  return isObject(value) ? Object.values(value).flatMap(sourcesIn) : [];
}

/** What a traversal leads to. */
function follow(
  scope: Scope,
  identifier: string,
  stack: TerraformStack = scope.entry.element.cdktfStack,
): Value {
  const [, address, rest = ""] = IDENTIFIER.exec(identifier) ?? [];
  if (address === undefined) return new Unknown();
  return pick(wholeOf(scope, address, stack), rest);
}

/** What stands below a value, by `.sites[0].id`. */
function pick(value: Value, rest = ""): Value {
  if (rest === "") return value;
  const steps = stepsOf(rest);
  return (steps && below(value, steps)) ?? mixed([value]);
}

function wholeOf(scope: Scope, address: string, stack: TerraformStack): Value {
  const { tree, via, instance } = scope;
  if (address === "count.index") return instance?.kind === "count" ? instance.index : mixed([]);
  if (address === "each.key") return instance?.kind === "each" ? instance.key : mixed([]);
  if (address === "each.value") return instance?.kind === "each" ? instance.value : mixed([]);
  const found = tree.find(stack, address);
  // What is not in the tree, such as a variable, is one thing wherever it is named.
  if (found === undefined) return new Unknown({ address: tree.keyOf(stack, address), path: [] });
  if (via.includes(found)) return mixed([]);
  if (found.element instanceof TerraformLocal) {
    const inside = { ...scope, entry: found, instance: undefined, via: [...via, found] };
    return evaluate(inside, found.resolved.value);
  }
  const instances = instancesOf({ ...scope, entry: found, via: [...via, found] });
  const one = (suffix = "") => new Unknown({ address: found.key + suffix, path: [] });
  if (instances === undefined) return one();
  if (instances === "unknown") return mixed([one()]);
  return instances.some(({ kind }) => kind === "each")
    ? Object.fromEntries(instances.map((i) => [i.kind === "each" ? i.key : i.index, one(suffixOf(i))]))
    : instances.map((i) => one(suffixOf(i)));
}

export const suffixOf = (instance: Instance): string =>
  `[${instance.kind === "each" ? JSON.stringify(instance.key) : instance.index}]`;

/** More of one resource are judged as one of which it is not known which. */
const MOST_INSTANCES = 1000;

/** Undefined for a block without `count` and `for_each`. */
export function instancesOf(scope: Scope): readonly Instance[] | "unknown" | undefined {
  const { count, for_each: forEach } = scope.entry.resolved.value as Readonly<Record<string, Marked>>;
  if (count !== undefined) {
    const number = evaluate(scope, count);
    if (typeof number !== "number" || number > MOST_INSTANCES) return "unknown";
    return Array.from({ length: number }, (_, index): Instance => ({ kind: "count", index }));
  }
  return forEach === undefined ? undefined : instancesIn(evaluate(scope, forEach));
}

/** One for each item of a set, or entry of a map. */
export function instancesIn(value: Value): readonly Instance[] | "unknown" {
  if (isList(value)) {
    return value.every((item) => typeof item === "string")
      ? value.map((item): Instance => ({ kind: "each", key: item, value: item }))
      : "unknown";
  }
  if (!isObject(value)) return "unknown";
  return Object.entries(value).map(([key, item]): Instance => ({ kind: "each", key, value: item }));
}

/** `.sites[0].id` as a path; undefined when it is more than names, indexes and `*`. */
function stepsOf(text: string): Path | undefined {
  if (SOLE_NAME.test(text)) return [text.slice(1)];
  if (!STEPS.test(text)) return undefined;
  return [...text.matchAll(/\.([A-Za-z_*][\w-]*)|[.[](\d+)|\["([^"]*)"|\[(\*)\]/g)].map(
    ([, name, index, key, all]) => name ?? key ?? all ?? Number(index),
  );
}

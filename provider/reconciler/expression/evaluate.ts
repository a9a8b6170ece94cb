import { isList, isObject, isUnknown, Sensitive, type Value } from "../../../schema/unknown.js";
import { nearest } from "../../../schema/nearest.js";
import { type CallExpression, excerpt, type Expression, type ForExpression } from "./ast.js";
import {
  convert,
  isSet,
  sortedEntries,
  toBool,
  toNumber,
  toText,
  typeName,
  typeOf,
  unify,
} from "./convert.js";
import { EvaluationError, fail } from "./errors.js";
import { type FunctionDefinition, invoke } from "./functions/definition.js";
import { functions } from "./functions/index.js";
import { type Bare, derive, extend, sealIf, through } from "./marks.js";
import { applyBinary, applyUnary, compare } from "./operators.js";

/** What an expression can refer to. */
export interface Scope {
  /** The value of a root such as `iec_vpc.main`, `var.x` or `each.key`; undefined when nothing of that name is declared. */
  lookup(root: string): Value | undefined;
  /** Functions beside or instead of the usual ones, by name. */
  readonly functions?: ReadonlyMap<string, FunctionDefinition>;
}

/**
 * The value of an expression.
 *
 * An unknown that is passed on unchanged (by a reference, a list, an index, a condition that is known) stays the same
 * object; what is computed out of unknowns is a new unknown that names all their sources. Whatever a sensitive value
 * contributed to is sensitive.
 * @throws {EvaluationError}
 */
export function evaluate(expression: Expression, scope: Scope): Value {
  return evaluateIn(expression, { scope, bindings: undefined });
}

interface Bindings {
  readonly name: string;
  readonly value: Value;
  readonly outer: Bindings | undefined;
}

interface Environment {
  readonly scope: Scope;
  readonly bindings: Bindings | undefined;
}

const bind = (env: Environment, name: string, value: Value): Environment => ({
  scope: env.scope,
  bindings: { name, value, outer: env.bindings },
});

function evaluateIn(node: Expression, env: Environment): Value {
  if (node.kind === "literal") return node.value;
  try {
    return evaluateNode(node, env);
  } catch (error) {
    if (error instanceof EvaluationError && error.text === "") error.text = excerpt(node.at);
    throw error;
  }
}

function evaluateNode(node: Exclude<Expression, { kind: "literal" }>, env: Environment): Value {
  switch (node.kind) {
    case "template":
      return joinTemplate(node.parts.map((part) => evaluateIn(part, env)));
    case "reference":
      return lookupRoot(node.root, env);
    case "binding":
      return lookupBinding(node.name, env);
    case "attribute":
      return attributeOf(evaluateIn(node.object, env), node.name);
    case "index":
      return elementOf(evaluateIn(node.collection, env), evaluateIn(node.key, env));
    case "splat":
      return through(evaluateIn(node.collection, env), (bare) => {
        if (isUnknown(bare)) return derive(bare);
        if (bare === null) return [];
        return (isList(bare) ? bare : [bare]).map((item) => evaluateIn(node.each, bind(env, "*", item)));
      });
    case "unary":
      return applyUnary(node.operator, evaluateIn(node.operand, env));
    case "binary":
      return applyBinary(node.operator, evaluateIn(node.left, env), evaluateIn(node.right, env));
    case "conditional":
      return choose(
        evaluateIn(node.condition, env),
        evaluateIn(node.then, env),
        evaluateIn(node.otherwise, env),
      );
    case "tuple":
      return node.items.map((item) => evaluateIn(item, env));
    case "object":
      return makeObject(node.entries.map(({ key, value }) => [evaluateIn(key, env), evaluateIn(value, env)]));
    case "for":
      return through(evaluateIn(node.collection, env), (collection) => evaluateFor(node, collection, env));
    case "call":
      return evaluateCall(node, env);
  }
}

function lookupRoot(root: string, env: Environment): Value {
  const value = env.scope.lookup(root);
  return value === undefined ? fail("undeclared", `"${root}" is not declared`) : value;
}

function lookupBinding(name: string, env: Environment): Value {
  for (let bindings = env.bindings; bindings; bindings = bindings.outer) {
    if (bindings.name === name) return bindings.value;
  }
  return fail("undeclared", `"${name}" is not bound here`);
}

function joinTemplate(parts: readonly Value[]): Value {
  let text = "";
  let sensitive = false;
  let unknown = false;
  for (const part of parts) {
    const bare = part instanceof Sensitive ? part.value : part;
    sensitive ||= part instanceof Sensitive;
    if (isUnknown(bare)) unknown = true;
    else if (bare === null) fail("type", "A part of the text is null: null cannot stand in a text");
    else text += toText(bare);
  }
  return sealIf(sensitive, unknown ? derive(...parts) : text);
}

function attributeOf(object: Value, name: string): Value {
  return through(object, (bare) => {
    if (isUnknown(bare)) return extend(bare, name);
    if (bare === null) return fail("type", `The value is null, so it has no attribute "${name}"`);
    if (isObject(bare)) {
      const value = Object.hasOwn(bare, name) ? bare[name] : undefined;
      return value === undefined ? fail("index", `The object has no attribute "${name}"`) : value;
    }
    const hint = isList(bare) ? `: choose an element with [0], or all with [*]` : "";
    return fail("type", `${capital(typeName(bare))} has no attribute "${name}"${hint}`);
  });
}

function elementOf(collection: Value, index: Value): Value {
  return through(collection, (bare) =>
    through(index, (key) => elementAt(bare, key, index instanceof Sensitive)),
  );
}

function elementAt(collection: Bare, key: Bare, hideKey: boolean): Value {
  if (key === null) return fail("index", "The index is null");
  if (isUnknown(key)) return derive(collection, key);
  const shown = hideKey ? "of that index" : JSON.stringify(key);
  if (isUnknown(collection)) return extend(collection, typeof key === "number" ? key : toText(key));
  if (collection === null) return fail("type", `The value is null, so it has no element ${shown}`);
  if (isList(collection)) {
    if (isSet(collection))
      return fail("index", "The elements of a set have no index: make it a list with tolist()");
    const value = collection[toNumber(key)];
    if (value !== undefined) return value;
    return fail("index", `The list has ${collection.length} elements and so no element ${shown}`);
  }
  if (!isObject(collection)) return fail("type", `${capital(typeName(collection))} has no elements`);
  const name = toText(key);
  const value = Object.hasOwn(collection, name) ? collection[name] : undefined;
  return value === undefined ? fail("index", `The object has no element ${shown}`) : value;
}

/** Both results get one type, and both count for sensitivity, as in Terraform. */
function choose(condition: Value, then: Value, otherwise: Value): Value {
  const sensitive = then instanceof Sensitive || otherwise instanceof Sensitive;
  const result = through(condition, (bare) => {
    if (bare === null) return fail("type", "The condition is null: it must be true or false");
    const type = sameScalar(then, otherwise) ? "any" : unify([typeOf(then), typeOf(otherwise)]);
    if (type === undefined) {
      return fail(
        "type",
        `The two results of a condition must have one type, not ${typeName(then)} and ${typeName(otherwise)}`,
      );
    }
    if (!isUnknown(bare)) return convert(toBool(bare) ? then : otherwise, type);
    const [a, b] = [convert(then, type), convert(otherwise, type)];
    return compare(a, b) === true ? a : derive(bare, a, b);
  });
  return sealIf(sensitive, result);
}

const sameScalar = (a: Value, b: Value): boolean => typeof a !== "object" && typeof a === typeof b;

function makeObject(entries: readonly (readonly [Value, Value])[]): Value {
  const result: [string, Value][] = [];
  let sensitive = false;
  let unknown = false;
  for (const [key, value] of entries) {
    const bare = key instanceof Sensitive ? key.value : key;
    sensitive ||= key instanceof Sensitive;
    if (isUnknown(bare)) unknown = true;
    else result.push([keyText(bare), value]);
  }
  return sealIf(sensitive, unknown ? derive(...entries.flat()) : Object.fromEntries(result));
}

const keyText = (key: Bare): string =>
  key === null ? fail("type", "The key of an object is null") : toText(key);

/** Keys and values in the order Terraform walks them; the key of a set's element is the element. */
function entriesOf(collection: Bare): readonly (readonly [Value, Value])[] {
  if (isList(collection))
    return isSet(collection) ? collection.map((item) => [item, item]) : [...collection.entries()];
  if (isObject(collection)) return sortedEntries(collection);
  return fail("type", `"for" needs a list, set, map or object, not ${typeName(collection)}`);
}

function evaluateFor(node: ForExpression, collection: Bare, env: Environment): Value {
  if (isUnknown(collection)) return derive(collection);
  const seen = { sensitive: false };
  const open = (value: Value): Bare => {
    seen.sensitive ||= value instanceof Sensitive;
    return value instanceof Sensitive ? value.value : value;
  };
  const undecided: Value[] = [];
  const items: Value[] = [];
  const groups = new Map<string, Value[]>();
  for (const [key, value] of entriesOf(collection)) {
    const outer = node.keyName === undefined ? env : bind(env, node.keyName, key);
    const inner = bind(outer, node.valueName, value);
    const included = node.condition ? open(evaluateIn(node.condition, inner)) : true;
    if (isUnknown(included)) {
      undecided.push(included);
      continue;
    }
    if (included === null) fail("type", `The condition of "for" is null`);
    if (!toBool(included)) continue;
    const result = evaluateIn(node.value, inner);
    if (!node.key) {
      items.push(result);
      continue;
    }
    const name = open(evaluateIn(node.key, inner));
    if (isUnknown(name)) {
      undecided.push(name, result);
      continue;
    }
    const group = groups.get(keyText(name));
    if (!group) groups.set(keyText(name), [result]);
    else if (node.group) group.push(result);
    else
      fail(
        "index",
        `Two elements have ${seen.sensitive ? "the same key" : `the key ${JSON.stringify(name)}`}: use "..." behind the value to gather them`,
      );
  }
  if (undecided.length > 0) return sealIf(seen.sensitive, derive(collection, ...undecided));
  if (!node.key) return sealIf(seen.sensitive, items);
  const entries = [...groups].map(([key, values]): [string, Value] => [
    key,
    node.group ? values : (values[0] ?? null),
  ]);
  return sealIf(seen.sensitive, Object.fromEntries(entries));
}

function evaluateCall(node: CallExpression, env: Environment): Value {
  const definition = env.scope.functions?.get(node.name) ?? functions.get(node.name);
  if (!definition) {
    const near = nearest(node.name, [...functions.keys(), ...(env.scope.functions?.keys() ?? [])]);
    const hint = near === undefined ? "" : `. Did you mean "${near}"?`;
    return fail("function", `There is no function "${node.name}"${hint}`);
  }
  if ("refused" in definition)
    return fail("unsupported", `${node.name}() is not supported: ${definition.refused}`);
  if ("lazy" in definition) {
    if (node.expand) return fail("unsupported", `"..." cannot be used with ${node.name}()`);
    return definition.lazy(node.args.map((arg) => () => evaluateIn(arg, env)));
  }
  const args = node.args.map((arg) => evaluateIn(arg, env));
  if (!node.expand) return invoke(definition, args);
  const last = args.pop() ?? null;
  return through(last, (bare) => {
    if (isUnknown(bare)) return derive(...args, bare);
    if (!isList(bare)) return fail("type", `"..." needs a list, not ${typeName(bare)}`);
    return invoke(definition, [...args, ...bare]);
  });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

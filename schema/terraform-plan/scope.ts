import { isList, isObject, Unknown, type Json, type JsonObject, type ValueSource } from "../unknown.js";
import { sourcesOf } from "../isolation/values.js";
import { maximalReferences, parseTraversal, pathOf, withKey, type Step } from "./traversal.js";

/** A module of the configuration as one of its instances sees it. */
export interface Scope {
  /** `module.net["a"].`, or nothing for the root module. */
  readonly prefix: string;
  readonly module: JsonObject;
  /** The call that made it, and the module that calls. */
  readonly call?: { readonly from: Scope; readonly block: JsonObject };
}

/** Something whose expressions are resolved. */
export interface Holder {
  readonly scope: Scope;
  /** The block that holds them: a resource, a module call; undefined where the configuration has none. */
  readonly block: JsonObject | undefined;
}

/** For values of which it does not matter how they are written. */
export const NOWHERE: Holder = { scope: { prefix: "", module: {} }, block: undefined };

const at = (value: Json | undefined, key: string | number): Json | undefined =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
const objectAt = (value: Json | undefined, key: string | number): JsonObject => {
  const found = at(value, key);
  return isObject(found) ? found : {};
};

/** Modules refer to modules no deeper than this; a circle, which Terraform refuses, ends here too. */
const MOST_DEPTH = 50;

/** Where the resource of an address stands in the configuration. */
export function holderOf(configuration: JsonObject, address: string): Holder {
  let scope: Scope = { prefix: "", module: objectAt(configuration, "root_module") };
  const steps = [...(parseTraversal(address) ?? [])];
  while (steps[0]?.key === "module" && steps[1] !== undefined) {
    const { key: name } = steps[1];
    const key = steps[2]?.bracket === true ? steps[2].key : undefined;
    steps.splice(0, key === undefined ? 2 : 3);
    scope = called(scope, String(name), key);
  }
  const bare = steps
    .filter(({ bracket }) => !bracket)
    .map(({ key }) => key)
    .join(".");
  const resources = at(scope.module, "resources");
  const block = isList(resources) ? resources.find((item) => at(item, "address") === bare) : undefined;
  return { scope, block: isObject(block) ? block : undefined };
}

function called(scope: Scope, name: string, key: string | number | undefined): Scope {
  const call = objectAt(objectAt(scope.module, "module_calls"), name);
  return {
    prefix: `${scope.prefix}${withKey(`module.${name}`, key)}.`,
    module: objectAt(call, "module"),
    call: { from: scope, block: call },
  };
}

/** What an expression refers to, in the order written: each exactly, or what it is derived from. */
export function referencesOf(expression: Json | undefined, holder: Holder, depth = 0): readonly Unknown[] {
  const listed = at(expression, "references");
  const references = isList(listed) ? listed.filter((item) => typeof item === "string") : [];
  return maximalReferences(references).map((reference) => resolve(reference, holder, depth));
}

function resolve(reference: string, holder: Holder, depth: number): Unknown {
  const { prefix } = holder.scope;
  const steps = parseTraversal(reference);
  const opaque = new Unknown(undefined, [{ address: prefix + reference, path: [] }]);
  if (steps === undefined || depth > MOST_DEPTH) return opaque;
  const [root, ...rest] = steps;
  switch (root?.key ?? "") {
    case "each":
      // Which element it is cannot be told of an expression of which only the references are known.
      return derived(referencesOf(at(holder.block, "for_each_expression"), holder, depth + 1)) ?? opaque;
    case "var":
      return ofVariable(rest, holder.scope, depth) ?? opaque;
    case "module":
      return ofOutput(rest, holder.scope, depth) ?? opaque;
    case "count":
    case "local":
    case "path":
    case "self":
    case "terraform":
      return opaque;
    default:
      return ofResource(steps, prefix) ?? opaque;
  }
}

/** The argument that a module was called with. A variable of the root module is known. */
function ofVariable([name, ...rest]: readonly Step[], scope: Scope, depth: number): Unknown | undefined {
  if (name === undefined || scope.call === undefined) return undefined;
  const { from, block } = scope.call;
  return passedOn(at(block["expressions"], name.key), { scope: from, block }, rest, depth);
}

function ofOutput([name, ...rest]: readonly Step[], scope: Scope, depth: number): Unknown | undefined {
  if (name === undefined) return undefined;
  const key = rest[0]?.bracket === true ? rest[0].key : undefined;
  const [output, ...below] = key === undefined ? rest : rest.slice(1);
  if (output === undefined) return undefined;
  const child = called(scope, String(name.key), key);
  const { expression } = objectAt(objectAt(child.module, "outputs"), output.key);
  return passedOn(expression, { scope: child, block: undefined }, below, depth);
}

/** What a variable or output stands for: exactly when it is one reference, which is taken to be handed on as it is. */
function passedOn(
  expression: Json | undefined,
  holder: Holder,
  below: readonly Step[],
  depth: number,
): Unknown | undefined {
  const references = referencesOf(expression, holder, depth + 1);
  const [only] = references;
  if (references.length !== 1 || only?.source === undefined) return derived(references);
  const { address, path } = only.source;
  if (path.length > 0 && below.length > 0) return derived(references);
  return new Unknown({ address, path: [...path, ...pathOf(below)] });
}

function ofResource(steps: readonly Step[], prefix: string): Unknown | undefined {
  const names = steps[0]?.key === "data" ? 3 : 2;
  if (steps.length < names) return undefined;
  const bare = pathOf(steps.slice(0, names)).join(".");
  const key = steps[names]?.bracket === true ? steps[names].key : undefined;
  const rest = steps.slice(key === undefined ? names : names + 1);
  return new Unknown({ address: withKey(prefix + bare, key), path: pathOf(rest) });
}

/** A value computed out of others. */
export function derived(references: readonly Unknown[]): Unknown | undefined {
  const sources = new Map<string, ValueSource>();
  for (const source of references.flatMap(sourcesOf)) sources.set(JSON.stringify(source), source);
  return sources.size === 0 ? undefined : new Unknown(undefined, [...sources.values()]);
}

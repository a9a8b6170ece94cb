import { TerraformLocal, TerraformResource } from "cdktf";
import type { Placement } from "../../schema/definition.js";
import type { Reference, ResourceGraph, ResourceNode } from "../../schema/graph.js";
import {
  isList,
  isObject,
  isUnknown,
  mapObject,
  Unknown,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";
import {
  evaluate,
  instancesIn,
  instancesOf,
  mixed,
  suffixOf,
  type Choices,
  type Instance,
  type Scope,
} from "./evaluate";
import type { Marked } from "./tokens";
import type { Entry, Tree } from "./tree";

type Placements = Readonly<Record<string, Placement>>;

/** The nodes of one block, one for each of its instances that are known; and the conditions that shape them. */
export interface Part {
  readonly entry: Entry;
  readonly nodes: readonly ResourceNode[];
  readonly conditions: ReadonlySet<string>;
  /** Whether it is not known how many there are: then one stands for all, and none may be there. */
  readonly open: boolean;
}

/** The construct tree in the form that isolation reads; of blocks with one address, the first. */
export const partsOf = (tree: Tree, placements: Placements): readonly Part[] =>
  tree.entries.flatMap((entry) =>
    entry.element instanceof TerraformLocal || tree.find(entry.element.cdktfStack, entry.address) !== entry
      ? []
      : [partOf(tree, entry, placements)],
  );

export const graphOf = (parts: readonly Part[]): ResourceGraph => ({
  nodes: new Map(parts.flatMap(({ nodes }) => nodes.map((node) => [node.address, node]))),
});

const NONE: ReadonlySet<string> = new Set();
const NOTHING_TAKEN: Choices["taken"] = new Map();

/** @param taken what conditions are taken for that only Terraform can decide */
export function partOf(
  tree: Tree,
  entry: Entry,
  placements: Placements,
  taken: Choices["taken"] = NOTHING_TAKEN,
): Part {
  const met = new Set<string>();
  const scope: Scope = { tree, entry, choices: { taken, met }, via: [] };
  const instances = instancesOf(scope);
  const each = instances === undefined || instances === "unknown" ? [undefined] : instances;
  const nodes = each.map((instance) =>
    nodeOf(entry, instance === undefined ? scope : { ...scope, instance }, placements),
  );
  return { entry, nodes, conditions: met.size > 0 ? met : NONE, open: instances === "unknown" };
}

/** Arguments that are none of the resource type's. */
const META: readonly string[] = ["count", "for_each", "dynamic"];

function nodeOf(entry: Entry, scope: Scope, placements: Placements): ResourceNode {
  const { element, key } = entry;
  const { terraformResourceType: type } = element as Exclude<Entry["element"], TerraformLocal>;
  const address = scope.instance === undefined ? key : key + suffixOf(scope.instance);
  const lists = blockListsOf(placements[type]);
  const references: Reference[] = [];
  const body = entry.resolved.value as MarkedObject;
  const values: Record<string, Value> = { ...body };
  const set = (name: string, value: Value) => {
    const single = lists.includes(name) && isObject(value);
    values[name] = settle(single ? [value] : value, [name], address, references);
  };
  for (const name of Object.keys(body)) {
    if (META.includes(name)) delete values[name];
    else set(name, evaluate(scope, body[name] ?? null));
  }
  const blocks = (body["dynamic"] ?? {}) as Readonly<Record<string, MarkedObject>>;
  for (const [name, block] of Object.entries(blocks)) set(name, blocksOf(scope, block));
  if (entry.importId !== undefined) values["id"] = entry.importId;
  const mode = TerraformResource.isTerraformResource(element) ? "managed" : "data";
  return new PartNode(entry, address, mode, type, values, references);
}

/** The node with other values. */
export const withValues = (node: ResourceNode, values: ObjectValue): ResourceNode =>
  new PartNode(node, node.address, node.mode, node.type, values, node.references);

/** Looks for its origin when asked. Of a class, so that all nodes are objects of one shape: they are read much. */
class PartNode implements ResourceNode {
  readonly #source: Pick<ResourceNode, "origin">;
  constructor(
    source: Pick<ResourceNode, "origin">,
    readonly address: string,
    readonly mode: ResourceNode["mode"],
    readonly type: string,
    readonly values: ObjectValue,
    readonly references: readonly Reference[],
  ) {
    this.#source = source;
  }
  get origin() {
    return this.#source.origin;
  }
}

type MarkedObject = Readonly<Record<string, Marked>>;

/** A `dynamic` block, written out. */
function blocksOf(scope: Scope, { for_each: forEach = null, content = null }: MarkedObject): Value {
  const items = evaluate(scope, forEach);
  const instances = instancesIn(items);
  if (instances !== "unknown") return instances.map((instance) => evaluate({ ...scope, instance }, content));
  return mixed([items, evaluate({ ...scope, instance: undefined }, content)]);
}

const blockLists = new WeakMap<Placement, readonly string[]>();
/** Blocks that stand in a list; one of which there is one may be written without the list: `coverage_sites`. */
function blockListsOf(placement: Placement | undefined): readonly string[] {
  if (placement === undefined) return [];
  let lists = blockLists.get(placement);
  if (lists === undefined) {
    lists = Object.values(placement).flatMap((pattern) => /^(\w+)\[\]\./.exec(pattern)?.[1] ?? []);
    blockLists.set(placement, lists);
  }
  return lists;
}

/** Notes what a value refers to. An unknown of which nothing is told is at least not taken for one left unset. */
function settle(value: Value, path: Path, address: string, references: Reference[]): Value {
  if (value === null || typeof value !== "object") return value;
  if (isUnknown(value)) {
    const sources = value.source === undefined ? value.derivedFrom : [value.source, ...value.derivedFrom];
    for (const source of sources) references.push({ path, to: source.address, toPath: source.path });
    return sources.length > 0 ? value : new Unknown(undefined, [{ address, path }]);
  }
  if (isList(value)) return value.map((item, i) => settle(item, path.concat(i), address, references));
  return mapObject(value as ObjectValue, (item, name) =>
    settle(item, path.concat(name), address, references),
  );
}

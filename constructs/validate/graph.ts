import { TerraformLocal, TerraformResource } from "cdktf";
import type { Placement } from "../../schema/definition.js";
import type { Reference, ResourceGraph, ResourceNode } from "../../schema/graph.js";
import {
  getPath,
  isUnknown,
  UNKNOWN,
  Unknown,
  type ObjectValue,
  type Path,
  type Value,
  type ValueSource,
} from "../../schema/unknown.js";
import { MARK, type Marked } from "./tokens";
import type { Entry, Tree } from "./tree";

type Placements = Readonly<Record<string, Placement>>;

/** The construct tree in the form that isolation reads. */
export function graphOf(tree: Tree, placements: Placements): ResourceGraph {
  const nodes = new Map<string, ResourceNode>();
  for (const entry of tree.entries) {
    const node = nodeOf(tree, entry, placements);
    if (node !== undefined) nodes.set(node.address, node);
  }
  return { nodes };
}

function nodeOf(tree: Tree, entry: Entry, placements: Placements): ResourceNode | undefined {
  const { element, key } = entry;
  if (element instanceof TerraformLocal) return undefined;
  const references: Reference[] = [];
  const written = entry.resolved.value as MarkedObject;
  const body = withLists(written, placements[element.terraformResourceType]);
  const values = valueOf(tree, entry, body, [], references, []);
  return {
    address: key,
    mode: TerraformResource.isTerraformResource(element) ? "managed" : "data",
    type: element.terraformResourceType,
    values: values as ObjectValue,
    references,
    get origin() {
      return entry.origin;
    },
  };
}

type MarkedObject = Readonly<Record<string, Marked>>;

/** A block of which there is one may be written without the list that it stands in: `coverage_sites`. */
function withLists(body: MarkedObject, placement: Placement | undefined): MarkedObject {
  const lists = Object.values(placement ?? {}).flatMap((pattern) => /^(\w+)\[\]\./.exec(pattern)?.[1] ?? []);
  const single = (name: string, value: Marked) =>
    lists.includes(name) && typeof value === "object" && value !== null && !Array.isArray(value);
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, single(name, value) ? [value] : value]),
  );
}

function valueOf(
  tree: Tree,
  entry: Entry,
  value: Marked,
  path: Path,
  references: Reference[],
  via: readonly Entry[],
): Value {
  const visit = (item: Marked, step: string | number): Value =>
    valueOf(tree, entry, item, [...path, step], references, via);
  if (typeof value === "string") return textOf(tree, entry, value, path, references, via);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(visit);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, name)]));
}

const STEP = String.raw`(?:\.[A-Za-z_][\w-]*|\.\d+|\[\d+\]|\["[^"]*"\])`;
const TRAVERSAL = String.raw`(?:data\.)?[A-Za-z_]\w*\.[A-Za-z_][\w-]*`;
/** A reference and what is taken of it, with or without `\${ }`, and nothing else. */
const EXACT_MARK = new RegExp(String.raw`^(?:\$\{)?${MARK.source}(${STEP}*)\}?$`);
/** The same written by hand. */
const EXACT_TEXT = new RegExp(String.raw`^\$\{\s*(${TRAVERSAL}${STEP}*)\s*\}$`);
const ANY_TEXT = new RegExp(String.raw`\b${TRAVERSAL}${STEP}*`, "g");

function textOf(
  tree: Tree,
  entry: Entry,
  text: string,
  path: Path,
  references: Reference[],
  via: readonly Entry[],
): Value {
  const follow = (identifier: string, stack = entry.element.cdktfStack): Value =>
    target(tree, stack, identifier, path, references, via);
  const tokenAt = (index: string | undefined, steps = ""): Value => {
    const token = entry.resolved.references[Number(index)];
    return token === undefined ? UNKNOWN : follow(token.identifier + steps, token.originStack);
  };
  const marked = EXACT_MARK.exec(text);
  if (marked !== null) return tokenAt(marked[1], marked[2]);
  const byHand = EXACT_TEXT.exec(text)?.[1];
  if (byHand !== undefined) return follow(byHand);
  const marks = [...text.matchAll(new RegExp(MARK, "g"))].map(([, index]) => tokenAt(index));
  if (!isTemplate(text)) return marks.length === 0 ? text.replaceAll("$${", "${") : mixed(marks);
  return mixed([...marks, ...[...text.matchAll(ANY_TEXT)].map(([identifier]) => follow(identifier))]);
}

const isTemplate = (text: string): boolean => /(?<!\$)\$\{/.test(text);

/** A value computed out of others: which one it is, or what of them, only Terraform can tell. */
const mixed = (values: readonly Value[]): Unknown =>
  new Unknown(
    undefined,
    values.flatMap((value) =>
      isUnknown(value) ? [...(value.source ? [value.source] : []), ...value.derivedFrom] : [],
    ),
  );

/** What a traversal leads to; a plain unknown where that is not in the tree. */
function target(
  tree: Tree,
  stack: Entry["element"]["cdktfStack"],
  identifier: string,
  path: Path,
  references: Reference[],
  via: readonly Entry[],
): Value {
  const [, address = "", rest = ""] = new RegExp(`^(${TRAVERSAL})(.*)$`, "s").exec(identifier) ?? [];
  const found = tree.find(stack, address);
  if (found === undefined || via.includes(found)) return UNKNOWN;
  const steps = stepsOf(rest);
  if (found.element instanceof TerraformLocal) {
    const value = valueOf(tree, found, found.resolved.value, path, references, [...via, found]);
    return steps === undefined ? mixed([value]) : below(value, steps);
  }
  const source: ValueSource = { address: found.key, path: steps ?? [] };
  references.push({ path, to: found.key, toPath: source.path });
  return steps === undefined ? new Unknown(undefined, [source]) : new Unknown(source);
}

/** The value at a path, also where an unknown with a source of its own stands above it. */
function below(value: Value, steps: Path): Value {
  for (const [i] of steps.entries()) {
    const above = getPath(value, steps.slice(0, i));
    if (isUnknown(above) && above.source !== undefined)
      return new Unknown({ address: above.source.address, path: [...above.source.path, ...steps.slice(i)] });
  }
  return getPath(value, steps) ?? UNKNOWN;
}

/** `.sites[0].id` as a path; undefined when it is more than names and indexes (`[*]`, `[each.key]`). */
function stepsOf(text: string): Path | undefined {
  if (!new RegExp(`^${STEP}*$`).test(text)) return undefined;
  return [...text.matchAll(/\.([A-Za-z_][\w-]*)|[.[](\d+)|\["([^"]*)"/g)].map(
    ([, name, index, key]) => name ?? key ?? Number(index),
  );
}

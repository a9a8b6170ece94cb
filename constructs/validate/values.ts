import { TerraformProvider, TerraformResource } from "cdktf";
import type { Attributes } from "../../schema/attributes.js";
import { checkValues, isRight } from "../../schema/check-values.js";
import { decode } from "../../schema/decode.js";
import type { Diagnostic } from "../../schema/diagnostics.js";
import type { ResourceNode } from "../../schema/graph.js";
import tables from "../../schema/generated/attributes.json";
import {
  formatPath,
  isList,
  isObject,
  mapObject,
  UNKNOWN,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";
import { propsOf } from "../props";
import { sourceOf } from "../sources";
import { evaluate } from "./evaluate";
import type { Part } from "./graph";
import { checkProps, propPath, type Props } from "./props";
import { resolveMarked, type Resolved } from "./tokens";
import type { Entry, Tree } from "./tree";

type ByType = Readonly<Record<string, Attributes>>;
const TABLES = tables as unknown as {
  readonly provider: Attributes;
  readonly resources: ByType;
  readonly data_sources: ByType;
};

/** What is going to be written of a construct, or of one of its instances. */
type Body = Pick<ResourceNode, "address" | "values" | "origin">;

/** What the plan would say of the values of a design, and what of them cdktf drops. */
export const checkConfigurations = (tree: Tree, parts: readonly Part[]): Diagnostic[] => [
  ...parts.flatMap(checkPart),
  ...tree.constructs.flatMap((element) => (isProvider(element) ? checkProvider(tree, element) : [])),
];

function checkPart({ entry, nodes }: Part): Diagnostic[] {
  const element = entry.element as TerraformResource;
  const kind = TerraformResource.isTerraformResource(element) ? "resources" : "data_sources";
  const attributes = TABLES[kind][element.terraformResourceType];
  if (attributes === undefined) return [];
  const lost = checkProps(attributes, propsOf(element));
  const place = () => ({ address: entry.address, origin: entry.origin });
  return entry.failure === undefined
    ? [...lostOnes(lost, place), ...checkBodies(attributes, nodes, lost, entry.importId !== undefined)]
    : lostOnes(lost, place);
}

const isProvider = (element: unknown): element is TerraformProvider =>
  TerraformProvider.isTerraformProvider(element) && element.terraformResourceType === "iec";

function checkProvider(tree: Tree, element: TerraformProvider): Diagnostic[] {
  const lost = checkProps(TABLES.provider, propsOf(element));
  const place = {
    address: "provider.iec",
    origin: { constructPath: element.node.path, ...sourceOf(element) },
  };
  const values = valuesOf(tree, element);
  const bodies = values === undefined ? [] : [{ ...place, values }];
  return [...lostOnes(lost, () => place), ...checkBodies(TABLES.provider, bodies, lost)];
}

/** Undefined for what cdktf cannot write: it says why when it tries to. */
function valuesOf(tree: Tree, element: TerraformProvider): ObjectValue | undefined {
  let resolved: Resolved;
  try {
    const { iec } = (element.toTerraform() as { provider: { iec: readonly object[] } }).provider;
    resolved = resolveMarked(element, iec[0]);
  } catch {
    return undefined;
  }
  // An expression asks of where it stands for no more than this.
  const entry = { element, resolved } as unknown as Entry;
  const scope = {
    tree,
    entry,
    choices: { taken: new Map<string, boolean>(), met: new Set<string>() },
    via: [],
  };
  return evaluate(scope, resolved.value) as ObjectValue;
}

const lostOnes = ({ problems }: Props, place: () => Pick<Body, "address" | "origin">): Diagnostic[] =>
  problems.map((problem) => ({ ...problem, ...place() }));

function checkBodies(
  attributes: Attributes,
  bodies: readonly Body[],
  { explained }: Props,
  imported = false,
): Diagnostic[] {
  const said = new Set<string>();
  return bodies.flatMap((body) => {
    if (isRight(attributes, body.values)) return [];
    return problemsOf(attributes, configurationOf(body.values, imported)).flatMap((problem) => {
      const { code, path = [], detail = "" } = problem;
      const name = formatPath(path);
      // Instances of one block mostly are wrong alike.
      if (said.size === said.add(`${code} ${name}`).size) return [];
      if (explained.some((other) => areInLine(path, other))) return [];
      const prop = formatPath(propPath(attributes, path));
      const inCode = name === prop ? "" : `\nIts prop is ${prop}.`;
      return [{ ...problem, detail: detail + inCode, address: body.address, origin: body.origin }];
    });
  });
}

/** What the language itself takes in every block. */
const META = new Set(["//", "depends_on", "provider", "lifecycle", "provisioner", "connection", "alias"]);

/** An import tells the id beside the configuration. */
const configurationOf = (values: ObjectValue, imported: boolean): ObjectValue =>
  Object.fromEntries(
    Object.entries(values).filter(([name]) => !META.has(name) && !(imported && name === "id")),
  );

/** Whether one is inside of the other: a block is lost, too, of which nothing else is given. */
const areInLine = (a: Path, b: Path): boolean => a.slice(0, b.length).every((step, i) => step === b[i]);

function problemsOf(attributes: Attributes, values: ObjectValue): readonly Diagnostic[] {
  const problems = readProblems(attributes, values);
  return problems.length === 0 ? problems : readProblems(attributes, mapObject(values, undirected));
}

/** All at once; what has no value of its type, or none at all, is no wrong value besides. */
function readProblems(attributes: Attributes, values: ObjectValue): readonly Diagnostic[] {
  const { config, diagnostics } = decode(attributes, values);
  const wrong = checkValues(attributes, config);
  if (diagnostics.length === 0) return wrong;
  const told = (path: Path = []): boolean =>
    diagnostics.some((d) => formatPath(d.path ?? []) === formatPath(path));
  return [...diagnostics, ...wrong.filter(({ code, path }) => code !== "IEC2005" && !told(path))];
}

/** What a directive of a template, `%{if ...}`, makes of a text, only Terraform can tell. */
function undirected(value: Value): Value {
  if (typeof value === "string") return value.includes("%{") ? UNKNOWN : value;
  if (isList(value)) return value.map(undirected);
  return isObject(value) ? mapObject(value, undirected) : value;
}

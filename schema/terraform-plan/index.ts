import type { Diagnostic } from "../diagnostics.js";
import type { Assumption, ResourceGraph, ResourceNode } from "../graph.js";
import type { TypeTables } from "../isolation/tables.js";
import { formatSource } from "../isolation/values.js";
import {
  formatPath,
  getPath,
  isUnknown,
  leaves,
  type Json,
  type JsonObject,
  type ObjectValue,
} from "../unknown.js";
import { gapsOf, parsePlan, type Change, type PlanDocument, type StoredResource } from "./document.js";
import { fitsOf, type Fits } from "./roles.js";
import { holderOf, NOWHERE } from "./scope.js";
import { plannedValue, writtenReferences, type Reading } from "./values.js";

/** What a Terraform plan says of the network, before and after it is applied. */
export interface TerraformPlan {
  readonly before: ResourceGraph;
  readonly after: ResourceGraph;
  /** What `after` rests on, and the plan does not say. */
  readonly assumptions: readonly Assumption[];
  /** What the plan leaves out. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads what `terraform show -json PLAN` prints: of any provider, with modules, `count` and `for_each`.
 *
 * @param name how messages call the plan
 * @param refs which attributes take ids of which types
 * @throws {DiagnosticError} when the text is no plan, or one that failed
 */
export function readTerraformPlan(text: string, name: string, refs: TypeTables["refs"]): TerraformPlan {
  const document = parsePlan(text, name);
  const after = afterOf(document, fitsOf(refs));
  return {
    before: beforeOf(document),
    after,
    assumptions: assumptionsOf(after),
    diagnostics: gapsOf(document, name),
  };
}

/** Every value that will come from elsewhere: it was taken from a reference. */
const assumptionsOf = ({ nodes }: ResourceGraph): readonly Assumption[] =>
  [...nodes.values()].flatMap(({ address, values }) =>
    [...leaves(values)].flatMap(([path, value]) =>
      isUnknown(value) && value.source !== undefined && value.source.address !== address
        ? [{ address, attribute: formatPath(path), is: formatSource(value.source) }]
        : [],
    ),
  );

const beforeOf = ({ prior }: PlanDocument): ResourceGraph => ({
  nodes: new Map(prior.map((resource) => [resource.address, stored(resource)])),
});

const stored = ({ address, mode, type, values, sensitive }: StoredResource): ResourceNode => ({
  address,
  mode: mode === "data" ? "data" : "managed",
  type,
  values: bare(address, values, {}, sensitive),
  references: [],
});

/** The values without regard to how they are written. */
const bare = (address: string, after: JsonObject, unknown: Json, sensitive: Json): ObjectValue =>
  plannedValue({ after, unknown, sensitive }, { ...PLAIN, address }) as ObjectValue;
const PLAIN = { type: "", holder: NOWHERE, fits: () => false, valueAt: () => undefined };

function afterOf({ configuration, changes, planned, prior }: PlanDocument, fits: Fits): ResourceGraph {
  const nodes = new Map<string, ResourceNode>();
  // What was read needs no change, and neither does what -target leaves alone.
  for (const resource of [...prior.filter(({ mode }) => mode === "data"), ...planned]) {
    nodes.set(resource.address, stored(resource));
  }
  for (const change of changes) {
    const node = changed(change);
    if (node === undefined) nodes.delete(change.address);
    else nodes.set(change.address, node);
  }
  const instances = new Map<string, string[]>();
  for (const address of nodes.keys()) {
    const resource = resourceOf(address);
    const known = instances.get(resource);
    if (known === undefined) instances.set(resource, [address]);
    else known.push(address);
  }
  const written = (change: Change): ResourceNode | undefined => {
    const node = nodes.get(change.address);
    if (node === undefined || change.after === null) return node;
    const reading: Reading = {
      address: change.address,
      type: change.type,
      fits,
      holder: holderOf(configuration, change.address),
      valueAt: ({ address, path }) => getPath(nodes.get(address)?.values ?? null, path),
    };
    const layers = { after: change.after, unknown: change.afterUnknown, sensitive: change.afterSensitive };
    const values = plannedValue(layers, reading) as ObjectValue;
    const instancesOf = (address: string) =>
      nodes.has(address) ? [address] : (instances.get(address) ?? []);
    return { ...node, values, references: writtenReferences(reading, values, instancesOf) };
  };
  const finished = changes.flatMap((change) => written(change) ?? []);
  return { nodes: new Map([...nodes, ...finished.map((node) => [node.address, node] as const)]) };
}

/** The address without the key of the instance. */
const resourceOf = (address: string): string => address.replace(/\[(\d+|"(?:[^"\\]|\\.)*")\]$/, "");

/** A resource as it will be; undefined when it will not. */
function changed({ address, mode, type, actions, ...change }: Change): ResourceNode | undefined {
  const { before, after } = change;
  if (after !== null) {
    const values = bare(address, after, change.afterUnknown, change.afterSensitive);
    return { address, mode: mode === "data" ? "data" : "managed", type, values, references: [] };
  }
  // Forgotten, not deleted: it stays in the cloud.
  if (before === null || !actions.includes("forget")) return undefined;
  const values = bare(address, before, {}, change.beforeSensitive);
  return { address, mode: "existing", type, values, references: [] };
}

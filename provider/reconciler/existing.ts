import { expandPath } from "../../schema/definition.js";
import type { ResourceGraph, ResourceNode } from "../../schema/graph.js";
import { tablesOf } from "../../schema/isolation/index.js";
import { collectSites } from "../../schema/isolation/sites.js";
import { locate } from "../../schema/isolation/values.js";
import { getPath, type ObjectValue } from "../../schema/unknown.js";
import { readObject } from "../lifecycle/refresh.js";
import type { Workspace } from "./workspace.js";

/**
 * The graph with the objects that it names by literal id but does not manage, as the cloud has them.
 * `missing` are the ids that the cloud does not know.
 */
export async function lookUpExisting(
  workspace: Workspace,
  graph: ResourceGraph,
): Promise<{ graph: ResourceGraph; missing: ReadonlySet<string> }> {
  const { resources } = workspace.runtime;
  const { refs } = tablesOf(resources.values());
  // A key pair's id is its name, which is known before the pair exists.
  const known = new Set(
    [...graph.nodes.values()].map(({ type, values }) => values[type === "iec_keypair" ? "name" : "id"]),
  );
  const wanted = new Map<string, string>();
  for (const node of graph.nodes.values()) {
    if (node.mode !== "managed") continue;
    for (const [pattern, [type]] of Object.entries(refs[node.type] ?? {})) {
      for (const path of expandPath(pattern, node.values)) {
        const id = getPath(node.values, path);
        if (type !== undefined && typeof id === "string" && !known.has(id)) wanted.set(id, type);
      }
    }
  }
  const missing = new Set<string>();
  const nodes = new Map(graph.nodes);
  await Promise.all(
    [...wanted].map(async ([id, type]) => {
      const definition = resources.get(type);
      const asked = definition !== undefined && mayBeId(type, id);
      const found = asked ? await readObject(definition, { id }, workspace.api) : undefined;
      if (found === undefined) missing.add(id);
      else nodes.set(`${type}(${id})`, existing(type, id, found as ObjectValue));
    }),
  );
  if (namesUnknownSite(workspace, graph)) nodes.set(ALL_SITES, await readSites(workspace));
  return { graph: { nodes }, missing };
}

const ALL_SITES = "iec_sites(all)";
/** Policies that ask where a site is. */
const OF_PLACES = ["residency", "latency"];

/** Whether a policy asks for the place of a site that is written as an id, and that no data source tells of. */
function namesUnknownSite({ configuration, runtime }: Workspace, graph: ResourceGraph): boolean {
  if (!configuration.policies.some(({ kind }) => OF_PLACES.includes(kind))) return false;
  const { placements } = tablesOf(runtime.resources.values());
  const sites = collectSites(graph);
  return [...graph.nodes.values()].some((node) =>
    [
      ...locate(node, placements[node.type]?.site),
      ...(node.values["coverage_level"] === "site" ? locate(node, "coverage_sites[].site") : []),
    ].some(({ value }) => typeof value === "string" && !sites.has(value)),
  );
}

async function readSites({ runtime, api }: Workspace): Promise<ResourceNode> {
  const definition = runtime.dataSources.get("iec_sites");
  const unset = Object.keys(definition?.attributes ?? {}).map((name) => [name, null] as const);
  const told = await definition?.read({ ...Object.fromEntries<null>(unset), nearest: [] }, api);
  const values = (told ?? {}) as ObjectValue;
  return { address: ALL_SITES, mode: "data", type: "iec_sites", values, references: [] };
}

/** Ids are UUIDs, and key pairs are known by name: what is neither is not worth a call. */
const mayBeId = (type: string, id: string): boolean =>
  type === "iec_keypair"
    ? id.length > 0 && id.length <= 64
    : /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

const existing = (type: string, id: string, values: ObjectValue): ResourceNode => ({
  address: `${type}(${id})`,
  mode: "existing",
  type,
  values,
  references: [],
});

import type { ResourceGraph, ResourceNode } from "../../schema/graph.js";
import { tablesOf, type IsolationInput } from "../../schema/isolation/index.js";
import { lookUpExisting } from "./existing.js";
import type { ResourceChange } from "./model.js";
import type { Workspace } from "./workspace.js";

/** The planned network as isolation sees it. Without `offline`, the cloud is asked for what the plan only names. */
export async function designOf(
  workspace: Workspace,
  changes: ReadonlyMap<string, ResourceChange>,
  { offline }: { readonly offline: boolean },
): Promise<IsolationInput> {
  const planned = plannedGraph(workspace, changes);
  const { graph, missing } = offline
    ? { graph: planned, missing: new Set<string>() }
    : await lookUpExisting(workspace, planned);
  const { policies } = workspace.configuration;
  return { graph, missing, policies, ...tablesOf(workspace.runtime.resources.values()) };
}

/** What is to be deleted is no part of it. */
function plannedGraph(workspace: Workspace, changes: ReadonlyMap<string, ResourceChange>): ResourceGraph {
  const nodes = new Map<string, ResourceNode>();
  for (const [address, change] of changes) {
    if (change.after === null) continue;
    const block = workspace.configuration.blocks.get(address);
    nodes.set(address, {
      address,
      mode: change.mode,
      type: change.type,
      values: change.after,
      references: block === undefined ? [] : workspace.evaluator.references(block),
      origin: change.origin,
    });
  }
  return { nodes };
}

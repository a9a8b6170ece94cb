import type { ResourceGraph, ResourceNode } from "../../schema/graph.js";
import { tablesOf, type IsolationInput } from "../../schema/isolation/index.js";
import { goneBetween } from "../../schema/isolation/reachability/related.js";
import { lookUpExisting } from "./existing.js";
import type { ResourceChange } from "./model.js";
import type { Workspace } from "./workspace.js";

/** The planned network as isolation sees it. Without `offline`, the cloud is asked for what the plan only names. */
export async function designOf(
  workspace: Workspace,
  changes: ReadonlyMap<string, ResourceChange>,
  { offline }: { readonly offline: boolean },
): Promise<IsolationInput> {
  const [before, planned] = [graphOf(workspace, changes, "before"), graphOf(workspace, changes, "after")];
  const { graph, missing } = offline
    ? { graph: planned, missing: new Set<string>() }
    : await lookUpExisting(workspace, planned);
  const { policies } = workspace.configuration;
  const gone = goneBetween(before, planned);
  return { graph, missing, gone, policies, ...tablesOf(workspace.runtime.resources.values()) };
}

/** The resources that are there before, or after: what is to be deleted is no part of the latter. */
function graphOf(
  workspace: Workspace,
  changes: ReadonlyMap<string, ResourceChange>,
  side: "before" | "after",
): ResourceGraph {
  const nodes = new Map<string, ResourceNode>();
  for (const [address, change] of changes) {
    const values = change[side];
    if (values === null) continue;
    const block = workspace.configuration.blocks.get(address);
    nodes.set(address, {
      address,
      mode: change.mode,
      type: change.type,
      values,
      references: block === undefined ? [] : workspace.evaluator.references(block),
      origin: change.origin,
    });
  }
  return { nodes };
}

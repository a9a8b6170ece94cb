import { isUnknown } from "../../unknown.js";
import type { Work } from "./stages.js";
import type { Transition } from "./transition.js";

/**
 * The steps from one network to another as Terraform takes them: what is referred to first; old objects go after
 * what refers to them.
 */
export function workBetween({
  from: { graph: before },
  to: { graph: after },
  changed,
  related,
}: Transition): Work {
  const steps = new Map<string, { address: string; does: "remove" | "bring" }>();
  const needs = new Map<string, Set<string>>();
  const remove = (address: string) => `${address} (delete)`;
  const gone = new Set(
    [...changed].filter((address) => {
      const [old, planned] = [before.nodes.get(address), after.nodes.get(address)];
      if (old?.mode !== "managed") return false;
      return (
        planned === undefined || (typeof old.values["id"] === "string" && isUnknown(planned.values["id"]))
      );
    }),
  );
  for (const [address, node] of after.nodes) {
    const named = [...node.references.map(({ to }) => to), ...related.usedBy(node)];
    needs.set(address, new Set(named.filter((to) => to !== address && after.nodes.has(to))));
    if (node.mode === "managed" && changed.has(address)) steps.set(address, { address, does: "bring" });
  }
  for (const address of gone) {
    steps.set(remove(address), { address, does: "remove" });
    needs.set(remove(address), needs.get(remove(address)) ?? new Set());
    if (after.nodes.has(address)) needs.get(address)?.add(remove(address));
  }
  for (const [address, node] of gone.size > 0 ? before.nodes : []) {
    for (const used of related.usedBy(node)) {
      if (used === address || !gone.has(used)) continue;
      const waits = needs.get(remove(used));
      if (gone.has(address)) waits?.add(remove(address));
      else if (!after.nodes.has(used) && after.nodes.has(address)) waits?.add(address);
    }
  }
  return { steps, needs };
}

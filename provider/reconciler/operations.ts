import type { Plan, ResourceChange } from "./model.js";
import type { State } from "./state.js";

/** A step of an apply: `iec_vpc.main` brings it to its planned state, `iec_vpc.main (delete)` removes the old object. */
export interface OperationGraph {
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  readonly deletes: ReadonlyMap<string, ResourceChange>;
  readonly changes: ReadonlyMap<string, ResourceChange>;
}

const deleteOf = (address: string): string => `${address} (delete)`;

/** All managed resources that one needs, near and far, as Terraform stores them. */
export function managedNeeds(
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
  address: string,
): string[] {
  const all = new Set(dependencies.get(address));
  for (const need of all) for (const further of dependencies.get(need) ?? []) all.add(further);
  return [...all].filter((need) => !need.startsWith("data.")).sort();
}

/**
 * The order of an apply.
 *
 * What a resource refers to is brought about before it. An object is deleted after everything that depended on it is
 * deleted or, when it goes for good, no longer refers to it. A replacement deletes first. Last come the waits that
 * keep paths shut.
 */
export function operationGraph(
  plan: Plan,
  state: State,
  configured: ReadonlyMap<string, ReadonlySet<string>>,
): OperationGraph {
  const changes = new Map(plan.changes.map((change) => [change.address, change]));
  const deletes = new Map(
    plan.changes
      .filter((change) => change.action === "delete" || change.action === "replace")
      .map((change) => [deleteOf(change.address), change]),
  );
  const dependencies = new Map<string, Set<string>>();
  for (const { address, action } of plan.changes) {
    if (action === "delete") continue;
    const needs = new Set([...(configured.get(address) ?? [])].filter((need) => changes.has(need)));
    if (action === "replace") needs.add(deleteOf(address));
    dependencies.set(address, needs);
  }
  for (const name of deletes.keys()) dependencies.set(name, new Set());
  for (const [address, instance] of state.instances) {
    const dependent = changes.get(address);
    if (dependent === undefined) continue;
    for (const need of instance.dependencies) {
      const before = dependencies.get(deleteOf(need));
      if (before === undefined) continue;
      if (deletes.has(deleteOf(address))) before.add(deleteOf(address));
      else if (changes.get(need)?.action === "delete") before.add(address);
    }
  }
  for (const { first, then } of plan.reachability.order) dependencies.get(then.step)?.add(first.step);
  return { dependencies, deletes, changes };
}

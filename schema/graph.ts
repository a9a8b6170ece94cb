import type { Origin } from "./diagnostics.js";
import type { ObjectValue, Path } from "./unknown.js";

/** An attribute that refers to another node: `subnet_ids[0]` -> `iec_vpc_subnet.web`, path `id`. */
export interface Reference {
  readonly path: Path;
  readonly to: string;
  readonly toPath: Path;
}

/**
 * One resource or data source instance, as every front door (synth, plan, a Terraform plan) produces it.
 * `values` may hold unknowns, which tell where they will come from.
 */
export interface ResourceNode {
  readonly address: string;
  /** `existing`: an object outside of the configuration, looked up because something refers to it. */
  readonly mode: "managed" | "data" | "existing";
  readonly type: string;
  readonly values: ObjectValue;
  readonly references: readonly Reference[];
  readonly origin?: Origin | undefined;
}

export interface ResourceGraph {
  readonly nodes: ReadonlyMap<string, ResourceNode>;
}

/** That an attribute is handed a value as it is, though an expression could also compute another out of it. */
export interface Assumption {
  readonly address: string;
  /** `subnet_ids[0]`. */
  readonly attribute: string;
  /** `iec_vpc_subnet.web.id`. */
  readonly is: string;
}

/** Node -> the nodes it depends on. Names only: what a node is does not matter here. */
export type DependencyMap = ReadonlyMap<string, ReadonlySet<string>>;

/** The nodes of one cycle, first node repeated at the end; undefined when there is none. */
export function findCycle(dependencies: DependencyMap): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of dependencies.keys()) {
    if (done.has(start)) continue;
    // Iterative, because a chain of a hundred thousand resources must not overflow the stack.
    const trail: { node: string; rest: Iterator<string> }[] = [
      { node: start, rest: (dependencies.get(start) ?? new Set()).values() },
    ];
    const onTrail = new Map([[start, 0]]);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        done.add(top.node);
        onTrail.delete(top.node);
        trail.pop();
      } else if (onTrail.has(next.value)) {
        return [...trail.slice(onTrail.get(next.value)).map((t) => t.node), next.value];
      } else if (!done.has(next.value) && dependencies.has(next.value)) {
        onTrail.set(next.value, trail.length);
        trail.push({ node: next.value, rest: (dependencies.get(next.value) ?? new Set()).values() });
      }
    }
  }
  return undefined;
}

/** Every node after what it depends on; ties keep the given order. The map must hold no cycle. */
export function topologicalOrder(dependencies: DependencyMap): readonly string[] {
  const waiting = new Map<string, number>();
  const dependents = reverseDependencies(dependencies);
  for (const [node, needs] of dependencies) {
    waiting.set(node, [...needs].filter((n) => dependencies.has(n)).length);
  }
  const ready = [...dependencies.keys()].filter((node) => waiting.get(node) === 0);
  for (const node of ready) {
    for (const dependent of dependents.get(node) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
  return ready;
}

export function reverseDependencies(dependencies: DependencyMap): Map<string, Set<string>> {
  const reversed = new Map<string, Set<string>>([...dependencies.keys()].map((node) => [node, new Set()]));
  for (const [node, needs] of dependencies) for (const need of needs) reversed.get(need)?.add(node);
  return reversed;
}

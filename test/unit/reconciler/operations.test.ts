import { describe, expect, it } from "vitest";
import { topologicalOrder } from "../../../schema/graph.js";
import type { Plan, ResourceChange } from "../../../provider/reconciler/model.js";
import { managedNeeds, operationGraph } from "../../../provider/reconciler/operations.js";
import { changeAt, instanceAt, stateOf } from "./harness.js";

type Needs = Readonly<Record<string, readonly string[]>>;

interface Row {
  readonly name: string;
  /** Name -> action; all are of one type. */
  readonly actions: Readonly<Record<string, ResourceChange["action"]>>;
  /** What the configuration says that needs what. */
  readonly configured?: Needs;
  /** What the state says that was created after what. */
  readonly stored?: Needs;
  /** Pairs that must come in this order; `-x` is the delete of x. */
  readonly order: readonly (readonly [string, string])[];
  /** Pairs whose order is nobody's business. */
  readonly free?: readonly (readonly [string, string])[];
}

const ROWS: readonly Row[] = [
  {
    name: "creates: what is needed first",
    actions: { vpc: "create", subnet: "create", server: "create", other: "create" },
    configured: { subnet: ["vpc"], server: ["subnet", "vpc"] },
    order: [
      ["vpc", "subnet"],
      ["subnet", "server"],
    ],
    free: [["other", "vpc"]],
  },
  {
    name: "destroys: dependents first",
    actions: { vpc: "delete", subnet: "delete", server: "delete" },
    stored: { subnet: ["vpc"], server: ["subnet", "vpc"] },
    order: [
      ["-server", "-subnet"],
      ["-subnet", "-vpc"],
    ],
  },
  {
    name: "a replacement deletes first, and its dependents' old objects before",
    actions: { vpc: "replace", subnet: "replace" },
    configured: { subnet: ["vpc"] },
    stored: { subnet: ["vpc"] },
    order: [
      ["-subnet", "-vpc"],
      ["-vpc", "vpc"],
      ["vpc", "subnet"],
    ],
  },
  {
    name: "what depends on a replacement and is only changed comes after it",
    actions: { server: "replace", eip: "update" },
    configured: { eip: ["server"] },
    stored: { eip: ["server"] },
    order: [
      ["-server", "server"],
      ["server", "eip"],
    ],
  },
  {
    name: "what is removed goes after its former dependents let go of it",
    actions: { old: "delete", new: "create", user: "update" },
    configured: { user: ["new"] },
    stored: { user: ["old"] },
    order: [
      ["new", "user"],
      ["user", "-old"],
    ],
  },
  {
    name: "what is removed goes after its former dependents are deleted to be replaced",
    actions: { old: "delete", user: "replace" },
    stored: { user: ["old"] },
    order: [
      ["-user", "-old"],
      ["-user", "user"],
    ],
    free: [["user", "-old"]],
  },
  {
    name: "what stays as it is also holds a removal up: it may be read again first",
    actions: { old: "delete", user: "no-op" },
    stored: { user: ["old"] },
    order: [["user", "-old"]],
  },
  {
    name: "dependencies that turn round",
    actions: { a: "replace", b: "replace" },
    configured: { a: ["b"] },
    stored: { b: ["a"] },
    order: [
      ["-b", "-a"],
      ["b", "a"],
      ["-a", "a"],
    ],
  },
  {
    name: "what is not part of the plan is no reason to wait",
    actions: { subnet: "create" },
    configured: { subnet: ["vpc"] },
    stored: { elsewhere: ["subnet"] },
    order: [],
  },
];

const address = (name: string) => `iec_vpc.${name}`;
const nodeOf = (name: string) =>
  name.startsWith("-") ? `${address(name.slice(1))} (delete)` : address(name);
const addresses = (needs: Needs) =>
  Object.entries(needs).map(([name, list]) => [address(name), list.map(address)] as const);

function planOf(actions: Row["actions"]): Plan {
  return {
    stack: "s",
    base: { lineage: "l", serial: 0, hash: "" },
    destroy: false,
    changes: Object.entries(actions).map(([name, action]) => changeAt(address(name), action)),
    drift: [],
    outputs: [],
    conditional: [],
    reachability: { changes: [], order: [] },
    diagnostics: [],
  };
}

describe("the order of an apply", () => {
  it.each(ROWS)("$name", ({ actions, configured = {}, stored = {}, order, free = [] }) => {
    const state = stateOf(
      ...addresses(stored).map(([name, dependencies]) => instanceAt(name, {}, { dependencies })),
    );
    const { dependencies, changes, deletes } = operationGraph(
      planOf(actions),
      state,
      new Map(addresses(configured).map(([name, needs]) => [name, new Set(needs)])),
    );
    const sorted = topologicalOrder(dependencies);
    // A node that is missing from the order is part of a cycle.
    expect([...sorted].sort()).toEqual([...dependencies.keys()].sort());
    const comesAfter = (node: string, other: string): boolean => {
      const needs = [...(dependencies.get(node) ?? [])];
      return needs.includes(other) || needs.some((need) => comesAfter(need, other));
    };
    for (const [first, second] of order)
      expect(comesAfter(nodeOf(second), nodeOf(first)), `${first} before ${second}`).toBe(true);
    for (const [a, b] of free) {
      expect(comesAfter(nodeOf(a), nodeOf(b)) || comesAfter(nodeOf(b), nodeOf(a))).toBe(false);
    }
    expect([...changes.keys()]).toEqual(Object.keys(actions).map(address));
    expect([...deletes.values()].every(({ action }) => action === "delete" || action === "replace")).toBe(
      true,
    );
  });

  it("the stored dependencies of a resource are all managed ones, near and far", () => {
    const needs = new Map([
      ["iec_server.s", new Set(["iec_vpc_subnet.n", "data.iec_images.i"])],
      ["iec_vpc_subnet.n", new Set(["iec_vpc.v", "data.iec_sites.x"])],
    ]);
    expect(managedNeeds(needs, "iec_server.s")).toEqual(["iec_vpc.v", "iec_vpc_subnet.n"]);
  });
});

import { warningDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { ResourceNode } from "../../schema/graph.js";
import { tablesOf, type IsolationInput } from "../../schema/isolation/index.js";
import { TooLarge } from "../../schema/isolation/packets/sets.js";
import { changesBetween } from "../../schema/isolation/reachability/changes.js";
import {
  safeOrder,
  tellLeak,
  type OpenLeak,
  type Step,
  type Work,
} from "../../schema/isolation/reachability/order.js";
import { Transition } from "../../schema/isolation/reachability/transition.js";
import type { ObjectValue } from "../../schema/unknown.js";
import type { Plan } from "./model.js";
import { operationGraph } from "./operations.js";
import type { State } from "./state.js";
import type { Workspace } from "./workspace.js";

/** The plan with what it opens and closes, and with the order in which nothing else is open in between. */
export function foresee(
  workspace: Workspace,
  state: State,
  plan: Plan,
  design: IsolationInput | undefined,
): Plan {
  if (!plan.changes.some(({ mode, action }) => mode === "managed" && action !== "no-op")) return plan;
  const [before, after] = (["before", "after"] as const).map((side) =>
    networkOf(workspace, state, plan, design, side),
  ) as [IsolationInput, IsolationInput];
  try {
    const transition = new Transition(before, after);
    const changes = plan.destroy ? [] : changesBetween(transition);
    const { edges, leaks, complete } = safeOrder(transition, workOf(workspace, state, plan));
    const odd = plan.destroy ? [] : transition.after.diagnostics;
    const diagnostics = [...odd, ...leaks.map(unavoidable), ...(complete ? [] : [tooMany()])];
    return {
      ...plan,
      reachability: { changes, order: edges },
      diagnostics: [...plan.diagnostics, ...diagnostics],
    };
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return { ...plan, diagnostics: [...plan.diagnostics, tooMany()] };
  }
}

/** The network as it is, or as it is planned; what the plan leaves alone is in both. */
function networkOf(
  workspace: Workspace,
  state: State,
  plan: Plan,
  design: IsolationInput | undefined,
  side: "before" | "after",
): IsolationInput {
  const planned = design?.graph.nodes ?? new Map<string, ResourceNode>();
  const nodes = new Map<string, ResourceNode>();
  const add = (address: string, mode: "managed" | "data", type: string, values: ObjectValue) =>
    nodes.set(address, {
      address,
      mode,
      type,
      values,
      references: [],
      origin: workspace.configuration.blocks.get(address)?.origin,
    });
  const gone = new Set(plan.drift.filter(({ after }) => after === null).map(({ address }) => address));
  const concerned = new Set(plan.changes.map(({ address }) => address));
  for (const [address, { mode, type, values }] of state.instances)
    if (!concerned.has(address) && !gone.has(address)) add(address, mode, type, values);
  for (const { address, mode, type, ...values } of plan.changes) {
    const node = side === "after" ? planned.get(address) : undefined;
    if (node) nodes.set(address, node);
    else if (values[side] !== null) add(address, mode, type, values[side]);
  }
  for (const [address, node] of planned) if (node.mode === "existing") nodes.set(address, node);
  return {
    ...tablesOf(workspace.runtime.resources.values()),
    ...(design?.sites && { sites: design.sites }),
    graph: { nodes },
  };
}

/** The apply, as far as it matters to the network. */
function workOf({ evaluator }: Workspace, state: State, plan: Plan): Work {
  const { dependencies, deletes, changes } = operationGraph(plan, state, evaluator.dependencies);
  const steps = new Map<string, Step>();
  for (const [name, { address }] of deletes) steps.set(name, { address, does: "remove" });
  for (const [name, { address, action }] of changes)
    if (["create", "update", "replace"].includes(action)) steps.set(name, { address, does: "bring" });
  return { steps, needs: dependencies };
}

function unavoidable(leak: OpenLeak): Diagnostic {
  const steps = leak.after.map(({ verb, address }) => `${PAST[verb]} ${address}`);
  return warningDiagnostic(
    "IEC1045",
    leak.sure ? "A path opens during the apply" : "A path may open during the apply",
    {
      address: leak.after.at(-1)?.address,
      detail: `Once iec has ${steps.join(" and ")}, ${tellLeak(leak)} until the apply goes on. iec found no order of the steps that avoids it.\nClose the path with a change of its own first, or apply while nobody can use it.`,
    },
  );
}

const PAST = { create: "created", update: "updated", delete: "deleted" } as const;

const tooMany = (): Diagnostic =>
  warningDiagnostic("IEC1046", "Not everything that may open during the apply was looked at", {
    detail:
      "The plan changes too much of the network at once to look at every moment of the apply. Apply it in parts, with --target, to have each of them looked at.",
  });

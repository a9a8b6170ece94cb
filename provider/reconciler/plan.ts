import PQueue from "p-queue";
import { allAttributes } from "../../schema/definition.js";
import { errorDiagnostic, hasErrors, type Diagnostic } from "../../schema/diagnostics.js";
import { topologicalOrder } from "../../schema/graph.js";
import { checkIsolation, type IsolationInput } from "../../schema/isolation/index.js";
import {
  equalValues,
  isUnknown,
  isWhollyKnown,
  Unknown,
  type ObjectValue,
  type Value,
} from "../../schema/unknown.js";
import { ApiError } from "../client/errors.js";
import { diagnose } from "../lifecycle/apply.js";
import { changedPaths } from "../lifecycle/compare.js";
import { mergeRead } from "../lifecycle/merge.js";
import { planResource } from "../lifecycle/plan.js";
import { driftedPaths, refreshType, type Refreshed } from "../lifecycle/refresh.js";
import { readConfig, unknownOf } from "./checks.js";
import { designOf } from "./design.js";
import { foresee } from "./foresight.js";
import type { Block } from "./load.js";
import type { Drift, OutputChange, Plan, ResourceChange } from "./model.js";
import { hashState, type Instance, type State } from "./state.js";
import { exposed, sensitivePaths, type Workspace } from "./workspace.js";
import { precheck } from "./precheck.js";
import { walk } from "./walk.js";

export interface PlanRequest {
  readonly destroy?: boolean | undefined;
  /** Addresses to plan, with what they need; empty = all. */
  readonly targets?: readonly string[] | undefined;
  /** Addresses to replace whatever has changed. */
  readonly replace?: readonly string[] | undefined;
  /** Whether the cloud is asked first how things are; true by default. */
  readonly refresh?: boolean | undefined;
  /** Nothing is asked at all: what only the cloud can tell stays unknown. */
  readonly offline?: boolean | undefined;
  readonly onProgress?: ((message: string) => void) | undefined;
}

/** A plan, and the network that it leads to: undefined where the plan has errors, or destroys. */
export interface Planned {
  readonly plan: Plan;
  readonly design: IsolationInput | undefined;
}

/** What is to be done so that the cloud matches the configuration. Reads only. What `checkOffline` says comes before. */
export async function planStack(workspace: Workspace, state: State, request: PlanRequest): Promise<Planned> {
  const { configuration } = workspace;
  const destroy = request.destroy === true;
  const diagnostics: Diagnostic[] = [];
  const result = ({ design, ...parts }: Parts): Planned => ({
    plan: {
      stack: configuration.stack,
      base: { lineage: state.lineage, serial: state.serial, hash: hashState(state) },
      destroy,
      changes: [],
      drift: [],
      outputs: [],
      conditional: [],
      reachability: { changes: [], order: [] },
      diagnostics,
      ...parts,
    },
    design,
  });

  const refresh = startRefresh(workspace, state, request);
  try {
    const plan = destroy ? planDestroy : planChanges;
    const planned = result(await plan(workspace, state, request, refresh, diagnostics));
    if (hasErrors(diagnostics)) return planned;
    return { ...planned, plan: foresee(workspace, state, planned.plan, planned.design) };
  } catch (error) {
    diagnostics.push(...diagnose(error));
    return result({});
  }
}

type Parts = Partial<Plan> & { readonly design?: IsolationInput };
type Refresh = ReadonlyMap<string, Promise<ReadonlyMap<string, Refreshed>>>;

/** Asks for the managed resources of the state, one type beside the other. */
function startRefresh(workspace: Workspace, state: State, request: PlanRequest): Refresh {
  const byType = new Map<string, Map<string, ObjectValue>>();
  for (const [address, instance] of state.instances) {
    if (instance.mode !== "managed") continue;
    const states = byType.get(instance.type) ?? new Map<string, ObjectValue>();
    byType.set(instance.type, states.set(address, instance.values));
  }
  return new Map(
    [...byType].map(([type, states]) => {
      const definition = workspace.runtime.resources.get(type);
      const asked = definition !== undefined && request.refresh !== false && request.offline !== true;
      const refreshed: Promise<ReadonlyMap<string, Refreshed>> = asked
        ? refreshType(definition, states, workspace.api)
        : Promise.resolve(states);
      // Awaited later; until then a failure must not count as unhandled.
      refreshed.catch(() => undefined);
      return [type, refreshed];
    }),
  );
}

const refreshedValues = async (refresh: Refresh, type: string, address: string): Promise<Refreshed> =>
  (await refresh.get(type))?.get(address);

async function driftOf(workspace: Workspace, state: State, refresh: Refresh): Promise<Drift[]> {
  const drift: Drift[] = [];
  for (const [address, instance] of state.instances) {
    const definition = workspace.runtime.resources.get(instance.type);
    if (instance.mode !== "managed" || definition === undefined) continue;
    const after = (await refreshedValues(refresh, instance.type, address)) ?? null;
    const changed = after === null ? [] : driftedPaths(definition, instance.values, after);
    if (after !== null && changed.length === 0) continue;
    const sensitive = sensitivePaths(definition.attributes, instance.sensitive);
    const origin = workspace.configuration.blocks.get(address)?.origin;
    drift.push({ address, type: instance.type, before: instance.values, after, changed, sensitive, origin });
  }
  return drift;
}

async function planDestroy(
  workspace: Workspace,
  state: State,
  request: PlanRequest,
  refresh: Refresh,
  diagnostics: Diagnostic[],
): Promise<Parts> {
  const { blocks } = workspace.configuration;
  const changes: ResourceChange[] = [];
  const wanted = request.targets?.length ? dependentsOf(state, new Set(request.targets)) : undefined;
  for (const [address, instance] of state.instances) {
    if (instance.mode !== "managed" || (wanted !== undefined && !wanted.has(address))) continue;
    const before = await refreshedValues(refresh, instance.type, address);
    if (before === undefined) continue;
    const block = blocks.get(address);
    if (block?.preventDestroy === true) diagnostics.push(prevented(block));
    changes.push(deletion(workspace, address, instance, before, "delete-because-destroy"));
  }
  const outputs = wanted === undefined ? [...state.outputs] : [];
  return {
    changes: deletionOrder(changes, state),
    drift: await driftOf(workspace, state, refresh),
    outputs: outputs.map(([name, { value, sensitive }]) => ({
      name,
      before: value,
      after: undefined,
      sensitive,
    })),
  };
}

async function planChanges(
  workspace: Workspace,
  state: State,
  request: PlanRequest,
  refresh: Refresh,
  diagnostics: Diagnostic[],
): Promise<Parts> {
  const { configuration, evaluator, runtime, api } = workspace;
  const offline = request.offline === true;
  const values = new Map<string, Value>();
  const changes = new Map<string, ResourceChange>();
  const wanted = request.targets?.length
    ? neededBy(evaluator.dependencies, new Set(request.targets))
    : undefined;

  const visit = async (address: string): Promise<boolean> => {
    const block = configuration.blocks.get(address);
    if (block === undefined) return true;
    if (wanted !== undefined && !wanted.has(address)) {
      const instance = state.instances.get(address);
      values.set(
        address,
        instance === undefined ? unknownOf(address) : exposed(instance.values, instance.sensitive),
      );
      return true;
    }
    try {
      const change = block.mode === "data" ? await planData(block) : await planManaged(block);
      if (change === undefined) return false;
      changes.set(address, change);
      values.set(address, exposed(change.after ?? {}, change.sensitive));
      return true;
    } catch (error) {
      if (concernsEveryCall(error)) throw error;
      diagnostics.push(...diagnose(error).map((d) => ({ ...d, address, origin: block.origin })));
      return false;
    }
  };

  const planManaged = async (block: Block): Promise<ResourceChange | undefined> => {
    const { address } = block;
    const definition = runtime.resources.get(block.type);
    if (definition === undefined) return undefined;
    const attributes = allAttributes(definition);
    const read = readConfig(workspace, block, values);
    diagnostics.push(...read.diagnostics);
    if (hasErrors(read.diagnostics)) return undefined;
    const instance = state.instances.get(address);
    const prior = await refreshedValues(refresh, block.type, address);
    const planned = planResource({
      definition,
      address,
      config: read.config,
      prior,
      tainted: instance?.tainted === true,
      forceReplace: request.replace?.includes(address) === true,
      ignoreChanges: block.ignoreChanges,
    });
    if (planned.action === "replace" && block.preventDestroy) diagnostics.push(prevented(block));
    const sensitive = sensitivePaths(attributes, read.sensitive);
    return {
      address,
      mode: "managed",
      type: block.type,
      name: block.name,
      ...planned,
      before: prior ?? null,
      after: planned.planned,
      sensitive,
      origin: block.origin,
    };
  };

  const planData = async (block: Block): Promise<ResourceChange | undefined> => {
    const { address } = block;
    const definition = runtime.dataSources.get(block.type);
    if (definition === undefined) return undefined;
    const read = readConfig(workspace, block, values);
    diagnostics.push(...read.diagnostics);
    if (hasErrors(read.diagnostics)) return undefined;
    const waits =
      offline ||
      !isWhollyKnown(read.config) ||
      block.dependsOn.some((need) => !["no-op", undefined].includes(changes.get(need)?.action));
    const known = waits ? undefined : await definition.read(read.config, api);
    const after = mergeRead(
      definition.attributes,
      read.config,
      known,
      (name) => new Unknown({ address, path: [name] }),
    );
    const sensitive = sensitivePaths(definition.attributes, read.sensitive);
    const common = {
      address,
      mode: "data",
      type: block.type,
      name: block.name,
      changed: [],
      replacePaths: [],
      sensitive,
      origin: block.origin,
    } as const;
    if (waits) return { ...common, action: "read", reason: "read-because-unknown", before: null, after };
    return { ...common, action: "no-op", before: after, after };
  };

  // Planning itself is cheap; the client limits how many calls are under way.
  await walk(evaluator.dependencies, visit, { queue: new PQueue({ concurrency: Infinity }) });
  const removed: ResourceChange[] = [];
  for (const [address, instance] of state.instances) {
    if (instance.mode !== "managed" || configuration.blocks.has(address)) continue;
    if (wanted !== undefined && !request.targets?.includes(address)) continue;
    const before = await refreshedValues(refresh, instance.type, address);
    if (before !== undefined)
      removed.push(deletion(workspace, address, instance, before, "delete-because-no-config"));
  }
  const drift = await driftOf(workspace, state, refresh);
  if (hasErrors(diagnostics)) return { drift };

  const all = new Map([...changes, ...removed.map((change) => [change.address, change] as const)]);
  const design = await designOf(workspace, all, { offline });
  const isolation = checkIsolation(design);
  diagnostics.push(...isolation.diagnostics);
  if (!hasErrors(diagnostics) && !offline)
    diagnostics.push(...(await precheck(workspace, [...changes.values(), ...removed])));
  const outputs = wanted === undefined ? planOutputs(workspace, state, values, diagnostics) : [];
  const order = topologicalOrder(evaluator.dependencies);
  return {
    changes: [...order.flatMap((address) => changes.get(address) ?? []), ...deletionOrder(removed, state)],
    drift,
    outputs,
    conditional: isolation.conditional,
    design,
  };
}

/** Whether any other call would fail alike: that is told once, and of no resource in particular. */
const concernsEveryCall = (error: unknown): boolean =>
  error instanceof ApiError && (error.kind !== "answer" || error.isUnauthorized || error.isForbidden);

function planOutputs(
  workspace: Workspace,
  state: State,
  values: ReadonlyMap<string, Value>,
  diagnostics: Diagnostic[],
): OutputChange[] {
  const { configuration, evaluator } = workspace;
  const evaluated = evaluator.outputs(values);
  diagnostics.push(...evaluated.diagnostics);
  const names = new Set([...configuration.outputs.keys(), ...state.outputs.keys()]);
  return [...names].flatMap((name) => {
    const declared = configuration.outputs.get(name);
    const before = state.outputs.get(name);
    const after = declared === undefined ? undefined : (evaluated.value[name] ?? null);
    const same =
      after !== undefined && before !== undefined && !isUnknown(after) && equalValues(before.value, after);
    if (same) return [];
    const marked = evaluated.sensitive.some((path) => path[0] === name);
    return [
      {
        name,
        before: before?.value,
        after,
        sensitive: declared?.sensitive === true || marked || before?.sensitive === true,
      },
    ];
  });
}

const deletion = (
  workspace: Workspace,
  address: string,
  instance: Instance,
  before: ObjectValue,
  reason: "delete-because-no-config" | "delete-because-destroy",
): ResourceChange => {
  const definition = workspace.runtime.resources.get(instance.type);
  const attributes = definition === undefined ? {} : allAttributes(definition);
  return {
    address,
    mode: "managed",
    type: instance.type,
    name: instance.name,
    action: "delete",
    reason,
    before,
    after: null,
    changed: changedPaths(attributes, before, {}),
    replacePaths: [],
    sensitive: sensitivePaths(attributes, instance.sensitive),
    origin: workspace.configuration.blocks.get(address)?.origin,
  };
};

/** Dependents before what they depend on. */
function deletionOrder(changes: readonly ResourceChange[], state: State): ResourceChange[] {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  const needs = new Map(
    changes.map(({ address }) => [address, new Set(state.instances.get(address)?.dependencies)]),
  );
  return [...topologicalOrder(needs)].reverse().flatMap((address) => byAddress.get(address) ?? []);
}

const prevented = (block: Block): Diagnostic =>
  errorDiagnostic("IEC2018", `${block.address} must not be destroyed`, {
    address: block.address,
    origin: block.origin,
    path: ["lifecycle", "prevent_destroy"],
    detail:
      "The plan would destroy it, and its lifecycle.prevent_destroy is true. Undo the change, or remove prevent_destroy.",
  });

/** The given addresses and all they depend on. */
function neededBy(
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
  wanted: ReadonlySet<string>,
): ReadonlySet<string> {
  const all = new Set(wanted);
  for (const address of all) for (const need of dependencies.get(address) ?? []) all.add(need);
  return all;
}

/** The given addresses and all that depends on them. */
function dependentsOf(state: State, wanted: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(wanted);
  for (const needed of all) {
    for (const [address, instance] of state.instances)
      if (instance.dependencies.includes(needed)) all.add(address);
  }
  return all;
}

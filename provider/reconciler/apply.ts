import PQueue from "p-queue";
import type { Resource } from "../../schema/definition.js";
import { dedupe, errorDiagnostic, hasErrors, type Code, type Diagnostic } from "../../schema/diagnostics.js";
import type { ObjectValue, Value } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { createObject, deleteObject, diagnose, updateObject, type Applied } from "../lifecycle/apply.js";
import { mergeRead } from "../lifecycle/merge.js";
import { readConfig } from "./checks.js";
import { CreateLedger } from "./creates.js";
import { Journal } from "./journal.js";
import { KeyedMutex } from "./mutex.js";
import type { ApplyEvent, ApplyResult, Operation, Plan, ResourceChange } from "./model.js";
import { managedNeeds, operationGraph } from "./operations.js";
import { guardIsolation, settleOutputs, settleValues, type SettledValues } from "./settle.js";
import { formatState, PROVIDER, writeState, type Instance, type OutputValue, type State } from "./state.js";
import { walk } from "./walk.js";
import { exposed, type Workspace } from "./workspace.js";

export interface ApplyOptions {
  readonly onEvent: (event: ApplyEvent) => void;
  /** Aborted: nothing new is started, what is under way is finished and saved. */
  readonly stop: AbortSignal;
}

/** Carries out a plan. Whatever happens, the state written at the end holds exactly what is known to exist. */
export async function applyPlan(
  workspace: Workspace,
  state: State,
  plan: Plan,
  options: ApplyOptions,
): Promise<{ result: ApplyResult; state: State }> {
  const run = new Run(workspace, state, plan, options);
  return run.carryOut();
}

class Run {
  readonly #workspace: Workspace;
  readonly #plan: Plan;
  readonly #before: State;
  readonly #options: ApplyOptions;
  readonly #journal: Journal;
  readonly #creates: CreateLedger;
  readonly #instances: Map<string, Instance>;
  /** The changes with the values they have by now, for the guard of isolation. */
  readonly #current: Map<string, ResourceChange>;
  readonly #values = new Map<string, Value>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #exclusive = new KeyedMutex();
  readonly #count = { created: 0, updated: 0, deleted: 0 };

  constructor(workspace: Workspace, state: State, plan: Plan, options: ApplyOptions) {
    this.#workspace = workspace;
    this.#plan = plan;
    this.#before = state;
    this.#options = options;
    this.#journal = Journal.begin(workspace.configuration.statePath, state);
    this.#instances = new Map(state.instances);
    this.#current = new Map(plan.changes.map((change) => [change.address, change]));
    this.#creates = new CreateLedger({
      journal: this.#journal,
      api: workspace.api,
      clock: workspace.runtime.clock,
      signal: workspace.signal,
      instances: this.#instances,
    });
    const gone = new Set(plan.drift.filter((d) => d.after === null).map((d) => d.address));
    for (const address of gone) this.#instances.delete(address);
  }

  async carryOut(): Promise<{ result: ApplyResult; state: State }> {
    const { evaluator, configuration, parallelism, signal } = this.#workspace;
    const graph = operationGraph(this.#plan, this.#before, evaluator.dependencies);
    const queue = new PQueue({ concurrency: parallelism });
    const visit = async (node: string): Promise<boolean> => {
      const change = graph.deletes.get(node) ?? graph.changes.get(node);
      if (change === undefined) return true;
      const operation = operationOf(change, graph.deletes.has(node));
      if (operation === undefined) return this.#keep(change);
      return await this.#carryOutOne(change, operation);
    };
    const stop = AbortSignal.any([this.#options.stop, signal]);
    const { skipped } = await walk(graph.dependencies, visit, { queue, stop });
    for (const node of skipped) {
      const change = graph.deletes.get(node) ?? graph.changes.get(node);
      const operation = change && operationOf(change, graph.deletes.has(node));
      if (change === undefined || operation === undefined) continue;
      this.#options.onEvent({
        kind: "skipped",
        address: change.address,
        operation,
        at: this.#workspace.runtime.clock.now(),
      });
    }
    if (signal.aborted || (stop.aborted && skipped.size > 0)) {
      this.#diagnostics.push(
        errorDiagnostic("IEC5004", "The apply was stopped before it was done", {
          detail: signal.aborted
            ? "What was under way was cut off. Apply again: it finds out what became of it, and goes on."
            : "What was under way is finished and saved. Apply again to go on.",
        }),
      );
    }
    // Data sources are read for managed resources: alone, or no longer configured, they are nothing.
    const alone = ![...this.#instances.values()].some((instance) => instance.mode === "managed");
    for (const [address, { mode }] of this.#instances)
      if (mode === "data" && (alone || !configuration.blocks.has(address))) this.#instances.delete(address);
    const outputs = this.#outputs();
    const state = { ...this.#before, serial: this.#before.serial + 1, instances: this.#instances, outputs };
    const changed = formatState({ ...state, serial: this.#before.serial }) !== formatState(this.#before);
    // A write that fails leaves the journal: the next command goes on from there.
    if (changed || this.#before.serial === 0) await writeState(configuration.statePath, state);
    this.#journal.finish(state);
    const addresses = [...skipped].map((node) => node.replace(/ \(delete\)$/, ""));
    return {
      result: {
        ...this.#count,
        skipped: [...new Set(addresses)],
        outputs,
        diagnostics: dedupe(this.#diagnostics),
      },
      state: changed ? state : this.#before,
    };
  }

  /** The outputs of what is there now. After a failure, those that need a missing value keep what they had. */
  #outputs(): ReadonlyMap<string, OutputValue> {
    const failed = hasErrors(this.#diagnostics);
    if (this.#plan.destroy) return failed ? this.#before.outputs : new Map();
    const values = [...this.#current].map(
      ([address, change]) =>
        [address, this.#values.get(address) ?? exposed(change.after ?? {}, change.sensitive)] as const,
    );
    const { outputs, diagnostics } = settleOutputs(this.#workspace, new Map(values), this.#before.outputs);
    if (!failed) this.#diagnostics.push(...diagnostics);
    return outputs;
  }

  /** A resource that stays as it is: its refreshed values go to the state. */
  #keep(change: ResourceChange): true {
    const instance = this.#instances.get(change.address);
    const values = change.after ?? {};
    if (change.mode === "data") this.#instances.set(change.address, this.#instanceOf(change, values));
    else if (instance !== undefined)
      this.#instances.set(change.address, {
        ...instance,
        values,
        dependencies: managedNeeds(this.#workspace.evaluator.dependencies, change.address),
      });
    this.#values.set(change.address, exposed(values, change.sensitive));
    return true;
  }

  async #carryOutOne(change: ResourceChange, operation: Operation): Promise<boolean> {
    const { address } = change;
    const { clock } = this.#workspace.runtime;
    const { onEvent } = this.#options;
    const started = clock.now();
    const before = this.#instances.get(address)?.values ?? change.before;
    const id = operation === "create" || typeof before?.["id"] !== "string" ? undefined : before["id"];
    onEvent({ kind: "start", address, operation, at: started, id });
    let diagnostics: readonly Diagnostic[];
    try {
      diagnostics = await this.#perform(change, operation);
    } catch (error) {
      diagnostics = this.#workspace.signal.aborted ? [cutOff()] : unexpected(error);
    }
    const located = diagnostics.map((d): Diagnostic => ({
      ...d,
      address: d.address ?? address,
      origin: d.origin ?? change.origin,
    }));
    this.#diagnostics.push(...located);
    const at = clock.now();
    if (hasErrors(located)) {
      onEvent({ kind: "failed", address, operation, at, ms: at - started, diagnostics: located });
      return false;
    }
    if (operation !== "read")
      this.#count[operation === "create" ? "created" : operation === "update" ? "updated" : "deleted"]++;
    const now = this.#instances.get(address)?.values["id"];
    onEvent({
      kind: "done",
      address,
      operation,
      at,
      ms: at - started,
      id: operation === "delete" ? id : typeof now === "string" ? now : undefined,
    });
    return true;
  }

  async #perform(change: ResourceChange, operation: Operation): Promise<readonly Diagnostic[]> {
    if (operation === "read") return await this.#readData(change);
    const definition = this.#workspace.runtime.resources.get(change.type);
    if (definition === undefined) return [];
    if (operation === "delete") {
      const key = definition.exclusive?.(change.before ?? {});
      return await this.#exclusive.run(key, () => this.#delete(change, definition));
    }
    const ready = await this.#settle(change, definition);
    if (hasErrors(ready.diagnostics)) return ready.diagnostics;
    const made = await this.#exclusive.run(definition.exclusive?.(ready.planned), () =>
      operation === "create"
        ? this.#create(change, definition, ready)
        : this.#update(change, definition, ready),
    );
    return [...ready.diagnostics, ...made];
  }

  /** The planned values with all they waited for, checked once more by the rules of isolation that hung on them. */
  async #settle(change: ResourceChange, definition: Resource<Api>): Promise<SettledValues> {
    const settled = settleValues(this.#workspace, change, definition, this.#values);
    this.#current.set(change.address, { ...change, after: settled.planned });
    const open = this.#plan.conditional.filter(
      (finding) => finding.address === change.address || OF_PATHS.includes(finding.code),
    );
    if (settled.diagnostics.length > 0 || open.length === 0) return settled;
    const found = await guardIsolation(this.#workspace, this.#current, change.address);
    // A warning that was certain before is in the plan already.
    const codes = new Set(open.map(({ code }) => code));
    return { ...settled, diagnostics: found.filter((d) => d.severity === "error" || codes.has(d.code)) };
  }

  async #create(
    change: ResourceChange,
    definition: Resource<Api>,
    ready: SettledValues,
  ): Promise<readonly Diagnostic[]> {
    const { address } = change;
    const instance = this.#instanceOf({ ...change, sensitive: ready.sensitive }, {});
    const applied = await this.#creates.create(definition, address, instance, ready.planned, (existing) =>
      createObject(
        definition,
        ready.planned,
        {
          ...this.#context(change, "create"),
          writeOnly: ready.writeOnly,
          onCreated: (values) => {
            this.#instances.set(address, { ...instance, values });
            this.#journal.append({ kind: "created", address, values });
          },
        },
        existing,
      ),
    );
    this.#save(change, { ...instance, tainted: applied.tainted }, applied);
    return applied.diagnostics;
  }

  async #update(
    change: ResourceChange,
    definition: Resource<Api>,
    ready: SettledValues,
  ): Promise<readonly Diagnostic[]> {
    const instance = this.#instanceOf({ ...change, sensitive: ready.sensitive }, {});
    const applied = await updateObject(definition, change.before ?? {}, ready.planned, {
      ...this.#context(change, "update"),
      writeOnly: ready.writeOnly,
    });
    this.#save(change, { ...instance, tainted: applied.tainted }, applied);
    return applied.diagnostics;
  }

  async #delete(change: ResourceChange, definition: Resource<Api>): Promise<readonly Diagnostic[]> {
    const values = change.before ?? {};
    const applied = await deleteObject(definition, values, this.#context(change, "delete"));
    if (applied.state === undefined) {
      this.#journal.append({ kind: "deleted", address: change.address });
      this.#instances.delete(change.address);
    }
    return applied.diagnostics;
  }

  async #readData(change: ResourceChange): Promise<readonly Diagnostic[]> {
    const block = this.#workspace.configuration.blocks.get(change.address);
    const definition = this.#workspace.runtime.dataSources.get(change.type);
    if (block === undefined || definition === undefined) return [];
    const { config, diagnostics } = readConfig(this.#workspace, block, this.#values);
    if (hasErrors(diagnostics)) return diagnostics;
    try {
      const told = await definition.read(config, this.#workspace.api);
      const values = mergeRead(definition.attributes, config, told);
      this.#keep({ ...change, after: values });
      this.#current.set(change.address, { ...change, after: values });
      return [];
    } catch (error) {
      return diagnose(error);
    }
  }

  #save(change: ResourceChange, instance: Instance, applied: Applied): void {
    const { address } = change;
    if (applied.state === undefined) return;
    const saved = { ...instance, values: applied.state };
    this.#instances.set(address, saved);
    this.#journal.append({ kind: "saved", address, instance: saved });
    this.#values.set(address, exposed(applied.state, change.sensitive));
    this.#current.set(address, { ...change, after: applied.state });
  }

  #context(change: ResourceChange, operation: Operation) {
    const { api, waiter, signal, runtime } = this.#workspace;
    const { address } = change;
    const onStatus = (status: string | undefined) =>
      this.#options.onEvent({ kind: "waiting", address, operation, at: runtime.clock.now(), status });
    return { api, waiter, signal, onStatus };
  }

  #instanceOf(change: ResourceChange, values: ObjectValue): Instance {
    const { mode, type, name, address } = change;
    const definition = this.#workspace.runtime.resources.get(type);
    const dependencies = mode === "data" ? [] : managedNeeds(this.#workspace.evaluator.dependencies, address);
    const schemaVersion = definition?.schemaVersion ?? 0;
    return {
      mode,
      type,
      name,
      provider: PROVIDER,
      schemaVersion,
      values,
      sensitive: change.sensitive,
      dependencies,
      tainted: false,
    };
  }
}

/** What hangs on a path hangs on everything along it, whichever end is named. */
const OF_PATHS: readonly Code[] = ["IEC1050", "IEC1051"];

function operationOf(change: ResourceChange, deleting: boolean): Operation | undefined {
  if (deleting) return "delete";
  switch (change.action) {
    case "create":
    case "replace":
      return "create";
    case "update":
    case "read":
      return change.action;
    case "no-op":
    case "delete":
      return undefined;
  }
}

const unexpected = (error: unknown): readonly Diagnostic[] => {
  try {
    return diagnose(error);
  } catch {
    return [
      errorDiagnostic("IEC5005", "A bug in iec-cdk stopped this resource", {
        detail: `${error instanceof Error ? error.message : String(error)}. Its state is saved as far as it is known. Please report it.`,
      }),
    ];
  }
};

const cutOff = (): Diagnostic =>
  errorDiagnostic("IEC5004", "The work was cut off", {
    detail: "What was begun is in the state or in the journal: run the command again to go on.",
  });

import {
  dedupe,
  DiagnosticError,
  hasErrors,
  errorDiagnostic,
  type Diagnostic,
} from "../../schema/diagnostics.js";
import type { ObjectValue, Path } from "../../schema/unknown.js";
import type { Resource } from "../../schema/definition.js";
import type { Api } from "../client/index.js";
import { createWaiter } from "../client/waiter.js";
import { diagnose } from "../lifecycle/apply.js";
import { nearest } from "../../schema/nearest.js";
import { importObject } from "../lifecycle/import.js";
import { applyPlan, type ApplyOptions } from "./apply.js";
import { checkOffline } from "./checks.js";
import { createEvaluator } from "./evaluator.js";
import { dropJournal, recoverJournal, type Recovered } from "./journal.js";
import { findStack, loadConfiguration, type Block, type Configuration } from "./load.js";
import { lockState, type Lock } from "./lock.js";
import type { ApplyResult, Plan } from "./model.js";
import { managedNeeds } from "./operations.js";
import { providerFunctions } from "./provider-functions.js";
import { planStack, type Planned, type PlanRequest } from "./plan.js";
import { settleIntents } from "./recovery.js";
import { readRemoteStates } from "./remote-state.js";
import {
  emptyState,
  hashState,
  readState,
  writeState,
  type OutputValue,
  type State,
  PROVIDER,
  type Instance,
} from "./state.js";
import { resolveVariables } from "./variables.js";
import { sensitivePaths, type Runtime, type Workspace } from "./workspace.js";

export type { Runtime } from "./workspace.js";
export type { PlanRequest } from "./plan.js";
export type { ApplyOptions } from "./apply.js";

export interface SessionOptions {
  /** A cdktf output folder, a stack's folder, or one JSON file. */
  readonly path: string;
  readonly stack?: string | undefined;
  /** Instead of the path that the stack's backend names. */
  readonly statePath?: string | undefined;
  readonly lock: boolean;
  readonly lockTimeoutMs: number;
  /** Values of variables as texts; `TF_VAR_*` of the environment come after them. */
  readonly variables: ReadonlyMap<string, string>;
  /** Resources worked on at the same time. */
  readonly parallelism: number;
  readonly operation: "plan" | "apply" | "destroy" | "drift" | "show" | "import" | "verify";
  /** Answers to IEC3006: address -> id of the object an interrupted create made, or "none". */
  readonly adopt?: ReadonlyMap<string, string> | undefined;
  /** Aborted: calls under way are cut off. What they may have made is in the journal. */
  readonly signal: AbortSignal;
  readonly onProgress?: ((message: string) => void) | undefined;
  readonly runtime: Runtime;
}

export interface StateView {
  readonly resources: readonly {
    readonly address: string;
    readonly type: string;
    readonly values: ObjectValue;
    readonly sensitive: readonly Path[];
    readonly tainted: boolean;
  }[];
  readonly outputs: ReadonlyMap<string, OutputValue>;
}

/** One stack, opened for one command: its configuration, its state (locked), and the way to its cloud. */
export interface Session {
  readonly stack: string;
  readonly statePath: string;
  plan(request?: PlanRequest): Promise<Plan>;
  /** Plans, for what the plan makes of the network. */
  design(request?: PlanRequest): Promise<Planned>;
  /** Carries out a plan of this session; refuses one whose state has changed since. */
  apply(plan: Plan, options: ApplyOptions): Promise<ApplyResult>;
  /** Takes an object that exists already into the state, as the resource at `address`. Resolves to what it should be told of it. */
  import(address: string, importId: string): Promise<readonly Diagnostic[]>;
  state(): StateView;
  stats(): {
    readonly calls: number;
    readonly retries: number;
    readonly byOperation: Readonly<Record<string, number>>;
    /** Managed resources of the stack: in the configuration, or else in the state. */
    readonly resources: number;
  };
  /** Releases the lock. */
  close(): Promise<void>;
}

/**
 * Opens a stack. An interrupted apply is settled first: what it made is found and taken up.
 * @throws {DiagnosticError} when configuration or state cannot be read, or the state is locked.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { runtime, signal } = options;
  const configuration = await loadConfiguration(
    await findStack(options.path, options.stack),
    options.statePath,
  );
  const { statePath } = configuration;
  const lock: Lock | undefined =
    options.lock && options.operation !== "show"
      ? await lockState({
          statePath,
          operation: options.operation,
          timeoutMs: options.lockTimeoutMs,
          clock: runtime.clock,
          signal,
        })
      : undefined;
  try {
    const given = new Map([
      ...environmentVariables(runtime, [...configuration.variables.keys()]),
      ...options.variables,
    ]);
    const variables = resolveVariables(configuration.variables, given, configuration.file);
    if (hasErrors(variables.diagnostics)) throw new DiagnosticError(...variables.diagnostics);
    const functions = providerFunctions(runtime.functions?.values() ?? [], runtime);
    const local = createEvaluator(configuration, variables.values, undefined, functions);
    const remote = await readRemoteStates(configuration, local);
    const evaluator =
      configuration.remoteStates.size === 0
        ? local
        : createEvaluator(configuration, variables.values, remote, functions);
    const stored = await readState(statePath);
    const recovered = recoverJournal(statePath, stored, emptyState);
    const notes: Diagnostic[] = [];
    const session = { state: recovered?.state ?? stored ?? emptyState() };
    let workspace: Workspace | undefined;
    let unsettled = recovered;

    /** The way to the cloud is opened when something first needs it: reading the state needs no credentials. */
    const connected = async (): Promise<Workspace> => {
      workspace ??= connect();
      if (unsettled !== undefined) session.state = await settle(workspace, unsettled).catch(rethrow);
      unsettled = undefined;
      return workspace;
    };
    const connect = (): Workspace => {
      const provider = evaluator.provider();
      if (hasErrors(provider.diagnostics)) throw new DiagnosticError(...provider.diagnostics);
      const { api, diagnostics } = runtime.connect(provider.value, {
        concurrency: options.parallelism,
        signal,
      });
      if (hasErrors(diagnostics)) throw new DiagnosticError(...diagnostics);
      return assemble(api.withSignal(signal));
    };
    const assemble = (api: Api): Workspace => ({
      configuration,
      evaluator,
      runtime,
      api,
      waiter: createWaiter({ clock: runtime.clock, random: runtime.random }),
      parallelism: options.parallelism,
      signal,
    });
    const settle = async (w: Workspace, left: Recovered): Promise<State> => {
      const settled = await settleIntents(left, {
        ...w,
        resources: runtime.resources,
        clock: runtime.clock,
        adopt: options.adopt ?? new Map(),
        onProgress: options.onProgress,
      });
      notes.push(...settled.diagnostics);
      // Reading commands leave the files alone: the next one would find the same.
      if (options.operation !== "apply" && options.operation !== "destroy") return settled.state;
      const state = { ...settled.state, serial: settled.state.serial + 1 };
      await writeState(statePath, state);
      dropJournal(statePath);
      return state;
    };

    const design = async (request: PlanRequest = {}): Promise<Planned> => {
      // Mistakes in the configuration come before questions of credentials.
      const offline = checkOffline({ configuration, evaluator, runtime }, session.state, request);
      if (hasErrors(offline)) {
        return { plan: failedPlan(configuration.stack, session.state, offline), design: undefined };
      }
      const w = request.offline === true ? assemble(NO_CLOUD) : await connected();
      const planned = await planStack(w, session.state, request);
      const diagnostics = dedupe([...notes, ...planned.plan.diagnostics]);
      return { ...planned, plan: { ...planned.plan, diagnostics } };
    };

    return {
      stack: configuration.stack,
      statePath,
      design,
      plan: async (request) => (await design(request)).plan,
      async apply(plan, applyOptions) {
        const w = await connected();
        if (plan.base.lineage !== session.state.lineage || plan.base.hash !== hashState(session.state))
          throw outdated();
        const { result, state } = await applyPlan(w, session.state, plan, applyOptions);
        session.state = state;
        unsettled = recoverJournal(statePath, state, emptyState);
        return result;
      },
      async import(address, importId) {
        const { definition, block } = importTarget(configuration, runtime, session.state, address);
        const w = await connected();
        const imported = await importObject(definition, importId, w.api).catch(rethrow);
        const instance: Instance = {
          mode: "managed",
          type: block.type,
          name: block.name,
          provider: PROVIDER,
          schemaVersion: definition.schemaVersion,
          values: imported.state,
          sensitive: sensitivePaths(definition.attributes),
          dependencies: managedNeeds(evaluator.dependencies, address),
          tainted: false,
        };
        const instances = new Map(session.state.instances).set(address, instance);
        session.state = { ...session.state, serial: session.state.serial + 1, instances };
        await writeState(statePath, session.state);
        dropJournal(statePath);
        return [...notes, ...imported.diagnostics].map((d) => ({ ...d, address: d.address ?? address }));
      },
      state: () => ({
        resources: [...session.state.instances].map(([address, i]) => ({
          address,
          type: i.type,
          values: i.values,
          sensitive: sensitivePaths(runtime.resources.get(i.type)?.attributes ?? {}, i.sensitive),
          tainted: i.tainted,
        })),
        outputs: session.state.outputs,
      }),
      stats: () => {
        const managed = [...configuration.blocks.values()].filter((block) => block.mode === "managed").length;
        const { calls, retries, byOperation } = workspace?.api.stats ?? {
          calls: 0,
          retries: 0,
          byOperation: {},
        };
        return { calls, retries, byOperation, resources: managed };
      },
      close: async () => lock?.release(),
    };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** The cloud of those who must not ask it. */
const NO_CLOUD = new Proxy({} as Api, {
  get: (_, member) => {
    throw new Error(`${String(member)} was called offline`);
  },
});

/** The block an object is imported for: it must be in the configuration, and not yet in the state. */
function importTarget(
  configuration: Configuration,
  runtime: Runtime,
  state: State,
  address: string,
): { definition: Resource<Api>; block: Block } {
  const block = configuration.blocks.get(address);
  const definition = block && runtime.resources.get(block.type);
  if (block === undefined || definition === undefined || block.mode !== "managed") {
    const managed = [...configuration.blocks.values()]
      .filter((b) => b.mode === "managed")
      .map((b) => b.address);
    const near = nearest(address, managed);
    throw new DiagnosticError(
      errorDiagnostic("IEC2008", `There is no resource ${address} to import for`, {
        detail:
          near === undefined ? "Write it into the stack first, and synthesize." : `Did you mean ${near}?`,
      }),
    );
  }
  if (state.instances.has(address)) {
    throw new DiagnosticError(
      errorDiagnostic("IEC3009", `${address} is in the state already`, {
        address,
        origin: block.origin,
        detail:
          "One resource stands for one object. Import it for another resource, or remove this one from the state first.",
      }),
    );
  }
  return { definition, block };
}

/** What the cloud refused is told as a diagnostic. */
const rethrow = (error: unknown): never => {
  throw new DiagnosticError(...diagnose(error));
};

const environmentVariables = (runtime: Runtime, names: readonly string[]): [string, string][] =>
  names.flatMap((name) => {
    const text = runtime.environment[`TF_VAR_${name}`];
    return text === undefined ? [] : [[name, text]];
  });

const failedPlan = (stack: string, state: State, diagnostics: readonly Diagnostic[]): Plan => ({
  stack,
  base: { lineage: state.lineage, serial: state.serial, hash: hashState(state) },
  destroy: false,
  changes: [],
  drift: [],
  outputs: [],
  conditional: [],
  reachability: { changes: [], order: [] },
  diagnostics,
});

const outdated = (): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC3008", "The state has changed since the plan was made", {
      detail: "Something else was applied in between. Plan again, and review the new plan.",
    }),
  );

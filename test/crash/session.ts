import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock, VirtualClock, type Clock } from "../../schema/clock.js";
import { DiagnosticError, type Diagnostic } from "../../schema/diagnostics.js";
import { createClient, type Api } from "../../provider/client/index.js";
import { dataSources } from "../../provider/data-sources/index.js";
import type { ApplyEvent, ApplyResult, Plan } from "../../provider/reconciler/model.js";
import { openSession, type Runtime, type SessionOptions } from "../../provider/reconciler/session.js";
import { resources } from "../../provider/resources/index.js";
import {
  createSimulatorApp,
  type FaultRule,
  type SimulatorApp,
  type SimulatorOptions,
} from "../../provider/simulator/index.js";
import { onTestFinished } from "vitest";
import { temporaryFolder, writeStack } from "../helpers/stack.js";
import { synthesize, type Design } from "./stack.js";

/** A small repeatable source of chance (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Outcome {
  readonly plan: Plan | undefined;
  readonly result: ApplyResult | undefined;
  /** All that was said, wherever it was said. */
  readonly diagnostics: readonly Diagnostic[];
}

interface RunOptions {
  readonly destroy?: boolean;
  readonly stop?: AbortSignal;
  readonly signal?: AbortSignal;
  readonly adopt?: SessionOptions["adopt"];
  readonly onEvent?: (event: ApplyEvent) => void;
  readonly operation?: "apply" | "plan";
  /** The plan that is applied, instead of the one that was made. */
  readonly revise?: (plan: Plan) => Plan;
}

/** A stack, its folder, and a cloud in this process, on one clock. */
export class Bench {
  readonly folder = temporaryFolder();
  readonly clock: Clock;
  readonly #options: SimulatorOptions;
  readonly #random: () => number;
  #app: SimulatorApp;
  /** Called with the arriving request and the number of calls so far. When it throws, the request never arrived. */
  onCall: (request: Request, count: number) => void = () => undefined;
  #count = 0;

  constructor(design: Design, options: SimulatorOptions & { realTime?: boolean } = {}) {
    const { realTime = false, ...rest } = options;
    this.clock = realTime ? systemClock : new VirtualClock();
    this.#options = { clock: this.clock, dataFile: join(this.folder, "cloud.json"), ...rest };
    this.#random = seeded(options.seed ?? 1);
    this.#app = createSimulatorApp(this.#options);
    this.write(design);
    // A write that is due must not come after the folder is gone.
    onTestFinished(() => this.#app.flush());
  }

  get cloud(): SimulatorApp {
    return this.#app;
  }
  get statePath(): string {
    return join(this.folder, "terraform.tfstate");
  }
  get hasJournal(): boolean {
    return existsSync(`${this.statePath}.journal`);
  }

  write(design: Design): void {
    writeStack(this.folder, synthesize(design), "cdk.tf.json");
  }

  /** The same cloud from now on with other faults. */
  setFaults(faults: readonly FaultRule[]): void {
    this.#app.flush();
    this.#app = createSimulatorApp({ ...this.#options, faults });
  }

  /** Plans, and applies a plan that has no errors. What is thrown comes back as diagnostics; a bug is thrown. */
  async run(options: RunOptions = {}): Promise<Outcome> {
    const { destroy = false, stop, signal, adopt, onEvent = () => undefined, operation = "apply" } = options;
    const { revise = (made: Plan) => made } = options;
    let plan: Plan | undefined;
    let result: ApplyResult | undefined;
    const said: Diagnostic[] = [];
    try {
      const session = await openSession({
        path: this.folder,
        lock: true,
        lockTimeoutMs: 0,
        variables: new Map(),
        parallelism: 10,
        operation: destroy ? "destroy" : operation,
        adopt,
        signal: signal ?? new AbortController().signal,
        runtime: this.#runtime(),
      });
      try {
        plan = await session.plan({ destroy });
        said.push(...plan.diagnostics);
        if (operation === "apply" && !said.some((d) => d.severity === "error")) {
          result = await session.apply(revise(plan), { onEvent, stop: stop ?? new AbortController().signal });
          said.push(...result.diagnostics);
        }
      } finally {
        await session.close();
      }
    } catch (error) {
      if (error instanceof DiagnosticError) said.push(...error.diagnostics);
      else if (signal?.aborted !== true) throw error;
    }
    return { plan, result, diagnostics: said };
  }

  /** A client of the cloud, to do what somebody else would. */
  connect(concurrency = 1): Api {
    const { accessKey, secretKey, domainId } = this.#app;
    return createClient({
      endpoint: "http://cloud.test",
      authUrl: "http://cloud.test/v3",
      credentials: { kind: "keys", accessKey, secretKey },
      domainId,
      concurrency,
      clock: this.clock,
      random: this.#random,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        this.onCall(request, ++this.#count);
        return this.#app.fetch(request);
      },
    });
  }

  #runtime(): Runtime {
    return {
      resources,
      dataSources,
      clock: this.clock,
      random: this.#random,
      environment: {},
      connect: (_arguments, { concurrency }) => ({ api: this.connect(concurrency), diagnostics: [] }),
    };
  }
}

export const codesOf = (outcome: Outcome): string[] => [...new Set(outcome.diagnostics.map((d) => d.code))];
export const errorsOf = (outcome: Outcome): readonly Diagnostic[] =>
  outcome.diagnostics.filter((d) => d.severity === "error");

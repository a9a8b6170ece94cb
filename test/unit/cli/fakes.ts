import { tmpdir } from "node:os";
import type { Engine } from "../../../provider/cli/context.js";
import type { Interrupt, Io, Output } from "../../../provider/cli/io.js";
import { run } from "../../../provider/cli/run.js";
import type { ApplyResult, Plan } from "../../../provider/reconciler/model.js";
import type {
  ApplyOptions,
  PlanRequest,
  Session,
  SessionOptions,
} from "../../../provider/reconciler/session.js";
import { VirtualClock } from "../../../schema/clock.js";

/** Exists, and holds no stack. */
export const CWD = tmpdir();

export class FakeOutput implements Output {
  text = "";
  constructor(
    readonly isTTY = false,
    readonly columns?: number,
  ) {}
  write(text: string): void {
    this.text += text;
  }
}

export const noResult: ApplyResult = {
  created: 0,
  updated: 0,
  deleted: 0,
  skipped: [],
  outputs: new Map(),
  diagnostics: [],
};

interface Script {
  readonly plan?: Plan | (() => Promise<Plan>);
  readonly apply?: (options: ApplyOptions) => Promise<ApplyResult>;
  /** Thrown when the session is opened. */
  readonly open?: Error;
  readonly answer?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly tty?: boolean;
}

/** Runs a command line against a scripted session. */
export function start(argv: readonly string[], script: Script = {}) {
  const stdout = new FakeOutput(script.tty);
  const stderr = new FakeOutput(script.tty);
  const seen: {
    options?: Omit<SessionOptions, "runtime">;
    request?: PlanRequest | undefined;
    applied: number;
    closed: number;
    forced: number;
    questions: string[];
  } = { applied: 0, closed: 0, forced: 0, questions: [] };
  const handlers = new Set<(signal: Interrupt) => void>();
  const { answer } = script;
  const clock = new VirtualClock({ auto: false });
  const io: Io = {
    stdout,
    stderr,
    environment: script.environment ?? {},
    cwd: CWD,
    clock,
    ask:
      answer === undefined
        ? undefined
        : (question) => {
            seen.questions.push(question);
            return Promise.resolve(answer);
          },
    onInterrupt(handler) {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    forceExit: () => {
      seen.forced++;
    },
  };
  const session: Session = {
    stack: "test",
    statePath: "/stack/terraform.tfstate",
    plan(request) {
      seen.request = request;
      if (typeof script.plan === "function") return script.plan();
      return script.plan ? Promise.resolve(script.plan) : Promise.reject(new Error("no plan in this test"));
    },
    design: () => Promise.reject(new Error("no design in this test")),
    apply(_plan, options) {
      seen.applied++;
      return script.apply?.(options) ?? Promise.resolve(noResult);
    },
    import: () => Promise.resolve([]),
    state: () => ({
      resources: [
        {
          address: "iec_keypair.k",
          type: "iec_keypair",
          values: { id: "k", private_key: "Secret", tags: [{ a: "Secret" }] },
          sensitive: [["private_key"], ["tags", 0, "a"]],
          tainted: false,
        },
      ],
      outputs: new Map([["o", { value: "Secret", sensitive: true, type: "string" }]]),
    }),
    stats: () => ({ calls: 9, retries: 2, byOperation: {}, resources: 25 }),
    close() {
      seen.closed++;
      return Promise.resolve();
    },
  };
  const engine: Engine = {
    open(options) {
      seen.options = options;
      return script.open ? Promise.reject(script.open) : Promise.resolve(session);
    },
    tables: { placements: {}, refs: {} },
    attributesOf: () => undefined,
  };
  const exitCode = run(argv, io, () => Promise.resolve(engine));
  const interrupt = (signal: Interrupt) => handlers.forEach((handler) => handler(signal));
  return { exitCode, stdout, stderr, seen, interrupt, handlers, clock };
}

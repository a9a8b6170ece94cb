import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { errorDiagnostic } from "../../schema/diagnostics.js";
import type { Session, SessionOptions } from "../reconciler/session.js";
import { count } from "../review/index.js";
import { report, type Context, type Engine } from "./context.js";
import type { SessionFlags } from "./options.js";

/** A session in use by one command. */
export interface Work {
  readonly session: Session;
  readonly engine: Engine;
  /** Aborted when nothing new should be started. */
  readonly stop: AbortSignal;
  /** Aborted when calls under way should be given up. */
  readonly abort: AbortSignal;
  /** From here on the first interrupt lets running calls finish; before, it aborts. */
  finishWhatRuns(): void;
}

/** How long a second interrupt leaves for closing the state. */
const GRACE_MS = 3000;
/** One Ctrl-C may arrive twice: from the terminal, and passed on by npm or a shell. */
const ECHO_MS = 500;

/** Opens a session, does the work and closes it, whatever happens. Resolves to the exit code. */
export async function withSession(
  context: Context,
  path: string | undefined,
  flags: SessionFlags,
  operation: SessionOptions["operation"],
  work: (work: Work) => Promise<number>,
): Promise<number> {
  const { io, err } = context;
  const stop = new AbortController();
  const abort = new AbortController();
  let finishing = false;
  let stoppedAt = -Infinity;
  const say = (text: string) => io.stderr.write(`\n${err.paint.yellow(text)}\n`);
  const ignoreInterrupts = io.onInterrupt((signal) => {
    const now = io.clock.now();
    if (finishing && !stop.signal.aborted) {
      stoppedAt = now;
      stop.abort();
      say("Stopping: what runs is finished, nothing new is started. Interrupt again to abort.");
      return;
    }
    const repeats = finishing && (signal === "SIGTERM" || now - stoppedAt < ECHO_MS);
    if (repeats || abort.signal.aborted) return;
    abort.abort();
    say("Aborting.");
    io.forceExit(GRACE_MS);
  });
  try {
    const engine = await context.loadEngine(io);
    const session = await engine.open({
      path: findStack(path, io.cwd),
      ...(flags.stack !== undefined && { stack: flags.stack }),
      ...(flags.state !== undefined && { statePath: resolve(io.cwd, flags.state) }),
      lock: flags.lock,
      lockTimeoutMs: flags.lockTimeout ?? 0,
      variables: flags.var ?? new Map(),
      adopt: flags.adopt,
      parallelism: flags.parallelism,
      operation,
      signal: abort.signal,
    });
    try {
      const finishWhatRuns = () => void (finishing = true);
      const code = await work({ session, engine, stop: stop.signal, abort: abort.signal, finishWhatRuns });
      if (flags.stats === true) io.stderr.write(`${statsLine(session, io.clock.now() - context.started)}\n`);
      return code;
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    const detail = "Run the command again: it takes up what was left.";
    report(context, [errorDiagnostic("IEC5004", "The work was aborted", { detail })]);
    return 1;
  } finally {
    ignoreInterrupts();
  }
}

/** What was named, else the output of `cdktf synth` in this folder, else this folder. */
function findStack(path: string | undefined, cwd: string): string {
  if (path !== undefined) return resolve(cwd, path);
  const synthesized = join(cwd, "cdktf.out");
  return existsSync(join(synthesized, "manifest.json")) ? synthesized : cwd;
}

function statsLine(session: Session, ms: number): string {
  const { calls, retries, resources } = session.stats();
  const repeated = retries === 1 ? "1 retry" : `${retries} retries`;
  return `API calls: ${calls} (${repeated}) for ${count(resources, "resource")} in ${(ms / 1000).toFixed(2)} s`;
}

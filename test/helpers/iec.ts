import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../provider/cli/run.js";
import { systemClock } from "../../schema/clock.js";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The built program. */
export const IEC = join(ROOT, "dist/bin/iec.js");

export type Environment = Readonly<Record<string, string>>;

export interface Finished {
  /** null = ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, stdout first. */
  readonly output: string;
}

export interface Where {
  readonly env?: Environment | undefined;
  readonly cwd?: string | undefined;
}

/** What every program gets: nothing else of this process's environment may change a result. */
const BASE_ENVIRONMENT: Environment = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };

/** Starts a program with nothing to read from; `finished` resolves when it has ended and all it printed was read. */
export function start(
  program: string,
  args: readonly string[],
  { env = {}, cwd = ROOT }: Where = {},
): { readonly child: ChildProcess; readonly finished: Promise<Finished> } {
  const child = spawn(program, args, {
    cwd,
    env: { ...BASE_ENVIRONMENT, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr, output: stdout + stderr }));
  });
  return { child, finished };
}

/** The built `iec` in a process of its own, to be watched or signalled. */
export const startIec = (args: readonly string[], where?: Where) =>
  start(process.execPath, [IEC, ...args], where);

/** The built `iec` in a process of its own, run to its end. */
export const runIec = (args: readonly string[], where?: Where): Promise<Finished> =>
  startIec(args, where).finished;

/** `iec` from its sources in this process: quick, and the same but for what a process alone has (signals, exits). */
export async function callIec(
  args: readonly string[],
  { env = {}, cwd = ROOT }: Where = {},
): Promise<Finished> {
  const texts = { stdout: "", stderr: "" };
  const output = (stream: keyof typeof texts) => ({
    write: (text: string) => void (texts[stream] += text),
    isTTY: false,
    columns: undefined,
  });
  const code = await run(args, {
    stdout: output("stdout"),
    stderr: output("stderr"),
    environment: { ...BASE_ENVIRONMENT, ...env },
    cwd,
    clock: systemClock,
    ask: undefined,
    onInterrupt: () => () => undefined,
    forceExit: () => undefined,
  });
  return { code, ...texts, output: texts.stdout + texts.stderr };
}

/** The events of a `--json` run; throws where a line is not a JSON object. */
export const eventsOf = (stdout: string): Readonly<Record<string, unknown>>[] =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const event: unknown = JSON.parse(line);
      if (typeof event !== "object" || event === null) throw new Error(`no JSON object: ${line}`);
      return event as Record<string, unknown>;
    });

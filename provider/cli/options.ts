import { type Command, InvalidArgumentError } from "commander";

/** Options of every command that works on a stack. */
export interface SessionFlags {
  readonly stack?: string;
  readonly state?: string;
  readonly var: ReadonlyMap<string, string>;
  readonly parallelism: number;
  readonly lock: boolean;
  /** Milliseconds. */
  readonly lockTimeout: number;
  readonly input: boolean;
  readonly stats: boolean;
}

/** Options of every command that plans. */
export interface PlanFlags extends SessionFlags {
  readonly target: readonly string[];
  readonly replace: readonly string[];
  readonly refresh: boolean;
  readonly destroy?: boolean;
  readonly detailedExitcode?: boolean;
  readonly autoApprove?: boolean;
}

export function addSessionOptions(command: Command): Command {
  return command
    .argument("[path]", "folder made by `cdktf synth`, or one *.tf.json file (default: cdktf.out, else .)")
    .option("--stack <name>", "the stack to work on, where there are several")
    .option("--state <file>", "the state file")
    .option(
      "--var <name=value>",
      "value of a variable; repeatable (also TF_VAR_name)",
      collectVariable,
      new Map(),
    )
    .option("--parallelism <n>", "how many calls run at a time", wholeNumber, 10)
    .option("--lock", "lock the state", true)
    .option("--no-lock", "do not lock the state")
    .option("--lock-timeout <duration>", "how long to wait for the lock, such as 10s", duration, 0)
    .option("--no-input", "never ask")
    .option("--json", "print events, one JSON object a line")
    .option("--no-color", "no colours (also NO_COLOR)")
    .option("--stats", "print the number of API calls at the end", false);
}

export function addPlanOptions(command: Command): Command {
  return addSessionOptions(command)
    .option("--target <address>", "only this resource and what it needs; repeatable", collect, [])
    .option("--replace <address>", "replace this resource; repeatable", collect, [])
    .option("--refresh", "read the cloud before planning", true)
    .option("--no-refresh", "plan from the state as it is stored");
}

export const addExitCodeOption = (command: Command): Command =>
  command.option("--detailed-exitcode", "end with 0 for no changes, 1 for an error, 2 for changes");

export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

function collectVariable(text: string, previous: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const split = text.indexOf("=");
  // The text may hold a secret: only what stands before an equals sign may be repeated, and here there is none.
  if (split < 1) throw new InvalidArgumentError("Write it as name=value.");
  return new Map([...previous, [text.slice(0, split), text.slice(split + 1)]]);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1 to 9999.");
  return Number(text);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(text: string): number {
  if (text === "0") return 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new InvalidArgumentError("It is a duration such as 10s or 1m30s.");
  }
  return parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (UNITS[unit] ?? 0), 0);
}

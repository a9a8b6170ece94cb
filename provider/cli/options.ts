import { type Command, InvalidArgumentError } from "commander";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";

type Pairs = ReadonlyMap<string, string>;

/** Options of every command that works on a stack. */
export interface SessionFlags {
  readonly stack?: string;
  readonly state?: string;
  readonly var?: Pairs;
  readonly adopt?: Pairs;
  readonly parallelism: number;
  readonly lock: boolean;
  /** Milliseconds. */
  readonly lockTimeout?: number;
  readonly input: boolean;
  readonly stats?: boolean;
}

/** Options of every command that plans. */
export interface PlanFlags extends SessionFlags {
  readonly target?: readonly string[];
  readonly replace?: readonly string[];
  readonly refresh: boolean;
  readonly destroy?: boolean;
  readonly detailedExitcode?: boolean;
  readonly autoApprove?: boolean;
}

const PATH = "folder made by `cdktf synth`, or one *.tf.json file (default: cdktf.out, else .)";

export const addSessionOptions = (command: Command, path = PATH): Command =>
  command
    .argument("[path]", path)
    .option("--stack <name>", "the stack to work on, where there are several")
    .option("--state <file>", "the state file")
    .option("--var <name=value>", "value of a variable; repeatable (also TF_VAR_name)", pair("--var"))
    .option("--adopt <address=id>", "what an interrupted create made, or none; repeatable", pair("--adopt"))
    .option("--parallelism <n>", "how many resources are worked on at a time", wholeNumber, 10)
    .option("--no-lock", "do not lock the state")
    .option("--lock-timeout <duration>", "how long to wait for the lock, such as 10s", duration)
    .option("--no-input", "never ask")
    .option("--json", "print events, one JSON object a line")
    .option("--no-color", "no colours (also NO_COLOR)")
    .option("--stats", "print the number of API calls at the end");

export const addPlanOptions = (command: Command): Command =>
  addSessionOptions(command)
    .option("--target <address>", "only this resource and what it needs; repeatable", collect)
    .option("--replace <address>", "replace this resource; repeatable", collect)
    .option("--no-refresh", "plan from the state as it is stored, without asking the cloud");

export const addExitCodeOption = (
  command: Command,
  codes = "end with 0 for no changes, 1 for an error, 2 for changes",
): Command => command.option("--detailed-exitcode", codes);

export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

/** The text is not quoted in the message: it may be a secret. */
const pair =
  (option: string) =>
  (text: string, previous: Pairs = new Map()): Pairs => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return new Map([...previous, [name, value]]);
    const detail = `Write it as ${option} name=value, without spaces around the equals sign.`;
    throw new DiagnosticError(
      errorDiagnostic("IEC2017", `A value of ${option} has no equals sign`, { detail }),
    );
  };

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1 to 9999.");
  return Number(text);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (text !== "0" && (text === "" || parts.map(([part]) => part).join("") !== text)) {
    throw new InvalidArgumentError("It is a duration such as 10s or 1m30s.");
  }
  return parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (UNITS[unit] ?? 0), 0);
}

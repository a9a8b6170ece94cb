import { readFileSync } from "node:fs";
import { catalog } from "./catalog.js";
import { parseFaultRules } from "./faults.js";
import type { SimulatorOptions } from "./index.js";

/** Arguments of `iec simulate`, as typed. */
export interface SimulateArguments {
  /** Such as `50ms` or `1.5s`. */
  latency?: string | undefined;
  seed?: string | undefined;
  /** Path of a JSON file with fault rules. */
  faults?: string | undefined;
  /** Path of the data file. */
  data?: string | undefined;
  /** Such as `instance=5`. */
  quota?: readonly string[] | undefined;
  port?: string | undefined;
}

/** Reads the arguments; throws an Error that says what is wrong with which. */
export function simulateOptions(args: SimulateArguments): SimulatorOptions {
  return {
    ...(args.latency === undefined ? {} : { latencyMs: duration(args.latency) }),
    ...(args.seed === undefined ? {} : { seed: integer("--seed", args.seed, 2 ** 31 - 1) }),
    ...(args.faults === undefined ? {} : { faults: faultFile(args.faults) }),
    ...(args.data === undefined ? {} : { dataFile: args.data }),
    ...(args.quota === undefined ? {} : { quotas: Object.fromEntries(args.quota.map(quota)) }),
    ...(args.port === undefined ? {} : { port: integer("--port", args.port, 65535) }),
  };
}

function duration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text);
  if (!parts) throw new Error(`--latency must be a duration such as 50ms or 1.5s, not "${text}"`);
  return Number(parts[1]) * (parts[2] === "s" ? 1000 : 1);
}

function integer(name: string, text: string, most: number): number {
  if (!/^\d+$/.test(text) || Number(text) > most) {
    throw new Error(`${name} must be a whole number from 0 to ${most}, not "${text}"`);
  }
  return Number(text);
}

function quota(text: string): [string, number] {
  const [, kind, amount] = /^(\w+)=(.*)$/.exec(text) ?? [];
  if (kind === undefined || amount === undefined)
    throw new Error(`--quota must look like instance=5, not "${text}"`);
  if (!catalog.quotas.resources.some((entry) => entry.type === kind)) {
    throw new Error(`--quota: there is no quota named ${kind}`);
  }
  return [kind, integer(`--quota ${kind}`, amount, 2 ** 31 - 1)];
}

function faultFile(path: string): ReturnType<typeof parseFaultRules> {
  try {
    return parseFaultRules(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new Error(`--faults ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

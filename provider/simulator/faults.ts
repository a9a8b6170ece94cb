import { operations } from "./contract.js";
import { mishaps } from "./operation.js";
import type { Random } from "./random.js";

const faultKinds = [
  "throttle",
  "error500",
  "lostAnswer",
  "slow",
  "staleRead",
  "reset",
  "quotaFull",
  ...mishaps,
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** A misbehaviour of the cloud. */
export interface FaultRule {
  /** Operation id of the contract, or `*` for every one. */
  readonly operation: string;
  /**
   * - `throttle`: 429 with `Retry-After`, no effect.
   * - `error500`: 500, no effect.
   * - `reset`: the connection ends before any effect.
   * - `lostAnswer`: the effect happens, then the connection ends.
   * - `slow`: the answer takes `ms` longer.
   * - `staleRead`: a GET sees the cloud as it was `ms` ago at least.
   * - `quotaFull`: a POST answers that the quota is used up, no effect.
   * - `jobFailed`: the call is accepted, the job behind it fails: an instance ends in ERROR, an image in killed,
   *   an edge service in failed or delFailed.
   * - `partialEdgeService`: half of the instances that an edge service gets fail, one at least.
   */
  readonly kind: FaultKind;
  /** 0 to 1; 1 by default. */
  readonly probability?: number;
  /** How often it strikes at most; without end by default. */
  readonly times?: number;
  /** Matching calls that pass before it may strike; 0 by default. */
  readonly afterCalls?: number;
  /** Duration in ms: of `slow`, of the age in `staleRead`, of `Retry-After` in `throttle`. */
  readonly ms?: number;
}

/** Refuses anything that is not a list of rules. */
export function parseFaultRules(value: unknown): FaultRule[] {
  if (!Array.isArray(value)) throw new Error("fault rules must be a JSON array");
  return value.map((rule: unknown, index) => {
    const fail = (reason: string): Error => new Error(`fault rule ${index + 1}: ${reason}`);
    if (typeof rule !== "object" || rule === null) throw fail("must be an object");
    const fields = rule as Record<string, unknown>;
    const operation = fields["operation"];
    if (typeof operation !== "string") throw fail("operation must be an operation id or *");
    if (operation !== "*" && !operations.some(({ id }) => id === operation))
      throw fail(`there is no operation ${operation}`);
    if (!faultKinds.some((kind) => kind === fields["kind"]))
      throw fail(`kind must be one of ${faultKinds.join(", ")}`);
    for (const name of ["probability", "times", "afterCalls", "ms"]) {
      const given = fields[name];
      if (given !== undefined && !(typeof given === "number" && given >= 0))
        throw fail(`${name} must be a number from 0`);
    }
    return rule as FaultRule;
  });
}

const edgeServiceJobs = ["ExecuteDeployment", "ExpandEdgecloud"];
const imageJobs = ["RegisterImage", "CreateImage", "RebuildImage"];
const jobs = [...edgeServiceJobs, ...imageJobs, "DeleteEdgeCloud", "CreateInstance", "ChangeOs"];

/** Whether a fault of the kind makes sense for the operation; what it does not fit passes unharmed and uncounted. */
function applies(kind: FaultKind, operation: string, method: string): boolean {
  if (kind === "staleRead") return method === "GET";
  if (kind === "quotaFull") return method === "POST";
  if (kind === "jobFailed") return jobs.includes(operation);
  return kind !== "partialEdgeService" || edgeServiceJobs.includes(operation);
}

/** Decides which faults strike a call. */
export class Faults {
  private readonly rules: { readonly rule: FaultRule; seen: number; struck: number }[];

  constructor(
    rules: readonly FaultRule[],
    private readonly random: Random,
  ) {
    this.rules = rules.map((rule) => ({ rule, seen: 0, struck: 0 }));
  }

  /** Whether any rule asks for stale reads: only then answers need to be remembered. */
  get rememberReads(): boolean {
    return this.rules.some(({ rule }) => rule.kind === "staleRead");
  }

  /** The rules that strike this call. */
  strike(operation: string, method: string): FaultRule[] {
    return this.rules
      .filter((state) => {
        const { rule } = state;
        if (rule.operation !== "*" && rule.operation !== operation) return false;
        if (!applies(rule.kind, operation, method)) return false;
        state.seen += 1;
        if (state.seen <= (rule.afterCalls ?? 0) || state.struck >= (rule.times ?? Infinity)) return false;
        if (this.random.next() >= (rule.probability ?? 1)) return false;
        state.struck += 1;
        return true;
      })
      .map((state) => state.rule);
  }
}

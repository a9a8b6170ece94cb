import type { Diagnostic, Origin } from "../../schema/diagnostics.js";
import type { Finding } from "../../schema/isolation/index.js";
import type { Change } from "../../schema/isolation/reachability/changes.js";
import type { OrderEdge } from "../../schema/isolation/reachability/order.js";
import type { ObjectValue, Path, Value } from "../../schema/unknown.js";
import type { Action, ActionReason } from "../lifecycle/plan.js";

/** What an apply will do to one resource or data source instance. Data only: printing and applying both read it. */
export interface ResourceChange {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly action: Action;
  readonly reason?: ActionReason | undefined;
  /** Refreshed values; null when it does not exist. */
  readonly before: ObjectValue | null;
  /** Planned values, in attribute order, unknowns included; null when it will not exist. */
  readonly after: ObjectValue | null;
  readonly changed: readonly Path[];
  /** The attributes that force a replacement. */
  readonly replacePaths: readonly Path[];
  /** Paths never to be shown, in `before` and `after` alike. A path covers what is below it. */
  readonly sensitive: readonly Path[];
  readonly origin?: Origin | undefined;
}

/** A difference between the state and the cloud that nobody planned. */
export interface Drift {
  readonly address: string;
  readonly type: string;
  /** As the state had it. */
  readonly before: ObjectValue;
  /** As the cloud has it; null = gone. */
  readonly after: ObjectValue | null;
  readonly changed: readonly Path[];
  readonly sensitive: readonly Path[];
  readonly origin?: Origin | undefined;
}

export interface OutputChange {
  readonly name: string;
  /** undefined = there was none. */
  readonly before: Value | undefined;
  /** undefined = there will be none. */
  readonly after: Value | undefined;
  readonly sensitive: boolean;
}

/** The state a plan was computed from; an apply refuses any other. */
export interface PlanBase {
  readonly lineage: string;
  readonly serial: number;
  /** SHA-256 of the state's canonical text. */
  readonly hash: string;
}

export interface Plan {
  readonly stack: string;
  readonly base: PlanBase;
  readonly destroy: boolean;
  /** In dependency order; deletes last. */
  readonly changes: readonly ResourceChange[];
  readonly drift: readonly Drift[];
  readonly outputs: readonly OutputChange[];
  /** Isolation verdicts that hang on unknowns; they are checked again before each call. */
  readonly conditional: readonly Finding[];
  readonly reachability: Foresight;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a plan does to what can reach what. */
export interface Foresight {
  readonly changes: readonly Change[];
  /** Steps that wait for others, so that nothing else is open while the plan is applied. */
  readonly order: readonly OrderEdge[];
}

/** Whether applying the plan would change the cloud or an output. */
export const hasChanges = (plan: Plan): boolean =>
  plan.changes.some((change) => change.action !== "no-op" && change.action !== "read") ||
  plan.outputs.length > 0;

/** One step of an apply, as it happens. Times are milliseconds of the injected clock. */
export type ApplyEvent =
  | {
      readonly kind: "start";
      readonly address: string;
      readonly operation: Operation;
      readonly at: number;
      readonly id?: string | undefined;
    }
  | {
      readonly kind: "waiting";
      readonly address: string;
      readonly operation: Operation;
      readonly at: number;
      readonly status: string | undefined;
    }
  | {
      readonly kind: "done";
      readonly address: string;
      readonly operation: Operation;
      readonly at: number;
      readonly ms: number;
      readonly id?: string | undefined;
    }
  | {
      readonly kind: "failed";
      readonly address: string;
      readonly operation: Operation;
      readonly at: number;
      readonly ms: number;
      readonly diagnostics: readonly Diagnostic[];
    }
  | {
      readonly kind: "skipped";
      readonly address: string;
      readonly operation: Operation;
      readonly at: number;
    };
export type Operation = "create" | "update" | "delete" | "read";

export interface ApplyResult {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  /** Addresses that were not begun, because something they need failed or the work was cancelled. */
  readonly skipped: readonly string[];
  readonly outputs: ReadonlyMap<string, { readonly value: Value; readonly sensitive: boolean }>;
  readonly diagnostics: readonly Diagnostic[];
}

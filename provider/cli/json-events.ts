import type { Clock } from "../../schema/clock.js";
import { CODES, type Diagnostic } from "../../schema/diagnostics.js";
import { tellChange } from "../../schema/isolation/reachability/changes.js";
import { tellOrder } from "../../schema/isolation/reachability/order.js";
import { formatPath, isUnknown, reveal, type Value } from "../../schema/unknown.js";
import type { ActionReason } from "../lifecycle/plan.js";
import type { ApplyEvent, Drift, Operation, Plan, ResourceChange } from "../reconciler/model.js";
import { parseAddress, type Counts, type Outputs } from "../review/index.js";
import type { Output } from "./io.js";
import { createReminder, eventLine, reminderLine, type Progress } from "./progress.js";

/** Version of Terraform's machine-readable UI that the events follow. */
const UI_VERSION = "1.2";

/** Writes one JSON object a line, shaped as Terraform's `-json` output where that has a word for it. */
export interface JsonEvents {
  version(version: string): void;
  plan(plan: Plan): void;
  drift(plan: Plan): void;
  summary(counts: Counts, operation: "plan" | "apply" | "destroy", message: string): void;
  diagnostics(diagnostics: readonly Diagnostic[]): void;
  outputs(outputs: Outputs): void;
  progress(): Progress;
}

type Fields = Readonly<Record<string, unknown>>;

export function createJsonEvents(output: Output, clock: Clock): JsonEvents {
  const emit = (type: string, message: string, fields: Fields, level = "info") =>
    output.write(
      `${JSON.stringify({
        "@level": level,
        "@message": message,
        "@module": "iec.ui",
        "@timestamp": new Date(clock.now()).toISOString(),
        type,
        ...fields,
      })}\n`,
    );
  return {
    version: (version) => emit("version", `iec ${version}`, { iec: version, ui: UI_VERSION }),
    plan(plan) {
      for (const drift of plan.drift) emitDrift(emit, drift);
      for (const change of plan.changes) {
        if (change.action === "no-op") continue;
        emit("planned_change", `${change.address}: Plan to ${change.action}`, {
          change: changeFields(change),
        });
      }
      const { changes, order } = plan.reachability;
      if (changes.length > 0 || order.length > 0) {
        const edges = order.map((edge) => ({ ...edge, message: `iec ${tellOrder(edge)}` }));
        emit("reachability", `Reachability: ${changes.length} changed`, {
          changes: changes.map((change) => ({ ...change, message: tellChange(change) })),
          order: edges,
        });
      }
      for (const { code, address, path, unknowns = [] } of plan.conditional) {
        const attribute = formatPath(path);
        emit("isolation_conditional", `${address}: ${code} waits for values known at apply`, {
          check: { code, address, attribute, unknowns },
        });
      }
    },
    drift(plan) {
      for (const drift of plan.drift) emitDrift(emit, drift);
    },
    summary({ add, change, remove }, operation, message) {
      emit("change_summary", message, { changes: { add, change, import: 0, remove, operation } });
    },
    diagnostics(diagnostics) {
      for (const diagnostic of diagnostics) {
        const label = diagnostic.severity === "error" ? "Error" : "Warning";
        const level = diagnostic.severity === "error" ? "error" : "warn";
        const fields = { diagnostic: diagnosticFields(diagnostic) };
        emit("diagnostic", `${label}: ${diagnostic.summary}`, fields, level);
      }
    },
    outputs(outputs) {
      const shown = [...outputs].map(([name, { value, sensitive }]) => [
        name,
        sensitive ? { sensitive } : { sensitive, value: plainValue(value) },
      ]);
      emit("outputs", `Outputs: ${outputs.size}`, { outputs: Object.fromEntries(shown) });
    },
    progress: () => jsonProgress(emit, clock),
  };
}

type Emit = (type: string, message: string, fields: Fields, level?: string) => void;

function jsonProgress(emit: Emit, clock: Clock): Progress {
  const hook = (address: string, operation: Operation, rest: Fields) => ({
    hook: { resource: resourceFields(address), action: operation, ...rest },
  });
  const reminder = createReminder(clock, ({ address, operation, ms }) =>
    emit(
      "apply_progress",
      reminderLine(address, operation, ms),
      hook(address, operation, { elapsed_seconds: ms / 1000 }),
    ),
  );
  return {
    message: () => undefined,
    event(event: ApplyEvent) {
      reminder.event(event);
      const line = eventLine(event);
      if (line === undefined) return;
      const id = "id" in event && event.id !== undefined ? { id_key: "id", id_value: event.id } : {};
      const seconds = "ms" in event ? { elapsed_seconds: Math.floor(event.ms / 1000) } : {};
      const types = {
        start: "apply_start",
        done: "apply_complete",
        failed: "apply_errored",
        skipped: "apply_skipped",
        waiting: "",
      };
      emit(types[event.kind], line, hook(event.address, event.operation, { ...id, ...seconds }));
    },
    stop: reminder.stop,
  };
}

function emitDrift(emit: Emit, { address, after, changed }: Drift): void {
  const action = after === null ? "delete" : "update";
  const change = { resource: resourceFields(address), action, changed: changed.map(formatPath) };
  emit("resource_drift", `${address}: Drift detected (${action})`, { change });
}

/** Terraform's words for our reasons. */
const REASONS: Record<ActionReason, string> = {
  tainted: "tainted",
  "cannot-update": "cannot_update",
  requested: "requested",
  "delete-because-no-config": "delete_because_no_resource_config",
  "delete-because-destroy": "delete_because_destroy",
  "read-because-unknown": "read_because_config_unknown",
};

/** Names of what changes, never values: those may be secret. */
const changeFields = ({
  address,
  action,
  reason,
  changed,
  replacePaths,
  origin,
}: ResourceChange): Fields => ({
  resource: resourceFields(address),
  action,
  ...(reason !== undefined && { reason: REASONS[reason] }),
  ...((action === "update" || action === "replace") && { changed: changed.map(formatPath) }),
  ...(replacePaths.length > 0 && { replace_paths: replacePaths.map(formatPath) }),
  ...(origin?.constructPath !== undefined && { construct_path: origin.constructPath }),
});

function resourceFields(address: string): Fields {
  const { mode, name } = parseAddress(address);
  const type = (mode === "data" ? address.slice("data.".length) : address).split(".")[0] ?? "";
  const key = /\[(.+)\]$/.exec(address)?.[1];
  return {
    addr: address,
    module: "",
    resource: address,
    implied_provider: "iec",
    resource_type: type,
    resource_name: name,
    // An index is a number, a key a quoted text: both are JSON.
    resource_key: key === undefined ? null : JSON.parse(key),
  };
}

const diagnosticFields = ({
  severity,
  code,
  summary,
  detail,
  address,
  path,
  origin,
}: Diagnostic): Fields => ({
  severity,
  code,
  meaning: CODES[code],
  summary,
  detail: detail ?? "",
  ...(address !== undefined && { address }),
  ...(path !== undefined && { attribute: formatPath(path) }),
  ...(origin?.constructPath !== undefined && { construct_path: origin.constructPath }),
  ...(origin?.file !== undefined && { range: { filename: origin.file, start: { line: origin.line ?? 1 } } }),
});

/** As JSON; what is not known is null. */
const plainValue = (value: Value): unknown =>
  JSON.parse(JSON.stringify(reveal(value), (_, item: unknown) => (isUnknown(item) ? null : item)));

import { hasErrors, warningDiagnostic, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { Methods } from "../../schema/generated/plugin-protocol.js";
import { equalValues, isObject, type ObjectValue } from "../../schema/unknown.js";
import { AmbiguousCreateError } from "../client/index.js";
import { createObject, deleteObject, updateObject, type Applied } from "../lifecycle/apply.js";
import { changedPaths } from "../lifecycle/compare.js";
import type { ResourceEntry } from "./catalog.js";
import type { Cloud } from "./cloud.js";
import { explain, toWire } from "./diagnostics.js";
import { conform, leaveEmptyToCloud } from "./plan.js";
import type { Outgoing } from "./protobuf.js";
import type { Provider } from "./provider.js";
import { decodeValue, encodeValue, objectOf } from "./values.js";

/** What is told to Terraform: what exists now, null for nothing, and what went wrong. */
interface Outcome {
  readonly state: ObjectValue | null;
  readonly diagnostics: readonly Diagnostic[];
}
interface Change {
  readonly entry: ResourceEntry;
  readonly planned: ObjectValue;
  /** Values of write-only attributes: the configuration alone has them. */
  readonly writeOnly: ObjectValue;
  readonly cloud: Cloud;
  readonly stopped: AbortSignal;
}

/** Whatever happens, what exists is told: Terraform must never lose it. */
export async function applyChange(
  request: Methods["ApplyResourceChange"]["request"],
  provider: Provider,
): Promise<Outgoing<Methods["ApplyResourceChange"]["response"]>> {
  const entry = provider.catalog.resource(request.typeName);
  const { attributes, type, definition } = entry;
  const prior = decodeValue(type, request.priorState);
  const planned = decodeValue(type, request.plannedState);
  const config = objectOf(decodeValue(type, request.config));
  const before = isObject(prior) ? prior : null;
  const cloud = provider.cloud();
  const writeOnly = Object.fromEntries(
    Object.entries(config).filter(([name, value]) => attributes[name]?.writeOnly === true && value !== null),
  );
  const change = { entry, planned: objectOf(planned), writeOnly, cloud, stopped: provider.stopped };
  const perform = (): Promise<Outcome> =>
    planned === null
      ? remove(change, before ?? {})
      : before === null
        ? create(change)
        : update(change, before);
  const forget = () => {
    cloud.reads.forget();
    cloud.isolation.forget(definition.type, before?.["id"]);
  };
  forget();
  const values = planned === null ? (before ?? {}) : change.planned;
  const { state, diagnostics } = await provider.exclusive
    .run(definition.exclusive?.(values), perform)
    .catch((error: unknown): Outcome => ({ state: before, diagnostics: explain(error) }))
    .finally(forget);
  if (state !== null) cloud.isolation.note(definition.type, state);
  return {
    newState: encodeValue(type, state),
    private: request.plannedPrivate,
    diagnostics: toWire(diagnostics, attributes),
  };
}

async function create(change: Change): Promise<Outcome> {
  const { entry, planned, writeOnly, cloud, stopped } = change;
  const { definition, attributes } = entry;
  const found = await cloud.isolation.check(definition, planned);
  if (hasErrors(found)) return { state: null, diagnostics: found };
  let made: ObjectValue | undefined;
  try {
    const applied = await createObject(definition, leaveEmptyToCloud(attributes, planned), {
      ...callsOf(change),
      writeOnly,
      onCreated: (state) => (made = state),
    });
    if (applied.state === undefined) return { state: null, diagnostics: applied.diagnostics };
    if (applied.tainted) return { state: applied.state, diagnostics: applied.diagnostics };
    // Terraform destroys what it was told an error of: a difference that the next plan shows is none.
    const diagnostics = applied.diagnostics.map((d) => ({ ...d, severity: "warning" }) as const);
    return { state: objectOf(conform(planned, applied.state)), diagnostics };
  } catch (error) {
    if (error instanceof AmbiguousCreateError)
      return { state: null, diagnostics: [await lost(change, error)] };
    if (made === undefined) return { state: null, diagnostics: explain(error) };
    if (!stopped.aborted) return { state: made, diagnostics: explain(error) };
    return { state: objectOf(conform(planned, made)), diagnostics: [cutShort(definition.type)] };
  }
}

async function update(change: Change, prior: ObjectValue): Promise<Outcome> {
  const { entry, planned, writeOnly, cloud } = change;
  const { definition, attributes } = entry;
  const changed = changedPaths(attributes, prior, planned).filter(([name]) => name !== "timeouts");
  const rewrites = Object.keys(writeOnly).length > 0;
  // Waiting longer, or another spelling of the same, is no change of the object.
  if (changed.length === 0 && !rewrites) return { state: objectOf(conform(planned, prior)), diagnostics: [] };
  const found = await cloud.isolation.check(definition, planned);
  if (hasErrors(found)) return { state: prior, diagnostics: found };
  const applied = await updateObject(definition, prior, leaveEmptyToCloud(attributes, planned), {
    ...callsOf(change),
    writeOnly,
  });
  const state = applied.state ?? prior;
  if (hasErrors(applied.diagnostics)) return { state, diagnostics: applied.diagnostics };
  return { state: objectOf(conform(planned, state)), diagnostics: applied.diagnostics };
}

async function remove(change: Change, prior: ObjectValue): Promise<Outcome> {
  const applied: Applied = await deleteObject(change.entry.definition, prior, callsOf(change));
  return { state: applied.state ?? null, diagnostics: applied.diagnostics };
}

/** Calls are never cut off, only the waits between them: what a call made must be known. */
const callsOf = ({ cloud: { api, waiter }, stopped }: Change) => ({ api, waiter, signal: stopped });

const cutShort = (type: string): Diagnostic =>
  warningDiagnostic("IEC5004", `Nobody waited until the ${type} was ready`, {
    detail: "It was created, and is in the state. The next plan tells whether something is left to do.",
  });

/** Which objects may be what a create made whose answer was lost. None is taken up: it may be somebody else's. */
async function lost({ entry, planned, cloud }: Change, error: AmbiguousCreateError): Promise<Diagnostic> {
  const { definition } = entry;
  const { code, summary, detail } = error.diagnostic();
  const objects = (await definition.list?.(cloud.api).catch(() => undefined)) ?? [];
  const alike = objects.filter((object) =>
    definition.adoptBy?.every((name) => equalValues(object[name] ?? null, planned[name] ?? null)),
  );
  const ids = alike.map(({ id }) => id).join(", ");
  return errorDiagnostic(code, summary, {
    detail:
      alike.length === 0
        ? `${detail ?? ""} No object like it was found: apply again.`
        : `These objects are like what was to be made: ${ids}. If one of them is new, import it with \`terraform import\`, else apply again.`,
  });
}

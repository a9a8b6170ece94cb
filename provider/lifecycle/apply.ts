import {
  allAttributes,
  minutes,
  type Observed,
  type PlanValues,
  type Resource,
} from "../../schema/definition.js";
import { DiagnosticError, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { isList, isObject, isUnknown, type ObjectValue, type Value } from "../../schema/unknown.js";
import { AmbiguousCreateError, ApiError } from "../client/errors.js";
import type { Api, Waiter } from "../client/index.js";
import { WaitFailedError, WaitTimeoutError } from "../client/waiter.js";
import { mergeApplied, mergeRefreshed } from "./merge.js";
import { readObject } from "./refresh.js";

/** Waits of resources that declare none: their calls take effect at once, but deletes may have to wait for others. */
const DEFAULT_TIMEOUT = minutes(2);

export interface ApplyContext {
  readonly api: Api;
  readonly waiter: Waiter;
  readonly signal?: AbortSignal | undefined;
  /** Called once, as soon as the cloud told the id: what is known by then must be saved before anything else happens. */
  readonly onCreated: (state: ObjectValue) => void;
  readonly onStatus?: ((status: string | undefined) => void) | undefined;
}

export interface Applied {
  /** What exists now; undefined = nothing. */
  readonly state: ObjectValue | undefined;
  /** Whether it exists but is not fit for use. */
  readonly tainted: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Creates an object, waits until it is ready, and configures it. What exists when something fails comes back tainted.
 * With `existing`, an object whose create was cut off is taken up instead of a new one.
 * @throws {AmbiguousCreateError} when it cannot be told whether the create was carried out.
 */
export async function createObject(
  definition: Resource<Api>,
  planned: ObjectValue,
  context: ApplyContext,
  existing?: Observed,
): Promise<Applied> {
  const plan = toPlan(planned);
  let observed: Observed;
  try {
    observed = existing ?? (await definition.create(plan, context.api));
  } catch (error) {
    if (error instanceof AmbiguousCreateError) throw error;
    return { state: undefined, tainted: false, diagnostics: diagnose(error) };
  }
  context.onCreated(settled(definition, planned, observed));
  try {
    const timeout = timeoutOf(definition, planned, "create");
    let ready = await untilReady(definition, observed, "create", timeout, context);
    if (definition.configure !== undefined) {
      await definition.configure(plan, { ...observed, ...ready }, context.api);
      ready =
        definition.statuses === undefined
          ? ready
          : await untilReady(definition, observed, "update", timeout, context);
    }
    const told = { ...observed, ...ready };
    const { state, diagnostics } = mergeApplied(allAttributes(definition), planned, told);
    return { state, tainted: false, diagnostics };
  } catch (error) {
    return { state: settled(definition, planned, observed), tainted: true, diagnostics: diagnose(error) };
  }
}

/**
 * Takes up an object whose create was cut off after the cloud made it: waits until it is ready. What its create had
 * still to configure is left to the next plan. `known` is what was planned and known; `observed` what is known of it.
 */
export async function resumeObject(
  definition: Resource<Api>,
  known: ObjectValue,
  observed: Observed,
  context: Omit<ApplyContext, "onCreated">,
): Promise<Applied> {
  const attributes = allAttributes(definition);
  // A value that only the lost answer told can never be had again.
  const lost = Object.entries(attributes).some(
    ([name, attribute]) => attribute.toldOnce === true && !Object.hasOwn({ ...known, ...observed }, name),
  );
  try {
    const ready = await untilReady(
      definition,
      observed,
      "update",
      timeoutOf(definition, known, "create"),
      context,
    );
    return {
      state: mergeRefreshed(attributes, known, { ...observed, ...ready }),
      tainted: lost,
      diagnostics: [],
    };
  } catch (error) {
    const state = mergeRefreshed(attributes, known, observed);
    return { state, tainted: true, diagnostics: diagnose(error) };
  }
}

/** Changes an object in place. On failure the state holds what the cloud says then, so that the next plan sees the rest. */
export async function updateObject(
  definition: Resource<Api>,
  prior: ObjectValue,
  planned: ObjectValue,
  context: Omit<ApplyContext, "onCreated">,
): Promise<Applied> {
  const attributes = allAttributes(definition);
  const id = idOf(prior);
  try {
    const answer = await definition.update?.(prior, toPlan(planned), context.api);
    const observed = { ...answer, id };
    const timeout = timeoutOf(definition, planned, "update");
    const complete = answer !== undefined && definition.statuses === undefined;
    const now = complete ? observed : await untilReady(definition, observed, "update", timeout, context);
    const { state, diagnostics } = mergeApplied(attributes, planned, { ...observed, ...now });
    return { state, tainted: false, diagnostics };
  } catch (error) {
    const observed = await readObject(definition, id, context.api).catch(() => undefined);
    const state = observed === undefined ? prior : mergeApplied(attributes, prior, observed).state;
    return { state, tainted: false, diagnostics: diagnose(error) };
  }
}

/** Deletes an object and waits until it is gone. While others still use it, the call is tried again. */
export async function deleteObject(
  definition: Resource<Api>,
  state: ObjectValue,
  context: Omit<ApplyContext, "onCreated">,
): Promise<Applied> {
  const id = idOf(state);
  const timeoutMs = timeoutOf(definition, state, "delete");
  const { api, waiter, signal, onStatus } = context;
  const attempt = async (): Promise<string | undefined> => {
    try {
      await definition.delete(state, api);
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.isNotFound) return undefined;
      if (error.isInUse) return `in use (${error.code ?? `HTTP ${error.status ?? ""}`})`;
      throw error;
    }
  };
  const gone = (status: string | undefined) => (status === undefined ? "done" : "pending");
  try {
    const first = await attempt();
    if (first !== undefined) {
      onStatus?.(first);
      await waiter.wait({
        type: `delete ${definition.type}`,
        id,
        one: attempt,
        outcome: gone,
        timeoutMs,
        signal,
        onPoll: onStatus,
      });
    }
    if (definition.deletesLater === true) await untilGone();
    return { state: undefined, tainted: false, diagnostics: [] };
  } catch (error) {
    return { state, tainted: false, diagnostics: diagnose(error) };
  }

  async function untilGone(): Promise<void> {
    const polls = pollsOf(definition, id, api);
    // Where no status is declared, deletes mostly take effect at once.
    if (definition.statuses === undefined && (await polls.one()) === undefined) return;
    const failed = definition.statuses?.failed ?? [];
    await waiter.wait({
      type: definition.type,
      id,
      ...polls,
      outcome: (status) => (status !== undefined && failed.includes(status) ? "failed" : gone(status)),
      timeoutMs,
      signal,
      onPoll: onStatus,
    });
  }
}

/** What the cloud tells of an object once it is ready: nothing more than `observed` for types that are ready at once. */
async function untilReady(
  definition: Resource<Api>,
  observed: Observed,
  operation: "create" | "update",
  timeoutMs: number,
  context: Omit<ApplyContext, "onCreated">,
): Promise<Observed> {
  const { statuses } = definition;
  const { id } = observed;
  const { api, waiter, signal, onStatus } = context;
  const readNow = async (): Promise<Observed> => {
    const now = await readObject(definition, id, api);
    if (now === undefined) {
      throw new DiagnosticError(
        errorDiagnostic("IEC5001", "The object vanished while it was being set up", {
          detail: `The cloud no longer knows ${definition.type} ${id}. Somebody else may have deleted it: plan again.`,
        }),
      );
    }
    return now;
  };
  if (statuses === undefined) return operation === "create" ? observed : readNow();
  const outcome = (status: string | undefined) => {
    // An object just created may not be visible yet, and one being updated may be gone for a moment.
    if (status === undefined) return "pending";
    return statuses.ready.includes(status) ? "done" : statuses.failed.includes(status) ? "failed" : "pending";
  };
  if (operation === "update") {
    const now = await readNow();
    if (outcome(statusOf(now)) === "done") return now;
  }
  await waiter.wait({
    type: definition.type,
    id,
    ...pollsOf(definition, id, api),
    outcome,
    timeoutMs,
    signal,
    onPoll: onStatus,
  });
  return readNow();
}

/** How to learn the status of one object, and of all of its type in one go. A type without statuses is "present". */
function pollsOf(definition: Resource<Api>, id: string, api: Api) {
  const { statuses } = definition;
  const one = async (): Promise<string | undefined> => {
    try {
      if (statuses?.one !== undefined) return await statuses.one(id, api);
      const observed = await definition.read({ id }, api);
      return observed && (statusOf(observed) ?? "present");
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) return undefined;
      throw error;
    }
  };
  const many =
    statuses?.many ??
    (definition.list &&
      (async () => new Map((await definition.list?.(api))?.map((o) => [o.id, statusOf(o) ?? "present"]))));
  return { one, many: many && (() => many(api)) };
}

const statusOf = (observed: Observed): string | undefined =>
  typeof observed["status"] === "string" ? observed["status"] : undefined;

const idOf = (state: ObjectValue): string => {
  if (typeof state["id"] === "string") return state["id"];
  throw new DiagnosticError(
    errorDiagnostic("IEC3001", "The state holds a resource without an id", {
      detail: "Remove it from the state, and import the object if it exists.",
    }),
  );
};

/** The state of an object of which only `observed` is known yet: what was planned, unknowns as null. */
const settled = (definition: Resource<Api>, planned: ObjectValue, observed: Observed): ObjectValue =>
  mergeApplied(allAttributes(definition), planned, observed).state;

const toPlan = (planned: ObjectValue): PlanValues =>
  Object.fromEntries(
    Object.entries(planned).map(([name, value]) => [name, isUnknown(value) ? undefined : knownOnly(value)]),
  );

/** Unknowns inside of a value: the cloud decides those members. */
const knownOnly = (value: Value): Value => {
  if (isList(value)) return value.map(knownOnly);
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([k, v]) => (isUnknown(v) ? [] : [[k, knownOnly(v)]])),
    );
  }
  return value;
};

function timeoutOf(
  definition: Resource<Api>,
  values: ObjectValue,
  operation: "create" | "update" | "delete",
): number {
  const { timeouts } = values;
  const configured = isObject(timeouts) ? timeouts[operation] : undefined;
  if (typeof configured === "string") return parseDuration(configured);
  return definition.timeouts?.[operation] ?? DEFAULT_TIMEOUT;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** Go's durations: `90s`, `1h30m`. In milliseconds. */
export const parseDuration = (text: string): number =>
  [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ""] ?? 0),
    0,
  );

/** Failures of the cloud and of waits as diagnostics; anything else is a bug and passes on. */
export function diagnose(error: unknown): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics;
  if (error instanceof ApiError || error instanceof AmbiguousCreateError) return [error.diagnostic()];
  if (error instanceof WaitFailedError || error instanceof WaitTimeoutError) return [error.diagnostic()];
  if (error instanceof Error && error.name === "AbortError") {
    return [
      errorDiagnostic("IEC5004", "The work was cancelled", {
        detail: "What was begun is in the state or in the journal: run the command again to go on.",
      }),
    ];
  }
  throw error;
}

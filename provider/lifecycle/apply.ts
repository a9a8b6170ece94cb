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
import type { Api } from "../client/index.js";
import { WaitFailedError, WaitTimeoutError } from "../client/waiter.js";
import { mergeApplied, mergeRefreshed } from "./merge.js";
import { readObject } from "./refresh.js";
import { explained, pollsOf, searchOf, stepsOf, untilReady, type WaitContext } from "./wait.js";

/** Waits of resources that declare none: their calls take effect at once, but deletes may have to wait for others. */
const DEFAULT_TIMEOUT = minutes(2);
/** How long an object just created may stay out of sight before it is believed gone. */
const VISIBLE_WITHIN = minutes(1);

export interface ApplyContext extends WaitContext {
  /** Called once, as soon as the cloud told the id: what is known by then must be saved before anything else happens. */
  readonly onCreated: (state: ObjectValue) => void;
  /** Values of write-only attributes: for the calls, never for the state. */
  readonly writeOnly?: ObjectValue | undefined;
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
  const plan = toPlan(planned, context.writeOnly);
  const timeoutMs = timeoutOf(definition, planned, "create");
  let observed: Observed;
  try {
    observed =
      existing ?? (await definition.create(plan, context.api, searchOf(definition, timeoutMs, context)));
  } catch (error) {
    if (error instanceof AmbiguousCreateError) throw error;
    return { state: undefined, tainted: false, diagnostics: diagnose(error) };
  }
  context.onCreated(settled(definition, planned, observed));
  const object = { ...plan, ...observed };
  try {
    let told = observed;
    const ready = async (askFirst: boolean) => {
      // Without statuses the answers themselves say all there is to wait for.
      if (definition.statuses === undefined) return;
      told = { ...observed, ...(await untilReady(definition, object, { timeoutMs, askFirst }, context)) };
    };
    await ready(false);
    if (definition.configure !== undefined) {
      const steps = stepsOf(definition, object, timeoutMs, context);
      if (await definition.configure(plan, { ...object, ...told }, context.api, steps)) await ready(true);
    }
    const { state, diagnostics } = mergeApplied(allAttributes(definition), planned, told);
    const lost = secretsLost(definition, object, told);
    return { state, tainted: lost.length > 0, diagnostics: [...diagnostics, ...lost] };
  } catch (error) {
    // Cut off, it is nobody's fault: the next apply waits on.
    if (context.signal?.aborted === true) throw error;
    const diagnostics = diagnose(error);
    const now = await readObject(definition, object, context.api).catch(() => undefined);
    return { state: settled(definition, planned, { ...observed, ...now }), tainted: true, diagnostics };
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
  const object = { ...known, ...observed };
  const lost = secretsLost(definition, object);
  const { api, waiter, signal, onStatus } = context;
  try {
    const timeoutMs = timeoutOf(definition, known, "create");
    // Whether an object that is nowhere to be seen is gone for good, the next plan tells.
    const ready = (await appears())
      ? await untilReady(definition, object, { timeoutMs, askFirst: true }, context)
      : {};
    const state = mergeRefreshed(attributes, known, { ...observed, ...ready });
    return { state, tainted: lost.length > 0, diagnostics: lost };
  } catch (error) {
    if (context.signal?.aborted === true) throw error;
    const state = mergeRefreshed(attributes, known, observed);
    return { state, tainted: true, diagnostics: diagnose(error) };
  }

  async function appears(): Promise<boolean> {
    if ((await readObject(definition, object, api)) !== undefined) return true;
    if (definition.statuses === undefined) return false;
    const { type } = definition;
    const polls = pollsOf(definition, object, api);
    const outcome = (status: string | undefined) => (status === undefined ? "pending" : "done");
    try {
      const timeoutMs = VISIBLE_WITHIN;
      await waiter.wait({ type, id: object.id, ...polls, outcome, timeoutMs, signal, onPoll: onStatus });
      return true;
    } catch (error) {
      if (error instanceof WaitTimeoutError) return false;
      throw error;
    }
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
    const timeoutMs = timeoutOf(definition, planned, "update");
    const object = { ...prior, ...knownMembers(planned), id };
    const steps = stepsOf(definition, object, timeoutMs, context);
    const answer = await definition.update?.(prior, toPlan(planned, context.writeOnly), context.api, steps);
    const complete = answer !== undefined && definition.statuses === undefined;
    const now = complete ? {} : await untilReady(definition, object, { timeoutMs, askFirst: true }, context);
    const { state, diagnostics } = mergeApplied(attributes, planned, { ...answer, ...now });
    return { state, tainted: false, diagnostics };
  } catch (error) {
    const observed = await readObject(definition, { ...prior, id }, context.api).catch(() => undefined);
    const state = observed === undefined ? prior : mergeRefreshed(attributes, prior, observed);
    const broken = (definition.replaces?.(state, state) ?? []).length > 0;
    return { state, tainted: broken, diagnostics: diagnose(error) };
  }
}

/** Deletes an object and waits until it is gone. While something is in its way, the call is tried again. */
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
      const waitsFor = await definition.makeWay?.(state, api);
      if (waitsFor === undefined) await definition.delete(state, api);
      return waitsFor;
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
    const polls = pollsOf(definition, { ...state, id }, api);
    // Where no status is declared, deletes mostly take effect at once.
    if (definition.statuses === undefined && (await polls.one()) === undefined) return;
    // What had failed before is not failing to go.
    const failed = (definition.statuses?.failed ?? []).filter((status) => status !== state["status"]);
    const outcome = (status: string | undefined) =>
      status !== undefined && failed.includes(status) ? "failed" : gone(status);
    const request = { type: definition.type, id, ...polls, outcome, timeoutMs, signal, onPoll: onStatus };
    await waiter.wait(request).catch(async (error: unknown) => {
      throw await explained(definition, { ...state, id }, error, api);
    });
  }
}

/** Values that only the lost answer of a create told: they can never be had again. */
const secretsLost = (definition: Resource<Api>, ...known: readonly PlanValues[]): readonly Diagnostic[] =>
  Object.entries(allAttributes(definition)).flatMap(([name, attribute]) =>
    attribute.toldOnce !== true || known.some((values) => values[name] !== undefined)
      ? []
      : [
          errorDiagnostic("IEC4004", `${name} was lost with the answer to the create`, {
            path: [name],
            detail: "The cloud tells it once. Apply again: the object is replaced by a new one.",
          }),
        ],
  );

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

const toPlan = (planned: ObjectValue, writeOnly: ObjectValue = {}): PlanValues =>
  Object.fromEntries(
    Object.entries({ ...planned, ...writeOnly }).map(([name, value]) => [
      name,
      isUnknown(value) ? undefined : knownOnly(value),
    ]),
  );

/** What of the planned values is known. */
const knownMembers = (planned: ObjectValue): ObjectValue =>
  Object.fromEntries(
    Object.entries(planned).flatMap(([name, value]) => (isUnknown(value) ? [] : [[name, knownOnly(value)]])),
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

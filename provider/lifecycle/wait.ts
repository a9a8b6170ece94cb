import type { ErasedSteps, Observed, Resource, Search } from "../../schema/definition.js";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import { ApiError } from "../client/errors.js";
import type { Api, Waiter } from "../client/index.js";
import { WaitFailedError } from "../client/waiter.js";
import { readAll, readObject } from "./refresh.js";

/** What a wait for the cloud needs. */
export interface WaitContext {
  readonly api: Api;
  readonly waiter: Waiter;
  readonly signal?: AbortSignal | undefined;
  readonly onStatus?: ((status: string | undefined) => void) | undefined;
}

interface Wait {
  readonly timeoutMs: number;
  /** Whether it may be ready already: then it is asked before the first pause. */
  readonly askFirst: boolean;
  /** Instead of the statuses that the definition calls ready. */
  readonly ready?: readonly string[];
}

/** What the cloud tells of an object once it is ready. Types without statuses are ready at once. */
export async function untilReady(
  definition: Resource<Api>,
  object: Observed,
  { timeoutMs, askFirst, ready }: Wait,
  context: WaitContext,
): Promise<Observed> {
  const { statuses } = definition;
  const { id } = object;
  const { api, waiter, signal, onStatus } = context;
  const readNow = async (): Promise<Observed> => {
    const now = await readObject(definition, object, api);
    if (now === undefined) {
      throw new DiagnosticError(
        errorDiagnostic("IEC5001", "The object vanished while it was being set up", {
          detail: `The cloud no longer knows ${definition.type} ${id}. Somebody else may have deleted it: plan again.`,
        }),
      );
    }
    return now;
  };
  if (statuses === undefined) return readNow();
  const wanted = ready ?? statuses.ready;
  const outcome = (status: string | undefined) => {
    // An object just created may not be visible yet, and one being updated may be gone for a moment.
    if (status === undefined) return "pending";
    return wanted.includes(status) ? "done" : statuses.failed.includes(status) ? "failed" : "pending";
  };
  if (askFirst) {
    const now = await readNow();
    if (outcome(statusOf(now)) === "done") return now;
  }
  const polls = pollsOf(definition, object, api);
  const request = { type: definition.type, id, ...polls, outcome, timeoutMs, signal, onPoll: onStatus };
  try {
    await waiter.wait(request);
  } catch (error) {
    if (!(error instanceof WaitFailedError) || statuses.mend === undefined) {
      throw await explained(definition, object, error, api);
    }
    await statuses.mend(await readNow(), api);
    await waiter.wait(request).catch(async (again: unknown) => {
      throw await explained(definition, object, again, api);
    });
  }
  return readNow();
}

/** A failure with what the cloud says of its reason. */
export async function explained(
  definition: Resource<Api>,
  object: Observed,
  error: unknown,
  api: Api,
): Promise<unknown> {
  if (!(error instanceof WaitFailedError) || definition.statuses?.why === undefined) return error;
  const now = await readObject(definition, object, api).catch(() => undefined);
  const reason = now && definition.statuses.why(now);
  if (reason === undefined) return error;
  const diagnostic = error.diagnostic();
  return new DiagnosticError({ ...diagnostic, detail: `${reason} ${diagnostic.detail ?? ""}`.trim() });
}

export const stepsOf = (
  definition: Resource<Api>,
  object: Observed,
  timeoutMs: number,
  context: WaitContext,
): ErasedSteps => ({
  until: (...ready) => untilReady(definition, object, { timeoutMs, askFirst: true, ready }, context),
  async untilTold(test) {
    const { api, waiter, signal, onStatus } = context;
    const failed = definition.statuses?.failed ?? [];
    let told: Observed | undefined;
    const one = async () => {
      told = await readAll(definition, object, api);
      return told && (statusOf(told) ?? "present");
    };
    const outcome = (status: string | undefined) =>
      told !== undefined && test(told)
        ? "done"
        : status !== undefined && failed.includes(status)
          ? "failed"
          : "pending";
    const type = `details of ${definition.type}`;
    if (outcome(await one()) !== "done") {
      await waiter.wait({ type, id: object.id, one, outcome, timeoutMs, signal, onPoll: onStatus });
    }
    return told ?? object;
  },
});

export const searchOf = (
  definition: Resource<Api>,
  timeoutMs: number,
  { waiter, signal, onStatus }: WaitContext,
): Search =>
  async function search<T>(find: () => Promise<T | undefined>): Promise<T> {
    let found: T | undefined;
    const one = async () => {
      found = await find();
      return found === undefined ? undefined : "found";
    };
    const outcome = (status: string | undefined) => (status === undefined ? "pending" : "done");
    if ((await one()) === undefined) {
      const type = `search for ${definition.type}`;
      await waiter.wait({ type, id: "", one, outcome, timeoutMs, signal, onPoll: onStatus });
    }
    return found as T;
  };

/** How to learn the status of one object, and of all of its type in one go. A type without statuses is "present". */
export function pollsOf(definition: Resource<Api>, object: Observed, api: Api) {
  const { statuses } = definition;
  const { id } = object;
  const one = async (): Promise<string | undefined> => {
    try {
      if (statuses?.one !== undefined) return await statuses.one(id, api);
      const observed = await definition.read(object, api);
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

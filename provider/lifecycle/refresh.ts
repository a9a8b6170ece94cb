import { allAttributes, type Observed, type PlanValues, type Resource } from "../../schema/definition.js";
import type { ObjectValue, Path } from "../../schema/unknown.js";
import { ApiError } from "../client/errors.js";
import type { Api } from "../client/index.js";
import { changedPaths } from "./compare.js";
import { mergeRefreshed } from "./merge.js";

/** undefined = gone. */
export type Refreshed = ObjectValue | undefined;

/** What the cloud says of one object now; undefined = gone. `state` is what is known of it: its id at least. */
export async function readObject(
  definition: Resource<Api>,
  state: Observed,
  api: Api,
): Promise<Observed | undefined> {
  const told = await readAll(definition, state, api);
  return told && interpret(definition, told, state);
}

/** The same with what belongs to others. */
export async function readAll(
  definition: Resource<Api>,
  state: Observed,
  api: Api,
): Promise<Observed | undefined> {
  try {
    return await definition.read(state, api);
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return undefined;
    throw error;
  }
}

const interpret = (definition: Resource<Api>, told: Observed, known: PlanValues): Observed =>
  definition.interpret?.(told, known) ?? told;

/**
 * The states of all instances of one type, read as cheaply as may be: by the type's list, where that takes no more
 * pages than there are instances; else one by one. An object that a list lacks is read by itself before it is
 * believed gone: lists may be partial, or late.
 */
export async function refreshType(
  definition: Resource<Api>,
  states: ReadonlyMap<string, ObjectValue>,
  api: Api,
): Promise<Map<string, Refreshed>> {
  const attributes = allAttributes(definition);
  const listed = states.size > 1 ? await definition.list?.(api, states.size) : undefined;
  const byId = new Map(listed?.map((observed) => [observed.id, observed]));
  const refreshed = await Promise.all(
    [...states].map(async ([address, state]): Promise<[string, Refreshed]> => {
      const id = typeof state["id"] === "string" ? state["id"] : "";
      const listed = byId.get(id);
      const observed =
        listed === undefined
          ? await readObject(definition, { ...state, id }, api)
          : interpret(definition, listed, state);
      return [address, observed && mergeRefreshed(attributes, state, observed)];
    }),
  );
  return new Map(refreshed);
}

/** What changed behind our back: what others' work changes by itself is none of it. */
export function driftedPaths(definition: Resource<Api>, before: ObjectValue, after: ObjectValue): Path[] {
  const attributes = allAttributes(definition);
  return changedPaths(attributes, before, after).filter(
    (path) => attributes[String(path[0])]?.volatile !== true,
  );
}

import type { Clock } from "../../schema/clock.js";
import { expandPath, type Resource } from "../../schema/definition.js";
import type { Diagnostic } from "../../schema/diagnostics.js";
import type { ResourceNode } from "../../schema/graph.js";
import { checkRules } from "../../schema/isolation/report.js";
import { tablesOf } from "../../schema/isolation/tables.js";
import { getPath, type ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { readObject } from "../lifecycle/refresh.js";

/** How long it is believed where an object lies. What decides isolation cannot be changed in place. */
const FRESH_MS = 60_000;

/**
 * Isolation as far as one resource can tell: held against the objects whose ids it names. What needs the other
 * resources of a stack, such as subnets that overlap, only `iec` and a synth see.
 */
export interface Isolation {
  check(definition: Resource<Api>, values: ObjectValue): Promise<readonly Diagnostic[]>;
  /** Keeps what was told of an object, so that those who refer to it need not ask. */
  note(type: string, values: ObjectValue): void;
  forget(type: string, id: unknown): void;
}

export function createIsolation(
  resources: ReadonlyMap<string, Resource<Api>>,
  api: Api,
  clock: Clock,
): Isolation {
  const tables = tablesOf(resources.values());
  const known = new Map<string, { readonly at: number; readonly values: Promise<ObjectValue | undefined> }>();
  const keyOf = (type: string, id: string) => `${type}(${id})`;
  const keep = (type: string, id: string, values: Promise<ObjectValue | undefined>) =>
    known.set(keyOf(type, id), { at: clock.now(), values });

  const lookUp = (type: string, id: string): Promise<ObjectValue | undefined> => {
    const found = known.get(keyOf(type, id));
    if (found !== undefined && clock.now() - found.at < FRESH_MS) return found.values;
    const definition = resources.get(type);
    const values =
      definition === undefined
        ? Promise.resolve(undefined)
        : readObject(definition, { id }, api).then((told) => told as ObjectValue | undefined);
    keep(type, id, values);
    // What is not there may be made any time, and a failure may pass.
    const drop = () => known.delete(keyOf(type, id));
    values.then((told) => told ?? drop(), drop);
    return values;
  };

  return {
    async check(definition, values) {
      const { type } = definition;
      const own: ResourceNode = { address: type, mode: "managed", type, values, references: [] };
      const nodes = new Map([[type, own]]);
      const missing = new Set<string>();
      const pointers = Object.entries(tables.refs[type] ?? {}).flatMap(([pattern, types]) =>
        expandPath(pattern, values).map((path) => ({ to: types[0], id: getPath(values, path) })),
      );
      await Promise.all(
        pointers.map(async ({ to, id }) => {
          if (to === undefined || typeof id !== "string" || !resources.has(to)) return;
          const told = await lookUp(to, id);
          const address = keyOf(to, id);
          // A key pair's id is its name, which is known before the pair exists: it may be about to be made.
          if (told === undefined && to === "iec_keypair") return;
          if (told === undefined) missing.add(id);
          else nodes.set(address, { address, mode: "existing", type: to, values: told, references: [] });
        }),
      );
      return checkRules({ graph: { nodes }, missing, ...tables, only: new Set([type]) }).diagnostics;
    },
    note(type, values) {
      if (typeof values["id"] === "string") keep(type, values["id"], Promise.resolve(values));
    },
    forget(type, id) {
      if (typeof id === "string") known.delete(keyOf(type, id));
    },
  };
}

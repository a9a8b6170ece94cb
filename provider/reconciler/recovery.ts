import type { Clock } from "../../schema/clock.js";
import { allAttributes, type Observed, type Resource } from "../../schema/definition.js";
import {
  DiagnosticError,
  errorDiagnostic,
  warningDiagnostic,
  type Diagnostic,
} from "../../schema/diagnostics.js";
import type { ObjectValue } from "../../schema/unknown.js";
import { resumeObject, type ApplyContext } from "../lifecycle/apply.js";
import { sameValue } from "../lifecycle/compare.js";
import type { Api } from "../client/index.js";
import type { OpenIntent, Recovered } from "./journal.js";
import type { State } from "./state.js";

/** How long after it was sent a create may still take effect unseen. */
const SETTLE_MS = 3_000;

interface Wanted {
  readonly address: string;
  /** What was planned and known; what is absent the cloud was to decide. */
  readonly known: ObjectValue;
}

/** Whether an object may be what a create with these values made. */
export function fits(definition: Resource<Api>, known: ObjectValue, candidate: Observed): boolean {
  const attributes = allAttributes(definition);
  const alike = (definition.adoptBy ?? []).every((name) => {
    const attribute = attributes[name];
    const told = candidate[name];
    if (attribute === undefined || told === undefined || !Object.hasOwn(known, name)) return true;
    return sameValue(attribute, known[name] ?? null, told);
  });
  return alike && definition.adoptBy !== undefined && (definition.adoptable?.(candidate) ?? true);
}

export interface Matches {
  readonly adopted: ReadonlyMap<string, Observed>;
  /** Creates of which nobody can tell what they made, with the ids in question. */
  readonly ambiguous: readonly { readonly addresses: readonly string[]; readonly ids: readonly string[] }[];
}

/**
 * Gives each lost create the object it made. Creates that ask for the same are interchangeable: they share out what
 * is there. As soon as there are more objects than creates, nobody can tell which are ours; nor when it is not
 * `certain` that all candidates are new.
 */
export function matchLost(
  definition: Resource<Api>,
  wanted: readonly Wanted[],
  candidates: readonly Observed[],
  certain = true,
): Matches {
  const groups = new Map<string, { addresses: string[]; objects: readonly Observed[] }>();
  const claims = new Map<string, Set<string>>();
  for (const { address, known } of wanted) {
    const objects = candidates.filter((candidate) => fits(definition, known, candidate));
    const key = objects.map((o) => o.id).join(" ");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { addresses: [address], objects });
    else group.addresses.push(address);
    for (const { id } of objects) claims.set(id, (claims.get(id) ?? new Set()).add(key));
  }
  const adopted = new Map<string, Observed>();
  const ambiguous: { addresses: readonly string[]; ids: readonly string[] }[] = [];
  for (const { addresses, objects } of groups.values()) {
    const contested = objects.some((o) => (claims.get(o.id)?.size ?? 0) > 1);
    if (objects.length > addresses.length || contested || (!certain && objects.length > 0))
      ambiguous.push({ addresses, ids: objects.map((o) => o.id) });
    else for (const [i, object] of objects.entries()) adopted.set(addresses[i] ?? "", object);
  }
  return { adopted, ambiguous };
}

interface RecoveryContext extends Omit<ApplyContext, "onCreated"> {
  readonly resources: ReadonlyMap<string, Resource<Api>>;
  readonly clock: Clock;
  /** The user's answers: address -> id, or "none" when nothing was made. */
  readonly adopt: ReadonlyMap<string, string>;
  readonly onProgress?: ((message: string) => void) | undefined;
}

/** The state once every create that an interrupted apply left open is settled: found and taken up, or never made. */
export async function settleIntents(
  recovered: Recovered,
  context: RecoveryContext,
): Promise<{ state: State; diagnostics: Diagnostic[] }> {
  const { resources } = context;
  const diagnostics: Diagnostic[] = [];
  const instances = new Map(recovered.state.instances);
  const unfinished = new Map(recovered.unfinished.map((address) => [address, instances.get(address)]));
  const byType = new Map<string, OpenIntent[]>();
  for (const intent of recovered.intents) {
    byType.set(intent.instance.type, [...(byType.get(intent.instance.type) ?? []), intent]);
  }
  const found = await Promise.all(
    [...byType].map(async ([type, intents]) => {
      const definition = resources.get(type);
      if (definition === undefined) return [];
      const owned = new Set([...instances.values()].map((instance) => instance.values["id"]));
      const before = recovered.baselines.get(type) ?? null;
      const isNew = (id: string) => !owned.has(id) && before?.has(id) !== true;
      const adopted = await findLost(definition, intents, isNew, before !== null, context);
      return [...adopted].map(([address, object]) => ({
        address,
        object,
        intent: intents.find((i) => i.address === address),
      }));
    }),
  );
  for (const { address, object, intent } of found.flat()) {
    if (intent === undefined) continue;
    const { instance } = intent;
    unfinished.set(address, { ...instance, values: { ...instance.values, id: object.id } });
    diagnostics.push(
      warningDiagnostic("IEC3007", `The interrupted create of ${address} is taken up`, {
        address,
        detail: `The cloud had made ${object.id} before the last apply ended. It fits what was asked for, and nothing else does.`,
      }),
    );
  }
  await Promise.all(
    [...unfinished].map(async ([address, instance]) => {
      const definition = instance && resources.get(instance.type);
      if (instance === undefined || definition === undefined) return;
      context.onProgress?.(`${address}: taking up what the interrupted apply made...`);
      const id = typeof instance.values["id"] === "string" ? instance.values["id"] : "";
      const resumed = await resumeObject(definition, instance.values, { id }, context);
      if (resumed.state !== undefined) {
        instances.set(address, { ...instance, values: resumed.state, tainted: resumed.tainted });
      }
      diagnostics.push(...resumed.diagnostics.map((d) => ({ ...d, severity: "warning" as const, address })));
    }),
  );
  return { state: { ...recovered.state, instances }, diagnostics };
}

async function findLost(
  definition: Resource<Api>,
  intents: readonly OpenIntent[],
  isNew: (id: string) => boolean,
  certain: boolean,
  context: RecoveryContext,
): Promise<Map<string, Observed>> {
  const { clock, adopt, api, signal } = context;
  const open = intents.filter((intent) => adopt.get(intent.address) !== "none");
  const latest = Math.max(...intents.map((intent) => intent.at));
  for (;;) {
    const objects = ((await definition.list?.(api)) ?? []).filter((object) => isNew(object.id));
    const chosen = new Map<string, Observed>();
    for (const { address } of open) {
      const object = objects.find((o) => o.id === adopt.get(address));
      if (object !== undefined) chosen.set(address, object);
    }
    const taken = new Set([...chosen.values()].map((o) => o.id));
    const { adopted, ambiguous } = matchLost(
      definition,
      open
        .filter((i) => !chosen.has(i.address))
        .map((i) => ({ address: i.address, known: i.instance.values })),
      objects.filter((o) => !taken.has(o.id)),
      certain,
    );
    const first = ambiguous[0];
    if (first !== undefined) throw cannotTell(definition.type, first);
    const all = new Map([...chosen, ...adopted]);
    const age = clock.now() - latest;
    if (all.size < open.length && age < SETTLE_MS) {
      await clock.sleep(Math.min(1_000, SETTLE_MS - age), signal);
      continue;
    }
    const wrong = open.find(({ address }) => adopt.has(address) && !chosen.has(address));
    if (wrong !== undefined) throw notThere(wrong.address, adopt.get(wrong.address) ?? "");
    return all;
  }
}

const cannotTell = (
  type: string,
  { addresses, ids }: { readonly addresses: readonly string[]; readonly ids: readonly string[] },
): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC3006", "It cannot be told which object an interrupted apply made", {
      address: addresses[0],
      detail: `The last apply was cut off while it created ${addresses.join(", ")} (${type}). What it made may be among ${ids.join(", ")}, but others make such objects too. Look at them, then say which one it is with --adopt ${addresses[0] ?? ""}=ID, or --adopt ${addresses[0] ?? ""}=none when none is. Nothing was changed.`,
    }),
  );

const notThere = (address: string, id: string): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC3006", `There is no ${id} that the interrupted create may have made`, {
      address,
      detail: `--adopt names it for ${address}, but the cloud lists no such object that is new and belongs to nothing else. Correct the id, or say --adopt ${address}=none. Nothing was changed.`,
    }),
  );

import type { Clock } from "../../schema/clock.js";
import type { Observed, Resource } from "../../schema/definition.js";
import { isList, isObject, isUnknown, type ObjectValue, type Value } from "../../schema/unknown.js";
import { AmbiguousCreateError } from "../client/errors.js";
import type { Api } from "../client/index.js";
import type { Applied } from "../lifecycle/apply.js";
import type { Journal } from "./journal.js";
import { fits, matchLost } from "./recovery.js";
import type { Instance } from "./state.js";

interface LedgerOptions {
  readonly journal: Journal;
  readonly api: Api;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What the state holds by now, by address. */
  readonly instances: ReadonlyMap<string, Instance>;
}

/** A create whose outcome is open. */
interface OpenCreate {
  readonly known: ObjectValue;
  lost: boolean;
}

/** Pages of a list that are worth reading to know what existed before a create. */
const BASELINE_PAGES = 50;
/** How often a lost create is looked for, and how often it is sent again once it is known not to have happened. */
const LOOKS = 4;
const SENDS = 3;

/**
 * Sees to it that no create is lost or made twice: each is written down before it is sent, and one whose answer was
 * lost is looked for among the objects that were not there before.
 */
export class CreateLedger {
  readonly #options: LedgerOptions;
  readonly #baselines = new Map<string, Promise<ReadonlySet<string> | null>>();
  /** By type and address. */
  readonly #open = new Map<string, Map<string, OpenCreate>>();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Runs `make`, which sends the create or, given one, takes up an existing object. */
  async create(
    definition: Resource<Api>,
    address: string,
    instance: Instance,
    planned: ObjectValue,
    make: (existing?: Observed) => Promise<Applied>,
  ): Promise<Applied> {
    const { journal, clock } = this.#options;
    const known = knownMembers(planned);
    await this.#baseline(definition);
    const open = this.#open.get(definition.type) ?? new Map<string, OpenCreate>();
    this.#open.set(definition.type, open);
    try {
      for (let send = 1; ; send++) {
        const entry = { known, lost: false };
        open.set(address, entry);
        journal.append({
          kind: "intent",
          address,
          at: clock.now(),
          instance: { ...instance, values: known },
        });
        await journal.flush();
        try {
          const applied = await make();
          if (applied.state === undefined) journal.append({ kind: "failed", address });
          return applied;
        } catch (error) {
          if (!(error instanceof AmbiguousCreateError) || this.#options.signal.aborted) throw error;
          entry.lost = true;
          const found = await this.#find(definition, address, open);
          if (found !== undefined) return await make(found);
          if (send >= SENDS) throw error;
        }
      }
    } finally {
      open.delete(address);
    }
  }

  /**
   * The objects of a type before this run made any: never taken for one of ours. Null when there are too many to
   * list, or the cloud's list is incomplete. Asked once a type.
   */
  #baseline(definition: Resource<Api>): Promise<ReadonlySet<string> | null> {
    const { api, journal } = this.#options;
    let baseline = this.#baselines.get(definition.type);
    if (baseline === undefined) {
      baseline = (async () => {
        const ids = (await definition.list?.(api, BASELINE_PAGES))?.map((object) => object.id) ?? null;
        journal.append({ kind: "baseline", type: definition.type, ids });
        return ids && new Set(ids);
      })();
      this.#baselines.set(definition.type, baseline);
    }
    return baseline;
  }

  /** The object that a lost create made; undefined once it is clear that there is none. */
  async #find(
    definition: Resource<Api>,
    address: string,
    open: ReadonlyMap<string, OpenCreate>,
  ): Promise<Observed | undefined> {
    const { api, clock, signal, instances } = this.#options;
    const before = await this.#baseline(definition);
    let doubtful: readonly string[] = [];
    for (let look = 1; look <= LOOKS; look++) {
      // Full of haste one would take what another create, still under way, is about to be told of.
      await clock.sleep(500 * look, signal);
      const objects = (await definition.list?.(api)) ?? [];
      const owned = new Set([...instances.values()].map((instance) => instance.values["id"]));
      const candidates = objects.filter((o) => before?.has(o.id) !== true && !owned.has(o.id));
      // Creates that got their object ask for no other.
      const pending = [...open].filter(([other]) => !instances.has(other));
      const wanted = pending.map(([other, { known }]) => ({ address: other, known }));
      const mine = candidates.filter((o) => fits(definition, open.get(address)?.known ?? {}, o));
      doubtful = mine.map((o) => o.id);
      const contested = pending.some(
        ([, { known, lost }]) => !lost && mine.some((o) => fits(definition, known, o)),
      );
      if (mine.length === 0 || contested) continue;
      const { adopted, ambiguous } = matchLost(definition, wanted, candidates, before !== null);
      const found = adopted.get(address);
      if (found !== undefined) return found;
      if (ambiguous.some(({ addresses }) => addresses.includes(address))) break;
      // The other lost creates account for all there is.
      doubtful = [];
    }
    if (doubtful.length === 0) return undefined;
    throw new AmbiguousCreateError(
      `create of ${address}`,
      new Error(`these may be what it made: ${doubtful.join(", ")}`),
    );
  }
}

/** The members of a planned value that are known; what the cloud is to decide is left out. */
function knownMembers(value: ObjectValue): ObjectValue {
  const known = (v: Value): Value =>
    isList(v) ? v.filter((i) => !isUnknown(i)).map(known) : isObject(v) ? knownMembers(v) : v;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, v]) => (isUnknown(v) ? [] : [[key, known(v)]])),
  );
}

import type { Clock } from "../../schema/clock.js";
import type { Observed, Resource } from "../../schema/definition.js";
import { isList, isObject, isUnknown, type ObjectValue, type Value } from "../../schema/unknown.js";
import { AmbiguousCreateError, type Api } from "../client/index.js";
import type { Applied } from "../lifecycle/apply.js";
import type { Journal } from "./journal.js";
import { fits, matchLost } from "./recovery.js";
import type { Instance } from "./state.js";

interface LedgerOptions {
  readonly journal: Journal;
  readonly api: Api;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Ids of the objects that the state holds by now. */
  readonly owned: () => ReadonlySet<string>;
}

/** Pages of a list that are worth reading to know what existed before a create. */
const BASELINE_PAGES = 10;
/** How often a lost create is looked for, and how often it is sent again once it is known not to have happened. */
const LOOKS = 4;
const SENDS = 3;

/**
 * Sees to it that no create is lost or made twice: each is written down before it is sent, and one whose answer was
 * lost is looked for among the objects that were not there before.
 */
export class CreateLedger {
  readonly #options: LedgerOptions;
  readonly #baselines = new Map<string, Promise<ReadonlySet<string>>>();
  /** Creates whose outcome is open, by type: an object may be theirs. */
  readonly #open = new Map<string, Map<string, { readonly known: ObjectValue; lost: boolean }>>();

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
    const open = this.#open.get(definition.type) ?? new Map<string, { known: ObjectValue; lost: boolean }>();
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

  /** The objects of a type before this run made any: never taken for one of ours. Asked once a type. */
  #baseline(definition: Resource<Api>): Promise<ReadonlySet<string>> {
    const { api, journal } = this.#options;
    let baseline = this.#baselines.get(definition.type);
    if (baseline === undefined) {
      baseline = (async () => {
        const ids = (await definition.list?.(api, BASELINE_PAGES))?.map((object) => object.id) ?? [];
        journal.append({ kind: "baseline", type: definition.type, ids });
        return new Set(ids);
      })();
      this.#baselines.set(definition.type, baseline);
    }
    return baseline;
  }

  /** The object that a lost create made; undefined once it is clear that there is none. */
  async #find(
    definition: Resource<Api>,
    address: string,
    open: ReadonlyMap<string, { readonly known: ObjectValue; readonly lost: boolean }>,
  ): Promise<Observed | undefined> {
    const { api, clock, signal, owned } = this.#options;
    const before = await this.#baseline(definition);
    for (let look = 1; look <= LOOKS; look++) {
      // Full of haste one would take what another create, still under way, is about to be told of.
      await clock.sleep(500 * look, signal);
      const candidates = ((await definition.list?.(api)) ?? []).filter(
        (o) => !before.has(o.id) && !owned().has(o.id),
      );
      const wanted = [...open].map(([a, { known }]) => ({ address: a, known }));
      const own = open.get(address)?.known ?? {};
      const mine = candidates.filter((candidate) => fits(definition, own, candidate));
      if (mine.length === 0) continue;
      const rivals = [...open].filter(
        ([, entry]) => !entry.lost && mine.some((o) => fits(definition, entry.known, o)),
      );
      if (rivals.length > 0) continue;
      const { adopted, ambiguous } = matchLost(definition, wanted, candidates);
      const doubtful = ambiguous.find((a) => a.addresses.includes(address));
      if (doubtful !== undefined)
        throw new AmbiguousCreateError(
          `create of ${address}`,
          new Error(`several objects fit: ${doubtful.ids.join(", ")}`),
        );
      const found = adopted.get(address);
      if (found !== undefined) return found;
    }
    return undefined;
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

import type { Clock } from "../../schema/clock.js";
import type { Observed, Resource } from "../../schema/definition.js";
import type { ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import type { ResourceEntry } from "./catalog.js";
import { mergeRefreshed } from "../lifecycle/merge.js";
import { readObject, type Refreshed } from "../lifecycle/refresh.js";

/** Reads that arrive this close together are made as one. */
const WINDOW_MS = 3;
/** How long a list answers for reads that come later. Terraform refreshes ten resources at a time. */
const FRESH_MS = 10_000;
/** Reads of a type before its list is worth asking for. */
const WORTH_A_LIST = 2;

/** Reads of single objects, answered by lists where that is cheaper. */
export interface Reads {
  /** The state as the cloud has it now; undefined = gone. */
  read(entry: ResourceEntry, state: ObjectValue): Promise<Refreshed>;
  /** To be called before and after each write: what was listed may hold no more. */
  forget(): void;
}

export function createReads(api: Api, clock: Clock): Reads {
  const types = new Map<string, TypeReads>();
  return {
    async read({ definition, attributes }, state) {
      let reads = types.get(definition.type);
      if (reads === undefined) types.set(definition.type, (reads = new TypeReads(definition, api, clock)));
      const id = typeof state["id"] === "string" ? state["id"] : "";
      const listed = await reads.listed(id);
      // What a list lacks is read by itself before it is believed gone: lists may be partial, or late.
      const source =
        listed === undefined ? definition : { ...definition, read: () => Promise.resolve(listed) };
      const told = await readObject(source, { ...state, id }, api);
      return told && mergeRefreshed(attributes, state, told);
    },
    forget() {
      for (const reads of types.values()) reads.forget();
    },
  };
}

interface Listing {
  readonly at: number;
  readonly byId: Promise<ReadonlyMap<string, Observed>>;
}

class TypeReads {
  readonly #definition: Resource<Api>;
  readonly #api: Api;
  readonly #clock: Clock;
  #listing: Listing | undefined;
  #window: Promise<void> | undefined;
  #asked = 0;
  #worthAt = WORTH_A_LIST;

  constructor(definition: Resource<Api>, api: Api, clock: Clock) {
    this.#definition = definition;
    this.#api = api;
    this.#clock = clock;
  }

  /** The object as a list told it; undefined when it is to be read by itself. */
  async listed(id: string): Promise<Observed | undefined> {
    if (this.#definition.list === undefined) return undefined;
    this.#asked++;
    if (this.#current() === undefined) {
      this.#window ??= this.#clock.sleep(WINDOW_MS).then(() => {
        this.#window = undefined;
      });
      await this.#window;
    }
    const listing = this.#current() ?? (this.#asked >= this.#worthAt ? this.#list() : undefined);
    return (await listing?.byId)?.get(id);
  }

  forget(): void {
    this.#listing = undefined;
  }

  #current(): Listing | undefined {
    const listing = this.#listing;
    return listing !== undefined && this.#clock.now() - listing.at < FRESH_MS ? listing : undefined;
  }

  /**
   * No list may take more pages than there were reads so far. One that would is asked for again when there were twice
   * as many: in all it costs little more than the reads alone would have.
   */
  #list(): Listing {
    const found = this.#definition.list?.(this.#api, this.#asked);
    this.#worthAt = this.#asked * 2;
    const byId = Promise.resolve(found).then((objects) => {
      if (objects === undefined && this.#listing === listing) this.#listing = undefined;
      if (objects !== undefined) this.#worthAt = WORTH_A_LIST;
      return new Map(objects?.map((object) => [object.id, object]));
    });
    byId.catch(() => {
      if (this.#listing === listing) this.#listing = undefined;
    });
    const listing: Listing = { at: this.#clock.now(), byId };
    this.#listing = listing;
    return listing;
  }
}

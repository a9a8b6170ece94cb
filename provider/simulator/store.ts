import { kinds, type Kind, type Kinds } from "./model.js";

/** A change of an object that comes true at a time; applied when somebody looks. */
export interface Step<T> {
  at: number;
  patch: Partial<T>;
}

/** An object and its life: times in milliseconds of the simulator's clock, absent = no limit. */
export interface Entry<T> {
  body: T;
  born: number;
  /** Show answers 404 before. */
  shownAt?: number;
  /** Lists leave it out before. */
  listedAt?: number;
  /** Lists leave it out from here on, and it no longer counts as existing; Show still answers. */
  endedAt?: number;
  /** Nothing is left of it from here on. */
  goneAt?: number;
  steps?: Step<T>[];
}
export type Life<T> = Omit<Entry<T>, "body" | "born">;

/** All objects of one kind. Nothing here uses timers: the clock decides what is visible at the moment of a look. */
export class Table<T extends { id: string }> {
  readonly entries = new Map<string, Entry<T>>();

  constructor(
    private readonly now: () => number,
    /** Objects born later are hidden from reads: a stale replica. Absent in the ordinary case. */
    private readonly horizon: () => number | undefined,
  ) {}

  add(body: T, life: Life<T> = {}): T {
    this.entries.set(body.id, { body, born: this.now(), ...life });
    return body;
  }

  /** Objects that exist, visible or not yet: what rules and quotas look at. */
  *all(): Generator<T> {
    const now = this.now();
    for (const entry of this.entries.values()) if (this.exists(entry, now)) yield entry.body;
  }

  get(id: string): T | undefined {
    const entry = this.entries.get(id);
    return entry && this.exists(entry, this.now()) ? entry.body : undefined;
  }

  /** What a Show call sees. */
  show(id: string): T | undefined {
    const entry = this.entry(id);
    if (!entry || this.stale(entry) || (entry.shownAt ?? 0) > this.now()) return undefined;
    return entry.body;
  }

  /** What a List call sees, oldest first. */
  list(keep: (body: T) => boolean = () => true): T[] {
    const now = this.now();
    const found: T[] = [];
    for (const entry of this.entries.values()) {
      if (!this.settle(entry, now) || this.stale(entry)) continue;
      if ((entry.listedAt ?? 0) > now || (entry.endedAt ?? Infinity) <= now) continue;
      if (keep(entry.body)) found.push(entry.body);
    }
    return found;
  }

  /** The first object that matches; `match` must look only at fields that no planned step changes. */
  find(match: (body: T) => boolean): T | undefined {
    const now = this.now();
    for (const entry of this.entries.values()) {
      if (match(entry.body) && this.exists(entry, now)) return entry.body;
    }
    return undefined;
  }

  count(match: (body: T) => boolean = () => true): number {
    const now = this.now();
    let found = 0;
    for (const entry of this.entries.values()) if (match(entry.body) && this.exists(entry, now)) found += 1;
    return found;
  }

  /** Changes the object now, and lets the given steps follow; steps planned earlier are dropped. */
  change(id: string, patch: Partial<T>, ...steps: Step<T>[]): void {
    const entry = this.entry(id);
    if (!entry) return;
    Object.assign(entry.body, patch);
    entry.steps = steps;
  }

  /** Ends the object at a time; an end planned earlier stays. */
  end(id: string, goneAt: number, life: Life<T> = {}): void {
    const entry = this.entry(id);
    if (entry && entry.goneAt === undefined) Object.assign(entry, life, { goneAt });
  }

  /** Whether the object is on its way out. */
  ending(id: string): boolean {
    return this.entry(id)?.goneAt !== undefined;
  }

  private entry(id: string): Entry<T> | undefined {
    const entry = this.entries.get(id);
    return entry && this.settle(entry, this.now()) ? entry : undefined;
  }

  private exists(entry: Entry<T>, now: number): boolean {
    return this.settle(entry, now) && now < (entry.endedAt ?? Infinity);
  }

  private stale(entry: Entry<T>): boolean {
    return entry.born > (this.horizon() ?? Infinity);
  }

  /** Applies what is due; false when the object is gone. */
  private settle(entry: Entry<T>, now: number): boolean {
    if (entry.goneAt !== undefined && now >= entry.goneAt) {
      this.entries.delete(entry.body.id);
      return false;
    }
    while (entry.steps?.[0] && entry.steps[0].at <= now) {
      Object.assign(entry.body, entry.steps.shift()?.patch);
    }
    return true;
  }
}

export type Tables = { readonly [K in Kind]: Table<Kinds[K]> };

export function createTables(now: () => number, horizon: () => number | undefined): Tables {
  return Object.fromEntries(kinds.map((kind) => [kind, new Table(now, horizon)])) as unknown as Tables;
}

import { parseAddresses } from "../packets/addresses.js";
import { formatSet } from "../packets/format.js";
import { NONE, type PacketAlgebra, type PacketSet } from "../packets/sets.js";
import { kindOf, locate } from "../values.js";
import { brief, outsideOf } from "./changes.js";
import { Ideals } from "./ideals.js";
import { analyse, type Reachability } from "./index.js";
import type { Via } from "./model.js";
import {
  areApart,
  beyond,
  isOutside,
  kindsOf,
  nodeOf,
  trafficOn,
  waysBetween,
  type Kind,
  type Twin,
  type WaysIn,
} from "./pairs.js";
import { goneBetween, type Related } from "./related.js";
import { Stages, type Effect, type Work } from "./stages.js";
import type { Transition } from "./transition.js";

export type { Step, Work } from "./stages.js";

/** What could get through between two steps of an apply, though neither before it nor after it. Plain data. */
export interface Leak {
  readonly from: string;
  readonly to: string;
  readonly via: Via;
  readonly traffic: string;
  /** Whether it would whatever the unknowns become. */
  readonly sure: boolean;
}

/** A step, as one says it. */
export interface Doing {
  /** Its name in the work. */
  readonly step: string;
  readonly address: string;
  readonly verb: "create" | "update" | "delete";
}

/** One step before another, and what it keeps shut. */
export interface OrderEdge {
  readonly first: Doing;
  readonly then: Doing;
  readonly leak: Leak;
}

/** What no order keeps shut, and the steps after which it is open. */
export interface OpenLeak extends Leak {
  readonly after: readonly Doing[];
}

export interface SafeOrder {
  /** With these, nothing else leaks than what `leaks` tells. */
  readonly edges: readonly OrderEdge[];
  readonly leaks: readonly OpenLeak[];
  /** False when there was more between the steps than could be looked at: something else may leak. */
  readonly complete: boolean;
}

/** `deletes X before it creates Y: otherwise the internet could reach Z on tcp/22 in between`. */
export const tellOrder = ({ first, then, leak }: OrderEdge): string =>
  `${first.verb}s ${first.address} before it ${then.verb}s ${then.address}: otherwise ${tellLeak(leak)} in between`;

/** `the internet could reach iec_server.web on tcp/22`. */
export const tellLeak = ({ from, to, traffic }: Leak): string => `${from} could reach ${to} on ${traffic}`;

/** So many resources are read at most, again for each state; what is left is not claimed to be shut. */
const MOST_READ = 50_000;
/** To tell what has a say in a pair costs this part of reading it. */
const LOOK = 1 / 8;
/** So many states of one pair are looked at. */
const MOST_STATES = 1_000;
const MOST_PAIRS = 20_000;
/** So many ways to decide are tried where one leaves something open. */
const MOST_TRIES = 30;
/** So many leaks of one pair are mended one after the other. */
const MOST_ROUNDS = 30;

/**
 * Whether a path is open between two steps of an apply that neither the network before it nor the one after it has,
 * and the order that avoids it. Each step is taken as done at once, in any order that `needs` allows.
 */
export function safeOrder(transition: Transition, work: Work): SafeOrder {
  const steps = new Map([...work.steps].filter(([, { address }]) => transition.changed.has(address)));
  if (steps.size < 2) return { edges: [], leaks: [], complete: true };
  let best: SafeOrder | undefined;
  let read = 0;
  // What is decided first may leave nothing that keeps the rest shut: then something else is decided.
  for (let choices: number[] | undefined = [], tries = 0; choices && tries < MOST_TRIES; tries++) {
    const search = new Search(transition, { ...work, steps }, choices, read);
    const found = search.run();
    if (best === undefined || (found.complete && found.leaks.length < best.leaks.length)) best = found;
    if (best.leaks.length === 0 || !found.complete) break;
    choices = nextOf(search.decisions);
    read = search.read;
  }
  return best ?? { edges: [], leaks: [], complete: false };
}

/** One of several candidates, that is to keep a state from coming about. */
interface Decision {
  readonly taken: number;
  readonly candidates: number;
}

/** The next way to decide, as in counting: undefined when every one was tried. */
function nextOf(decisions: readonly Decision[]): number[] | undefined {
  const last = decisions.findLastIndex(({ taken, candidates }) => taken + 1 < candidates);
  return last < 0
    ? undefined
    : decisions.slice(0, last + 1).map(({ taken }, i) => (i === last ? taken + 1 : taken));
}

interface Unit {
  readonly pair: readonly [Twin, Twin];
  readonly kinds: readonly [Kind, Kind];
}
interface Direction {
  readonly from: Twin;
  readonly to: Twin;
  readonly via: Via;
  /** What gets there before or after; and what leaks whatever is done. */
  base: PacketSet;
  leaking: PacketSet;
  readonly others: readonly WaysIn[];
}
interface Found {
  readonly direction: Direction;
  readonly set: PacketSet;
  readonly sure: boolean;
}

class Search {
  readonly #algebra: PacketAlgebra;
  readonly #before: Reachability;
  readonly #after: Reachability;
  readonly #related: Related;
  readonly #stages: Stages;
  readonly #order: Ideals;
  readonly #edges: OrderEdge[] = [];
  readonly #leaks: OpenLeak[] = [];
  /** Pairs like these leak nothing more. */
  readonly #settled = new Set<string>();
  readonly decisions: Decision[] = [];
  #complete = true;

  /**
   * @param choices which candidate to take at the first decisions; at all others the first
   * @param read what was read before
   */
  constructor(
    readonly transition: Transition,
    readonly work: Work,
    readonly choices: readonly number[],
    public read: number,
  ) {
    const { before, after, algebra, related } = transition;
    this.#algebra = algebra;
    this.#before = before;
    this.#after = after;
    this.#related = related;
    this.#stages = new Stages(before.graph, after.graph, related, work.steps);
    this.#order = new Ideals(work.needs);
  }

  run(): SafeOrder {
    let pairs = 0;
    for (const unit of this.#units()) {
      if (++pairs > MOST_PAIRS || this.read > MOST_READ) this.#complete = false;
      if (!this.#complete) break;
      this.#examine(unit);
    }
    return { edges: this.#edges, leaks: this.#leaks, complete: this.#complete };
  }

  /** Every end with the internet, then with every other that it may have a path to. */
  *#units(): Generator<Unit> {
    const kinds = kindsOf(this.#before, this.#after);
    const all = kinds.flatMap((kind) => kind.twins.map((twin) => ({ twin, kind })));
    const outside = all.find(({ twin }) => isOutside(twin));
    const inside = all.filter(({ twin }) => !isOutside(twin));
    const concerned = this.#related.touchedBy(this.transition.changed);
    const touched = new Set(inside.filter(({ twin }) => concerned.has(nodeOf(twin))));
    for (const one of touched)
      if (outside) yield { pair: [outside.twin, one.twin], kinds: [outside.kind, one.kind] };
    for (const [i, one] of inside.entries()) {
      for (const other of inside.slice(i + 1)) {
        if (!touched.has(one) && !touched.has(other)) continue;
        if (!areApart(one.twin, other.twin))
          yield { pair: [one.twin, other.twin], kinds: [one.kind, other.kind] };
      }
    }
  }

  #examine({ pair, kinds }: Unit): void {
    const among = new Set(
      pair.flatMap((twin) => (isOutside(twin) ? [] : [...this.#related.of(nodeOf(twin))])),
    );
    this.read += among.size * LOOK;
    const effects = new Map<string, Effect>();
    for (const address of among) {
      for (const name of this.#stages.stepsOf(address)) {
        const effect = this.#stages.effectOf(name, among);
        if (effect) effects.set(name, effect);
      }
    }
    const has = (effect: Effect) => [...effects.values()].some((one) => one === effect || one === "either");
    // Where everything opens, the most is open in the end; where everything closes, at the beginning.
    if (effects.size < 2 || !has("opens") || !has("closes")) return;
    if (this.#settled.has(this.#signature(pair, kinds, effects))) return;
    const [a, b] = pair;
    const via = isOutside(a) ? "internet" : "private";
    const directions = [
      { from: a, to: b, via },
      { from: b, to: a, via },
    ].map(({ from, to }) => this.#direction(from, to, via));
    const at = this.#reader(among, directions);
    for (let round = 0; ; round++) {
      const states = this.#order.mostOpen(effects, MOST_STATES);
      if (states === undefined || round > MOST_ROUNDS) {
        this.#complete = false;
        return;
      }
      const state = states.find((done) => at(done) !== undefined);
      if (state === undefined) break;
      const found = this.#avoid(state, effects, at);
      if (found === undefined) return;
    }
    this.#settled.add(this.#signature(pair, kinds, effects));
  }

  #direction(from: Twin, to: Twin, via: Via): Direction {
    const sides = [
      { r: this.#before, ends: [from.before, to.before] as const },
      { r: this.#after, ends: [from.after, to.after] as const },
    ].map(({ r, ends }) => ({ bounds: r.bounds, ends, ways: waysBetween(r, ends, via) }));
    const base = this.#algebra.unionOf(
      sides.map(({ bounds, ends, ways }) => trafficOn(ways, bounds, ends).may),
    );
    return { from, to, via, base, leaking: NONE, others: sides };
  }

  /** Tells what leaks once some steps are done. */
  #reader(among: ReadonlySet<string>, directions: readonly Direction[]) {
    const { subtract, union } = this.#algebra;
    return (done: ReadonlySet<string>): Found | undefined => {
      const graph = this.#stages.graphAt(among, done);
      this.read += graph.nodes.size;
      const gone = goneBetween(this.#stages.before, graph);
      const r = analyse({ ...this.transition.to, graph, gone }, this.#algebra);
      const ends = new Map(r.ends.map((end) => [end.key, end]));
      for (const direction of directions) {
        const { from, to, via, base, leaking, others } = direction;
        const pair = [ends.get(from.key), ends.get(to.key)] as const;
        const ways = waysBetween(r, pair, via);
        const { may, must } = trafficOn(ways, r.bounds, pair);
        const more = subtract(beyond({ bounds: r.bounds, ways }, others, pair), leaking);
        const set = union(subtract(may, base), more);
        if (set !== NONE) return { direction, set, sure: subtract(must, base) !== NONE };
      }
      return undefined;
    };
  }

  /** Makes one step wait for another, so that the state does not come about; or tells that nothing helps. */
  #avoid(
    state: ReadonlySet<string>,
    effects: ReadonlyMap<string, Effect>,
    at: (done: ReadonlySet<string>) => Found | undefined,
  ): Found | undefined {
    const { done, missing } = this.#order.decisive(state, effects, (one) => at(one) !== undefined);
    const found = at(done);
    if (found === undefined) return undefined;
    const { direction, set, sure } = found;
    const { from, to, via } = direction;
    const label = ({ before, after }: Twin) => (after ?? before)?.label ?? "";
    const leak: Leak = {
      from: label(from),
      to: label(to),
      via,
      traffic: formatSet(brief(this.#after, set, outsideOf(from, to))),
      sure,
    };
    const later = [...done].toSorted((x, y) => this.#preference(x) - this.#preference(y));
    const candidates = later.flatMap((then) =>
      missing.flatMap((first) => (this.#order.after(first).has(then) ? [] : [{ first, then }])),
    );
    const taken = this.choices[this.decisions.length] ?? 0;
    const choice = candidates[taken];
    if (choice !== undefined) {
      const { first, then } = choice;
      this.decisions.push({ taken, candidates: candidates.length });
      this.#order.add(first, then);
      this.#edges.push({ first: this.#doing(first), then: this.#doing(then), leak });
      return found;
    }
    this.#leaks.push({ ...leak, after: this.#order.last(done).map(this.#doing) });
    // The rest of the pair is looked at as if this were open anyway.
    direction.base = this.#algebra.union(direction.base, set);
    direction.leaking = this.#algebra.union(direction.leaking, set);
    return found;
  }

  /** Rules open for many, servers for themselves: it is better that a rule waits. */
  #preference(name: string): number {
    const address = this.work.steps.get(name)?.address ?? "";
    const kinds = ["iec_security_group_rule", "iec_network_acl_rule", "iec_eip", "iec_route"];
    const [node] = [...this.#related.versions(address)];
    const at = kinds.indexOf(kindOf(node?.type ?? ""));
    return at < 0 ? kinds.length : at;
  }

  #doing = (step: string): Doing => {
    const { address = "", does } = this.work.steps.get(step) ?? {};
    if (does === "remove") return { step, address, verb: "delete" };
    const replaces = [...this.work.steps.values()].some(
      (one) => one.address === address && one.does === "remove",
    );
    const exists = this.#stages.before.nodes.has(address) && !replaces;
    return { step, address, verb: exists ? "update" : "create" };
  };

  /** The same for pairs that differ in nothing but names of what belongs to one of their ends alone. */
  #signature(
    pair: readonly [Twin, Twin],
    kinds: readonly [Kind, Kind],
    effects: ReadonlyMap<string, Effect>,
  ): string {
    const names = new Map<string, string>();
    const prefixes = new Set<string>();
    for (const [i, twin] of pair.entries()) {
      names.set(nodeOf(twin), `#${i}`);
      if (isOutside(twin)) continue;
      for (const address of this.#related.of(nodeOf(twin))) {
        for (const node of this.#related.versions(address)) {
          if (["iec_eip", "iec_ipv6_bandwidth_attachment"].includes(kindOf(node.type)))
            names.set(address, `#${i} ${node.type}`);
          for (const name of ["remote_ip_prefix", "source_ip_address", "destination_ip_address"])
            for (const { value } of locate(node, name)) if (typeof value === "string") prefixes.add(value);
        }
      }
    }
    const short = (step: string) => {
      const { address = "", does = "" } = this.work.steps.get(step) ?? {};
      return `${names.get(address) ?? address} ${does}`;
    };
    const waits = [...effects].map(([step, effect]) => {
      const needs = [...this.#order.after(step)].filter((need) => effects.has(need));
      return [short(step), effect, needs.map(short).toSorted()];
    });
    const within = pair.map((twin) => [...prefixes].toSorted().map((text) => standing(twin, text)));
    return JSON.stringify([kinds.map(({ key }) => key), waits.map(String).toSorted(), within]);
  }
}

/** Which of an end's addresses lie within a prefix, in both graphs. */
function standing({ before, after }: Twin, text: string): string {
  const prefix = parseAddresses(text);
  const addresses = [before, after].flatMap((end) => (end?.kind === "nic" ? end.nic.addresses : []));
  return addresses
    .map(({ addresses: { interval } }) =>
      prefix === undefined || interval[0] > prefix.interval[1] || interval[1] < prefix.interval[0]
        ? 0
        : interval[0] >= prefix.interval[0] && interval[1] <= prefix.interval[1]
          ? 2
          : 1,
    )
    .join("");
}

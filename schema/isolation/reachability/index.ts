import type { ResourceGraph } from "../../graph.js";
import { CODES, warningDiagnostic, type Diagnostic } from "../../diagnostics.js";
import { Filters } from "../network/filters.js";
import { readNetwork } from "../network/index.js";
import type { AddressChoice, Network, Nic, Subnet } from "../network/model.js";
import {
  barrierBetween,
  settledPlace,
  Ways,
  type Barrier,
  type Point,
  type Step,
  type Way,
} from "../network/ways.js";
import { overlap, type Addresses } from "../packets/addresses.js";
import { NONE, type PacketAlgebra, type PacketSet } from "../packets/sets.js";
import type { Packet } from "../packets/fields.js";
import { buildTopology, type TopologyInput } from "../topology.js";
import { Bounds } from "./bounds.js";
import { Ends } from "./ends.js";
import { explainPacket } from "./explain.js";
import type { End, Reach, Trace, Via } from "./model.js";
import { isSame } from "./pairs.js";

export type { Network, Oddity, Subnet } from "../network/model.js";
export type { Packet } from "../packets/fields.js";
export type { PacketSet } from "../packets/sets.js";
export type { Traffic } from "../packets/traffic.js";
export { formatSet } from "../packets/format.js";
export type * from "./model.js";
export type { Certificate } from "./certificate.js";
export { surest } from "./ends.js";
export { judge, obstacleOf } from "./judge.js";
export { checkCertificate } from "./check.js";
export { tellHop, tellPacket } from "./tell.js";

/** What can reach what in a resource graph. Nothing is computed before it is asked for. */
export class Reachability {
  readonly ways: Ways;
  readonly #places = new Map<Subnet, { readonly nic: Nic | undefined }>();

  private constructor(
    readonly graph: ResourceGraph,
    readonly network: Network,
    readonly filters: Filters,
    readonly bounds: Bounds,
    private readonly names: Ends,
  ) {
    this.ways = new Ways(network, filters);
  }

  static of(input: TopologyInput, algebra?: PacketAlgebra): Reachability {
    const topology = buildTopology(input);
    const network = readNetwork(topology, input.gone);
    const filters = new Filters(network.groupRules);
    return new Reachability(input.graph, network, filters, new Bounds(algebra), new Ends(topology, network));
  }

  /**
   * That of a graph that differs from this one's in nothing but rules of security groups. What is the same in both is
   * neither read nor computed again.
   *
   * @param changed addresses of the rules
   */
  withRules(
    { graph, gone = new Set() }: Pick<TopologyInput, "graph" | "gone">,
    changed: Iterable<string>,
  ): Reachability {
    const groupRules = this.network.groupRules.at(graph, changed, gone);
    const network = { ...this.network, groupRules };
    return new Reachability(graph, network, new Filters(groupRules, this.filters), this.bounds, this.names);
  }

  /** What of the network cannot be: it counts as unknown, so that nothing is PROVED by it. */
  get diagnostics(): readonly Diagnostic[] {
    const { groupRules, oddities } = this.network;
    return [...groupRules.oddities, ...oddities].map(({ node, path, detail }) =>
      warningDiagnostic("IEC1040", CODES.IEC1040, {
        detail: `What can be reached does not rest on it: ${detail}. Put it right to have it count.`,
        address: node.address,
        path,
        origin: node.origin,
      }),
    );
  }

  /** NICs, virtual IPs, a newcomer for each empty subnet, and the internet. */
  get ends(): readonly End[] {
    return this.names.all;
  }

  /**
   * The ends of a name: a resource address (a subnet, VPC or security group stands for its NICs), a construct path,
   * `internet`, an address or CIDR (it stands for what has an address of it), a site by id or name. Those that only may
   * belong are among them, marked. Empty when nothing has the name.
   */
  endOf = (name: string): readonly End[] => this.names.of(name);

  endsIn = (subnet: Subnet): readonly End[] => this.names.in(subnet);

  reach(from: End, to: End, via: Via): Reach {
    const found = this.waysOf(from, to, via);
    return isBarrier(found) ? new Walled(found) : new WaysReach(this, found);
  }

  /** From anything in one subnet to anything in another; a NIC does not reach itself. */
  subnets(from: Subnet, to: Subnet, via: Via = "private"): Reach {
    const wall = via === "private" ? this.#wallBetween(from, to) : undefined;
    if (wall) return new Walled(wall);
    const pairs = this.endsIn(from).flatMap((a) =>
      this.endsIn(to).flatMap((b) => (isSame(a, b) ? [] : [this.reach(a, b, via)])),
    );
    const { algebra } = this.bounds;
    const all = (sets: readonly PacketSet[]) => algebra.unionOf(sets);
    return {
      get may() {
        return all(pairs.map(({ may }) => may));
      },
      get must() {
        return all(pairs.map(({ must }) => must));
      },
      possible: () => pairs.some((one) => one.possible()),
      answered: () => {
        const answers = pairs.map((one) => one.answered());
        return { may: all(answers.map(({ may }) => may)), must: all(answers.map(({ must }) => must)) };
      },
      unknowns: () => [...new Set(pairs.flatMap((one) => one.unknowns()))],
    };
  }

  /** The pairs of ends that no wall keeps apart for sure. In a large network they are few. */
  *pairs(): Generator<readonly [from: End, to: End]> {
    const byPlace = new Map<string | undefined, End[]>();
    for (const end of this.ends) {
      const place = end.kind === "nic" ? settledPlace(end.nic) : undefined;
      const group = byPlace.get(place);
      if (group === undefined) byPlace.set(place, [end]);
      else group.push(end);
    }
    const open = byPlace.get(undefined) ?? [];
    for (const [place, group] of byPlace) {
      const others = place === undefined ? this.ends : [...group, ...open];
      for (const from of group) for (const to of others) if (!isSame(from, to)) yield [from, to];
    }
  }

  /** The wall between everything in one subnet and everything in another. */
  #wallBetween(from: Subnet, to: Subnet): Barrier | undefined {
    const [a, b] = [this.#placeIn(from), this.#placeIn(to)];
    return a && b ? barrierBetween(a, b) : undefined;
  }

  /** A NIC in whose place everything in the subnet is, if there is no doubt about it. */
  #placeIn(subnet: Subnet): Nic | undefined {
    let found = this.#places.get(subnet);
    if (found === undefined) {
      const nics = this.endsIn(subnet).flatMap((end) =>
        end.kind === "nic" ? [end.nic] : end.kind === "vip" ? end.vip.backers.map(({ nic }) => nic) : [],
      );
      const [first] = nics;
      const place = first && settledPlace(first);
      found = {
        nic: place !== undefined && nics.every((nic) => settledPlace(nic) === place) ? first : undefined,
      };
      this.#places.set(subnet, found);
    }
    return found.nic;
  }

  explain = (from: End, to: End, packet: Packet, via: Via): Trace =>
    explainPacket(this, from, to, packet, via);

  /** The ways of a pair; a barrier when there is none whatever the rules. */
  waysOf(from: End, to: End, via: Via): readonly Way[] | Barrier {
    const barrier =
      via === "private" && from.kind === "nic" && to.kind === "nic" && barrierBetween(from.nic, to.nic);
    if (barrier) return barrier;
    const [a, b] = [pointOf(from), pointOf(to)];
    const found = via === "private" ? this.ways.private(a, b) : this.ways.internet(a, b);
    return isBarrier(found) || !(from.maybe ?? to.maybe) ? found : found.map((way) => inCase(way, from, to));
  }

  /** What has to become known to tell what a way lets through. */
  unknownsOf(way: Way): string[] {
    return [
      ...way.unknowns,
      ...way.steps.flatMap((step) => this.#unknownsAt(step, way)),
      ...(["source", "destination"] as const).flatMap((field) =>
        this.#dependsOn(way, field) ? way[field].unknowns : [],
      ),
    ];
  }

  #unknownsAt(step: Step, way: Way): readonly string[] {
    if (this.bounds.isTooLarge(step))
      return [`what the rules of ${step.filter.label} say together: they are too many`];
    if (this.bounds.step(step, "may") === this.bounds.step(step, "must")) return [];
    if (step.maybe) {
      // Whether the border of this subnet is on the way at all.
      const { identity } = step.owner as Subnet;
      return [...(identity.settled ? [] : identity.unknowns), ...step.filter.unknowns];
    }
    const translated =
      (step.source ?? step.destination) ? way.accesses.flatMap(({ unknowns }) => unknowns) : [];
    return [...step.filter.unknowns, ...translated];
  }

  /** Whether what gets along a way depends on which address the cloud chooses. */
  #dependsOn(way: Way, field: "source" | "destination"): boolean {
    const { algebra } = this.bounds;
    const { interval } = way[field].addresses;
    if (interval[0] === interval[1]) return false;
    const set = this.bounds.through(way, way.steps, "may");
    return algebra.project(set, field, interval, "some") !== algebra.project(set, field, interval, "every");
  }
}

/**
 * Reads a graph for questions about what can reach what.
 *
 * @param algebra shared with another analysis, so that equal sets of both are one object
 */
export const analyse = (input: TopologyInput, algebra?: PacketAlgebra): Reachability =>
  Reachability.of(input, algebra);

/** Nothing gets through a wall. */
class Walled implements Reach {
  readonly may = NONE;
  readonly must = NONE;
  constructor(readonly wall: Barrier) {}
  possible(): boolean {
    return false;
  }
  answered(): ReturnType<Reach["answered"]> {
    return { may: NONE, must: NONE };
  }
  unknowns(): readonly string[] {
    return [];
  }
}

/** What gets along some ways. Sets are made when they are asked for: most callers only ask whether there is any. */
class WaysReach implements Reach {
  #may: PacketSet | undefined;
  #must: PacketSet | undefined;
  #answered: ReturnType<Reach["answered"]> | undefined;

  constructor(
    readonly r: Reachability,
    readonly ways: readonly Way[],
  ) {}

  get may(): PacketSet {
    return (this.#may ??= this.#bound("may", (way) => way.steps));
  }
  get must(): PacketSet {
    return (this.#must ??= this.#bound("must", (way) => way.steps));
  }
  possible = (): boolean => this.ways.some((way) => this.r.bounds.through(way, way.steps, "may") !== NONE);
  answered(): ReturnType<Reach["answered"]> {
    const both = (way: Way) => [...way.steps, ...this.r.ways.back(way)];
    return (this.#answered ??= { may: this.#bound("may", both), must: this.#bound("must", both) });
  }
  unknowns(): readonly string[] {
    if (this.may === this.must) return [];
    return [...new Set(this.ways.flatMap((way) => this.r.unknownsOf(way)))];
  }

  #bound(which: "may" | "must", steps: (way: Way) => Way["steps"]): PacketSet {
    const { bounds } = this.r;
    const ways = this.ways.filter(({ sure }) => sure || which === "may");
    return bounds.algebra.unionOf(ways.map((way) => bounds.onWay(way, steps(way), which)));
  }
}

export const isBarrier = (found: readonly Way[] | Barrier): found is Barrier => "kind" in found;

/** A way that counts if its ends belong to what was named. */
function inCase(way: Way, from: End, to: End): Way {
  const narrowed = (choice: AddressChoice, as: Addresses | undefined): AddressChoice => ({
    ...choice,
    addresses: (as && overlap(choice.addresses, as)) ?? choice.addresses,
  });
  return {
    ...way,
    // A virtual IP sends as the NICs behind it, by addresses of their own.
    source: narrowed(way.source, from.kind === "nic" ? from.maybe?.as : undefined),
    destination: narrowed(way.destination, to.maybe?.as),
    sure: false,
    unknowns: [...way.unknowns, ...(from.maybe?.unknowns ?? []), ...(to.maybe?.unknowns ?? [])],
  };
}

function pointOf(end: End): Point {
  if (end.kind === "outside") return { kind: "outside", addresses: end.addresses };
  return end.kind === "nic" ? { kind: "nic", nic: end.nic } : { kind: "vip", vip: end.vip };
}

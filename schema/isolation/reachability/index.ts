import { Filters } from "../network/filters.js";
import { readNetwork } from "../network/index.js";
import type { Network, Subnet } from "../network/model.js";
import { Ways, type Barrier, type Point, type Way } from "../network/ways.js";
import { NONE, type PacketSet } from "../packets/sets.js";
import type { Packet } from "../packets/fields.js";
import { buildTopology, type TopologyInput } from "../topology.js";
import { Bounds } from "./bounds.js";
import { Ends } from "./ends.js";
import { explainPacket } from "./explain.js";
import type { End, Reach, Trace, Via } from "./model.js";

export type { Network, Oddity, Subnet } from "../network/model.js";
export type { Packet } from "../packets/fields.js";
export type { PacketSet } from "../packets/sets.js";
export type { Traffic } from "../packets/traffic.js";
export { formatSet } from "../packets/format.js";
export type * from "./model.js";
export type { Certificate } from "./certificate.js";
export { judge } from "./judge.js";
export { checkCertificate } from "./check.js";

export interface ReachabilityInput extends TopologyInput {
  /** Ids and public addresses that the plan takes away: what was looked up before may still name them. */
  readonly gone?: ReadonlySet<string>;
}

/** What can reach what in a resource graph. Nothing is computed before it is asked for. */
export class Reachability {
  readonly network: Network;
  readonly ways: Ways;
  readonly bounds = new Bounds();
  readonly #ends: Ends;
  readonly #reaches = new Map<string, Reach>();

  constructor(input: ReachabilityInput) {
    const topology = buildTopology(input);
    this.network = readNetwork(topology, input.gone);
    this.ways = new Ways(this.network, new Filters());
    this.#ends = new Ends(topology, this.network);
  }

  /** NICs, virtual IPs, a newcomer for each empty subnet, and the internet. */
  get ends(): readonly End[] {
    return this.#ends.all;
  }

  /**
   * The ends of a name: a resource address (a subnet, VPC or security group stands for its NICs), a construct path,
   * `internet`, an address or CIDR, a site by id or name. Empty when nothing has the name.
   */
  endOf = (name: string): readonly End[] => this.#ends.of(name);

  endsIn = (subnet: Subnet): readonly End[] => this.#ends.in(subnet);

  reach(from: End, to: End, via: Via): Reach {
    const key = `${from.key}\n${to.key}\n${via}`;
    let reach = this.#reaches.get(key);
    if (reach === undefined) this.#reaches.set(key, (reach = this.#reach(from, to, via)));
    return reach;
  }

  /** From anything in one subnet to anything in another; a NIC does not reach itself. */
  subnets(from: Subnet, to: Subnet, via: Via = "private"): Reach {
    const pairs = this.endsIn(from).flatMap((a) =>
      this.endsIn(to).flatMap((b) => (isSame(a, b) ? [] : [this.reach(a, b, via)])),
    );
    const { union } = this.bounds.algebra;
    const merge = (reaches: readonly { readonly may: PacketSet; readonly must: PacketSet }[]) => ({
      may: reaches.map(({ may }) => may).reduce(union, NONE),
      must: reaches.map(({ must }) => must).reduce(union, NONE),
    });
    const wall = pairs.length > 0 && pairs.every((one) => one.wall) ? pairs[0]?.wall : undefined;
    return {
      ...merge(pairs),
      answered: () => merge(pairs.map((one) => one.answered())),
      unknowns: () => [...new Set(pairs.flatMap((one) => one.unknowns()))],
      ...(wall ? { wall } : {}),
    };
  }

  explain = (from: End, to: End, packet: Packet, via: Via): Trace =>
    explainPacket(this, from, to, packet, via);

  /** The ways of a pair; a barrier when there is none whatever the rules. */
  waysOf(from: End, to: End, via: Via): readonly Way[] | Barrier {
    const [a, b] = [pointOf(from), pointOf(to)];
    return via === "private" ? this.ways.private(a, b) : this.ways.internet(a, b);
  }

  #reach(from: End, to: End, via: Via): Reach {
    const found = this.waysOf(from, to, via);
    const ways = isBarrier(found) ? [] : found;
    const { union, intersect } = this.bounds.algebra;
    const bound = (which: "may" | "must", steps: (way: Way) => Way["steps"]) =>
      ways
        .filter(({ sure }) => sure || which === "may")
        .map((way) => intersect(this.bounds.through(steps(way), which), this.bounds.domain(way)))
        .reduce(union, NONE);
    const may = bound("may", (way) => way.steps);
    const must = bound("must", (way) => way.steps);
    const both = (way: Way) => [...way.steps, ...this.ways.back(way)];
    return {
      may,
      must,
      answered: () => ({ may: bound("may", both), must: bound("must", both) }),
      unknowns: () => (may === must ? [] : [...new Set(ways.flatMap((way) => this.unknownsOf(way)))]),
      ...(isBarrier(found) ? { wall: found } : {}),
    };
  }

  /** What has to become known to tell what a way lets through. */
  unknownsOf(way: Way): string[] {
    return [
      ...way.unknowns,
      ...way.steps.flatMap((step) => {
        if (this.bounds.isTooLarge(step))
          return [`what the rules of ${step.filter.label} say together: they are too many`];
        return this.bounds.step(step, "may") === this.bounds.step(step, "must") ? [] : step.filter.unknowns;
      }),
    ];
  }
}

/** Reads a graph for questions about what can reach what. */
export const analyse = (input: ReachabilityInput): Reachability => new Reachability(input);

export const isBarrier = (found: readonly Way[] | Barrier): found is Barrier => "kind" in found;

export const isSame = (a: End, b: End): boolean => a.key === b.key;

function pointOf(end: End): Point {
  if (end.kind === "outside") return { kind: "outside", addresses: end.addresses };
  return end.kind === "nic" ? { kind: "nic", nic: end.nic } : { kind: "vip", vip: end.vip };
}

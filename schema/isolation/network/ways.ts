import { compare } from "../identity.js";
import { anyAddress, type Addresses } from "../packets/addresses.js";
import type { Family } from "../packets/fields.js";
import type { Filter, Filters } from "./filters.js";
import { opposite } from "./filters.js";
import type {
  AddressChoice,
  Direction,
  Network,
  Nic,
  PublicAccess,
  Subnet,
  VirtualIp,
  Whereabouts,
} from "./model.js";
import { comparePlaces, labelOf, placesDecidedBy } from "./read.js";

/** A filter on a way, and the addresses it sees: the packet's own, or those an EIP puts in their place. */
export interface Step {
  readonly at: "route" | "egress" | "aclEgress" | "aclIngress" | "ingress";
  /** The NIC or subnet that it belongs to. */
  readonly owner: Nic | Subnet;
  readonly filter: Filter;
  readonly source: Addresses | undefined;
  readonly destination: Addresses | undefined;
  /** Whether it may not be on the way at all. */
  readonly maybe: boolean;
  /** Whether what it looks at is the answer to the packet. */
  readonly reply: boolean;
}

/** One way for packets of one family. Addresses are those of the sender and of the receiver in their own networks. */
export interface Way {
  readonly family: Family;
  readonly source: AddressChoice;
  readonly destination: AddressChoice;
  readonly steps: readonly Step[];
  /** Public accesses that it takes. */
  readonly accesses: readonly PublicAccess[];
  /** Whether the way is there. */
  readonly sure: boolean;
  /** What decides whether it is there. */
  readonly unknowns: readonly string[];
}

/** Where ways begin and end. */
export type Point =
  | { readonly kind: "nic"; readonly nic: Nic }
  | { readonly kind: "vip"; readonly vip: VirtualIp }
  | { readonly kind: "outside"; readonly addresses: readonly Addresses[] };

export interface Barrier {
  readonly kind: "vpc" | "site";
  readonly from: string;
  readonly to: string;
}

/** What of a way depends on a condition. */
interface Condition {
  readonly sure: boolean;
  readonly unknowns: readonly string[];
}

/** A NIC that takes packets, by its own address or by that of a virtual IP. */
interface Entry extends Condition {
  readonly nic: Nic;
  readonly addresses: readonly AddressChoice[];
  readonly access: readonly PublicAccess[];
}

/** Finds the ways between two points: every one that there may be. */
export class Ways {
  constructor(
    readonly network: Network,
    readonly filters: Filters,
  ) {}

  /** Within one VPC and site; a barrier when there is none whatever the rules. */
  private(from: Point, to: Point): readonly Way[] | Barrier {
    if (from.kind === "outside" || to.kind === "outside") return [];
    const ways: Way[] = [];
    let barrier: Barrier | undefined;
    for (const sender of senders(from)) {
      for (const entry of entries(to)) {
        const found = this.#inside(sender, entry);
        if (Array.isArray(found)) ways.push(...(found as Way[]));
        else barrier = found as Barrier;
      }
    }
    return ways.length === 0 && barrier ? barrier : ways;
  }

  /** By way of public addresses. */
  internet(from: Point, to: Point): readonly Way[] {
    if (from.kind === "outside") {
      if (to.kind === "outside") return [];
      return from.addresses.flatMap((source) =>
        entries(to).flatMap((entry) => this.#arriving(source, entry)),
      );
    }
    return senders(from).flatMap((sender) =>
      to.kind === "outside"
        ? to.addresses.flatMap((destination) =>
            this.#leaving(sender, destination, undefined).map(({ way }) => way),
          )
        : entries(to)
            .filter((entry) => entry.nic !== sender.nic)
            .flatMap((entry) => this.#across(sender, entry)),
    );
  }

  #inside(sender: Entry, entry: Entry): readonly Way[] | Barrier {
    const from = sender.nic;
    const to = entry.nic;
    const barrier = barrierBetween(from, to);
    if (barrier) return barrier;
    const conditions = [sender, entry, together(from, to), running(from), running(to)];
    const steps = from === to ? [] : this.#hop(from, to, undefined);
    const ways: Way[] = [];
    for (const source of from.addresses) {
      for (const destination of entry.addresses)
        if (source.addresses.family === destination.addresses.family)
          ways.push(wayOf(source, destination, steps, [], conditions));
    }
    return ways;
  }

  /** What a packet from one NIC to another of the same VPC and site meets. `destination`: when it is for somebody else. */
  #hop(from: Nic, to: Nic, destination: Addresses | undefined): Step[] {
    const border = compare(from.subnet.identity, to.subnet.identity);
    const maybe = border === "undecided";
    const egress = this.#groups(from, "egress", to, undefined, destination);
    const ingress = this.#groups(to, "ingress", from, undefined, destination);
    if (border === "same") return [egress, ingress];
    return [
      egress,
      this.#acl(from.subnet, "egress", undefined, destination, maybe),
      this.#acl(to.subnet, "ingress", undefined, destination, maybe),
      ingress,
    ];
  }

  /** From an address of the internet to a NIC with a public address. */
  #arriving(source: Addresses, entry: Entry): Way[] {
    return entry.access
      .filter(({ family }) => family === source.family)
      .flatMap((access) =>
        entry.addresses
          .filter(({ addresses }) => addresses.family === source.family)
          .map((destination) =>
            wayOf(
              { addresses: source, sure: true, unknowns: [] },
              destination,
              this.#enter(entry.nic, undefined),
              [access],
              [entry, access, running(entry.nic)],
            ),
          ),
      );
  }

  #enter(nic: Nic, source: Addresses | undefined): Step[] {
    return [
      this.#acl(nic.subnet, "ingress", source, undefined),
      this.#groups(nic, "ingress", undefined, source, undefined),
    ];
  }

  /**
   * From a NIC to an address of the internet: by its own public address, or by a next hop that has one. `seen` is
   * what an address that is translated looks like on the way.
   */
  #leaving(
    sender: Entry,
    destination: Addresses,
    seen: Addresses | undefined,
  ): { readonly way: Way; readonly last: PublicAccess }[] {
    const { nic } = sender;
    const { family } = destination;
    const own = nic.access.filter((access) => access.family === family);
    const found: { way: Way; last: PublicAccess }[] = [];
    const target = { addresses: destination, sure: true, unknowns: [] };
    for (const source of nic.addresses.filter(({ addresses }) => addresses.family === family)) {
      for (const last of own) {
        const steps = this.#exit(nic, undefined, seen);
        found.push({ last, way: wayOf(source, target, steps, [last], [sender, last, running(nic)]) });
      }
      if (family === 6 || own.some(({ sure }) => sure)) continue;
      const routes = this.network.routesOf(nic.subnet);
      for (const hop of new Set(routes.flatMap((route) => route.hops.map((one) => one.nic)))) {
        if (hop === nic || barrierBetween(nic, hop) || hop.forwards === "no") continue;
        const takes = { sure: hop.forwards === "yes", unknowns: [`what ${hop.label} forwards`] };
        const alone = { sure: own.length === 0, unknowns: own.flatMap(({ unknowns }) => unknowns) };
        const address = hop.addresses.find(({ addresses }) => addresses.family === 4);
        for (const last of hop.access.filter((access) => access.family === 4)) {
          const steps = [
            { ...this.#step("route", nic, this.filters.routes(routes, hop), undefined, seen) },
            ...this.#hop(nic, hop, seen),
            ...this.#exit(hop, address?.addresses ?? anyAddress(4), seen),
          ];
          const conditions = [sender, last, takes, alone, together(nic, hop), running(nic), running(hop)];
          found.push({ last, way: wayOf(source, target, steps, [last], conditions) });
        }
      }
    }
    return found;
  }

  #exit(nic: Nic, source: Addresses | undefined, destination: Addresses | undefined): Step[] {
    return [
      this.#groups(nic, "egress", undefined, source, destination),
      this.#acl(nic.subnet, "egress", source, destination),
    ];
  }

  /** From a NIC to the public address of another. */
  #across(sender: Entry, entry: Entry): Way[] {
    return entry.access.flatMap((access) =>
      entry.addresses
        .filter(({ addresses }) => addresses.family === access.family)
        .flatMap((destination) => {
          // IPv6 needs no translation: what is seen is the packet's own.
          const seen = access.family === 6 ? undefined : (access.address ?? anyAddress(4));
          return this.#leaving(sender, destination.addresses, seen).map(({ way, last }) => {
            const source = access.family === 6 ? undefined : (last.address ?? anyAddress(4));
            return wayOf(
              way.source,
              destination,
              [...way.steps, ...this.#enter(entry.nic, source)],
              [...way.accesses, access],
              [way, entry, access, running(entry.nic)],
            );
          });
        }),
    );
  }

  #groups(
    nic: Nic,
    direction: Direction,
    peer: Nic | undefined,
    source: Addresses | undefined,
    destination: Addresses | undefined,
  ): Step {
    return this.#step(
      direction,
      nic,
      this.filters.groups(nic.groups, direction, peer?.groups),
      source,
      destination,
    );
  }

  #acl(
    subnet: Subnet,
    direction: Direction,
    source: Addresses | undefined,
    destination: Addresses | undefined,
    maybe = false,
  ): Step {
    const at = direction === "ingress" ? "aclIngress" : "aclEgress";
    return this.#step(at, subnet, this.filters.acl(subnet.acl, direction), source, destination, maybe);
  }

  #step = (
    at: Step["at"],
    owner: Nic | Subnet,
    filter: Filter,
    source: Addresses | undefined,
    destination: Addresses | undefined,
    maybe = false,
  ): Step => ({ at, owner, filter, source, destination, maybe, reply: false });

  /** What an answer meets on its way back. Groups keep state: they let answers through. */
  back(way: Way): readonly Step[] {
    return way.steps.toReversed().flatMap((step): Step[] => {
      if (step.at !== "aclEgress" && step.at !== "aclIngress") return [];
      const { acl } = step.owner as Subnet;
      const direction = opposite(step.at === "aclIngress" ? "ingress" : "egress");
      const at = direction === "ingress" ? "aclIngress" : "aclEgress";
      return [{ ...step, at, filter: this.filters.acl(acl, direction), reply: true }];
    });
  }
}

/** Senders use addresses of their own: a virtual IP sends as the NICs behind it do. */
const senders = (point: Exclude<Point, { kind: "outside" }>): readonly Entry[] =>
  point.kind === "nic"
    ? [{ nic: point.nic, addresses: point.nic.addresses, access: point.nic.access, sure: true, unknowns: [] }]
    : point.vip.backers.map(({ nic, sure }) => ({
        nic,
        addresses: nic.addresses,
        access: nic.access,
        sure,
        unknowns: point.vip.unknowns,
      }));

function entries(point: Exclude<Point, { kind: "outside" }>): readonly Entry[] {
  if (point.kind === "nic") return senders(point);
  const { vip } = point;
  return vip.backers.map(({ nic, sure }) => ({
    nic,
    addresses: [vip.address],
    access: vip.access,
    sure,
    unknowns: vip.unknowns,
  }));
}

/** The VPC and the site of a NIC, where there is no doubt about them. */
type Settled = Readonly<Record<"vpc" | "site" | "both", string | undefined>>;
const settled = new WeakMap<Nic, Settled>();
function settledPlaces(nic: Nic): Settled {
  let keys = settled.get(nic);
  if (keys === undefined) {
    const keyOf = ([first, ...others]: Whereabouts) =>
      first?.settled === true && others.every(({ key }) => key === first.key) ? first.key : undefined;
    const [vpc, site] = [keyOf(nic.vpc), keyOf(nic.site)];
    const both = vpc === undefined || site === undefined ? undefined : `${vpc}\n${site}`;
    settled.set(nic, (keys = { vpc, site, both }));
  }
  return keys;
}

/** The same text for NICs that are in the same place for sure; undefined when there is a doubt. */
export const settledPlace = (nic: Nic): string | undefined => settledPlaces(nic).both;

/** What keeps two NICs apart whatever the rules. Most pairs of a large network end here. */
export function barrierBetween(from: Nic, to: Nic): Barrier | undefined {
  const here = settledPlaces(from);
  const there = settledPlaces(to);
  if (here.both !== undefined && here.both === there.both) return undefined;
  for (const kind of ["vpc", "site"] as const) {
    const a = here[kind];
    const b = there[kind];
    const apart =
      a !== undefined && b !== undefined ? a !== b : comparePlaces(from[kind], to[kind]) === "different";
    if (apart) return { kind, from: labelOf(from[kind]), to: labelOf(to[kind]) };
  }
  return undefined;
}

const CERTAIN: Condition = { sure: true, unknowns: [] };

function together(from: Nic, to: Nic): Condition {
  const place = settledPlace(from);
  if (place !== undefined && place === settledPlace(to)) return CERTAIN;
  const open = (["vpc", "site"] as const).filter((kind) => comparePlaces(from[kind], to[kind]) !== "same");
  return {
    sure: open.length === 0,
    unknowns: open.flatMap((kind) => {
      const names = placesDecidedBy(from[kind], to[kind]);
      return names.length > 0
        ? names
        : [
            `the ${kind === "vpc" ? "VPC" : "site"} of ${from.label}`,
            `the ${kind === "vpc" ? "VPC" : "site"} of ${to.label}`,
          ];
    }),
  };
}

const running = ({ halted }: Nic): Condition =>
  halted === undefined ? CERTAIN : { sure: false, unknowns: halted };

function wayOf(
  source: AddressChoice,
  destination: AddressChoice,
  steps: readonly Step[],
  accesses: readonly PublicAccess[],
  conditions: readonly Condition[],
): Way {
  const unknowns: string[] = [];
  let sure = true;
  const need = (condition: Condition) => {
    if (condition.sure) return;
    sure = false;
    unknowns.push(...condition.unknowns);
  };
  need(source);
  need(destination);
  conditions.forEach(need);
  return { family: source.addresses.family, source, destination, steps, accesses, sure, unknowns };
}

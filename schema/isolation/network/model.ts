import type { ResourceNode } from "../../graph.js";
import type { Path } from "../../unknown.js";
import type { Identity } from "../identity.js";
import type { Addresses } from "../packets/addresses.js";
import type { Box } from "../packets/fields.js";
import type { GroupRules } from "./group-rules.js";

/**
 * The network of a resource graph, as far as packets are concerned. Whatever the graph leaves open is in it as
 * something that may be, with the names of the unknowns that decide.
 */
export interface Network {
  readonly nics: readonly Nic[];
  readonly vips: readonly VirtualIp[];
  readonly subnets: readonly Subnet[];
  readonly groupRules: GroupRules;
  /** The routes of the user's tables that the subnet has. */
  routesOf(subnet: Subnet): readonly Route[];
  /** What the graph says that cannot be: an impossible range, a circle of order. Such things count as unknown. */
  readonly oddities: readonly Oddity[];
}

export interface Oddity {
  readonly node: ResourceNode;
  readonly path: Path;
  readonly detail: string;
}

/** A place in the graph that has a say. */
export interface Place {
  readonly node: ResourceNode;
  readonly path: Path;
}

/** Which VPC or site something is in: every identity that is told of it. */
export type Whereabouts = readonly Identity[];

/** Addresses that something may have: exactly one, unless the cloud chooses. */
export interface AddressChoice {
  readonly addresses: Addresses;
  /** Whether it has one at all. */
  readonly sure: boolean;
  readonly unknowns: readonly string[];
}

/** A way to and from the internet for one IP family. */
export interface PublicAccess {
  readonly family: 4 | 6;
  readonly sure: boolean;
  /** The public address; with IPv6 it is the NIC's own. Undefined: any address of the internet. */
  readonly address: Addresses | undefined;
  readonly place: Place;
  readonly unknowns: readonly string[];
}

/** A network card, of a server or of the servers of an edge service. */
export interface Nic extends Place {
  readonly key: string;
  /** The server, with the number of the NIC where it has several. */
  readonly label: string;
  readonly subnet: Subnet;
  readonly vpc: Whereabouts;
  readonly site: Whereabouts;
  readonly addresses: readonly AddressChoice[];
  readonly groups: GroupSet;
  readonly access: readonly PublicAccess[];
  /** Whether it may take packets that are not for itself: when it stands behind a virtual IP. */
  readonly forwards: "yes" | "no" | "unknown";
  /** Undefined when it runs; else what decides. */
  readonly halted: readonly string[] | undefined;
}

export interface Subnet extends Place {
  readonly label: string;
  readonly identity: Identity;
  readonly vpc: Whereabouts;
  readonly site: Whereabouts;
  readonly addresses: readonly AddressChoice[];
  readonly acl: Acl;
}

/** An address in front of NICs of its subnet. */
export interface VirtualIp extends Place {
  readonly key: string;
  readonly label: string;
  readonly subnet: Subnet;
  readonly address: AddressChoice;
  readonly backers: readonly { readonly nic: Nic; readonly sure: boolean }[];
  readonly access: readonly PublicAccess[];
  /** What decides which NICs are behind it; empty when that is known. */
  readonly unknowns: readonly string[];
}

/** The security groups of a NIC. Two NICs with the same groups share one object. */
export interface GroupSet {
  readonly key: string;
  readonly groups: readonly Group[];
  /** What decides which other groups there are; empty when these are all, and those of which only the id is known. */
  readonly others: readonly string[];
  /** That, and what is not known of the rules of any of them. */
  readonly open: readonly string[];
}

export interface Group {
  readonly identity: Identity;
  readonly label: string;
  /** What is not known of its rules, which may say anything; empty when these are all. */
  readonly open: readonly string[];
}

export type Direction = "ingress" | "egress";

/** A rule of an ordered list. Of two that fit, the one with the lower rank decides; deny wins a tie. */
export interface Rule extends Place {
  readonly label: string;
  /** Undefined when not known: it counts as either. */
  readonly direction: Direction | undefined;
  /** Undefined when not known. */
  readonly allows: boolean | undefined;
  /** The rank lies between these. */
  readonly rank: readonly [lowest: number, highest: number];
  /** What it fits at most. */
  readonly boxes: readonly Box[];
  /** Whether it is there and fits all of that. */
  readonly sure: boolean;
  readonly unknowns: readonly string[];
}

export interface GroupRule extends Rule {
  /** The members of this group are the other side, instead of the addresses of the boxes. */
  readonly remote: Identity | undefined;
}

/** The network ACL of a subnet. */
export interface Acl {
  /** Undefined: the subnet has none. */
  readonly label: string | undefined;
  readonly rules: readonly Rule[];
  /** What is not known of it; then it may let anything through, or nothing. */
  readonly open: readonly string[];
}

/** A route to the internet by a next hop. */
export interface Route extends Rule {
  readonly hops: readonly { readonly nic: Nic; readonly sure: boolean }[];
}

import type { Origin } from "../../diagnostics.js";
import type { ResourceNode } from "../../graph.js";
import type { Nic, VirtualIp } from "../network/model.js";
import type { Barrier } from "../network/ways.js";
import type { Addresses } from "../packets/addresses.js";
import type { Packet } from "../packets/fields.js";
import type { PacketSet } from "../packets/sets.js";
import type { Traffic } from "../packets/traffic.js";
import type { Certificate } from "./certificate.js";

/** Where a packet comes from or goes to. A subnet, VPC or site is as many ends as it has NICs. */
export type End = NicEnd | VipEnd | OutsideEnd;
interface EndFacts {
  /** The same end has the same key, in this graph and in another. */
  readonly key: string;
  /** How messages call it. */
  readonly label: string;
  /** What declares it; absent for the internet. */
  readonly node?: ResourceNode;
  readonly places?: { readonly subnet?: string; readonly vpc: string; readonly site: string };
  /** Set where it may belong to what was named, or may not. */
  readonly maybe?: Maybe;
}
export interface Maybe {
  /** What decides. */
  readonly unknowns: readonly string[];
  /** The address that it has if it belongs, where one address alone decides. */
  readonly as?: Addresses;
}
export interface NicEnd extends EndFacts {
  readonly kind: "nic";
  readonly nic: Nic;
}
export interface VipEnd extends EndFacts {
  readonly kind: "vip";
  readonly vip: VirtualIp;
}
/** The internet, or some addresses of it. */
export interface OutsideEnd extends EndFacts {
  readonly kind: "outside";
  readonly addresses: readonly Addresses[];
}

/** Private: inside one VPC and site. Internet: by way of public addresses. They are never one path. */
export type Via = "private" | "internet";

/** Why no private path can be, whatever the rules say. */
export type Wall = Barrier;

/** Bounds of what gets from one end to another. Addresses that the cloud chooses stand for each that it may choose. */
export interface Reach {
  /** Nothing else gets there, whatever the unknowns become. */
  readonly may: PacketSet;
  /** This gets there, whatever the unknowns become. */
  readonly must: PacketSet;
  /** Whether `may` holds anything: cheaper than to ask for it. */
  possible(): boolean;
  /** Of these, what may and what must get an answer back: network ACLs keep no state. */
  answered(): { readonly may: PacketSet; readonly must: PacketSet };
  /** What has to become known to bring the bounds together; empty when they are the same. */
  unknowns(): readonly string[];
  readonly wall?: Wall;
}

/**
 * Whether any packet gets from one of the ends to one of the others. An end does not reach itself. One that only may
 * belong to what was named counts in so far as nothing is PROVED without it, and nothing REFUTED by it.
 */
export interface Question {
  /** Names as `endOf` takes them, or ends. */
  readonly from: string | readonly End[];
  readonly to: string | readonly End[];
  /** Everything by default. */
  readonly traffic?: Traffic | readonly Traffic[];
  /** What of it does not count. A question with exceptions has no certificate. */
  readonly except?: readonly Traffic[];
  /** Both ways by default. */
  readonly via?: Via;
}

export interface Verdict {
  /** PROVED: nothing gets there. REFUTED: the counterexample does. CONDITIONAL: the unknowns decide. */
  readonly verdict: "PROVED" | "REFUTED" | "CONDITIONAL";
  /** A packet that gets there; with CONDITIONAL one that may. */
  readonly counterexample?: Counterexample;
  readonly unknowns: readonly string[];
  /** With PROVED: what `checkCertificate` verifies. */
  readonly certificate?: Certificate;
}

export interface Counterexample {
  readonly from: End;
  readonly to: End;
  readonly via: Via;
  readonly packet: Packet;
  readonly trace: Trace;
}

/** Why something does not get there. */
export interface Obstacle {
  /** Absent where no packet of the traffic could even leave for the other end. */
  readonly packet?: Packet;
  readonly trace: Trace;
}

/** The way of one packet. */
export interface Trace {
  readonly arrives: "yes" | "no" | "unknown";
  /** Whether an answer comes back. */
  readonly answered: "yes" | "no" | "unknown";
  readonly hops: readonly Hop[];
  /** The way back of the answer: the network ACLs it meets. */
  readonly back: readonly Hop[];
}

export interface Hop {
  readonly at: "wall" | "route" | "egress" | "aclEgress" | "aclIngress" | "ingress" | "eip";
  readonly verdict: "passes" | "stops" | "unknown";
  /** In words, with the names of the NIC, group or ACL and of the rule. */
  readonly detail: string;
  /** The rule, or whatever else decided. */
  readonly rule?: RuleReference;
}

export interface RuleReference {
  /** Resource address, `iec_security_group_rule.https`. */
  readonly address: string;
  /** Attribute path in it: `security_group_rules[2]`; empty for the resource as a whole. */
  readonly path: string;
  readonly origin?: Origin | undefined;
}

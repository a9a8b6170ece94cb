import { Token } from "cdktf";
import type { Construct } from "constructs";
import { formats } from "../../schema/json-schema.js";
import { refusal } from "./construct";
import type { AnySubnet } from "./edge-subnet";
import type { InSiteOfVpc } from "./place";
import { Port } from "./port";
import { shown } from "./props";
import type { AnySecurityGroup } from "./security-group";

/** Everybody, over IPv4. */
export const ANYBODY = "0.0.0.0/0";
/** Everybody, over IPv6. */
export const ANYBODY_IPV6 = "::/0";

/** The other side of traffic, as rules take it: a range, or the servers of a security group. */
export type Remote = RangeRemote | GroupRemote;
export interface RangeRemote {
  /** For ids of constructs. */
  readonly key: string;
  readonly version: 4 | 6;
  readonly cidr: string;
  readonly group?: undefined;
}
export interface GroupRemote {
  readonly key: string;
  readonly version: 4;
  readonly cidr?: undefined;
  readonly group: AnySecurityGroup;
}

/** What rules can be about: a `SecurityGroup`, an `EdgeServer` (its groups), an `EdgeSubnet` (its range). */
export interface Reachable {
  readonly remotes: readonly Remote[];
}
/** Whom traffic comes from or goes to; a text is an IPv4 or IPv6 range. */
export type Peer = string | Reachable;
/** Whom a server in a city and of a VPC can be connected with: nothing reaches servers and subnets elsewhere. */
export type PeerIn<City extends string, VpcName extends string> =
  string | (Reachable & InSiteOfVpc<City, VpcName>);
/** Addresses alone; a text is an IPv4 or IPv6 range. */
export type RangePeer = string | Pick<AnySubnet, "subnetId" | "remotes">;

/** @throws where a peer is none. */
export function remotesOf(place: Construct, peer: Peer): readonly Remote[] {
  if (typeof peer === "string") return [rangeOf(place, peer)];
  if (typeof peer === "object" && "remotes" in peer && peer.remotes.length > 0) return peer.remotes;
  throw noPeer(place, peer, "a range, an EdgeSubnet, a SecurityGroup, or an EdgeServer with security groups");
}

/** @throws where a peer is none, or no range. */
export function rangeOf(place: Construct, peer: RangePeer): RangeRemote {
  if (typeof peer === "string" && formats.cidr(peer) && !Token.isUnresolved(peer))
    return { key: peer.replaceAll(/[./:]/g, "-"), version: peer.includes(":") ? 6 : 4, cidr: peer };
  const [remote] = typeof peer === "object" && "remotes" in peer ? peer.remotes : [];
  if (remote?.cidr !== undefined) return remote;
  throw noPeer(place, peer, 'an IPv4 or IPv6 range such as "10.1.0.0/16", or an EdgeSubnet');
}

/** @throws where it is no `Port`. */
export function checkPort(place: Construct, port: Port): void {
  if (!(port instanceof Port))
    throw refusal(place, `port ${shown(port)} is none. Write it as Port.tcp(443) or Port.all()`);
}

/** The path of a construct, hashed: it stays whatever else is added or renamed. */
export const keyOf = ({ node }: Construct): string => node.addr.slice(-8);

const noPeer = (place: Construct, peer: unknown, wanted: string): Error =>
  refusal(place, `peer ${shown(peer)} is none. It takes ${wanted}`);

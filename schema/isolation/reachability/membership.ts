import type { ResourceNode } from "../../graph.js";
import { compare, decidedBy, type Identity } from "../identity.js";
import type { AddressChoice, Nic, PublicAccess, Subnet, VirtualIp, Whereabouts } from "../network/model.js";
import { comparePlaces, placesDecidedBy } from "../network/read.js";
import { INTERNET, overlap, type Addresses } from "../packets/addresses.js";
import type { Maybe } from "./model.js";

/** Whether something belongs to what a name stands for. Undefined: it does not, whatever the unknowns become. */
export type Membership = "sure" | Maybe | undefined;

/** It belongs if it does for one of several reasons. */
export function either(reasons: readonly Membership[]): Membership {
  if (reasons.includes("sure")) return "sure";
  const open = reasons.filter((reason) => typeof reason === "object");
  const [only, ...others] = open;
  if (only === undefined || others.length === 0) return only;
  return { unknowns: [...new Set(open.flatMap(({ unknowns }) => unknowns))] };
}

type Inside = Nic | VirtualIp;
const isVip = (end: Inside): end is VirtualIp => "backers" in end;

/** Whether it has an address of a range, its own or a public one. */
export const isAt = (end: Inside, range: Addresses): Membership =>
  either([
    ...(isVip(end) ? [end.address] : end.addresses).map((choice) => hasAddress(choice, range)),
    ...end.access.map((access) => hasPublicAddress(access, range)),
  ]);

function hasAddress({ addresses, sure, unknowns }: AddressChoice, range: Addresses): Membership {
  const as = overlap(addresses, range);
  if (as === undefined) return undefined;
  return sure && isWithin(addresses, range) ? "sure" : { unknowns, as };
}

/** An address that is not known may be any of the internet. With IPv6 the public address is the own one. */
function hasPublicAddress({ family, address, sure, unknowns }: PublicAccess, range: Addresses): Membership {
  if (family === 6) return undefined;
  const choices = address ? [address] : INTERNET.filter((one) => one.family === 4);
  if (!choices.some((choice) => overlap(choice, range))) return undefined;
  return sure && choices.every((choice) => isWithin(choice, range)) ? "sure" : { unknowns };
}

const isWithin = (addresses: Addresses, range: Addresses): boolean => {
  const both = overlap(addresses, range);
  return both !== undefined && both.interval.every((bound, i) => bound === addresses.interval[i]);
};

/** Whether a NIC has a security group. A group that is not read yet may turn out to be any. */
export function isInGroup({ groups: { groups, others } }: Nic, group: Identity): Membership {
  const compared = groups.map(({ identity }) => compare(identity, group));
  if (compared.includes("same")) return "sure";
  const undecided = groups.filter((_, i) => compared[i] === "undecided").map(({ identity }) => identity);
  if (group.settled && others.length === 0 && undecided.length === 0) return undefined;
  return { unknowns: [...new Set([...others, ...decidedBy(group, ...undecided)])] };
}

/** Whether it is in a VPC or site. A virtual IP is where its subnet is. */
export const isInPlace = (end: Inside, kind: "vpc" | "site", place: Identity): Membership =>
  among(isVip(end) ? end.subnet[kind] : end[kind], [place]);

/** Whether it is in a subnet. What is elsewhere for sure is not, though its subnet is not known. */
export function isInSubnet(end: Inside, { identity, vpc, site }: Subnet): Membership {
  const own = end.subnet.identity;
  const compared = compare(own, identity);
  if (compared !== "undecided") return compared === "same" ? "sure" : undefined;
  const where = isVip(end) ? end.subnet : end;
  const apart = among(where.vpc, vpc) === undefined || among(where.site, site) === undefined;
  return apart ? undefined : { unknowns: decidedBy(own, identity) };
}

function among(places: Whereabouts, wanted: Whereabouts): Membership {
  const compared = comparePlaces(places, wanted);
  if (compared !== "undecided") return compared === "same" ? "sure" : undefined;
  return { unknowns: placesDecidedBy(places, wanted) };
}

/** Whether it has its public address from an EIP. */
export const hasEip = ({ access }: Inside, eip: ResourceNode): Membership =>
  either(
    access
      .filter(({ place }) => place.node === eip)
      .map(({ sure, unknowns }) => (sure ? "sure" : { unknowns })),
  );

import { overlaps, contains, type Range } from "./cidr.js";
import { compare, decidedBy, type Identity } from "./identity.js";
import { destinationsOf } from "./hops.js";
import { siteOf, type Placed, type Topology } from "./topology.js";

/** Whether two subnets are connected: they are when both VPC and site are the same. */
export function connected(a: Placed, b: Placed): "same" | "different" | "undecided" {
  if (a.identity.key === b.identity.key) return "same";
  const parts = pairs(a, b).map(([x, y]) => (x && y ? compare(x, y) : "undecided"));
  if (parts.includes("different")) return "different";
  return parts.includes("undecided") ? "undecided" : "same";
}

const pairs = (a: Placed, b: Placed): readonly (readonly [Identity | undefined, Identity | undefined])[] => [
  [a.vpc?.identity, b.vpc?.identity],
  [siteOf(a), siteOf(b)],
];

/** What has to become known to tell whether they are connected. */
export const connectionUnknowns = (a: Placed, b: Placed): string[] =>
  decidedBy(...pairs(a, b).flatMap(([x, y]) => (x && y && compare(x, y) === "undecided" ? [x, y] : [])));

/** What keeps two subnets apart, for a sentence: `site xi'an, not guangzhou`. */
export function wallOf(local: Placed, far: Placed): string {
  const [mine, theirs] = [siteOf(local), siteOf(far)];
  const [vpc, other] = [local.vpc?.identity, far.vpc?.identity];
  return vpc && other && compare(vpc, other) === "different"
    ? `VPC ${other.label}, not ${vpc.label}`
    : `site ${theirs?.label ?? "unknown"}, not ${mine?.label ?? "unknown"}`;
}

type Wall =
  | { readonly kind: "wall"; readonly local: Placed; readonly far: Placed }
  | { readonly kind: "open"; readonly unknowns: readonly string[] };

/**
 * Tells of a range whether it lies in a subnet that none of the local subnets is connected to. Undefined when it is
 * reached, or may be by what this configuration does not tell of: room in the VPC, a route.
 */
export function wallsOf(topology: Topology): (locals: readonly Placed[], range: Range) => Wall | undefined {
  const subnets = topology.all("subnet");
  const routes = destinationsOf(topology);
  const near = new Map<string, readonly Placed[]>();
  /** Subnets that have an address of the range, or may have. */
  const touching = (range: Range) => {
    const key = `${range.first}-${range.last}`;
    let found = near.get(key);
    if (found === undefined) {
      found = subnets.filter((subnet) => subnet.range === undefined || overlaps(subnet.range, range));
      near.set(key, found);
    }
    return found;
  };
  return (locals, range) => {
    const found = touching(range);
    const holders = found.filter((subnet) => subnet.range && contains(subnet.range, range));
    const [local] = locals;
    if (local === undefined || holders.length === 0) return undefined;
    if (routes.some((route) => overlaps(route, range))) return undefined;
    const unknowns = new Set<string>();
    let wall: Wall | undefined;
    for (const one of locals) {
      for (const other of found) {
        const link = connected(one, other);
        if (link === "same") return undefined;
        if (link === "undecided") for (const name of connectionUnknowns(one, other)) unknowns.add(name);
      }
      const { vpc } = one;
      if (vpc === undefined) return undefined;
      const sibling = holders.find(
        (subnet) => subnet.vpc && compare(subnet.vpc.identity, vpc.identity) === "same",
      );
      const own = vpc.target?.range;
      if (sibling === undefined && (own === undefined || overlaps(own, range))) return undefined;
      const far = sibling ?? holders[0];
      if (far !== undefined) wall ??= { kind: "wall", local: one, far };
    }
    return unknowns.size > 0 ? { kind: "open", unknowns: [...unknowns] } : wall;
  };
}

import type { Path } from "../../unknown.js";
import { compare, decidedBy, identify, literal, open, type Identity } from "../identity.js";
import { conditional, refuted, type Check, type Judgement } from "../rule.js";
import { siteOf, type Placed, type Topology } from "../topology.js";
import { kindOf, locate } from "../values.js";
import { selects, type Selector, type Separation } from "./policy.js";

/** What a resource is in, and by which attribute. */
interface Membership {
  readonly placed: Placed;
  readonly path: Path;
  readonly identity: Identity;
}

const NOUNS = { site: "site", vpc: "VPC", "security-group": "security group" } as const;

export const separation = (policy: Separation): Check => ({
  code: "IEC1053",
  severity: "error",
  reason: `Policy ${policy.id} keeps them in different ${NOUNS[policy.by]}s.`,
  *check(topology) {
    const mine = memberships(topology, policy, policy.on);
    const others = memberships(topology, policy, policy.from);
    const subjects = new Set([...topology.subjects()].map(({ node }) => node.address));
    const byKey = new Map<string, Membership[]>();
    for (const other of others) {
      const { key } = other.identity;
      byKey.set(key, [...(byKey.get(key) ?? []), other]);
    }
    const open = others.filter(({ identity }) => !identity.settled);
    for (const one of mine) {
      const same = byKey.get(one.identity.key) ?? [];
      const undecided = one.identity.settled ? open : others;
      for (const other of [...same, ...undecided]) yield* judge(policy, one, other, subjects);
    }
  },
});

/** At the one of the two that is judged now. */
function* judge(
  { by }: Separation,
  one: Membership,
  other: Membership,
  subjects: ReadonlySet<string>,
): Generator<Judgement> {
  const [here, there] = subjects.has(one.placed.node.address) ? [one, other] : [other, one];
  if (!subjects.has(here.placed.node.address) || here.placed === there.placed) return;
  const comparison = compare(here.identity, there.identity);
  const both = `${there.placed.identity.label} is in another ${NOUNS[by]}`;
  if (comparison === "undecided")
    yield conditional(here.placed, here.path, both, decidedBy(here.identity, there.identity));
  if (comparison === "same") {
    yield refuted(
      here.placed,
      here.path,
      `${here.placed.identity.label} and ${there.placed.identity.label} are both in ${NOUNS[by]} ${here.identity.label}.`,
      `Give one of them another ${NOUNS[by]}, or change the policy.`,
    );
  }
}

const memberships = (topology: Topology, { by }: Separation, selector: Selector): Membership[] =>
  everyPlaced(topology)
    .filter(({ node }) => selects(selector, node.address))
    .flatMap((placed) => BY[by](topology, placed));

/** Whatever is judged now: both sides of a separation count. */
const everyPlaced = (topology: Topology): readonly Placed[] =>
  (["server", "subnet", "vpc", "eip", "security-group", "other"] as const).flatMap((role) =>
    topology.all(role),
  );

const BY: Readonly<Record<Separation["by"], (topology: Topology, placed: Placed) => Membership[]>> = {
  site(_topology, placed) {
    const identity = siteOf(placed);
    const path = placed.sites[0]?.path ?? placed.subnets[0]?.path;
    return identity === undefined || path === undefined ? [] : [{ placed, path, identity }];
  },
  vpc(_topology, placed) {
    if (placed.role === "vpc") return [{ placed, path: ["id"], identity: placed.identity }];
    const own = placed.vpc ? [placed.vpc] : [];
    const ofSubnets = placed.subnets.flatMap(({ path, target }) =>
      target?.vpc ? [{ path, identity: target.vpc.identity }] : [],
    );
    const links = own.length > 0 ? own : ofSubnets;
    return links.map(({ path, identity }) => ({ placed, path, identity }));
  },
  "security-group"(topology, placed) {
    if (placed.role === "security-group") return [{ placed, path: ["id"], identity: placed.identity }];
    return ["security_groups[]", "security_group_ids[]", "stack_resources[].security_groups[]"].flatMap(
      (pattern) =>
        locate(placed.node, pattern).map(({ path, value: written }) => {
          const value = topology.follow(written);
          const [group] = topology
            .objectsOf(value)
            .filter(({ type }) => kindOf(type) === "iec_security_group");
          const identity = group ? identify(group) : (literal(value) ?? open(value, placed.node, path));
          return { placed, path, identity };
        }),
    );
  },
};

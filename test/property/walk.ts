import {
  nicAddress,
  nicAddress6,
  nicEip,
  vipAddress,
  vipEip,
  type AclRule,
  type GroupRule,
  type Topology,
} from "./topology.js";

/**
 * A second, naive reading of the cloud's facts: one packet at a time is held against one rule at a time. It shares
 * nothing with the analysis.
 */
export interface WalkPacket {
  readonly family: 4 | 6;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly port: number;
  readonly sourcePort: number;
}
/** A NIC or virtual IP by number, or an address outside. Of a virtual IP one NIC behind it may be meant alone. */
export type WalkEnd =
  | { readonly kind: "nic"; readonly n: number }
  | { readonly kind: "vip"; readonly n: number; readonly only?: number }
  | { readonly kind: "outside"; readonly address: string };

export interface Outcome {
  readonly arrives: boolean;
  readonly answered: boolean;
}

interface Seen extends WalkPacket {
  readonly source: string;
  readonly destination: string;
}
/** One attempt: what stands in its way, tried in order. Network ACLs are also asked about the answer. */
interface Attempt {
  readonly checks: readonly boolean[];
  readonly answers: readonly boolean[];
}

const bitsOf = new Map<string, string>();
/** An address as a row of bits. */
function bits(address: string): string {
  let text = bitsOf.get(address);
  if (text === undefined) {
    const [head = "", tail] = address.split("::");
    const words = (part: string | undefined) => (part ? part.split(":") : []);
    const [before, after] = [words(head), words(tail)];
    const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => "0"), ...after];
    const numbers = address.includes(":")
      ? all.map((word) => parseInt(word, 16))
      : address.split(".").map(Number);
    text = numbers.map((n) => n.toString(2).padStart(address.includes(":") ? 16 : 8, "0")).join("");
    bitsOf.set(address, text);
  }
  return text;
}

function contains(prefix: string, address: string): boolean {
  const [base = "", length = "128"] = prefix.split("/");
  const [wanted, given] = [bits(base), bits(address)];
  return wanted.length === given.length && given.startsWith(wanted.slice(0, Number(length)));
}

export function walk(
  t: Topology,
  from: WalkEnd,
  to: WalkEnd,
  via: "private" | "internet",
  packet: WalkPacket,
): Outcome {
  const attempts = via === "private" ? privately(t, from, to, packet) : publicly(t, from, to, packet);
  const arriving = attempts.filter(({ checks }) => !checks.includes(false));
  return { arrives: arriving.length > 0, answered: arriving.some(({ answers }) => !answers.includes(false)) };
}

export const cardsAt = (t: Topology, end: WalkEnd): readonly number[] => {
  if (end.kind === "outside") return [];
  if (end.kind === "nic") return [end.n];
  return end.only === undefined ? t.vips[end.n]!.nics : [end.only];
};

const addressOf = (t: Topology, n: number, family: 4 | 6): string | undefined =>
  family === 4 ? nicAddress(t.nics[n]!, n) : t.nics[n]!.v6 ? nicAddress6(t.nics[n]!, n) : undefined;

/** The address that packets to an end bear. */
const targetOf = (t: Topology, end: WalkEnd, card: number, family: 4 | 6): string | undefined =>
  end.kind === "vip"
    ? family === 4
      ? vipAddress(t.vips[end.n]!, end.n)
      : undefined
    : addressOf(t, card, family);

function privately(t: Topology, from: WalkEnd, to: WalkEnd, packet: WalkPacket): Attempt[] {
  const attempts: Attempt[] = [];
  for (const a of cardsAt(t, from)) {
    for (const b of cardsAt(t, to)) {
      const source = addressOf(t, a, packet.family);
      const destination = targetOf(t, to, b, packet.family);
      if (source === undefined || destination === undefined) continue;
      attempts.push(inside(t, a, b, { ...packet, source, destination }));
    }
  }
  return attempts;
}

function inside(t: Topology, a: number, b: number, seen: Seen): Attempt {
  const [one, other] = [t.nics[a]!, t.nics[b]!];
  const [here, there] = [t.subnets[one.subnet]!, t.subnets[other.subnet]!];
  const running = !one.off && !other.off;
  if (a === b) return { checks: [running], answers: [] };
  const border = one.subnet !== other.subnet;
  return {
    checks: [
      running,
      here.vpc === there.vpc,
      here.site === there.site,
      groupsLet(t, one.groups, "egress", other.groups, seen),
      !border || aclLets(t, one.subnet, "egress", seen),
      !border || aclLets(t, other.subnet, "ingress", seen),
      groupsLet(t, other.groups, "ingress", one.groups, seen),
    ],
    answers: border
      ? [aclLets(t, other.subnet, "egress", turned(seen)), aclLets(t, one.subnet, "ingress", turned(seen))]
      : [],
  };
}

const turned = (seen: Seen): Seen => ({
  ...seen,
  source: seen.destination,
  destination: seen.source,
  port: seen.sourcePort,
  sourcePort: seen.port,
});

function publicly(t: Topology, from: WalkEnd, to: WalkEnd, packet: WalkPacket): Attempt[] {
  if (from.kind === "outside") {
    if (to.kind === "outside") return [];
    return cardsAt(t, to).flatMap((b) => arriving(t, to, b, from.address, packet) ?? []);
  }
  return cardsAt(t, from).flatMap((a) => {
    if (to.kind === "outside") return leaving(t, a, to.address, packet).map(({ attempt }) => attempt);
    return cardsAt(t, to).flatMap((b) => {
      const target = publicAddress(t, to, b, packet.family);
      if (a === b || target === undefined) return [];
      return leaving(t, a, target, packet).flatMap(({ attempt, as }) => {
        const last = arriving(t, to, b, as, packet);
        return last
          ? [{ checks: [...attempt.checks, ...last.checks], answers: [...attempt.answers, ...last.answers] }]
          : [];
      });
    });
  });
}

function publicAddress(t: Topology, end: WalkEnd, card: number, family: 4 | 6): string | undefined {
  if (end.kind === "vip") return family === 4 && t.vips[end.n]!.eip ? vipEip(end.n) : undefined;
  if (!t.nics[card]!.eip) return undefined;
  return family === 4 ? nicEip(t.nics[card]!, card) : addressOf(t, card, 6);
}

function arriving(
  t: Topology,
  end: WalkEnd,
  card: number,
  source: string,
  packet: WalkPacket,
): Attempt | undefined {
  const destination = targetOf(t, end, card, packet.family);
  if (publicAddress(t, end, card, packet.family) === undefined || destination === undefined) return undefined;
  const seen = { ...packet, source, destination };
  const nic = t.nics[card]!;
  return {
    checks: [
      !nic.off,
      aclLets(t, nic.subnet, "ingress", seen),
      groupsLet(t, nic.groups, "ingress", [], seen),
    ],
    answers: [aclLets(t, nic.subnet, "egress", turned(seen))],
  };
}

/** To an address of the internet; `as` is what the sender looks like there. */
function leaving(
  t: Topology,
  a: number,
  destination: string,
  packet: WalkPacket,
): { attempt: Attempt; as: string }[] {
  const nic = t.nics[a]!;
  const source = addressOf(t, a, packet.family);
  if (source === undefined) return [];
  const exit = (n: number): Attempt => {
    const seen = { ...packet, source: addressOf(t, n, packet.family) ?? "", destination };
    const { groups, subnet, off } = t.nics[n]!;
    return {
      checks: [!off, groupsLet(t, groups, "egress", [], seen), aclLets(t, subnet, "egress", seen)],
      answers: [aclLets(t, subnet, "ingress", turned(seen))],
    };
  };
  if (nic.eip) return [{ attempt: exit(a), as: packet.family === 4 ? nicEip(t.nics[a]!, a) : source }];
  if (packet.family === 6) return [];
  const [route] = t.routes
    .filter((one) => one.subnet === nic.subnet && contains(one.destination, destination))
    .sort((x, y) => Number(y.destination.split("/")[1]) - Number(x.destination.split("/")[1]));
  const hops = route === undefined ? [] : route.vip ? t.vips[0]!.nics : [route.hop];
  return hops
    .filter((hop) => hop !== a && t.nics[hop]!.eip && t.vips.some((vip) => vip.nics.includes(hop)))
    .map((hop) => {
      const [first, last] = [inside(t, a, hop, { ...packet, source, destination }), exit(hop)];
      return {
        as: nicEip(t.nics[hop]!, hop),
        attempt: { checks: [...first.checks, ...last.checks], answers: [...first.answers, ...last.answers] },
      };
    });
}

function groupsLet(
  t: Topology,
  groups: readonly number[],
  direction: "ingress" | "egress",
  peer: readonly number[],
  seen: Seen,
): boolean {
  const address = direction === "egress" ? seen.destination : seen.source;
  const fits = (rule: GroupRule): boolean =>
    groups.includes(rule.group) &&
    rule.direction === direction &&
    rule.family === seen.family &&
    (rule.protocol === null || rule.protocol === seen.protocol) &&
    (rule.ports === null ||
      (seen.protocol !== "icmp" && rule.ports[0] <= seen.port && seen.port <= rule.ports[1])) &&
    (rule.prefix === null ? peer.includes(rule.remote) : contains(rule.prefix, address));
  const speaking = t.rules.filter(fits);
  if (speaking.length === 0) return groups.some((group) => peer.includes(group));
  const first = Math.min(...speaking.map(({ priority }) => priority));
  return !speaking.some((rule) => rule.priority === first && rule.action === "deny");
}

function aclLets(t: Topology, subnet: number, direction: "ingress" | "egress", seen: Seen): boolean {
  const acl = t.acls.find((one) => one.subnet === subnet);
  if (acl === undefined || !acl.up) return true;
  const within = (text: string | null, port: number): boolean => {
    if (text === null) return true;
    const [first = 0, last = first] = text.split("-").map(Number);
    return first <= port && port <= last;
  };
  const fits = (rule: AclRule): boolean =>
    rule.enabled &&
    rule.direction === direction &&
    seen.family === 4 &&
    (rule.protocol === "any" || rule.protocol === seen.protocol) &&
    (rule.source === null || contains(rule.source, seen.source)) &&
    (rule.destination === null || contains(rule.destination, seen.destination)) &&
    within(rule.sourcePort, seen.sourcePort) &&
    within(rule.port, seen.port);
  return acl.rules.find(fits)?.action === "allow";
}

import { includes, parseCidr, parseIpv4 } from "./cidr.js";
import type { Cloud } from "./cloud.js";
import { aclLets, type Content, covers, type Flow, groupsLet } from "./filters.js";
import type { Port, PublicIp, Subnet } from "./model.js";
import { tableOf } from "./operations/routetables.js";
import { vipOwner } from "./operations/subnets.js";

/** A packet to try out. Ends are an instance id, a port id, an IPv4 address, or `internet`. */
export interface Probe {
  readonly from: string;
  readonly to: string;
  /** Name or number; `tcp` by default. */
  readonly protocol?: string;
  /** Destination port; for tcp and udp. */
  readonly port?: number;
  /** Source port; one of those that systems choose themselves by default. */
  readonly sourcePort?: number;
}

/** What can stop a packet; the further along the path, the later in the list. */
const stops = [
  /** An end that does not exist. */
  "unknown",
  /** An instance that does not run. */
  "status",
  /** A virtual IP without a network card. */
  "vip",
  "vpc",
  "site",
  "eip",
  /** The next hop of a route passes nothing on. */
  "route",
  /** The security groups of the sender, the network ACLs on both sides, the security groups of the receiver. */
  "egress",
  "aclEgress",
  "aclIngress",
  "ingress",
] as const;
export type Stop = (typeof stops)[number];

export interface ProbeResult {
  readonly reachable: boolean;
  readonly stoppedBy?: Stop;
  /** The reason in words. */
  readonly detail?: string;
  /** Of a packet that arrives: whether an answer to it gets back past the network ACLs. */
  readonly answered?: boolean;
}

/**
 * An end of the path: a network card by way of its own port or of a virtual IP in front of it, or an address of the
 * internet (any address when undefined).
 */
type End =
  | { readonly nic: Port; readonly entry: Port; readonly byPublicIp: boolean }
  | { readonly address: number | undefined };

const anyPort = 40_000;

const stop = (stoppedBy: Stop, detail: string): ProbeResult => ({ reachable: false, stoppedBy, detail });
const reached: ProbeResult = { reachable: true };

/** A border of a subnet that the packet passed. */
interface Crossing {
  readonly subnet: Subnet | undefined;
  readonly direction: "ingress" | "egress";
  readonly flow: Flow;
}
/** The packet on one way, with the borders behind it. */
interface Travel extends Content {
  readonly crossings: Crossing[];
}

/**
 * Tells from the cloud's facts whether the packet arrives, and whether an answer comes back: security groups remember
 * what they let through, network ACLs do not.
 */
export function probe(cloud: Cloud, packet: Probe): ProbeResult {
  const [from, to] = [endsOf(cloud, packet.from), endsOf(cloud, packet.to)];
  if (from.length === 0) return stop("unknown", `nothing has the id or address ${packet.from}`);
  if (to.length === 0) return stop("unknown", `nothing has the id or address ${packet.to}`);
  const { protocol = "tcp", port, sourcePort = anyPort } = packet;
  const content = { protocol, port, sourcePort };
  return best(
    from.flatMap((source) =>
      to.map((target) => withAnswer(cloud, content, (travel) => between(cloud, source, target, travel))),
    ),
  );
}

/** Sends the answer back over the borders that the packet passed, ports and addresses exchanged. */
function withAnswer(cloud: Cloud, content: Content, send: (travel: Travel) => ProbeResult): ProbeResult {
  const crossings: Crossing[] = [];
  const result = send({ ...content, crossings });
  if (!result.reachable || result.answered !== undefined) return result;
  const { protocol, port, sourcePort } = content;
  const answer = {
    protocol,
    port: port === undefined ? undefined : sourcePort,
    sourcePort: port ?? sourcePort,
  };
  const answered = crossings.every(({ subnet, direction, flow: { source, destination } }) =>
    aclLets(
      cloud,
      subnet,
      direction === "ingress" ? "egress" : "ingress",
      { source: destination, destination: source },
      answer,
    ),
  );
  return { ...result, answered };
}

/** A way that works, else the one that came furthest: it says most. */
function best(results: readonly ProbeResult[]): ProbeResult {
  const rank = ({ reachable, answered, stoppedBy = "unknown" }: ProbeResult): number =>
    reachable ? stops.length + (answered === true ? 1 : 0) : stops.indexOf(stoppedBy);
  return results.reduce((first, result) => (rank(result) > rank(first) ? result : first));
}

function endsOf(cloud: Cloud, name: string): End[] {
  if (name === "internet") return [{ address: undefined }];
  const { ports, publicips } = cloud.tables;
  const found = [...ports.all()].filter((port) => [port.id, port.device_id, port.ip_address].includes(name));
  if (found.length > 0) return found.flatMap((entry) => behind(cloud, entry, false));
  const eip = publicips.find((ip) => ip.public_ip_address === name);
  if (eip) {
    const entry = ports.get(eip.port_id);
    return entry ? behind(cloud, entry, true) : [];
  }
  const address = parseIpv4(name);
  return address === undefined || isPrivate(address) ? [] : [{ address }];
}

/** The cards that answer at a port: its own, or those behind a virtual IP. */
function behind(cloud: Cloud, entry: Port, byPublicIp: boolean): End[] {
  const nics = entry.device_owner === vipOwner ? nicsOf(cloud, entry) : [entry];
  // A virtual IP alone stands for itself, and stops everything.
  return (nics.length > 0 ? nics : [entry]).map((nic) => ({ nic, entry, byPublicIp }));
}

/** The cards that a virtual IP names, and that may use its address. */
function nicsOf(cloud: Cloud, vip: Port): Port[] {
  const named = vip.allowed_address_pairs.map((pair) => pair.ip_address);
  return [...cloud.tables.ports.all()].filter(
    (port) =>
      port.device_id !== "" &&
      port.network_id === vip.network_id &&
      named.includes(port.ip_address) &&
      port.allowed_address_pairs.some((pair) => covers(pair.ip_address, parseIpv4(vip.ip_address))),
  );
}

function isPrivate(address: number): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].some((block) => {
    const range = parseCidr(block);
    return range !== undefined && includes(range, address);
  });
}

function between(cloud: Cloud, from: End, to: End, travel: Travel): ProbeResult {
  for (const end of [from, to]) {
    const idle = "nic" in end && notRunning(cloud, end.nic);
    if (idle) return idle;
  }
  if (!("nic" in from)) {
    if (!("nic" in to)) return reached;
    return eipOf(cloud, to.entry)
      ? arrive(cloud, to, from.address, travel)
      : stop("eip", `port ${to.entry.id} has no EIP`);
  }
  if ("nic" in to && from.nic.id === to.nic.id) return reached;
  if ("nic" in to && !to.byPublicIp)
    return inside(cloud, from.nic, to.nic, parseIpv4(to.entry.ip_address), travel);
  return outside(cloud, from.nic, to, travel);
}

/** The private path: one VPC, one site. The destination is not the receiver's where that is a next hop. */
function inside(
  cloud: Cloud,
  from: Port,
  to: Port,
  destination: number | undefined,
  travel: Travel,
): ProbeResult {
  const [here, there] = [subnetOf(cloud, from), subnetOf(cloud, to)];
  const source = parseIpv4(from.ip_address);
  if (here?.vpc_id !== there?.vpc_id) return stop("vpc", "subnets of different VPCs are not connected");
  if (from.site_id !== to.site_id) return stop("site", "there is no network path between sites");
  // Members of one group reach each other (BEHAVIOUR.md section 2.2), whatever its rules allow.
  const fellow = from.security_groups.some((group) => to.security_groups.includes(group));
  const out =
    groupsLet(cloud, from, "egress", { groups: to.security_groups, address: destination }, travel) ?? fellow;
  if (!out) return stop("egress", `the security groups of port ${from.id} let nothing of it out`);
  // An ACL guards the border of a subnet, not what stays inside.
  if (here?.id !== there?.id) {
    const flow = { source, destination };
    const border = leave(cloud, here, flow, travel) ?? enter(cloud, there, flow, travel);
    if (border) return border;
  }
  const into =
    groupsLet(cloud, to, "ingress", { groups: from.security_groups, address: source }, travel) ?? fellow;
  return into ? reached : stop("ingress", `the security groups of port ${to.id} let nothing of it in`);
}

/** The path over the internet: sender and receiver need an EIP; a sender without may have a route to one. */
function outside(cloud: Cloud, from: Port, to: End, travel: Travel, routed = false): ProbeResult {
  const target = "nic" in to ? parseIpv4(eipOf(cloud, to.entry)?.public_ip_address ?? "") : to.address;
  const eip = eipOf(cloud, from);
  if (!eip) {
    const hops = routed ? [] : hopsFrom(cloud, from, target);
    if (hops.length === 0) return stop("eip", `port ${from.id} has no EIP`);
    return best(
      hops.map((hop) => withAnswer(cloud, travel, (own) => over(cloud, from, hop, to, target, own))),
    );
  }
  if (!groupsLet(cloud, from, "egress", { groups: [], address: target }, travel))
    return stop("egress", `the security groups of port ${from.id} let nothing of it out`);
  const flow = { source: parseIpv4(from.ip_address), destination: target };
  const border = leave(cloud, subnetOf(cloud, from), flow, travel);
  if (border) return border;
  return "nic" in to ? arrive(cloud, to, parseIpv4(eip.public_ip_address), travel) : reached;
}

/** The cards that the sender's route table sends a packet for the internet to: the longest prefix wins. */
function hopsFrom(cloud: Cloud, from: Port, target: number | undefined): Port[] {
  const subnet = subnetOf(cloud, from);
  const prefixOf = (cidr: string): number => parseCidr(cidr)?.prefix ?? 0;
  const route = (subnet && tableOf(cloud, subnet)?.routes)
    ?.filter((candidate) => covers(candidate.destination, target))
    .sort((a, b) => prefixOf(b.destination) - prefixOf(a.destination))[0];
  if (!route) return [];
  return [...cloud.tables.ports.all()]
    .filter((port) => subnetOf(cloud, port)?.vpc_id === subnet?.vpc_id)
    .filter((port) => (route.type === "ecs" ? port.device_id : vipAddress(port)) === route.nexthop)
    .flatMap((port) => (route.type === "vip" ? nicsOf(cloud, port) : [port]));
}

const vipAddress = (port: Port): string => (port.device_owner === vipOwner ? port.ip_address : "");

/** By way of a next hop, which must take what is not for itself and have an EIP. */
function over(
  cloud: Cloud,
  from: Port,
  hop: Port,
  to: End,
  target: number | undefined,
  travel: Travel,
): ProbeResult {
  if (notRunning(cloud, hop)) return stop("route", `the next hop ${hop.device_id} does not run`);
  if (!hop.allowed_address_pairs.some((pair) => covers(pair.ip_address, target)))
    return stop("route", `the next hop's port ${hop.id} takes only what is for itself`);
  const first = inside(cloud, from, hop, target, travel);
  return first.reachable ? outside(cloud, hop, to, travel, true) : first;
}

/** From the internet into the card: its subnet's ACL, then its groups. An EIP stands for the address it is bound to. */
function arrive(
  cloud: Cloud,
  { nic, entry }: Extract<End, { nic: Port }>,
  source: number | undefined,
  travel: Travel,
): ProbeResult {
  const flow = { source, destination: parseIpv4(entry.ip_address) };
  const border = enter(cloud, subnetOf(cloud, nic), flow, travel);
  if (border) return border;
  if (groupsLet(cloud, nic, "ingress", { groups: [], address: source }, travel)) return reached;
  return stop("ingress", `the security groups of port ${nic.id} let nothing of it in`);
}

function leave(
  cloud: Cloud,
  subnet: Subnet | undefined,
  flow: Flow,
  travel: Travel,
): ProbeResult | undefined {
  if (aclLets(cloud, subnet, "egress", flow, travel)) {
    travel.crossings.push({ subnet, direction: "egress", flow });
    return undefined;
  }
  return stop("aclEgress", `the network ACL of subnet ${subnet?.name ?? ""} lets nothing of it out`);
}

function enter(
  cloud: Cloud,
  subnet: Subnet | undefined,
  flow: Flow,
  travel: Travel,
): ProbeResult | undefined {
  if (aclLets(cloud, subnet, "ingress", flow, travel)) {
    travel.crossings.push({ subnet, direction: "ingress", flow });
    return undefined;
  }
  return stop("aclIngress", `the network ACL of subnet ${subnet?.name ?? ""} lets nothing of it in`);
}

function notRunning(cloud: Cloud, port: Port): ProbeResult | undefined {
  if (port.device_owner === vipOwner) return stop("vip", `no network card stands behind ${port.ip_address}`);
  const server = cloud.tables.servers.get(port.device_id);
  if (server?.status === "ACTIVE") return undefined;
  return stop(
    "status",
    server ? `instance ${server.id} is ${server.status}` : `port ${port.id} has no instance`,
  );
}

function subnetOf(cloud: Cloud, port: Port): Subnet | undefined {
  return cloud.tables.subnets.get(port.network_id);
}

function eipOf(cloud: Cloud, port: Port): PublicIp | undefined {
  const ip = cloud.tables.publicips.find((candidate) => candidate.port_id === port.id);
  return ip?.status === "ACTIVE" ? ip : undefined;
}

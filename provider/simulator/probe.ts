import { includes, parseCidr, parseIpv4 } from "./cidr.js";
import type { Cloud } from "./cloud.js";
import type { Port, PublicIp, SecurityGroupRule } from "./model.js";

/** A packet to try out. Ends are an instance id, a port id, an IPv4 address, or `internet`. */
export interface Probe {
  readonly from: string;
  readonly to: string;
  /** Name or number; `tcp` by default. */
  readonly protocol?: string;
  /** Destination port; for tcp and udp. */
  readonly port?: number;
}

/**
 * What stops the packet: an end that does not exist or does not run, site or VPC isolation, a missing EIP, or the
 * security groups of the sender (`egress`) or of the receiver (`ingress`).
 */
export type Stop = "unknown" | "status" | "site" | "vpc" | "eip" | "egress" | "ingress";

export interface ProbeResult {
  readonly reachable: boolean;
  readonly stoppedBy?: Stop;
  /** The reason in words. */
  readonly detail?: string;
}

/** An end of the path: a network card, or an address of the internet (any address when undefined). */
type End = { readonly nic: Port; readonly byPublicIp: boolean } | { readonly address: number | undefined };

interface Peer {
  readonly groups: readonly string[];
  /** Undefined stands for any address of the internet. */
  readonly address: number | undefined;
}

const protocolNumbers: Readonly<Record<string, string>> = {
  icmp: "1",
  tcp: "6",
  udp: "17",
  gre: "47",
  icmpv6: "58",
};
const numberOf = (protocol: string): string => protocolNumbers[protocol] ?? protocol;

const stop = (stoppedBy: Stop, detail: string): ProbeResult => ({ reachable: false, stoppedBy, detail });
const reached: ProbeResult = { reachable: true };

/** Tells from the cloud's facts whether the packet arrives. An answer to it always comes back: groups keep state. */
export function probe(cloud: Cloud, packet: Probe): ProbeResult {
  const [from, to] = [endsOf(cloud, packet.from), endsOf(cloud, packet.to)];
  if (from.length === 0) return stop("unknown", `nothing has the id or address ${packet.from}`);
  if (to.length === 0) return stop("unknown", `nothing has the id or address ${packet.to}`);
  const results = from.flatMap((source) => to.map((target) => between(cloud, source, target, packet)));
  return results.find((result) => result.reachable) ?? furthest(results);
}

/** Among failures the one that came furthest says most. */
function furthest(results: readonly ProbeResult[]): ProbeResult {
  const order: Stop[] = ["unknown", "status", "vpc", "site", "eip", "egress", "ingress"];
  const rank = (result: ProbeResult): number => order.indexOf(result.stoppedBy ?? "unknown");
  return results.reduce((best, result) => (rank(result) > rank(best) ? result : best));
}

function endsOf(cloud: Cloud, name: string): End[] {
  if (name === "internet") return [{ address: undefined }];
  const { ports, publicips } = cloud.tables;
  const nics = [...ports.all()].filter((port) => [port.id, port.device_id, port.ip_address].includes(name));
  if (nics.length > 0) return nics.map((nic) => ({ nic, byPublicIp: false }));
  const eip = publicips.find((ip) => ip.public_ip_address === name);
  if (eip) {
    const nic = ports.get(eip.port_id);
    return nic ? [{ nic, byPublicIp: true }] : [];
  }
  const address = parseIpv4(name);
  return address === undefined || isPrivate(address) ? [] : [{ address }];
}

function isPrivate(address: number): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].some((block) => {
    const range = parseCidr(block);
    return range !== undefined && includes(range, address);
  });
}

function between(cloud: Cloud, from: End, to: End, packet: Probe): ProbeResult {
  for (const end of [from, to]) {
    const idle = "nic" in end && notRunning(cloud, end.nic);
    if (idle) return idle;
  }
  if (!("nic" in from)) {
    if (!("nic" in to)) return reached;
    return eipOf(cloud, to.nic)
      ? ingress(cloud, to.nic, { groups: [], address: from.address }, packet)
      : stop("eip", `port ${to.nic.id} has no EIP`);
  }
  if ("nic" in to && from.nic.id === to.nic.id) return reached;
  if ("nic" in to && !to.byPublicIp) return inside(cloud, from.nic, to.nic, packet);
  return outside(cloud, from.nic, to, packet);
}

/** The private path: one VPC, one site. */
function inside(cloud: Cloud, from: Port, to: Port, packet: Probe): ProbeResult {
  const vpcOf = (port: Port): string | undefined => cloud.tables.subnets.get(port.network_id)?.vpc_id;
  if (vpcOf(from) !== vpcOf(to)) return stop("vpc", "subnets of different VPCs are not connected");
  if (from.site_id !== to.site_id) return stop("site", "there is no network path between sites");
  // Members of one group reach each other (BEHAVIOUR.md section 2.2), whatever its rules allow.
  const fellow = from.security_groups.some((group) => to.security_groups.includes(group));
  const out = judge(cloud, from, "egress", peerOf(to, to.ip_address), packet) ?? fellow;
  if (!out) return stop("egress", `the security groups of port ${from.id} let nothing of it out`);
  const into = judge(cloud, to, "ingress", peerOf(from, from.ip_address), packet) ?? fellow;
  return into ? reached : stop("ingress", `the security groups of port ${to.id} let nothing of it in`);
}

/** The path over the internet: the sender needs an EIP, and so does a receiver in the cloud. */
function outside(cloud: Cloud, from: Port, to: End, packet: Probe): ProbeResult {
  const eip = eipOf(cloud, from);
  if (!eip) return stop("eip", `port ${from.id} has no EIP`);
  const target = "nic" in to ? parseIpv4(eipOf(cloud, to.nic)?.public_ip_address ?? "") : to.address;
  if (!judge(cloud, from, "egress", { groups: [], address: target }, packet)) {
    return stop("egress", `the security groups of port ${from.id} let nothing of it out`);
  }
  if (!("nic" in to)) return reached;
  return ingress(cloud, to.nic, { groups: [], address: parseIpv4(eip.public_ip_address) }, packet);
}

function ingress(cloud: Cloud, to: Port, peer: Peer, packet: Probe): ProbeResult {
  if (judge(cloud, to, "ingress", peer, packet)) return reached;
  return stop("ingress", `the security groups of port ${to.id} let nothing of it in`);
}

function notRunning(cloud: Cloud, port: Port): ProbeResult | undefined {
  const server = cloud.tables.servers.get(port.device_id);
  if (server?.status === "ACTIVE") return undefined;
  return stop(
    "status",
    server ? `instance ${server.id} is ${server.status}` : `port ${port.id} has no instance`,
  );
}

function eipOf(cloud: Cloud, port: Port): PublicIp | undefined {
  const ip = cloud.tables.publicips.find((candidate) => candidate.port_id === port.id);
  return ip?.status === "ACTIVE" ? ip : undefined;
}

function peerOf(port: Port, address: string): Peer {
  return { groups: port.security_groups, address: parseIpv4(address) };
}

/** The verdict of the port's groups together; undefined when no rule speaks of the packet. */
function judge(
  cloud: Cloud,
  port: Port,
  direction: "ingress" | "egress",
  peer: Peer,
  packet: Probe,
): boolean | undefined {
  const speaking = [...cloud.tables.security_group_rules.all()].filter(
    (rule) =>
      port.security_groups.includes(rule.security_group_id) &&
      rule.direction === direction &&
      rule.ethertype === "IPv4" &&
      meansPacket(rule, packet) &&
      meansPeer(rule, peer),
  );
  if (speaking.length === 0) return undefined;
  const first = Math.min(...speaking.map((rule) => rule.priority));
  return speaking.every((rule) => rule.priority > first || rule.action === "allow");
}

function meansPacket(rule: SecurityGroupRule, { protocol = "tcp", port }: Probe): boolean {
  if (rule.protocol !== "" && numberOf(rule.protocol) !== numberOf(protocol)) return false;
  if (rule.port_range_min === "") return true;
  return port !== undefined && port >= Number(rule.port_range_min) && port <= Number(rule.port_range_max);
}

function meansPeer(rule: SecurityGroupRule, peer: Peer): boolean {
  if (rule.remote_group_id !== "") return peer.groups.includes(rule.remote_group_id);
  const range = parseCidr(rule.remote_ip_prefix, false);
  if (!range) return false;
  return peer.address === undefined ? range.prefix === 0 : includes(range, peer.address);
}

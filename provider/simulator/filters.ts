import { includes, parseCidr } from "./cidr.js";
import type { Cloud } from "./cloud.js";
import type { FirewallRule, Port, SecurityGroupRule, Subnet } from "./model.js";
import { portRange } from "./operations/firewall-rules.js";

type Direction = "ingress" | "egress";

/** What filters look at besides the ends. */
export interface Content {
  /** Name or number. */
  readonly protocol: string;
  /** Destination port; undefined where there is none. */
  readonly port: number | undefined;
  readonly sourcePort: number;
}

/** The other end of the path, as security groups see it. */
interface Peer {
  readonly groups: readonly string[];
  /** Undefined stands for any address of the internet. */
  readonly address: number | undefined;
}

/** Both ends, as network ACLs see them; undefined as above. */
export interface Flow {
  readonly source: number | undefined;
  readonly destination: number | undefined;
}

const protocolNumbers: Readonly<Record<string, string>> = {
  icmp: "1",
  tcp: "6",
  udp: "17",
  gre: "47",
  icmpv6: "58",
};
const numberOf = (protocol: string): string => protocolNumbers[protocol] ?? protocol;

const sameProtocol = (wanted: string, content: Content): boolean =>
  wanted === "" || numberOf(wanted) === numberOf(content.protocol);

/** The verdict of the port's security groups together; undefined when no rule speaks of the packet. */
export function groupsLet(
  cloud: Cloud,
  port: Port,
  direction: Direction,
  peer: Peer,
  content: Content,
): boolean | undefined {
  const speaking = [...cloud.tables.security_group_rules.all()].filter(
    (rule) =>
      port.security_groups.includes(rule.security_group_id) &&
      rule.direction === direction &&
      rule.ethertype === "IPv4" &&
      meansContent(rule, content) &&
      meansPeer(rule, peer),
  );
  if (speaking.length === 0) return undefined;
  const first = Math.min(...speaking.map((rule) => rule.priority));
  return speaking.every((rule) => rule.priority > first || rule.action === "allow");
}

function meansContent(rule: SecurityGroupRule, content: Content): boolean {
  if (!sameProtocol(rule.protocol, content)) return false;
  if (rule.port_range_min === "") return true;
  const { port } = content;
  return port !== undefined && port >= Number(rule.port_range_min) && port <= Number(rule.port_range_max);
}

function meansPeer(rule: SecurityGroupRule, peer: Peer): boolean {
  if (rule.remote_group_id !== "") return peer.groups.includes(rule.remote_group_id);
  return covers(rule.remote_ip_prefix, peer.address);
}

/** Whether the range has the address; any address of the internet is in the whole range only. */
export function covers(cidr: string, address: number | undefined): boolean {
  const range = parseCidr(cidr, false);
  if (!range) return false;
  return address === undefined ? range.prefix === 0 : includes(range, address);
}

/** Whether the subnet's network ACL lets the packet over the border: the first rule that fits, else no. */
export function aclLets(
  cloud: Cloud,
  subnet: Subnet | undefined,
  direction: Direction,
  flow: Flow,
  content: Content,
): boolean {
  const acl = cloud.tables.firewalls.get(subnet?.firewall_id ?? "");
  if (!acl?.admin_state_up) return true;
  const rule = acl[direction].rules.find((candidate) => meansFlow(candidate, flow, content));
  return rule?.action === "allow";
}

function meansFlow(rule: FirewallRule, flow: Flow, content: Content): boolean {
  const side = (cidr: string, address: number | undefined): boolean => cidr === "" || covers(cidr, address);
  return (
    rule.enabled &&
    rule.ip_version === 4 &&
    sameProtocol(rule.protocol, content) &&
    side(rule.source_ip_address, flow.source) &&
    side(rule.destination_ip_address, flow.destination) &&
    hasPort(rule.source_port, content.sourcePort) &&
    hasPort(rule.destination_port, content.port)
  );
}

function hasPort(text: string, port: number | undefined): boolean {
  if (text === "") return true;
  const [first, last] = portRange(text) ?? [1, 0];
  return port !== undefined && port >= first && port <= last;
}

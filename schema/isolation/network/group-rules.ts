import type { ResourceNode } from "../../graph.js";
import { formatPath, type Path } from "../../unknown.js";
import { compare, identify, nameOf, type Identity } from "../identity.js";
import { append, GROUP, toldRules, type Groups } from "./groups.js";
import type { Group, GroupRule, Oddity } from "./model.js";
import { Match } from "./match.js";
import type { Reader } from "./read.js";

const RULE = "iec_security_group_rule";
const PRIORITIES = [1, 100] as const;

/** The rules of security groups, by their group. */
export type GroupRules = ReadonlyMap<Group, readonly GroupRule[]>;

/** @param gone ids that a plan takes away, which a group that was looked up before may still tell */
export function readGroupRules(
  reader: Reader,
  groups: Groups,
  oddities: Oddity[],
  gone: ReadonlySet<string>,
): GroupRules {
  const rules = new Map<string, GroupRule[]>();
  /** Rules of which it is not known whose they are: each group may have them. */
  const stray: { readonly owner: Identity; readonly rule: GroupRule }[] = [];
  const ids = new Set<string>();
  for (const node of reader.nodes(RULE)) {
    const owner = reader.identity(node, ["security_group_id"], GROUP);
    const rule = ruleOf(reader, oddities, node, []);
    if (typeof node.values["id"] === "string") ids.add(node.values["id"]);
    if (owner?.settled) append(rules, owner.key, rule);
    else if (owner !== undefined) stray.push({ owner, rule });
  }
  for (const node of reader.nodes(GROUP)) {
    if (node.mode === "managed") continue;
    for (const path of toldRules(reader, node) ?? []) {
      const id = reader.value(node, [...path, "id"]);
      if (typeof id === "string" && (ids.has(id) || gone.has(id))) continue;
      append(rules, identify(node).key, ruleOf(reader, oddities, node, path));
    }
  }
  const maybe = ({ identity }: Group) =>
    stray
      .filter(({ owner }) => compare(owner, identity) !== "different")
      .map(({ owner, rule }) => ({
        ...rule,
        sure: false,
        unknowns: [...rule.unknowns, ...owner.unknowns],
      }));
  return new Map(
    [...groups.all].map((group) => [group, [...(rules.get(group.identity.key) ?? []), ...maybe(group)]]),
  );
}

function ruleOf(reader: Reader, oddities: Oddity[], node: ResourceNode, base: Path): GroupRule {
  const match = new Match(reader, node, base, oddities);
  const direction = match.known("direction");
  const ethertype = match.known("ethertype");
  const protocol = match.known("protocol");
  match.begin(ethertype === undefined ? [4, 6] : ethertype === "IPv6" ? [6] : [4], protocol);
  const [min, max] = [match.known("port_range_min"), match.known("port_range_max")];
  if (typeof min === "string" && typeof max === "string")
    match.ports("port", "port_range_min", [Number(min), Number(max)]);
  else if (min !== max && min !== undefined && max !== undefined)
    match.odd(min === null ? "port_range_min" : "port_range_max", "one end of the range is not set");
  const remote = reader.identity(node, match.at("remote_group_id"), GROUP);
  const prefix = match.known("remote_ip_prefix");
  const sided = direction === "ingress" || direction === "egress";
  if (!sided) match.odd("direction", "it is not known");
  if (remote && typeof prefix === "string") match.odd("remote_group_id", "the other side is told twice");
  else if (typeof prefix === "string" && sided)
    match.addresses(direction === "egress" ? "destination" : "source", "remote_ip_prefix", prefix);
  else if (!remote && prefix === null) match.odd("remote_ip_prefix", "the other side is not told");
  const priority = match.text("priority");
  const action = match.text("action");
  const rank = priority.unknowns
    ? PRIORITIES
    : ([Number(priority.value ?? 1), Number(priority.value ?? 1)] as const);
  return {
    node,
    path: base,
    label: base.length === 0 ? nameOf(node) : `${nameOf(node)}.${formatPath(base)}`,
    direction: sided ? direction : undefined,
    allows: action.unknowns ? undefined : (action.value ?? "allow") === "allow",
    rank: Number.isFinite(rank[0]) ? rank : PRIORITIES,
    boxes: match.boxes,
    sure: match.sure,
    remote: remote && typeof prefix === "string" ? undefined : remote,
    unknowns: [...match.unknowns, ...(priority.unknowns ?? []), ...(action.unknowns ?? [])],
  };
}

import { isIPv6 } from "node:net";
import { catalog } from "../catalog.js";
import { parseCidr } from "../cidr.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { SecurityGroup, SecurityGroupRule } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text } from "../operation.js";

export const defaultGroupId = catalog.default_security_group.id;

interface RuleInput {
  description?: string;
  security_group_id: string;
  direction: "ingress" | "egress";
  ethertype?: "IPv4" | "IPv6";
  protocol?: string;
  port_range_min?: number | null;
  port_range_max?: number | null;
  remote_group_id?: string;
  remote_ip_prefix?: string;
  action?: "allow" | "deny";
  priority?: number;
}

export function viewGroup(cloud: Cloud, group: SecurityGroup): object {
  const rules = [...cloud.tables.security_group_rules.all()].filter(
    (rule) => rule.security_group_id === group.id,
  );
  return { ...group, security_group_rules: rules };
}

function shownGroup(cloud: Cloud, call: Call): SecurityGroup {
  const id = param(call, "security_group_id");
  const group = cloud.tables.security_groups.show(id);
  if (!group) throw notFound("security group", id);
  return group;
}

function shownRule(cloud: Cloud, call: Call): SecurityGroupRule {
  const id = param(call, "security_group_rule_id");
  const rule = cloud.tables.security_group_rules.show(id);
  if (!rule) throw notFound("security group rule", id);
  return rule;
}

/** Why the group cannot be deleted now, or undefined. */
function groupUser(cloud: Cloud, id: string): string | undefined {
  const port = cloud.tables.ports.find((candidate) => candidate.security_groups.includes(id));
  if (port) return `port ${port.id}`;
  const rule = cloud.tables.security_group_rules.find(
    (candidate) => candidate.remote_group_id === id && candidate.security_group_id !== id,
  );
  return rule && `rule ${rule.id} of group ${rule.security_group_id}`;
}

function checkProtocol(protocol: string, ethertype: "IPv4" | "IPv6", ports: boolean): void {
  const named = ["", "tcp", "udp", "icmp", "icmpv6", "gre"].includes(protocol);
  if (!named && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255)) {
    throw badParameter("protocol", `${protocol} is not a known protocol or a number from 0 to 255`);
  }
  if (protocol === "icmp" && ethertype !== "IPv4")
    throw badParameter("protocol", "icmp needs ethertype IPv4");
  if (protocol === "icmpv6" && ethertype !== "IPv6")
    throw badParameter("protocol", "icmpv6 needs ethertype IPv6");
  if (ports && !["tcp", "udp", "6", "17"].includes(protocol)) {
    throw badParameter("port_range_min", `ports have no meaning for the protocol "${protocol}"`);
  }
}

function checkPorts(min: number | null, max: number | null): void {
  if ((min === null) !== (max === null))
    throw badParameter("port_range_max", "give both ends of the port range, or none");
  if (min !== null && max !== null && min > max)
    throw badParameter("port_range_min", `${min} is above ${max}`);
}

/** Family of a peer address or CIDR; undefined when it is neither. */
function family(prefix: string): "IPv4" | "IPv6" | undefined {
  if (parseCidr(prefix, false)) return "IPv4";
  const [address = "", length = "128"] = prefix.split("/");
  return isIPv6(address) && /^\d{1,3}$/.test(length) && Number(length) <= 128 ? "IPv6" : undefined;
}

function checkRemote(cloud: Cloud, input: RuleInput, ethertype: "IPv4" | "IPv6"): void {
  const { remote_group_id: group, remote_ip_prefix: prefix } = input;
  if (Boolean(group) === Boolean(prefix)) {
    throw new Refusal(
      400,
      codes.ruleRemote,
      "Give either remote_group_id or remote_ip_prefix, not both and not neither.",
    );
  }
  if (group && !cloud.tables.security_groups.get(group))
    throw badParameter("remote_group_id", `there is no group ${group}`);
  if (!prefix) return;
  const found = family(prefix);
  if (!found) throw badParameter("remote_ip_prefix", `${prefix} is no address and no CIDR`);
  if (found !== ethertype) {
    throw new Refusal(
      400,
      codes.ruleFamily,
      `The remote address ${prefix} is not of the ethertype ${ethertype}.`,
    );
  }
}

export const securityGroupOperations: Operations = {
  ListSecurityGroups: (cloud, call) => {
    const groups = cloud.tables.security_groups.list();
    const rules = new Map<string, SecurityGroupRule[]>(groups.map((group) => [group.id, []]));
    for (const rule of cloud.tables.security_group_rules.all()) rules.get(rule.security_group_id)?.push(rule);
    return ok({
      security_groups: page(call, groups).map((group) => ({
        ...group,
        security_group_rules: rules.get(group.id) ?? [],
      })),
      count: groups.length,
    });
  },

  CreateSecurityGroup: (cloud, call) => {
    const input = (call.body as { security_group: { name: string; description?: string } }).security_group;
    if (input.name === catalog.default_security_group.name) {
      throw new Refusal(400, codes.defaultGroup, "The default security group cannot be created.");
    }
    for (const name of ["name", "description"] as const) {
      if (/[<>]/.test(input[name] ?? "")) throw badParameter(name, "it must not contain < or >");
    }
    cloud.demand("securityGroup");
    const group = { id: cloud.newId(), name: input.name, description: input.description ?? "" };
    return ok({ security_group: viewGroup(cloud, cloud.tables.security_groups.add(group)) });
  },

  ShowSecurityGroup: (cloud, call) => ok({ security_group: viewGroup(cloud, shownGroup(cloud, call)) }),

  DeleteSecurityGroup: (cloud, call) => {
    const group = shownGroup(cloud, call);
    if (group.id === defaultGroupId) {
      throw new Refusal(400, codes.defaultGroup, "The default security group cannot be deleted.");
    }
    const user = groupUser(cloud, group.id);
    if (user)
      throw new Refusal(409, codes.groupInUse, `The security group ${group.id} is in use by ${user}.`);
    for (const rule of cloud.tables.security_group_rules.all()) {
      if (rule.security_group_id === group.id) cloud.tables.security_group_rules.end(rule.id, cloud.now);
    }
    cloud.tables.security_groups.end(group.id, cloud.now);
    return noContent;
  },

  ListSecurityGroupRules: (cloud, call) => {
    const group = text(call, "security_group_id");
    const rules = cloud.tables.security_group_rules.list((rule) => fits(group, rule.security_group_id));
    return ok({ security_group_rules: page(call, rules), count: rules.length });
  },

  CreateSecurityGroupRule: (cloud, call) => {
    const input = (call.body as { security_group_rule: RuleInput }).security_group_rule;
    const group = cloud.tables.security_groups.get(input.security_group_id);
    if (!group) throw badParameter("security_group_id", `there is no group ${input.security_group_id}`);
    const {
      ethertype = "IPv4",
      protocol = "",
      port_range_min: min = null,
      port_range_max: max = null,
    } = input;
    checkPorts(min, max);
    checkProtocol(protocol, ethertype, min !== null);
    checkRemote(cloud, input, ethertype);
    cloud.demand("securityGroupRule");
    const siblings = cloud.tables.security_group_rules.count((rule) => rule.security_group_id === group.id);
    if (siblings >= cloud.quota("securityGroupContainRuleQuota")) {
      throw new Refusal(400, codes.groupRuleQuota, `The security group ${group.id} has too many rules.`);
    }
    const rule: SecurityGroupRule = {
      id: cloud.newId(),
      description: input.description ?? "",
      security_group_id: group.id,
      direction: input.direction,
      ethertype,
      protocol,
      port_range_min: min === null ? "" : String(min),
      port_range_max: max === null ? "" : String(max),
      remote_group_id: input.remote_group_id ?? "",
      remote_ip_prefix: input.remote_ip_prefix ?? "",
      action: input.action ?? "allow",
      priority: input.priority ?? 1,
    };
    return ok({ security_group_rule: cloud.tables.security_group_rules.add(rule) });
  },

  ShowSecurityGroupRule: (cloud, call) => ok({ security_group_rule: shownRule(cloud, call) }),

  DeleteSecurityGroupRule: (cloud, call) => {
    cloud.tables.security_group_rules.end(shownRule(cloud, call).id, cloud.now);
    return noContent;
  },
};

import { isIPv6 } from "node:net";
import { parseCidr } from "../cidr.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { FirewallPolicy, FirewallRule } from "../model.js";
import { ok, type Operations, without } from "../operation.js";
import { firewallStatus, shownFirewall, viewRule } from "./firewalls.js";

type RuleInput = Omit<FirewallRule, "description"> & { description?: string };
type RuleChange = ({ operate_type: "add" | "modify" } & RuleInput) | { operate_type: "delete"; id: string };

interface PolicyInput {
  id: string;
  firewall_rules: [] | [RuleChange];
  insert_before?: string;
  insert_after?: string;
}

function checkAddress(name: string, text: string, version: 4 | 6): void {
  if (text === "") return;
  const [address = "", length = "128", ...rest] = text.split("/");
  const v6 = isIPv6(address) && rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= 128;
  if (version === 4 ? !parseCidr(text, false) : !v6)
    throw badParameter(name, `${text} is no IPv${version} address or CIDR`);
}

/** First and last port of a text such as `80` or `80-90`; every port when empty, undefined when malformed. */
export function portRange(text: string): readonly [first: number, last: number] | undefined {
  if (text === "") return [0, 65_535];
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  return first >= 1 && first <= last && last <= 65_535 ? [first, last] : undefined;
}

function checkRule(rule: RuleInput): void {
  const { protocol, ip_version } = rule;
  if (protocol === "icmp" && ip_version !== 4) throw badParameter("protocol", "icmp needs ip_version 4");
  if (protocol === "icmpv6" && ip_version !== 6) throw badParameter("protocol", "icmpv6 needs ip_version 6");
  for (const name of ["source_ip_address", "destination_ip_address"] as const)
    checkAddress(name, rule[name], ip_version);
  for (const name of ["source_port", "destination_port"] as const) {
    if (!portRange(rule[name])) throw badParameter(name, `${rule[name]} is no port and no range of ports`);
    if (rule[name] !== "" && protocol !== "tcp" && protocol !== "udp")
      throw badParameter(name, `ports have no meaning for the protocol ${protocol}`);
  }
}

/** The rule as it is kept: the protocol any becomes empty text. */
function kept(input: RuleInput, id: string, description: string): FirewallRule {
  return {
    id,
    name: input.name,
    description: input.description ?? description,
    enabled: input.enabled,
    action: input.action,
    protocol: input.protocol === "any" ? "" : input.protocol,
    ip_version: input.ip_version,
    source_ip_address: input.source_ip_address,
    destination_ip_address: input.destination_ip_address,
    source_port: input.source_port,
    destination_port: input.destination_port,
  };
}

/** Where a new rule goes: beside the named one, else behind all. */
function place(policy: FirewallPolicy, { insert_before, insert_after }: PolicyInput): number {
  const anchor = insert_before ?? insert_after;
  if (anchor === undefined) return policy.rules.length;
  const at = policy.rules.findIndex((rule) => rule.id === anchor);
  if (at < 0) throw badParameter("insert_before", `the policy has no rule ${anchor}`);
  return insert_before === undefined ? at + 1 : at;
}

/** Does the change; the result is what the answer tells of the policy, which is no id of a new rule. */
function change(policy: FirewallPolicy, input: PolicyInput, newId: () => string): object {
  const [rule] = input.firewall_rules;
  const anchored = input.insert_before !== undefined || input.insert_after !== undefined;
  if (input.insert_before !== undefined && input.insert_after !== undefined)
    throw badParameter("insert_after", "give it or insert_before, not both");
  if (rule?.operate_type !== "add" && anchored)
    throw badParameter("insert_before", "only a new rule can be placed");
  if (!rule) return { id: policy.id };
  if (rule.operate_type === "add") {
    checkRule(rule);
    const at = place(policy, input);
    const added = kept(rule, newId(), "");
    policy.rules.splice(at, 0, added);
    return { id: policy.id, firewall_rules: [without(viewRule(added), "id")] };
  }
  const at = policy.rules.findIndex((candidate) => candidate.id === rule.id);
  const old = policy.rules[at];
  if (!old) throw notFound("network ACL rule", rule.id);
  if (rule.operate_type === "delete") {
    policy.rules.splice(at, 1);
    return { id: policy.id };
  }
  checkRule(rule);
  const changed = kept(rule, old.id, old.description);
  policy.rules[at] = changed;
  return { id: policy.id, firewall_rules: [viewRule(changed)] };
}

export const firewallRuleOperations: Operations = {
  /** Takes a while; a second call for the same ACL in that time is refused. */
  UpdateFirewallRule: async (cloud, call) => {
    const firewall = shownFirewall(cloud, call);
    const { ingress_firewall_policy: ingress, egress_firewall_policy: egress } = (
      call.body as {
        firewall: { ingress_firewall_policy?: PolicyInput; egress_firewall_policy?: PolicyInput };
      }
    ).firewall;
    const input = ingress ?? egress;
    const policy = ingress ? firewall.ingress : firewall.egress;
    if (input?.id !== policy.id)
      throw badParameter("id", `the policy of this direction is ${policy.id}, not ${input?.id ?? "absent"}`);
    if (cloud.busy(firewall.id)) {
      throw new Refusal(409, codes.firewallBusy, `The network ACL ${firewall.id} is being changed.`);
    }
    const told = change(policy, input, () => cloud.newId());
    await cloud.hold(firewall.id, "firewallRules");
    return ok({
      firewall: {
        id: firewall.id,
        status: firewallStatus(cloud, firewall),
        ingress_firewall_policy: ingress ? told : {},
        egress_firewall_policy: ingress ? {} : told,
      },
    });
  },
};

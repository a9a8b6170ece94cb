import { id, number, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import { minutes } from "../../schema/definition.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { ObjectValue } from "../../schema/unknown.js";
import { isGiven, NO_ANGLE_BRACKETS } from "./common.js";
import { defineResource, emptyAsNull, sent, told } from "./define.js";

const attributes = {
  id: id("Id of the rule."),
  security_group_id: string({
    required: true,
    requiresReplace: true,
    ref: ["iec_security_group"],
    description: "Id of the security group the rule belongs to.",
  }),
  direction: string({
    required: true,
    requiresReplace: true,
    enum: ["ingress", "egress"],
    description: "Whether it applies to traffic towards (ingress) or from (egress) the members.",
  }),
  ethertype: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    enum: ["IPv4", "IPv6"],
    default: "IPv4",
    description: "IP version. The remote side must be of the same.",
  }),
  protocol: string({
    optional: true,
    requiresReplace: true,
    pattern: /^(tcp|udp|icmp|icmpv6|gre|\d{1,3})$/,
    patternHint: "tcp, udp, icmp, icmpv6, gre, or a protocol number from 0 to 255",
    description:
      "Protocol: `tcp`, `udp`, `icmp` (IPv4 only), `icmpv6` (IPv6 only), `gre`, or a number 0-255; every protocol when not set.",
  }),
  port_range_min: number({
    optional: true,
    requiresReplace: true,
    integer: true,
    minimum: 1,
    maximum: 65535,
    description: "First port; every port when not set. Leave out for icmp.",
  }),
  port_range_max: number({
    optional: true,
    requiresReplace: true,
    integer: true,
    minimum: 1,
    maximum: 65535,
    description: "Last port; every port when not set. Leave out for icmp.",
  }),
  remote_ip_prefix: string({
    optional: true,
    requiresReplace: true,
    format: "cidr",
    description: "The other side as a range. Exactly one of this and `remote_group_id` is needed.",
  }),
  remote_group_id: string({
    optional: true,
    requiresReplace: true,
    ref: ["iec_security_group"],
    description:
      "The other side as a security group: its members. Exactly one of this and `remote_ip_prefix` is needed.",
  }),
  action: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    enum: ["allow", "deny"],
    default: "allow",
    description: "What happens to matching traffic. At equal priority deny wins.",
  }),
  priority: number({
    optional: true,
    computed: true,
    requiresReplace: true,
    integer: true,
    minimum: 1,
    maximum: 100,
    default: 1,
    description: "1 (first) to 100.",
  }),
  description: string({
    optional: true,
    requiresReplace: true,
    maxLength: 64,
    ...NO_ANGLE_BRACKETS,
    description: "Free text.",
  }),
};

export const toApi = (plan: PlanOf<typeof attributes>) => ({
  ...sent({
    ethertype: plan.ethertype,
    protocol: plan.protocol,
    port_range_min: plan.port_range_min,
    port_range_max: plan.port_range_max,
    remote_ip_prefix: plan.remote_ip_prefix,
    remote_group_id: plan.remote_group_id,
    action: plan.action,
    priority: plan.priority,
    description: plan.description,
  }),
  security_group_id: plan.security_group_id,
  direction: plan.direction,
});

const ETHERTYPES = { ipv4: "IPv4", ipv6: "IPv6" } as const;
/** Ports come back as number, text or empty text. */
const port = (value: string | number | null | undefined) =>
  value === undefined ? undefined : value === null || value === "" ? null : Number(value);

export const fromApi = (
  rule: components["schemas"]["SecurityGroupRule"],
): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(rule.id, "the rule's id"),
  security_group_id: rule.security_group_id ?? undefined,
  direction: rule.direction,
  ethertype: rule.ethertype?.toLowerCase() === "ipv6" ? ETHERTYPES.ipv6 : ETHERTYPES.ipv4,
  // "any" and empty text both stand for every protocol.
  protocol: rule.protocol === "any" ? null : emptyAsNull(rule.protocol),
  port_range_min: port(rule.port_range_min),
  port_range_max: port(rule.port_range_max),
  remote_ip_prefix: emptyAsNull(rule.remote_ip_prefix),
  remote_group_id: emptyAsNull(rule.remote_group_id),
  action: rule.action === "deny" ? "deny" : "allow",
  priority: rule.priority,
  description: emptyAsNull(rule.description),
});

const pathOf = (state: { readonly id: string | null }) => ({
  path: { security_group_rule_id: told(state.id, "the rule's id") },
});

/** One rule of a security group. The API cannot change one: any change replaces it. */
export const securityGroupRule = defineResource({
  type: "iec_security_group_rule",
  description: "A rule of a security group.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other" },
  timeouts: { create: minutes(10), delete: minutes(10) },
  api: [
    "POST /v1/security-group-rules",
    "GET /v1/security-group-rules/{security_group_rule_id}",
    "GET /v1/security-group-rules",
    "DELETE /v1/security-group-rules/{security_group_rule_id}",
  ],
  adoptBy: [
    "security_group_id",
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
    "action",
    "priority",
  ],
  deletesLater: true,
  validate: checkRemote,

  quotas: () => ({ securityGroupRule: 1 }),

  async create(plan, api) {
    const answer = await api.post("/v1/security-group-rules", { body: { security_group_rule: toApi(plan) } });
    return fromApi(answer.security_group_rule);
  },
  async read(state, api) {
    const answer = await api.get("/v1/security-group-rules/{security_group_rule_id}", {
      params: pathOf(state),
    });
    return fromApi(told(answer.security_group_rule, "the rule"));
  },
  async list(api, maxPages) {
    return (await api.list("/v1/security-group-rules", {}, { maxPages }))?.map(fromApi);
  },
  async delete(state, api) {
    await api.delete("/v1/security-group-rules/{security_group_rule_id}", { params: pathOf(state) });
  },
});

/** Rules of the API that concern several attributes: one remote side, of the right family, and ports in order. */
function checkRemote(config: ObjectValue): Diagnostic[] {
  const {
    remote_ip_prefix: prefix,
    remote_group_id: group,
    protocol,
    port_range_min: min,
    port_range_max: max,
  } = config;
  const ethertype = config["ethertype"] ?? "IPv4";
  const problems: Diagnostic[] = [];
  if (isGiven(prefix) && isGiven(group)) {
    problems.push(
      errorDiagnostic("IEC2013", "Both remote_ip_prefix and remote_group_id are set", {
        path: ["remote_group_id"],
        detail: "The other side is either a range or a security group. Remove one of the two.",
      }),
    );
  }
  if (prefix === null && group === null) {
    problems.push(
      errorDiagnostic("IEC2013", "The rule says nothing of the other side", {
        path: ["remote_ip_prefix"],
        detail: 'Set remote_ip_prefix (for everybody: "0.0.0.0/0", or "::/0" for IPv6) or remote_group_id.',
      }),
    );
  }
  if (
    typeof prefix === "string" &&
    typeof ethertype === "string" &&
    prefix.includes(":") !== (ethertype === "IPv6")
  ) {
    problems.push(
      errorDiagnostic("IEC2013", `The range "${prefix}" is not of the rule's IP version`, {
        path: ["remote_ip_prefix"],
        detail: `ethertype is "${ethertype}". Change one of the two.`,
      }),
    );
  }
  if ((protocol === "icmp" && ethertype === "IPv6") || (protocol === "icmpv6" && ethertype === "IPv4")) {
    problems.push(
      errorDiagnostic("IEC2013", `Protocol "${protocol}" does not go with ethertype "${ethertype}"`, {
        path: ["protocol"],
        detail: "icmp belongs to IPv4, icmpv6 to IPv6.",
      }),
    );
  }
  if (typeof protocol === "string" && /^\d+$/.test(protocol) && Number(protocol) > 255) {
    problems.push(
      errorDiagnostic("IEC2012", `"${protocol}" is not a protocol number`, {
        path: ["protocol"],
        detail: "Protocol numbers run from 0 to 255.",
      }),
    );
  }
  if (typeof min === "number" && typeof max === "number" && min > max) {
    problems.push(
      errorDiagnostic("IEC2013", `Port range ${min}-${max} runs backwards`, {
        path: ["port_range_min"],
        detail: "Exchange port_range_min and port_range_max.",
      }),
    );
  }
  return problems;
}

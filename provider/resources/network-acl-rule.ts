import { bool, id, number, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import type { Search } from "../../schema/definition.js";
import { DiagnosticError, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import { formats } from "../../schema/json-schema.js";
import { isUnknown, type ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { isGiven } from "./common.js";
import { defineResource, emptyAsNull, told } from "./define.js";
import {
  changeRule,
  idsOf,
  listFirewalls,
  orderNow,
  place,
  policyOf,
  rulesOf,
  showFirewall,
  type Direction,
  type Firewall,
} from "./network-acl-rules.js";

const ORDER = ["position", "before", "after"] as const;
const RANGE = { 4: "0.0.0.0/0", 6: "::/0" } as const;
const PORTS = {
  pattern: /^[1-9]\d{0,4}(-[1-9]\d{0,4})?$/,
  patternHint: "a port such as 80, or a range such as 80-90",
} as const;
/** An address is the range that holds nothing else. */
const ADDRESS = {
  normalize: (text: string) => text.toLowerCase().replace(text.includes(":") ? /\/128$/ : /\/32$/, ""),
} as const;

const attributes = {
  // A rule that is to stand elsewhere is made anew there: the cloud moves none.
  id: { ...id("Id of the rule. It changes when the rule is moved."), changesWith: ORDER },
  network_acl_id: string({
    required: true,
    requiresReplace: true,
    ref: ["iec_network_acl"],
    description: "Id of the network ACL.",
  }),
  direction: string({
    required: true,
    requiresReplace: true,
    enum: ["ingress", "egress"],
    description: "Whether it applies to traffic into (ingress) or out of (egress) the subnets.",
  }),
  name: string({ optional: true, maxLength: 64, description: "Name." }),
  description: string({ optional: true, maxLength: 64, description: "Free text." }),
  protocol: string({
    optional: true,
    computed: true,
    enum: ["tcp", "udp", "icmp", "icmpv6", "any"],
    default: "any",
    description: "Protocol; icmp belongs to IPv4, icmpv6 to IPv6.",
  }),
  action: string({
    optional: true,
    computed: true,
    enum: ["allow", "deny", "reject"],
    default: "allow",
    description: "What happens to matching traffic.",
  }),
  ip_version: number({
    optional: true,
    computed: true,
    integer: true,
    minimum: 4,
    maximum: 6,
    default: 4,
    description: "IP version, 4 or 6.",
  }),
  source_ip_address: string({
    optional: true,
    computed: true,
    ...ADDRESS,
    description: "Where traffic comes from: an address or a range of `ip_version`; anywhere when not set.",
  }),
  destination_ip_address: string({
    optional: true,
    computed: true,
    ...ADDRESS,
    description: "Where traffic goes to: an address or a range of `ip_version`; anywhere when not set.",
  }),
  source_port: string({
    optional: true,
    ...PORTS,
    description: "Source port or range, for tcp and udp; every port when not set.",
  }),
  destination_port: string({
    optional: true,
    ...PORTS,
    description: "Destination port or range, for tcp and udp; every port when not set.",
  }),
  enabled: bool({
    optional: true,
    computed: true,
    default: true,
    description: "Whether the rule is in force.",
  }),
  position: number({
    optional: true,
    integer: true,
    minimum: 1,
    description:
      "Place among all rules of the direction, from 1, the first to be tried. Number them without gaps. Excludes `before` and `after`; without any of the three a new rule comes last.",
  }),
  before: string({
    optional: true,
    ref: ["iec_network_acl_rule"],
    description: "Id of a rule of the same ACL and direction that this one stands before.",
  }),
  after: string({
    optional: true,
    ref: ["iec_network_acl_rule"],
    description: "Id of a rule of the same ACL and direction that this one stands behind.",
  }),
  policy_id: string({ computed: true, description: "Id of the ACL's policy for the direction." }),
};
type Plan = PlanOf<typeof attributes>;
type Rule = ObservedOf<typeof attributes> & { readonly id: string };
/** A rule, with the ids of all rules of its direction in their order. */
type Placed = Rule & { readonly all: readonly string[] };

const versionOf = (version: unknown): 4 | 6 => (version === 6 ? 6 : 4);

export const toApi = (plan: Omit<Plan, "id" | "policy_id">) => ({
  name: plan.name ?? "",
  description: plan.description ?? "",
  protocol: plan.protocol ?? "any",
  action: plan.action ?? "allow",
  ip_version: versionOf(plan.ip_version),
  source_ip_address: plan.source_ip_address ?? RANGE[versionOf(plan.ip_version)],
  destination_ip_address: plan.destination_ip_address ?? RANGE[versionOf(plan.ip_version)],
  source_port: plan.source_port ?? "",
  destination_port: plan.destination_port ?? "",
  enabled: plan.enabled ?? true,
});

const PROTOCOLS = attributes.protocol.enum;
type RuleResponse = components["schemas"]["FirewallRuleResp"];
export function fromApi(rule: RuleResponse): Rule {
  const anywhere = RANGE[versionOf(rule.ip_version)];
  return {
    id: told(rule.id, "the rule's id"),
    name: emptyAsNull(rule.name),
    description: emptyAsNull(rule.description),
    // Every protocol reads back as empty text.
    protocol: rule.protocol === "" ? "any" : PROTOCOLS.find((protocol) => protocol === rule.protocol),
    action: rule.action,
    ip_version: rule.ip_version,
    source_ip_address: rule.source_ip_address === "" ? anywhere : rule.source_ip_address,
    destination_ip_address: rule.destination_ip_address === "" ? anywhere : rule.destination_ip_address,
    source_port: emptyAsNull(rule.source_port),
    destination_port: emptyAsNull(rule.destination_port),
    enabled: rule.enabled,
  };
}

const fromFirewall = (firewall: Firewall, direction: Direction): Placed[] =>
  rulesOf(firewall, direction).map((rule) => ({
    ...fromApi(rule),
    network_acl_id: firewall.id,
    direction,
    policy_id: policyOf(firewall, direction)?.id,
    all: idsOf(firewall, direction),
  }));

/** The positions that rules were given through a client: nobody else knows them while more are being made. */
const positions = new WeakMap<Api, Map<string, number>>();
function askedThrough(api: Api): Map<string, number> {
  const known = positions.get(api) ?? new Map<string, number>();
  positions.set(api, known);
  return known;
}
function keepPosition(rule: string, { position }: Plan, api: Api): void {
  if (typeof position === "number") askedThrough(api).set(rule, position);
}

const keyOf = (firewall: Firewall, direction: Direction) => ({
  firewall: told(firewall.id, "the ACL's id"),
  policy: told(policyOf(firewall, direction)?.id, "the policy's id"),
  direction,
});

/** Adds a rule at an index among `others` and finds out its id, which no answer is sure to tell. */
async function addRule(
  plan: Plan,
  firewall: Firewall,
  [index, others]: readonly [number, readonly string[]],
  api: Api,
  search: Search,
): Promise<string> {
  const [left, right] = [others[index - 1], others[index]];
  const anchor =
    left !== undefined ? { insert_after: left } : right !== undefined ? { insert_before: right } : {};
  const rule = { operate_type: "add", ...toApi(plan) } as const;
  const old = new Set(idsOf(firewall, plan.direction));
  const addedTo = (now: Firewall) =>
    rulesOf(now, plan.direction).filter((one) => one.id !== undefined && !old.has(one.id));
  const now = () => showFirewall(plan.network_acl_id, api);
  const oneOf = (rules: readonly RuleResponse[]) =>
    (rules.find((one) => looksLike(one, plan)) ?? rules[0])?.id;
  const answer = await changeRule(keyOf(firewall, plan.direction), rule, api, anchor).catch(
    async (error: unknown) => {
      // The answer may be lost, and the rule be there all the same.
      const after = await now();
      if (addedTo(after).some((one) => looksLike(one, plan))) return after;
      throw error;
    },
  );
  const added = oneOf(addedTo(answer)) ?? (await search(async () => oneOf(addedTo(await now()))));
  keepPosition(added, plan, api);
  return added;
}

const looksLike = (rule: RuleResponse, plan: Plan): boolean =>
  Object.entries(toApi(plan)).every(
    ([name, value]) => (fromApi(rule) as Record<string, unknown>)[name] === (value === "" ? null : value),
  );

/** One rule of a network ACL. */
export const networkAclRule = defineResource({
  type: "iec_network_acl_rule",
  description:
    "A rule of a network ACL. Rules are tried in their order; the first that matches decides. Import it as `<acl id>/<direction>/<rule id>`.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other" },
  api: [
    "PUT /v1/firewalls/{firewall_id}/firewall-rules",
    "GET /v1/firewalls/{firewall_id}",
    "GET /v1/firewalls",
  ],
  adoptBy: [
    "network_acl_id",
    "direction",
    "name",
    "description",
    "protocol",
    "action",
    "ip_version",
    "source_ip_address",
    "destination_ip_address",
    "source_port",
    "destination_port",
    "enabled",
  ],
  exclusive: (rule) => `network ACL ${rule.network_acl_id ?? ""}`,
  importId,
  validate: checkRule,
  modifyPlan({ ip_version, source_ip_address: source, destination_ip_address: destination }) {
    if (isUnknown(ip_version)) return {};
    const anywhere = RANGE[versionOf(ip_version)];
    return {
      ...(source === null ? { source_ip_address: anywhere } : {}),
      ...(destination === null ? { destination_ip_address: anywhere } : {}),
    };
  },

  async create(plan, api, search) {
    const firewall = await showFirewall(plan.network_acl_id, api);
    const all = idsOf(firewall, plan.direction);
    const index = place(plan, all, askedThrough(api));
    const added = await addRule(plan, firewall, [index, all], api, search);
    return { id: added, policy_id: policyOf(firewall, plan.direction)?.id };
  },
  async read({ id: rule, network_acl_id, direction }, api): Promise<Placed | undefined> {
    const all =
      typeof network_acl_id === "string" && typeof direction === "string"
        ? fromFirewall(await showFirewall(network_acl_id, api), direction)
        : await listRules(api);
    return all?.find((one) => one.id === rule);
  },
  list: listRules,
  interpret: ({ all, ...rule }: Placed, known) => ({ ...rule, ...orderNow(rule.id, all, known) }),
  async update(prior, plan, api) {
    const firewall = await showFirewall(plan.network_acl_id, api);
    const key = keyOf(firewall, plan.direction);
    const old = told(prior.id, "the rule's id");
    const all = idsOf(firewall, plan.direction);
    const at = all.indexOf(old);
    const others = all.filter((rule) => rule !== old);
    // Only where a move was planned may the id become another.
    const index = plan.id === undefined ? place(plan, others, askedThrough(api), at) : at;
    if (index !== at) {
      const search: Search = async (find) => told(await find(), "the new rule");
      const added = await addRule(plan, firewall, [index, others], api, search);
      await changeRule(key, { operate_type: "delete", id: old }, api);
      return { id: added };
    }
    if (JSON.stringify(toApi(prior)) !== JSON.stringify(toApi(plan))) {
      await changeRule(key, { operate_type: "modify", id: old, ...toApi(plan) }, api);
    }
    keepPosition(old, plan, api);
    return { id: old };
  },
  async delete(state, api) {
    const firewall = await showFirewall(state.network_acl_id, api);
    const rule = { operate_type: "delete", id: told(state.id, "the rule's id") } as const;
    await changeRule(keyOf(firewall, state.direction), rule, api);
  },
});

async function listRules(api: Api, maxPages?: number): Promise<Placed[] | undefined> {
  return (await listFirewalls(api, maxPages))?.flatMap((firewall) => [
    ...fromFirewall(firewall, "ingress"),
    ...fromFirewall(firewall, "egress"),
  ]);
}

export function importId(text: string): Rule {
  const [acl, direction, rule, ...rest] = text.split("/");
  if (acl && rule && rest.length === 0 && (direction === "ingress" || direction === "egress"))
    return { id: rule, network_acl_id: acl, direction };
  throw new DiagnosticError(
    errorDiagnostic("IEC2017", `"${text}" does not say which rule`, {
      detail: "Give <acl id>/<direction>/<rule id>; the direction is ingress or egress.",
    }),
  );
}

/** Rules of the API that concern several attributes: one order, the IP version, and ports that mean something. */
export function checkRule(config: ObjectValue): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const wrong = (name: string, summary: string, detail: string, code: "IEC2012" | "IEC2013" = "IEC2013") =>
    problems.push(errorDiagnostic(code, summary, { path: [name], detail }));
  const [first, second] = ORDER.filter((name) => isGiven(config[name]));
  if (first !== undefined && second !== undefined) {
    wrong(
      second,
      `Both ${first} and ${second} are set`,
      "Each says where the rule stands. Remove one of them.",
    );
  }
  const version = config["ip_version"] ?? 4;
  const protocol = config["protocol"] ?? "any";
  if (version === 5) wrong("ip_version", "There is no IP version 5", "Use 4 or 6.", "IEC2012");
  if ((protocol === "icmp" && version === 6) || (protocol === "icmpv6" && version === 4)) {
    const fix = "icmp belongs to IPv4, icmpv6 to IPv6.";
    wrong("protocol", `Protocol "${protocol}" does not go with ip_version ${version}`, fix);
  }
  for (const name of ["source_ip_address", "destination_ip_address"]) {
    const text = config[name];
    if (typeof text !== "string" || (version !== 4 && version !== 6)) continue;
    if (!isRange(text, version)) {
      const fix = version === 4 ? "such as 10.0.0.0/16 or 10.0.0.1" : "such as 2001:db8::/32 or 2001:db8::1";
      wrong(name, `"${text}" is no IPv${version} address or range`, `Give one ${fix}.`, "IEC2012");
    }
  }
  for (const name of ["source_port", "destination_port"]) {
    const text = config[name];
    if (typeof text !== "string" || text === "") continue;
    if (protocol === "any" || protocol === "icmp" || protocol === "icmpv6") {
      wrong(
        name,
        `Ports mean nothing for protocol "${protocol}"`,
        "Remove them, or set protocol to tcp or udp.",
      );
    }
    const [low = 0, high = low] = text.split("-").map(Number);
    if (low > high) wrong(name, `Port range ${text} runs backwards`, "Give the lower port first.");
    if (high > 65_535) wrong(name, `There is no port ${high}`, "Ports run from 1 to 65535.", "IEC2012");
  }
  return problems;
}

const isRange = (text: string, version: 4 | 6): boolean =>
  version === 4
    ? formats.ipv4(text) || formats["ipv4-cidr"](text)
    : text.includes(":") && (formats.cidr(text) || formats.cidr(`${text}/128`));

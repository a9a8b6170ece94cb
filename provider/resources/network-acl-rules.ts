import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { Api } from "../client/index.js";
import { told } from "./define.js";
import { listEach } from "./listing.js";

/** The ordered rules of a network ACL, as the cloud keeps them. */

export type Firewall = components["schemas"]["Firewall"];
export type RuleChange = components["schemas"]["FirewallRule"];
export type Direction = "ingress" | "egress";

export const policyOf = (firewall: Firewall, direction: Direction) =>
  direction === "ingress" ? firewall.ingress_firewall_policy : firewall.egress_firewall_policy;

export const rulesOf = (firewall: Firewall, direction: Direction) =>
  policyOf(firewall, direction)?.firewall_rules ?? [];

export const idsOf = (firewall: Firewall, direction: Direction): string[] =>
  rulesOf(firewall, direction).map((rule) => told(rule.id, "the id of a rule"));

export async function showFirewall(firewall_id: string, api: Api): Promise<Firewall> {
  const answer = await api.get("/v1/firewalls/{firewall_id}", { params: { path: { firewall_id } } });
  return told(answer.firewall, "the ACL");
}

/** Every ACL with its rules, which lists leave out. */
export const listFirewalls = (api: Api, maxPages?: number): Promise<Firewall[] | undefined> =>
  listEach(
    () => api.list("/v1/firewalls", {}, { maxPages }),
    ({ id }) => showFirewall(told(id, "the ACL's id"), api),
    maxPages,
  );

/** Where a rule is wanted: one of these at most. */
export interface Order {
  /** From 1. */
  readonly position?: number | null | undefined;
  /** Ids of rules. */
  readonly before?: string | null | undefined;
  readonly after?: string | null | undefined;
}

/**
 * The index that a rule is to have among the others of its direction. With `at`, the index it has, it stays where that
 * does. `asked` are the positions that others want: rules made side by side come in any order, and the cloud keeps none.
 */
export function place(
  { position, before, after }: Order,
  others: readonly string[],
  asked: ReadonlyMap<string, number>,
  at?: number,
): number {
  if (typeof after === "string") {
    const anchor = indexOf(after, others, "after");
    return at !== undefined && anchor < at ? at : anchor + 1;
  }
  if (typeof before === "string") {
    const anchor = indexOf(before, others, "before");
    return at !== undefined && anchor >= at ? at : anchor;
  }
  if (typeof position !== "number") return at ?? others.length;
  const later = others.findIndex((other) => (asked.get(other) ?? 0) > position);
  return Math.min(position - 1, later === -1 ? others.length : later);
}

function indexOf(rule: string, others: readonly string[], attribute: "before" | "after"): number {
  const index = others.indexOf(rule);
  if (index >= 0) return index;
  throw new DiagnosticError(
    errorDiagnostic("IEC2019", "The rule to stand beside is not there", {
      path: [attribute],
      detail: `This direction of the ACL has no rule ${rule}. Give the id of a rule of the same ACL and direction.`,
    }),
  );
}

/** The order as it is: what holds of the wanted one, and the rest as the cloud has it. */
export function orderNow(rule: string, all: readonly string[], wanted: Order): Required<Order> {
  const at = all.indexOf(rule);
  const { position, before, after } = wanted;
  const keeps = (other: string | null | undefined, holds: (index: number) => boolean) =>
    typeof other === "string" && all.includes(other) && holds(all.indexOf(other)) ? other : null;
  return {
    // With fewer rules before it than there might be it is where it belongs: others may be gone.
    position: typeof position === "number" ? Math.max(position, at + 1) : null,
    before: keeps(before, (index) => index > at),
    after: keeps(after, (index) => index < at),
  };
}

interface PolicyKey {
  readonly firewall: string;
  readonly policy: string;
  readonly direction: Direction;
}

/** One change of one rule: the cloud takes no more at a time. */
export async function changeRule(
  { firewall, policy, direction }: PolicyKey,
  rule: RuleChange,
  api: Api,
  anchor: { insert_after?: string; insert_before?: string } = {},
): Promise<Firewall> {
  const option = { id: policy, firewall_rules: [rule], ...anchor };
  const { firewall: answer } = await api.put("/v1/firewalls/{firewall_id}/firewall-rules", {
    params: { path: { firewall_id: firewall } },
    body: {
      firewall:
        direction === "ingress" ? { ingress_firewall_policy: option } : { egress_firewall_policy: option },
    },
  });
  return answer;
}

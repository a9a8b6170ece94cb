import { account } from "../account.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { Firewall, FirewallPolicy, FirewallRule, Subnet } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text } from "../operation.js";

interface FirewallUpdate {
  name: string;
  description?: string;
  admin_state_up?: boolean;
  subnets?: { id: string; vpc_id?: string }[];
}

const subnetsOf = (cloud: Cloud, firewall: Firewall): Subnet[] =>
  [...cloud.tables.subnets.all()].filter((subnet) => subnet.firewall_id === firewall.id);

/** Documented without subnets only: INACTIVE (BEHAVIOUR.md section 3). */
export function firewallStatus(cloud: Cloud, firewall: Firewall): string {
  return cloud.tables.subnets.find((subnet) => subnet.firewall_id === firewall.id) ? "ACTIVE" : "INACTIVE";
}

/** As creation and lists show it: the policies without their rules. */
function viewBrief(cloud: Cloud, firewall: Firewall): object {
  const { id, name, description, admin_state_up, ingress, egress } = firewall;
  return {
    id,
    name,
    description,
    admin_state_up,
    domain_id: account.domainId,
    status: firewallStatus(cloud, firewall),
    ingress_firewall_policy: { id: ingress.id },
    egress_firewall_policy: { id: egress.id },
    ingress_firewall_rule_count: ingress.rules.length,
    egress_firewall_rule_count: egress.rules.length,
    subnets: subnetsOf(cloud, firewall).map((subnet) => ({ id: subnet.id, vpc_id: subnet.vpc_id })),
  };
}

export function viewRule(rule: FirewallRule): FirewallRule & { operate_type: string } {
  return { ...rule, operate_type: "normal" };
}

export function viewFirewall(cloud: Cloud, firewall: Firewall): object {
  const policy = ({ id, rules }: FirewallPolicy): object => ({ id, firewall_rules: rules.map(viewRule) });
  return {
    ...viewBrief(cloud, firewall),
    ingress_firewall_policy: policy(firewall.ingress),
    egress_firewall_policy: policy(firewall.egress),
  };
}

export function shownFirewall(cloud: Cloud, call: Call): Firewall {
  const id = param(call, "firewall_id");
  const firewall = cloud.tables.firewalls.show(id);
  if (!firewall) throw notFound("network ACL", id);
  return firewall;
}

/** The subnets that a request puts behind the ACL. */
function chosenSubnets(
  cloud: Cloud,
  firewall: Firewall,
  wanted: { id: string; vpc_id?: string }[],
): Subnet[] {
  return wanted.map(({ id, vpc_id }) => {
    const subnet = cloud.tables.subnets.get(id);
    if (!subnet || cloud.tables.subnets.ending(id)) throw badParameter("subnets", `there is no subnet ${id}`);
    if (!fits(vpc_id, subnet.vpc_id))
      throw badParameter("subnets", `subnet ${id} is not one of VPC ${vpc_id ?? ""}`);
    if (subnet.firewall_id !== undefined && subnet.firewall_id !== firewall.id) {
      throw badParameter("subnets", `subnet ${id} has the network ACL ${subnet.firewall_id} already`);
    }
    return subnet;
  });
}

export const firewallOperations: Operations = {
  ListFirewalls: (cloud, call) => {
    const [id, name] = [text(call, "id"), text(call, "name")];
    const found = cloud.tables.firewalls.list(
      (firewall) => fits(id, firewall.id) && firewall.name.includes(name ?? ""),
    );
    return ok({ firewalls: page(call, found).map((item) => viewBrief(cloud, item)), count: found.length });
  },

  CreateFirewall: (cloud, call) => {
    const { name, description = "" } = (call.body as { firewall: { name: string; description?: string } })
      .firewall;
    cloud.demand("firewall");
    const firewall = cloud.tables.firewalls.add({
      id: cloud.newId(),
      name,
      description,
      admin_state_up: true,
      ingress: { id: cloud.newId(), rules: [] },
      egress: { id: cloud.newId(), rules: [] },
    });
    return ok({ firewall: viewBrief(cloud, firewall) });
  },

  ShowFirewall: (cloud, call) => ok({ firewall: viewFirewall(cloud, shownFirewall(cloud, call)) }),

  /** The subnets given are all that the ACL has from now on; without the list they stay. */
  UpdateFirewall: (cloud, call) => {
    const firewall = shownFirewall(cloud, call);
    const { subnets, ...own } = (call.body as { firewall: FirewallUpdate }).firewall;
    if (subnets) {
      const chosen = chosenSubnets(cloud, firewall, subnets);
      for (const subnet of subnetsOf(cloud, firewall)) delete subnet.firewall_id;
      for (const subnet of chosen) subnet.firewall_id = firewall.id;
    }
    Object.assign(firewall, own);
    return ok({ firewall: { id: firewall.id, status: firewallStatus(cloud, firewall) } });
  },

  DeleteFirewall: (cloud, call) => {
    const firewall = shownFirewall(cloud, call);
    if (subnetsOf(cloud, firewall).length > 0) {
      throw new Refusal(500, codes.firewallInUse, `The network ACL ${firewall.id} still has subnets.`);
    }
    cloud.tables.firewalls.end(firewall.id, cloud.now);
    return noContent;
  },
};

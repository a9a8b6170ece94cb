import { account } from "../account.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { Routetable, Subnet } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text } from "../operation.js";

/** The table that comes and goes with a VPC. */
export function addDefaultTable(cloud: Cloud, vpcId: string): void {
  addTable(cloud, { vpc_id: vpcId, name: `rtb-${vpcId.slice(0, 8)}`, description: "", default: true });
}

function addTable(cloud: Cloud, table: Omit<Routetable, "id" | "routes">): Routetable {
  return cloud.tables.routetables.add({ id: cloud.newId(), ...table, routes: [] });
}

/** Removes every table of a VPC that goes. */
export function endTables(cloud: Cloud, vpcId: string): void {
  for (const table of cloud.tables.routetables.all()) {
    if (table.vpc_id === vpcId) cloud.tables.routetables.end(table.id, cloud.now);
  }
}

/** The one table that the subnet has: a custom one, or the default one of its VPC. */
export function tableOf(cloud: Cloud, subnet: Subnet): Routetable | undefined {
  const { routetables } = cloud.tables;
  return (
    routetables.get(subnet.routetable_id ?? "") ??
    routetables.find((table) => table.default && table.vpc_id === subnet.vpc_id)
  );
}

function subnetsOf(cloud: Cloud, table: Routetable): Subnet[] {
  return [...cloud.tables.subnets.all()].filter((subnet) => tableOf(cloud, subnet) === table);
}

/** As lists show it: without its subnets. */
function viewBrief({ id, name, description, vpc_id, default: isDefault }: Routetable): object {
  return { id, name, description, vpc_id, default: isDefault, domain_id: account.domainId };
}

export function viewRoutetable(cloud: Cloud, table: Routetable): object {
  return { ...viewBrief(table), subnets: subnetsOf(cloud, table).map(({ id }) => ({ id })) };
}

export function shownTable(cloud: Cloud, call: Call): Routetable {
  const id = param(call, "routetable_id");
  const table = cloud.tables.routetables.show(id);
  if (!table) throw notFound("route table", id);
  return table;
}

/** The subnets that a request names; all of them are of the table's VPC. */
function namedSubnets(cloud: Cloud, call: Call, table: Routetable): Subnet[] {
  return (call.body as { subnet_ids: string[] }).subnet_ids.map((id) => {
    const subnet = cloud.tables.subnets.get(id);
    if (subnet?.vpc_id !== table.vpc_id)
      throw badParameter("subnet_ids", `VPC ${table.vpc_id} has no subnet ${id}`);
    return subnet;
  });
}

export const routetableOperations: Operations = {
  ListRoutetables: (cloud, call) => {
    const [id, name, vpc] = [text(call, "id"), text(call, "name"), text(call, "vpc_id")];
    const found = cloud.tables.routetables.list(
      (table) => fits(id, table.id) && fits(name, table.name) && fits(vpc, table.vpc_id),
    );
    return ok({ routetables: page(call, found).map(viewBrief), count: found.length });
  },

  CreateRoutetable: (cloud, call) => {
    const input = (call.body as { routetable: { name: string; vpc_id: string; description?: string } })
      .routetable;
    if (!cloud.tables.vpcs.get(input.vpc_id)) throw badParameter("vpc_id", `there is no VPC ${input.vpc_id}`);
    const siblings = cloud.tables.routetables.count((table) => table.vpc_id === input.vpc_id);
    cloud.demandOf("vpcContainRoutetable", siblings);
    const { name, vpc_id, description = "" } = input;
    return ok({
      routetable: viewRoutetable(cloud, addTable(cloud, { name, vpc_id, description, default: false })),
    });
  },

  ShowRoutetable: (cloud, call) => ok({ routetable: viewRoutetable(cloud, shownTable(cloud, call)) }),

  /** An empty name is accepted by the contract; it leaves the name as it is. */
  UpdateRoutetable: (cloud, call) => {
    const table = shownTable(cloud, call);
    const { name, description } = (call.body as { routetable: { name?: string; description?: string } })
      .routetable;
    if (name) table.name = name;
    if (description !== undefined) table.description = description;
    return ok({ routetable: viewRoutetable(cloud, table) });
  },

  DeleteRoutetable: (cloud, call) => {
    const table = shownTable(cloud, call);
    if (table.default)
      throw new Refusal(400, codes.defaultRoutetable, "The default route table goes with its VPC only.");
    if (subnetsOf(cloud, table).length > 0)
      throw new Refusal(400, codes.routetableInUse, `The route table ${table.id} still has subnets.`);
    cloud.tables.routetables.end(table.id, cloud.now);
    return noContent;
  },

  /** Takes the subnets from the tables they had: each has exactly one. */
  AssociateSubnet: (cloud, call) => {
    const table = shownTable(cloud, call);
    for (const subnet of namedSubnets(cloud, call, table)) {
      if (table.default) delete subnet.routetable_id;
      else subnet.routetable_id = table.id;
    }
    return ok({ routetable: viewRoutetable(cloud, table) });
  },

  /** Gives the subnets back to the default table. */
  DisassociateSubnet: (cloud, call) => {
    const table = shownTable(cloud, call);
    if (table.default)
      throw new Refusal(400, codes.defaultRoutetable, "A subnet cannot do without a route table.");
    const subnets = namedSubnets(cloud, call, table);
    const stranger = subnets.find((subnet) => subnet.routetable_id !== table.id);
    if (stranger) throw badParameter("subnet_ids", `subnet ${stranger.id} has another route table`);
    for (const subnet of subnets) delete subnet.routetable_id;
    return ok({ routetable: viewRoutetable(cloud, table) });
  },

  /** One table, whatever the operation's name says. */
  ListRelatedRoutetables: (cloud, call) => {
    const id = param(call, "subnet_id");
    const subnet = cloud.tables.subnets.show(id);
    const table = subnet && tableOf(cloud, subnet);
    if (!table) throw notFound("subnet", id);
    return ok({ routetable: viewRoutetable(cloud, table) });
  },
};

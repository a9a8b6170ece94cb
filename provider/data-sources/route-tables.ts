import { bool, element, list, string } from "../../schema/attributes.js";
import type { Api } from "../client/index.js";
import { defineDataSource, emptyAsNull, sent, told } from "../resources/define.js";
import { byName, fits } from "./common.js";

const table = {
  id: string({ computed: true, description: "Id of the route table." }),
  name: string({ computed: true, description: "Name." }),
  vpc_id: string({ computed: true, description: "Id of the VPC." }),
  description: string({ computed: true, description: "Free text." }),
  default: bool({ computed: true, description: "Whether it is the VPC's default table." }),
  subnet_ids: list({
    computed: true,
    element: element.string({}),
    description: "Ids of the subnets that use it.",
  }),
  routes: list({
    computed: true,
    element: element.object({
      destination: string({ computed: true, description: "Destination range." }),
      type: string({ computed: true, description: "Kind of next hop: ecs or vip; local for system routes." }),
      nexthop: string({ computed: true, description: "Server id for ecs, address for vip." }),
      description: string({ computed: true, description: "Free text." }),
    }),
    description: "Its routes, those of the system included, ordered by destination.",
  }),
};
const attributes = {
  id: string({ optional: true, description: "Only the route table of this id." }),
  name: string({ optional: true, description: "Only route tables of exactly this name." }),
  vpc_id: string({ optional: true, description: "Only route tables of this VPC." }),
  subnet_id: string({ optional: true, description: "Only the route table that this subnet uses." }),
  route_tables: list({
    computed: true,
    element: element.object(table),
    description: "The route tables, ordered by name.",
  }),
};

/** The route tables of VPCs. */
export const routeTables = defineDataSource({
  type: "iec_route_tables",
  description: "Route tables with their subnets and routes: of a VPC, of a subnet, or of the whole account.",
  attributes,
  api: [
    "GET /v1/routetables",
    "GET /v1/routetables/{routetable_id}",
    "GET /v1/routetables/{routetable_id}/routes",
    "GET /v1/subnets/{subnet_id}/routetables",
  ],
  async read({ id, name, vpc_id, subnet_id }, api) {
    const found =
      subnet_id === null
        ? await api.list("/v1/routetables", sent({ id, name, vpc_id }))
        : await tableOf(subnet_id, api);
    const wanted = found.filter((t) =>
      fits({ id, name, vpc_id })({ id: t.id, name: t.name, vpc_id: t.vpc_id }),
    );
    const tables = await Promise.all(wanted.map((t) => readTable(told(t.id, "the route table's id"), api)));
    return { route_tables: tables.sort(byName) };
  },
});

async function tableOf(subnet_id: string, api: Api) {
  const answer = await api.get("/v1/subnets/{subnet_id}/routetables", { params: { path: { subnet_id } } });
  return answer.routetable === undefined ? [] : [answer.routetable];
}

/** The list tells neither subnets nor routes. */
async function readTable(routetable_id: string, api: Api) {
  const path = { routetable_id };
  const [answer, routes] = await Promise.all([
    api.get("/v1/routetables/{routetable_id}", { params: { path } }),
    api.list("/v1/routetables/{routetable_id}/routes", {}, { path }),
  ]);
  const found = told(answer.routetable, "the route table");
  return {
    id: routetable_id,
    name: found.name ?? null,
    vpc_id: found.vpc_id ?? null,
    description: emptyAsNull(found.description) ?? null,
    default: found.default ?? null,
    subnet_ids: (found.subnets ?? []).map((subnet) => subnet.id).sort(),
    routes: routes
      .map((route) => ({
        destination: route.destination ?? null,
        type: route.type ?? null,
        nexthop: route.nexthop ?? null,
        description: emptyAsNull(route.description) ?? null,
      }))
      .sort((a, b) => (a.destination ?? "").localeCompare(b.destination ?? "", "en")),
  };
}

import { BlockList, isIP } from "node:net";
import { id, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import { DiagnosticError, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { NO_ANGLE_BRACKETS } from "./common.js";
import { defineResource, emptyAsNull, told } from "./define.js";
import { listEach } from "./listing.js";

const attributes = {
  id: id("`<route table id>/<destination>`."),
  route_table_id: string({
    required: true,
    requiresReplace: true,
    ref: ["iec_route_table"],
    description: "Id of the route table.",
  }),
  destination: string({
    required: true,
    requiresReplace: true,
    format: "cidr",
    description:
      "Range that the route leads to. A table has one route to it, and it must not lie in a system route: a subnet of the VPC, 198.19.128.0/20, 127.0.0.0/8 or 100.64.0.0/10.",
  }),
  type: string({
    required: true,
    enum: ["ecs", "vip"],
    description: "What the next hop is: a server (ecs) or a virtual IP (vip).",
  }),
  nexthop: string({
    required: true,
    minLength: 1,
    description: "Id of the server, or address of the virtual IP, in the table's VPC.",
  }),
  description: string({ optional: true, maxLength: 255, ...NO_ANGLE_BRACKETS, description: "Free text." }),
};
type Route = ObservedOf<typeof attributes> & { readonly id: string };

export const toApi = (plan: Omit<PlanOf<typeof attributes>, "id">) => ({
  type: plan.type,
  destination: plan.destination,
  nexthop: plan.nexthop,
  description: plan.description ?? "",
});

export function fromApi(route_table_id: string, route: components["schemas"]["Route"]): Route {
  const destination = told(route.destination, "the destination of a route");
  return {
    id: `${route_table_id}/${destination}`,
    route_table_id,
    destination,
    type: attributes.type.enum.find((type) => type === route.type),
    nexthop: route.nexthop,
    description: emptyAsNull(route.description),
  };
}

const isSystem = (route: components["schemas"]["Route"]): boolean => route.type === "local";
const pathOf = (routetable_id: string) => ({ path: { routetable_id } });
const routesOf = (routetable_id: string, api: Api) =>
  api.list("/v1/routetables/{routetable_id}/routes", {}, pathOf(routetable_id));

/** A route of a route table. Those that the system makes are none of these. */
export const route = defineResource({
  type: "iec_route",
  description:
    "A route of a route table: traffic to a range goes by a server or a virtual IP. Import it as `<route table id>/<destination>`.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other" },
  api: [
    "POST /v1/routetables/{routetable_id}/add-routes",
    "POST /v1/routetables/{routetable_id}/update-routes",
    "POST /v1/routetables/{routetable_id}/delete-routes",
    "GET /v1/routetables/{routetable_id}/routes",
    "GET /v1/routetables",
  ],
  adoptBy: ["route_table_id", "destination"],
  importId,
  validate: checkRoute,

  async create(plan, api) {
    const { route_table_id: table } = plan;
    const body = { routes: [toApi(plan)] };
    await api.post("/v1/routetables/{routetable_id}/add-routes", { params: pathOf(table), body });
    return fromApi(table, toApi(plan));
  },
  async read(state, api) {
    const { route_table_id: table, destination } = importId(state.id);
    const found = (await routesOf(table, api)).find((one) => one.destination === destination);
    if (found !== undefined && isSystem(found)) throw systemRoute(destination);
    return found && fromApi(table, found);
  },
  async list(api, maxPages) {
    const tables = await listEach(
      () => api.list("/v1/routetables", {}, { maxPages }),
      async ({ id: text }) => {
        const table = told(text, "the route table's id");
        return (await routesOf(table, api)).filter((one) => !isSystem(one)).map((one) => fromApi(table, one));
      },
      maxPages,
    );
    return tables?.flat();
  },
  async update(_prior, plan, api) {
    const { route_table_id: table } = plan;
    const body = { routes: [toApi(plan)] };
    await api.post("/v1/routetables/{routetable_id}/update-routes", { params: pathOf(table), body });
    return undefined;
  },
  async delete({ route_table_id: table, destination }, api) {
    const body = { routes: [{ destination }] };
    await api.post("/v1/routetables/{routetable_id}/delete-routes", { params: pathOf(table), body });
  },
});

const systemRoute = (destination: string): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC2012", `The route to ${destination} is the system's`, {
      path: ["destination"],
      detail: "Routes of type local come and go with subnets. They cannot be managed.",
    }),
  );

export function importId(text: string) {
  const [, route_table_id = "", destination = ""] = /^([^/]+)\/(.+\/\d+)$/.exec(text) ?? [];
  if (destination !== "") return { id: text, route_table_id, destination };
  throw new DiagnosticError(
    errorDiagnostic("IEC2017", `"${text}" does not say which route`, {
      detail: "Give <route table id>/<destination>, such as <id>/10.9.0.0/16.",
    }),
  );
}

/** Ranges the cloud keeps for itself. Source: the routes that every table lists. */
const SYSTEM = [
  ["198.19.128.0", 20],
  ["127.0.0.0", 8],
  ["100.64.0.0", 10],
] as const;

/** Routes that the cloud would refuse: into its own ranges, or by something that is not of the type. */
export function checkRoute({ destination, type, nexthop }: ObjectValue): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const range = typeof destination === "string" ? destination : "";
  const [address = "", length = ""] = range.split("/");
  const system = SYSTEM.find(([base, bits]) => {
    const reserved = new BlockList();
    reserved.addSubnet(base, bits, "ipv4");
    return isIP(address) === 4 && Number(length) >= bits && reserved.check(address);
  });
  if (system !== undefined) {
    problems.push(
      errorDiagnostic("IEC2012", `${range} lies in the system route ${system.join("/")}`, {
        path: ["destination"],
        detail: "The cloud keeps that range for itself. Choose another.",
      }),
    );
  }
  if (typeof nexthop === "string" && nexthop !== "") {
    const isAddress = isIP(nexthop) !== 0;
    const wrong = (kind: string, fix: string) =>
      problems.push(
        errorDiagnostic("IEC2013", `"${nexthop}" is no next hop of type ${kind}`, {
          path: ["nexthop"],
          detail: fix,
        }),
      );
    if (type === "vip" && !isAddress) wrong(type, "It takes an address: use iec_vip.NAME.ip_address.");
    if (type === "ecs" && isAddress) wrong(type, "It takes the id of a server: use iec_server.NAME.id.");
  }
  return problems;
}

import { id, set, element, string, type ObservedOf } from "../../schema/attributes.js";
import { minutes } from "../../schema/definition.js";
import type { components } from "../../schema/generated/iec-api.js";
import { isList, isWhollyKnown, type ObjectValue, type Path } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { defineResource, emptyAsNull, told } from "./define.js";
import { unbindEips } from "./server-read.js";

const attributes = {
  id: id("Id of the port."),
  server_id: string({
    required: true,
    requiresReplace: true,
    ref: ["iec_server"],
    description: "Id of the server.",
  }),
  subnet_id: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    ref: ["iec_vpc_subnet"],
    description:
      "Id of the subnet, of the server's VPC and site. It should not be in the server's own `subnet_ids`. May be left to the cloud where it makes the subnets (VPC of mode SYSTEM).",
  }),
  security_groups: set({
    required: true,
    minItems: 1,
    element: element.string({ ref: ["iec_security_group"] }),
    description: "Ids of the security groups.",
  }),
  port_id: string({ computed: true, description: "Id of the port, for EIPs and virtual IPs." }),
  mac: string({ computed: true, description: "MAC address." }),
  address: string({ computed: true, description: "Private IPv4 address." }),
};

type Port = components["schemas"]["Port"];
const VIP = "neutron:VIP_PORT";

export const fromApi = (port: Port): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(port.id, "the port's id"),
  server_id: emptyAsNull(port.device_id) ?? undefined,
  subnet_id: port.network_id,
  security_groups: port.security_groups ? [...port.security_groups].sort() : undefined,
  port_id: port.id,
  mac: port.mac_address,
  address: port.fixed_ips?.[0]?.ip_address,
});

const nicsOf = (server: string, api: Api) => api.list("/v1/ports", { device_id: server });

/** The NIC calls want the VPC, which is always the server's. */
async function vpcOf(server_id: string, api: Api): Promise<string> {
  const { server } = await api.get("/v1/cloudservers/{server_id}", { params: { path: { server_id } } });
  return told(server?.metadata?.["vpc_id"] ?? Object.keys(server?.addresses ?? {})[0], "the server's VPC");
}

/** A NIC beside those that come with a server. */
export const serverNic = defineResource({
  type: "iec_server_nic",
  description:
    "A NIC of a server, on its own: for stacks that attach servers made elsewhere, or servers of an edge service. NICs of a server of the same stack are better listed in its `subnet_ids`.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other", subnets: "subnet_id" },
  timeouts: { create: minutes(10), update: minutes(10), delete: minutes(10) },
  api: [
    "GET /v1/cloudservers/{server_id}",
    "POST /v1/cloudservers/{instance_id}/nics",
    "POST /v1/cloudservers/{instance_id}/nics/delete",
    "GET /v1/ports",
    "GET /v1/ports/{port_id}",
    "PUT /v1/ports/{port_id}",
    "GET /v1/publicips",
    "PUT /v1/publicips/{publicip_id}",
  ],
  adoptBy: ["server_id", "subnet_id", "security_groups"],
  deletesLater: true,
  // A new NIC is told from the others by not having been there: one server takes one at a time.
  exclusive: ({ server_id }) => `nics of ${server_id ?? ""}`,
  replaces,

  async create(plan, api, search) {
    const [vpc_id, before] = await Promise.all([vpcOf(plan.server_id, api), nicsOf(plan.server_id, api)]);
    const known = new Set(before.map((port) => port.id));
    await api.post("/v1/cloudservers/{instance_id}/nics", {
      params: { path: { instance_id: plan.server_id } },
      body: {
        vpc_id,
        nic_num: 1,
        security_groups: plan.security_groups.map((group) => ({ id: group })),
        ...(typeof plan.subnet_id === "string" && { subnet_id: plan.subnet_id }),
      },
    });
    const made = await search(async () =>
      (await nicsOf(plan.server_id, api)).find(
        (port) => !known.has(port.id) && (!plan.subnet_id || port.network_id === plan.subnet_id),
      ),
    );
    return fromApi(made);
  },
  async read({ id: port_id }, api) {
    const { port } = await api.get("/v1/ports/{port_id}", { params: { path: { port_id } } });
    // A port that is no server's NIC any more is none at all.
    return port?.device_id ? fromApi(port) : undefined;
  },
  async list(api, maxPages) {
    const ports = await api.list("/v1/ports", {}, { maxPages });
    return ports?.filter((port) => port.device_id && port.device_owner !== VIP).map(fromApi);
  },
  async update(prior, plan, api) {
    const { port } = await api.put("/v1/ports/{port_id}", {
      params: { path: { port_id: told(prior.id, "the port's id") } },
      body: { port: { security_groups: [...plan.security_groups] } },
    });
    return port && fromApi(port);
  },
  async delete(state, api) {
    const port = told(state.id, "the port's id");
    await unbindEips([port], api);
    await api.post("/v1/cloudservers/{instance_id}/nics/delete", {
      params: { path: { instance_id: state.server_id } },
      body: { nics: [{ id: port }] },
    });
  },
});

/** A group that is replaced cannot be deleted before the NIC has let it go. */
function replaces(prior: ObjectValue, planned: ObjectValue): readonly Path[] {
  const [before, after] = [prior["security_groups"] ?? null, planned["security_groups"] ?? null];
  const drops = isList(before) && isList(after) && before.some((group) => !after.includes(group));
  return drops && !isWhollyKnown(after) ? [["security_groups"]] : [];
}

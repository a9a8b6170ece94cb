import { id, number, string, type ObservedOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { Api } from "../client/index.js";
import { checkBandwidthType, checkLine, checkSite, onSite } from "./offers.js";
import { NETWORK_TIMEOUTS } from "./common.js";
import { defineResource, emptyAsNull, sent, told } from "./define.js";

const attributes = {
  id: id("Id of the EIP."),
  site_id: string({
    required: true,
    requiresReplace: true,
    description: "Id of the edge site the address belongs to.",
  }),
  line_id: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    description:
      "Line (`pools[].pool_id` of the site) the address is taken from; the site's first line when not set.",
  }),
  ip_version: number({
    optional: true,
    computed: true,
    requiresReplace: true,
    integer: true,
    minimum: 4,
    maximum: 4,
    default: 4,
    description: "IP version; the cloud offers 4 only.",
  }),
  port_id: string({
    optional: true,
    description:
      "Id of the port (a server's NIC or a virtual IP, in the same site) the address is bound to; unbound when not set.",
  }),
  bandwidth_id: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    format: "uuid",
    description:
      "Id of the shared bandwidth that carries the address. When not set, one of `bandwidth_type` is found or made.",
  }),
  bandwidth_type: string({
    optional: true,
    requiresReplace: true,
    description:
      "Bandwidth type of the line (`pools[].allow_share_bandwidth_types`) to use when `bandwidth_id` is not set.",
  }),
  public_ip: string({ computed: true, description: "The public address." }),
  private_ip: string({
    computed: true,
    changesWith: ["port_id"],
    description: "The private address it is bound to.",
  }),
  status: string({
    computed: true,
    changesWith: ["port_id"],
    description: "DOWN when unbound, ACTIVE when bound.",
  }),
  bandwidth_name: string({ computed: true, volatile: true, description: "Name of the bandwidth." }),
  bandwidth_size: number({
    computed: true,
    volatile: true,
    unit: "Mbit/s",
    description: "Size of the bandwidth in Mbit/s.",
  }),
  bandwidth_share_type: string({ computed: true, description: "WHOLE: the bandwidth is shared." }),
  site_info: string({ computed: true, description: "Where the site is: country/area/province/city." }),
};

export const fromApi = (
  eip: components["schemas"]["PublicIp"],
): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(eip.id, "the EIP's id"),
  site_id: eip.site_id,
  line_id: eip.type,
  ip_version: eip.ip_version,
  // An unbound EIP is told without the field, or with empty text.
  port_id: emptyAsNull(eip.port_id) ?? null,
  bandwidth_id: eip.bandwidth_id,
  public_ip: eip.public_ip_address,
  private_ip: emptyAsNull(eip.private_ip_address) ?? null,
  status: eip.status,
  bandwidth_name: eip.bandwidth_name,
  bandwidth_size: eip.bandwidth_size,
  bandwidth_share_type: eip.bandwidth_share_type,
  site_info: eip.site_info,
});

const pathOf = (state: { readonly id: string | null }) => ({
  path: { publicip_id: told(state.id, "the EIP's id") },
});

/** Empty text unbinds. */
const bind = (eip: { readonly id: string | null }, port: string, api: Api) =>
  api.put("/v1/publicips/{publicip_id}", { params: pathOf(eip), body: { publicip: { port_id: port } } });

/** A public IPv4 address of one site and one line. */
export const eip = defineResource({
  type: "iec_eip",
  description:
    "An elastic public IP of one edge site and one line. Deleting the last EIP of a bandwidth leaves the bandwidth, and its bill, behind.",
  schemaVersion: 0,
  attributes,
  placement: { role: "eip", site: "site_id", line: "line_id", port: "port_id" },
  timeouts: NETWORK_TIMEOUTS,
  statuses: { ready: ["DOWN", "ACTIVE", "ELB", "VPN", "FREEZED"], failed: ["ERROR", "BIND_ERROR"] },
  api: [
    "POST /v1/publicips",
    "GET /v1/publicips/{publicip_id}",
    "GET /v1/publicips",
    "PUT /v1/publicips/{publicip_id}",
    "DELETE /v1/publicips/{publicip_id}",
  ],
  adoptBy: ["site_id", "line_id", "bandwidth_id"],
  // Binding comes after the id is saved.
  adoptable: (candidate) => candidate.port_id === null,
  deletesLater: true,

  check: ({ site_id, line_id, bandwidth_type }, api) =>
    onSite(site_id, (site) => {
      const line = typeof line_id === "string" ? line_id : undefined;
      return [
        checkSite(site, ["site_id"], api),
        ...(line === undefined ? [] : [checkLine(site, line, ["line_id"], api)]),
        ...(typeof bandwidth_type === "string"
          ? [checkBandwidthType(site, line, bandwidth_type, ["bandwidth_type"], api)]
          : []),
      ];
    }),
  quotas: () => ({ publicIp: 1 }),

  async create(plan, api) {
    const bandwidth = sent({ id: plan.bandwidth_id, bandwidth_type: plan.bandwidth_type });
    const answer = await api.post("/v1/publicips", {
      body: {
        publicip: { site_id: plan.site_id, ip_version: "4", ...sent({ type: plan.line_id }) },
        ...(Object.keys(bandwidth).length > 0 ? { bandwidth } : {}),
      },
    });
    const created = told(answer.publicip, "the EIP");
    // The answer reports a bandwidth of size 0: the later read tells.
    return { id: told(created.id, "the EIP's id"), status: created.status };
  },
  async configure(plan, created, api) {
    if (typeof plan.port_id !== "string") return false;
    await bind(created, plan.port_id, api);
    return true;
  },
  async read(state, api) {
    const answer = await api.get("/v1/publicips/{publicip_id}", { params: pathOf(state) });
    return fromApi(told(answer.publicip, "the EIP"));
  },
  async list(api, maxPages) {
    return (await api.list("/v1/publicips", {}, { maxPages }))?.map(fromApi);
  },
  async update(prior, plan, api) {
    if (prior.port_id !== null) await bind(prior, "", api);
    if (typeof plan.port_id === "string") await bind(prior, plan.port_id, api);
    return undefined;
  },
  async delete(state, api) {
    if (state.port_id !== null) await bind(state, "", api);
    await api.delete("/v1/publicips/{publicip_id}", { params: pathOf(state) });
  },
});

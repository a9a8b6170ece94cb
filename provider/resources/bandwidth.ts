import { bool, id, number, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { minutes } from "../../schema/definition.js";
import { NO_ANGLE_BRACKETS } from "./common.js";
import { defineResource, sent, told } from "./define.js";

const attributes = {
  id: id("Id of the bandwidth."),
  bandwidth_id: string({
    required: true,
    requiresReplace: true,
    format: "uuid",
    description:
      "Id of a bandwidth that exists, such as `iec_eip.NAME.bandwidth_id`: the cloud makes none without an EIP.",
  }),
  name: string({
    optional: true,
    computed: true,
    minLength: 1,
    maxLength: 64,
    ...NO_ANGLE_BRACKETS,
    description: "Name; need not be unique.",
  }),
  size: number({
    optional: true,
    computed: true,
    integer: true,
    minimum: 300,
    maximum: 2000,
    unit: "Mbit/s",
    description: "Size in Mbit/s, 300 to 2000.",
  }),
  keep: bool({
    optional: true,
    description:
      "Whether a destroy leaves the bandwidth, and its bill, in the cloud. It must where `bandwidth_id` comes from an EIP of the same stack: that is destroyed after this, and a bandwidth with EIPs cannot be deleted.",
  }),
  bandwidth_type: string({ computed: true, description: "Type of the bandwidth." }),
  charge_mode: string({ computed: true, description: "95peak_plus: by the enhanced 95th percentile." }),
  share_type: string({ computed: true, description: "WHOLE: the bandwidth is shared." }),
  line_id: string({ computed: true, description: "Line (`pools[].pool_id` of the site) it belongs to." }),
  site_id: string({ computed: true, description: "Id of the edge site." }),
  site_info: string({ computed: true, description: "Where the site is: country/area/province/city." }),
  status: string({
    computed: true,
    volatile: true,
    description: "NORMAL, or FREEZED when the account is in arrears.",
  }),
};

type Bandwidth = components["schemas"]["Bandwidth"];
export const fromApi = (bandwidth: Bandwidth): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(bandwidth.id, "the bandwidth's id"),
  bandwidth_id: bandwidth.id,
  name: bandwidth.name,
  size: bandwidth.size,
  bandwidth_type: bandwidth.bandwidth_type,
  charge_mode: bandwidth.charge_mode,
  share_type: bandwidth.share_type,
  line_id: bandwidth.pool_id,
  site_id: bandwidth.site_id,
  site_info: bandwidth.site_info,
  status: bandwidth.status,
});

/** What of a bandwidth is to become another. */
export const changesOf = (now: Bandwidth, plan: Pick<PlanOf<typeof attributes>, "name" | "size">) =>
  sent({
    name: plan.name === now.name ? undefined : plan.name,
    size: plan.size === now.size ? undefined : plan.size,
  });

const pathOf = (bandwidth_id: string) => ({ path: { bandwidth_id } });

/** A shared bandwidth that an EIP brought along, taken over. */
export const bandwidth = defineResource({
  type: "iec_bandwidth",
  description:
    "A shared bandwidth that exists already, taken over to be named, sized and, once it is empty, deleted. The cloud makes a bandwidth with the first EIP of its type.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other", site: "site_id" },
  timeouts: { delete: minutes(5) },
  api: [
    "GET /v1/bandwidths/{bandwidth_id}",
    "GET /v1/bandwidths",
    "PUT /v1/bandwidths/{bandwidth_id}",
    "DELETE /v1/bandwidths/{bandwidth_id}",
  ],
  adoptBy: ["bandwidth_id"],

  async create(plan, api) {
    const params = pathOf(plan.bandwidth_id);
    const now = told((await api.get("/v1/bandwidths/{bandwidth_id}", { params })).bandwidth, "the bandwidth");
    const changes = changesOf(now, plan);
    if (Object.keys(changes).length === 0) return fromApi(now);
    await api.put("/v1/bandwidths/{bandwidth_id}", { params, body: { bandwidth: changes } });
    return fromApi({ ...now, ...changes });
  },
  async read(state, api) {
    const answer = await api.get("/v1/bandwidths/{bandwidth_id}", { params: pathOf(state.id) });
    return fromApi(told(answer.bandwidth, "the bandwidth"));
  },
  async list(api, maxPages) {
    return (await api.list("/v1/bandwidths", {}, { maxPages }))?.map(fromApi);
  },
  async update(prior, plan, api) {
    const changes = changesOf({ name: prior.name ?? "", size: prior.size ?? 0 }, plan);
    if (Object.keys(changes).length > 0) {
      const params = pathOf(plan.bandwidth_id);
      await api.put("/v1/bandwidths/{bandwidth_id}", { params, body: { bandwidth: changes } });
    }
    return undefined;
  },
  async makeWay(state, api) {
    if (state.keep === true) return undefined;
    const params = pathOf(state.bandwidth_id);
    const { bandwidth: now } = await api.get("/v1/bandwidths/{bandwidth_id}", { params });
    const addresses = now?.publicip_info?.map((ip) => ip.publicip_address ?? ip.publicip_id ?? "") ?? [];
    if (addresses.length === 0) return undefined;
    return `still carries ${addresses.join(", ")}; delete these, or set keep = true`;
  },
  async delete(state, api) {
    if (state.keep === true) return;
    await api.delete("/v1/bandwidths/{bandwidth_id}", { params: pathOf(state.bandwidth_id) });
  },
});

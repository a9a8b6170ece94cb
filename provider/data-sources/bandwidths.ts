import { element, list, number, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { fromApi } from "../resources/bandwidth.js";
import { defineDataSource, sent } from "../resources/define.js";
import { byName, fits, shaped } from "./common.js";

const bandwidth = {
  id: string({ computed: true, description: "Id of the bandwidth." }),
  name: string({ computed: true, description: "Name; need not be unique." }),
  size: number({ computed: true, unit: "Mbit/s", description: "Size in Mbit/s." }),
  share_type: string({ computed: true, description: "WHOLE: shared by its EIPs." }),
  charge_mode: string({ computed: true, description: "95peak_plus: by enhanced 95th percentile." }),
  bandwidth_type: string({ computed: true, description: "Bandwidth type of its line." }),
  line_id: string({ computed: true, description: "Line (`pool_id` of the site) it belongs to." }),
  site_id: string({ computed: true, description: "Id of the edge site." }),
  status: string({ computed: true, description: "NORMAL, or FREEZED (account in arrears)." }),
};
const told = {
  ...bandwidth,
  line: string({ computed: true, description: "Operator key of its line, such as `chinatelecom`." }),
  eips: list({
    computed: true,
    element: element.object({
      id: string({ computed: true, description: "Id of the EIP." }),
      address: string({ computed: true, description: "The public address." }),
    }),
    description: "The EIPs it carries.",
  }),
};
const attributes = {
  site_id: string({ optional: true, description: "Only bandwidths of this edge site." }),
  name: string({ optional: true, description: "Only bandwidths of exactly this name." }),
  bandwidth_type: string({ optional: true, description: "Only bandwidths of this type." }),
  site_info: string({
    computed: true,
    description:
      "Where the site of `site_id` is: country/area/province/city. Null when it has no bandwidths.",
  }),
  bandwidths: list({
    computed: true,
    element: element.object(told),
    description: "The bandwidths, ordered by name, then id.",
  }),
};

const tell = (found: components["schemas"]["Bandwidth"]): StateOf<typeof told> => ({
  ...shaped(bandwidth, fromApi(found)),
  // The operator is told by whichever of its names is filled in.
  line: [found.operator?.name, found.operator?.i18n_name, found.operator?.sa].find((text) => text) ?? null,
  eips: (found.publicip_info ?? []).map((eip) => ({
    id: eip.publicip_id ?? null,
    address: eip.publicip_address ?? null,
  })),
});

/** The bandwidths that EIPs brought along. */
export const bandwidths = defineDataSource({
  type: "iec_bandwidths",
  description: "Shared bandwidths of one edge site, or of the whole account.",
  attributes,
  api: ["GET /v1/bandwidths"],
  async read({ site_id, name, bandwidth_type }, api) {
    const found = await api.list("/v1/bandwidths", sent({ site_id }));
    return {
      site_info: (site_id === null ? undefined : found[0]?.site_info) ?? null,
      bandwidths: found.map(tell).filter(fits({ site_id, name, bandwidth_type })).sort(byName),
    };
  },
});

import { element, list, number, string } from "../../schema/attributes.js";
import { defineDataSource, sent } from "../resources/define.js";
import { fromApi } from "../resources/eip.js";
import { byName, fits, shaped } from "./common.js";

const eip = {
  id: string({ computed: true, description: "Id of the EIP." }),
  site_id: string({ computed: true, description: "Id of the edge site." }),
  line_id: string({ computed: true, description: "Line the address is taken from." }),
  public_ip: string({ computed: true, description: "The public address." }),
  private_ip: string({ computed: true, description: "The private address it is bound to." }),
  port_id: string({ computed: true, description: "Id of the port it is bound to; null when unbound." }),
  status: string({ computed: true, description: "DOWN when unbound, ACTIVE when bound." }),
  ip_version: number({ computed: true, description: "IP version." }),
  bandwidth_id: string({ computed: true, description: "Id of the bandwidth that carries it." }),
  bandwidth_name: string({ computed: true, description: "Name of the bandwidth." }),
  bandwidth_size: number({
    computed: true,
    unit: "Mbit/s",
    description: "Size of the bandwidth in Mbit/s.",
  }),
  bandwidth_share_type: string({ computed: true, description: "WHOLE: the bandwidth is shared." }),
};
const attributes = {
  site_id: string({ optional: true, description: "Only EIPs of this edge site." }),
  port_id: string({ optional: true, description: "Only EIPs bound to this port." }),
  bandwidth_id: string({ optional: true, description: "Only EIPs carried by this bandwidth." }),
  site_info: string({
    computed: true,
    description: "Where the site of `site_id` is: country/area/province/city. Null when it has no EIPs.",
  }),
  eips: list({ computed: true, element: element.object(eip), description: "The EIPs, ordered by id." }),
};

/** The public addresses of the account. */
export const eips = defineDataSource({
  type: "iec_eips",
  description: "EIPs of one edge site, or of the whole account.",
  attributes,
  api: ["GET /v1/publicips"],
  async read({ site_id, port_id, bandwidth_id }, api) {
    const found = await api.list("/v1/publicips", sent({ site_id, port_id }));
    return {
      site_info: (site_id === null ? undefined : found[0]?.site_info) ?? null,
      eips: found
        .map((e) => shaped(eip, fromApi(e)))
        .filter(fits({ site_id, port_id, bandwidth_id }))
        .sort(byName),
    };
  },
});

import { element, list, number, string } from "../../schema/attributes.js";
import { defineDataSource, told } from "../resources/define.js";
import { readServer } from "../resources/server-read.js";
import { askable, shaped, theOnly } from "./common.js";
import { coverageOf, coverageSites, findInstances, serverShape, STATUSES } from "./servers.js";

/** What takes calls about one server alone. */
const more = {
  subnet_ids: list({
    computed: true,
    element: element.string({}),
    description: "Ids of the subnets, one NIC each.",
  }),
  security_groups: list({
    computed: true,
    element: element.string({}),
    description: "Ids of the security groups of its NICs.",
  }),
  system_disk_type: string({ computed: true, description: "Type of the system disk." }),
  system_disk_size: number({ computed: true, unit: "GB", description: "Size of the system disk in GB." }),
  nics: list({
    computed: true,
    element: element.object({
      port: string({ computed: true, description: "Port id." }),
      mac: string({ computed: true, description: "MAC address." }),
      address: string({ computed: true, description: "Private IPv4 address." }),
      subnet_id: string({ computed: true, description: "Id of the subnet." }),
    }),
    description: "The NICs.",
  }),
  volume_attached: list({
    computed: true,
    element: element.object({
      volume_id: string({ computed: true, description: "Disk id." }),
      boot_index: string({ computed: true, description: "0 for the system disk." }),
      device: string({ computed: true, description: "Device path." }),
      type: string({ computed: true, description: "Disk type." }),
      size: number({ computed: true, unit: "GB", description: "Size in GB." }),
    }),
    description: "The disks.",
  }),
};
const shape = { ...serverShape, ...more };
const attributes = {
  ...askable(shape, "id", "name", "edgecloud_id"),
  status: string({
    optional: true,
    computed: true,
    enum: STATUSES,
    description: "ACTIVE when running, SHUTOFF when stopped.",
  }),
  coverage_sites: coverageSites,
};

/** One server that exists already. Its user data is left out: it may hold secrets. */
export const server = defineDataSource({
  type: "iec_server",
  description: "One existing server, found by id, or by name, status and edge service.",
  attributes,
  api: [
    "GET /v1/cloudservers",
    "GET /v1/cloudservers/{server_id}",
    "GET /v1/ports",
    "GET /v1/cloudvolumes/{volume_id}",
  ],
  async read({ id, name, status, edgecloud_id }, api) {
    const asked = { id, name, status, edgecloud_id };
    const found = await findInstances(asked, {}, api);
    const one = theOnly(
      "server",
      asked,
      found.map((s) => ({ id: s.id ?? null, name: s.name ?? null, server: s })),
    );
    const observed = await readServer(told(one.id, "the server's id"), api);
    return {
      ...shaped(shape, told(observed, "the server")),
      status: one.server.status ?? null,
      coverage_sites: coverageOf(one.server),
    };
  },
});

import { element, list, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { Api } from "../client/index.js";
import { defineDataSource, sent } from "../resources/define.js";
import { fromApi, serverStatus } from "../resources/server-read.js";
import { byName, fits, shaped, type Asked } from "./common.js";

type Instance = components["schemas"]["Instance"];

export const STATUSES = [
  "ACTIVE",
  "BUILD",
  "DELETED",
  "ERROR",
  "HARD_REBOOT",
  "MIGRATING",
  "PAUSED",
  "REBOOT",
  "REBUILD",
  "RESIZE",
  "REVERT_RESIZE",
  "SHUTOFF",
  "SHELVED",
  "SHELVED_OFFLOADED",
  "SOFT_DELETED",
  "SUSPENDED",
  "VERIFY_RESIZE",
] as const;

/** What the account's list of servers tells of one, besides its place and its NICs. */
export const serverShape = {
  id: string({ computed: true, description: "Id of the server." }),
  name: string({ computed: true, description: "Name." }),
  description: string({ computed: true, description: "Free text." }),
  status: string({ computed: true, description: "ACTIVE when running, SHUTOFF when stopped." }),
  flavor_id: string({ computed: true, description: "Id of the flavor." }),
  flavor_name: string({ computed: true, description: "Name of the flavor." }),
  image_id: string({ computed: true, description: "Id of the image." }),
  image_name: string({ computed: true, description: "Name of the image." }),
  vpc_id: string({ computed: true, description: "Id of the VPC." }),
  key_pair: string({ computed: true, description: "Name of the key pair to log in with." }),
  public_ip: string({ computed: true, description: "The public address bound to it, if any." }),
  system_disk_id: string({ computed: true, description: "Id of the system disk." }),
  edgecloud_id: string({
    computed: true,
    description: "Id of the edge service the server belongs to, if any.",
  }),
  edgecloud_name: string({
    computed: true,
    description: "Name of the edge service the server belongs to, if any.",
  }),
  origin_server_id: string({ computed: true, description: "Id of the underlying server." }),
};
const coverageSite = {
  site_id: string({ computed: true, description: "Id of the edge site." }),
  site_info: string({ computed: true, description: "Where the site is: country/area/province/city." }),
  operator: string({ computed: true, description: "Operator key, such as `chinatelecom`." }),
};
export const coverageSites = list({
  computed: true,
  element: element.object(coverageSite),
  description: "The edge site the server is in.",
});
const nic = {
  port: string({ computed: true, description: "Port id." }),
  mac: string({ computed: true, description: "MAC address." }),
  address: string({ computed: true, description: "Private IPv4 address." }),
};
const attributes = {
  name: string({ optional: true, description: "Only servers of exactly this name." }),
  status: string({
    optional: true,
    enum: STATUSES,
    description: "Only servers of exactly this status; all but deleted ones when not set.",
  }),
  area: string({ optional: true, description: "Only servers in this area." }),
  province: string({ optional: true, description: "Only servers in this province." }),
  city: string({ optional: true, description: "Only servers in this city." }),
  site_id: string({ optional: true, description: "Only servers in this edge site." }),
  edgecloud_id: string({ optional: true, description: "Only servers of this edge service." }),
  servers: list({
    computed: true,
    element: element.object({
      ...serverShape,
      coverage_sites: coverageSites,
      nics: list({ computed: true, element: element.object(nic), description: "The NICs." }),
    }),
    description: "The servers, ordered by name, then id. `iec_server` tells subnets and disks of one.",
  }),
};

/** Where a server is. */
export function coverageOf({ geolocation: place, operator }: Instance): StateOf<typeof coverageSite>[] {
  if (place?.id === undefined) return [];
  const { country, area, province, city } = place;
  return [
    {
      site_id: place.id,
      site_info: [country, area, province, city].map((part) => part ?? "").join("/"),
      operator: operator?.name ?? null,
    },
  ];
}

interface Filters {
  readonly id: string | null;
  readonly name: string | null;
  readonly status: NonNullable<Instance["status"]> | null;
  readonly edgecloud_id: string | null;
}
interface Place {
  readonly area?: string | null;
  readonly province?: string | null;
  readonly city?: string | null;
  readonly site_id?: string | null | undefined;
}

/** The instances that fit. What is deleted may be listed for a while: it is told to those who ask for it only. */
export async function findInstances(asked: Asked<Filters>, place: Place, api: Api): Promise<Instance[]> {
  const { name, status, edgecloud_id } = asked;
  const found = await api.list("/v1/cloudservers", sent({ name, status, edgecloud_id, ...place }));
  return found.filter(
    (server) =>
      (status ?? serverStatus(server)) !== undefined &&
      fits(asked)({
        id: server.id,
        name: server.name,
        status: server.status,
        edgecloud_id: server.edgecloud_id,
      }),
  );
}

/** The servers of the account. */
export const servers = defineDataSource({
  type: "iec_servers",
  description: "Servers of a place, of an edge service, or of the whole account.",
  attributes,
  api: ["GET /v1/cloudservers"],
  async read({ name, status, edgecloud_id, area, province, city, site_id }, api) {
    const place = { area, province, city, site_id };
    const found = await findInstances({ name, status, edgecloud_id }, place, api);
    return {
      servers: found
        .map((server) => {
          const observed = fromApi(server, [], []);
          return {
            ...shaped(serverShape, observed),
            coverage_sites: coverageOf(server),
            nics: (observed.nics ?? []).map((n) => shaped(nic, n)),
          };
        })
        .sort(byName),
    };
  },
});

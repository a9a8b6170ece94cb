import { bool, element, list, number, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { defineDataSource, emptyAsNull, sent } from "../resources/define.js";
import { byName, fits } from "./common.js";

const volume = {
  id: string({ computed: true, description: "Id of the disk." }),
  name: string({ computed: true, description: "Name." }),
  description: string({ computed: true, description: "Free text." }),
  status: string({ computed: true, description: "in-use when attached." }),
  size: number({ computed: true, unit: "GB", description: "Size in GB." }),
  volume_type: string({ computed: true, description: "Disk type, such as `SAS`." }),
  bootable: bool({ computed: true, description: "Whether a server can boot from it: a system disk." }),
  encrypted: bool({ computed: true, description: "Whether it is encrypted." }),
  server_id: string({ computed: true, description: "Id of the server it belongs to." }),
  device: string({ computed: true, description: "Device path in the server." }),
  availability_zone: string({ computed: true, description: "Availability zone." }),
};
const attributes = {
  name: string({ optional: true, description: "Only disks of exactly this name." }),
  status: string({ optional: true, description: "Only disks of this status, such as `in-use`." }),
  server_id: string({ optional: true, description: "Only disks of this server." }),
  volumes: list({
    computed: true,
    element: element.object(volume),
    description: "The disks, ordered by name, then id.",
  }),
};

export const fromApi = (found: components["schemas"]["Volume"]): StateOf<typeof volume> => ({
  id: found.id ?? null,
  name: emptyAsNull(found.name) ?? null,
  description: emptyAsNull(found.description) ?? null,
  status: found.status ?? null,
  size: found.size ?? null,
  volume_type: found.volume_type ?? null,
  bootable: found.bootable === undefined ? null : found.bootable === "true",
  encrypted: found.encrypted ?? null,
  server_id: found.attachments?.[0]?.server_id ?? null,
  device: found.attachments?.[0]?.device ?? null,
  availability_zone: found.availability_zone ?? null,
});

/** Disks. They live and die with their servers: no call makes or attaches one. */
export const volumes = defineDataSource({
  type: "iec_volumes",
  description: "The disks of the account's servers.",
  attributes,
  api: ["GET /v1/cloudvolumes"],
  async read({ name, status, server_id }, api) {
    const found = await api.list("/v1/cloudvolumes", sent({ name, status }));
    return {
      volumes: found.map(fromApi).filter(fits({ name, status, server_id })).sort(byName),
    };
  },
});

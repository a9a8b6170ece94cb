import { element, list, string } from "../../schema/attributes.js";
import { defineDataSource } from "../resources/define.js";
import { byName } from "./common.js";

const type = {
  id: string({ computed: true, description: "Id of the disk type." }),
  name: string({ computed: true, description: "Name, which servers take: SATA, SAS, GPSSD or SSD." }),
  status: string({ computed: true, description: "normal or sellout." }),
};
const attributes = {
  volume_types: list({
    computed: true,
    element: element.object(type),
    description: "The disk types, ordered by name. `volume_type` of `iec_sites` finds who offers one.",
  }),
};

/** Kinds of disks. */
export const volumeTypes = defineDataSource({
  type: "iec_volume_types",
  description: "The disk types of the cloud.",
  attributes,
  api: ["GET /v1/cloudvolumes/volume-types"],
  async read(_config, api) {
    const found = await api.list("/v1/cloudvolumes/volume-types");
    return {
      volume_types: found
        .map((t) => ({ id: t.id ?? null, name: t.name ?? null, status: t.status ?? null }))
        .sort(byName),
    };
  },
});

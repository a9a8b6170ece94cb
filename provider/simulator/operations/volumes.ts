import { offers } from "../catalog.js";
import type { Cloud } from "../cloud.js";
import { notFound } from "../errors.js";
import type { Volume } from "../model.js";
import { fits, ok, type Operations, page, param, text } from "../operation.js";

const status = "in-use";

export function viewVolume(_cloud: Cloud, volume: Volume): object {
  const { id, name, size, volume_type, server_id, device, attachment_id } = volume;
  return {
    id,
    name,
    size,
    volume_type,
    status,
    description: "",
    availability_zone: offers(volume.site_id).availability_zone,
    bootable: String(volume.bootable),
    encrypted: false,
    multiattach: false,
    metadata: {},
    attachments: [{ attachment_id, device, host_name: "", id, server_id, volume_id: id }],
  };
}

/** Disks live and die with their instance; the API only reads them. */
export const volumeOperations: Operations = {
  ListVolume: (cloud, call) => {
    const [name, wanted] = [text(call, "name"), text(call, "status")];
    const found = cloud.tables.volumes.list((volume) => fits(name, volume.name) && fits(wanted, status));
    return ok({ volumes: page(call, found).map((volume) => viewVolume(cloud, volume)), count: found.length });
  },

  ShowVolume: (cloud, call) => {
    const id = param(call, "volume_id");
    const volume = cloud.tables.volumes.show(id);
    if (!volume) throw notFound("volume", id);
    return ok({ volume: viewVolume(cloud, volume) });
  },
};

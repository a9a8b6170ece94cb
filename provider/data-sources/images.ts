import { bool, element, list, number, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { defineDataSource, sent } from "../resources/define.js";
import { byName, fits } from "./common.js";

/** What an image tells of itself, here and in the central cloud. */
export const image = {
  id: string({ computed: true, description: "Id of the image." }),
  name: string({ computed: true, description: "Name." }),
  status: string({
    computed: true,
    description: "active when usable; else queued, saving, killed or deleted.",
  }),
  os_type: string({ computed: true, description: "Linux, Windows or Other." }),
  os_version: string({ computed: true, description: "Operating system and version." }),
  platform: string({ computed: true, description: "Operating system, such as `Ubuntu`." }),
  visibility: string({ computed: true, description: "public or private." }),
  image_type: string({ computed: true, description: "gold (public) or private." }),
  min_disk: number({ computed: true, unit: "GB", description: "Smallest system disk in GB." }),
  min_ram: number({ computed: true, unit: "MB", description: "Smallest memory in MB; 0 for any." }),
  disk_format: string({ computed: true, description: "Format, such as `zvhd2`." }),
  created_at: string({ computed: true, description: "Time of creation." }),
};

/** What both kinds of images can be filtered by. */
export const imageFilters = {
  id: string({ optional: true, description: "Only the image of this id." }),
  name: string({ optional: true, description: "Only images of exactly this name." }),
  os_type: string({
    optional: true,
    enum: ["Linux", "Windows", "Other"],
    description: "Only images of this operating system family.",
  }),
  visibility: string({
    optional: true,
    enum: ["public", "private"],
    description: "Only public or only private images.",
  }),
  image_type: string({
    optional: true,
    enum: ["gold", "private"],
    description: "Only public (gold) or only private images.",
  }),
  protected: bool({
    optional: true,
    description: "Only images that are, or are not, protected from deletion.",
  }),
  registered: bool({
    optional: true,
    description: "Only images that are, or are not, registered and usable.",
  }),
  status: string({
    optional: true,
    enum: ["saving", "deleted", "killed", "active"],
    description: "Only images of this status; `active` when not set.",
  }),
  virtual_env_type: string({
    optional: true,
    enum: ["FusionCompute"],
    description: "Only images for this environment.",
  }),
  support_kvm_gpu_type: string({
    optional: true,
    description: "Only images that support this KVM GPU type, such as `V100_vGPU` or `RTX5000`.",
  }),
};

const attributes = {
  ...imageFilters,
  supports: list({
    optional: true,
    element: element.string({ enum: ["kvm", "kvm_ascend_310", "kvm_hi1822_hiovs", "arm", "gpu_t4"] }),
    description:
      "Only images that support all of these: `kvm`, `kvm_ascend_310` (AI acceleration), `kvm_hi1822_hiovs` (offload), `arm`, `gpu_t4`.",
  }),
  images: list({
    computed: true,
    element: element.object(image),
    description: "The images, ordered by name, then id.",
  }),
};

const flag = (value: boolean | null) => (value === null ? null : (`${value}` as const));

/** The filters as the API has them. */
export const imageQuery = (asked: StateOf<typeof imageFilters>) => ({
  ...sent({
    id: asked.id,
    name: asked.name,
    visibility: asked.visibility,
    virtual_env_type: asked.virtual_env_type,
    protected: flag(asked.protected),
    __os_type: asked.os_type,
    __imagetype: asked.image_type,
    __isregistered: flag(asked.registered),
    __support_kvm_gpu_type: asked.support_kvm_gpu_type,
  }),
  status: asked.status ?? ("active" as const),
});

/** `kvm` as `__support_kvm: "true"`. */
export const supportQuery = <S extends string>(supports: readonly S[] | null) =>
  Object.fromEntries((supports ?? []).map((name) => [`__support_${name}`, "true"])) as {
    readonly [K in `__support_${S}`]?: string;
  };

type ApiImage = components["schemas"]["ImageList"] | components["schemas"]["ImageInfo"];

export const fromApi = (found: ApiImage): StateOf<typeof image> => ({
  id: found.id ?? null,
  name: found.name ?? null,
  status: found.status ?? null,
  os_type: found.__os_type ?? null,
  os_version: found.__os_version ?? null,
  platform: found.__platform ?? null,
  visibility: found.visibility ?? null,
  image_type: found.__imagetype ?? null,
  min_disk: found.min_disk ?? null,
  min_ram: found.min_ram ?? null,
  disk_format: found.disk_format ?? null,
  created_at: found.created_at ?? null,
});

/** Images servers boot from. */
export const images = defineDataSource({
  type: "iec_images",
  description: "Edge images that servers can boot from.",
  attributes,
  api: ["GET /v1/images"],
  async read(config, api) {
    const found = await api.list("/v1/images", { ...imageQuery(config), ...supportQuery(config.supports) });
    return {
      images: found
        .map(fromApi)
        .filter(fits({ name: config.name }))
        .sort(byName),
    };
  },
});

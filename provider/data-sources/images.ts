import { element, list, number, string } from "../../schema/attributes.js";
import { defineDataSource, sent } from "../resources/define.js";

const image = {
  id: string({ computed: true, description: "Id of the image." }),
  name: string({ computed: true, description: "Name." }),
  status: string({ computed: true, description: "active when usable." }),
  os_type: string({ computed: true, description: "Linux, Windows or Other." }),
  os_version: string({ computed: true, description: "Operating system and version." }),
  visibility: string({ computed: true, description: "public or private." }),
  min_disk: number({ computed: true, unit: "GB", description: "Smallest system disk in GB." }),
};
const attributes = {
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
  images: list({
    computed: true,
    element: element.object(image),
    description: "The usable images, ordered by name, then id.",
  }),
};

/** Images servers boot from. */
export const images = defineDataSource({
  type: "iec_images",
  description: "Edge images that servers can boot from.",
  attributes,
  api: ["GET /v1/images"],
  async read(config, api) {
    const { name, os_type, visibility } = config;
    const found = await api.list(
      "/v1/images",
      sent({ name, visibility, __os_type: os_type, status: "active" as const }),
    );
    return {
      images: found
        .map((i) => ({
          id: i.id ?? null,
          name: i.name ?? null,
          status: i.status ?? null,
          os_type: i.__os_type ?? null,
          os_version: i.__os_version ?? null,
          visibility: i.visibility ?? null,
          min_disk: i.min_disk ?? null,
        }))
        .sort(
          (a, b) =>
            (a.name ?? "").localeCompare(b.name ?? "", "en") || (a.id ?? "").localeCompare(b.id ?? "", "en"),
        ),
    };
  },
});

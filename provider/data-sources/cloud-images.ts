import { element, list, string } from "../../schema/attributes.js";
import { defineDataSource, sent } from "../resources/define.js";
import { byName, fits } from "./common.js";
import { fromApi, image, imageFilters, imageQuery, supportQuery } from "./images.js";

const attributes = {
  region: string({
    required: true,
    minLength: 1,
    description: "Id of the region of the central cloud, such as `cn-north-4`.",
  }),
  ...imageFilters,
  owner: string({ optional: true, description: "Only images of this tenant." }),
  support_xen_gpu_type: string({
    optional: true,
    description: "Only images that support this XEN GPU type.",
  }),
  supports: list({
    optional: true,
    element: element.string({
      enum: ["diskintensive", "highperformance", "kvm", "kvm_infiniband", "largememory", "xen", "xen_hana"],
    }),
    description:
      "Only images that support all of these: `diskintensive`, `highperformance`, `kvm`, `kvm_infiniband`, `largememory`, `xen`, `xen_hana`.",
  }),
  images: list({
    computed: true,
    element: element.object(image),
    description: "The images, ordered by name, then id.",
  }),
};

/** Images of the central cloud (IMS), which can be registered as edge images. */
export const cloudImages = defineDataSource({
  type: "iec_cloud_images",
  description: "Images of one region of the central cloud, to be registered as edge images.",
  attributes,
  api: ["GET /v1/cloudimages/{region_id}"],
  async read(config, api) {
    const { region, owner, support_xen_gpu_type } = config;
    const found = await api.list(
      "/v1/cloudimages/{region_id}",
      {
        ...imageQuery(config),
        ...sent({ owner, __support_xen_gpu_type: support_xen_gpu_type }),
        ...supportQuery(config.supports),
      },
      { path: { region_id: region } },
    );
    return {
      images: found
        .map(fromApi)
        .filter(fits({ name: config.name }))
        .sort(byName),
    };
  },
});

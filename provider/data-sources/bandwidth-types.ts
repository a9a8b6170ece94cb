import { element, list, string } from "../../schema/attributes.js";
import { defineDataSource, sent } from "../resources/define.js";

const type = {
  bandwidth_type: string({ computed: true, description: "Key of the type, which EIPs take." }),
  name: string({ computed: true, description: "Display name." }),
  site_id: string({ computed: true, description: "Id of the edge site." }),
};
const attributes = {
  site_id: string({ optional: true, description: "Only types of this edge site." }),
  bandwidth_type: string({ optional: true, description: "Only this type." }),
  bandwidth_types: list({
    computed: true,
    element: element.object(type),
    description: "The bandwidth types, ordered by key, then site.",
  }),
};

/** Kinds of bandwidths. */
export const bandwidthTypes = defineDataSource({
  type: "iec_bandwidth_types",
  description: "The types of shared bandwidths that sites offer.",
  attributes,
  api: ["GET /v1/share-bandwidth-types"],
  async read({ site_id, bandwidth_type }, api) {
    const found = await api.list("/v1/share-bandwidth-types", sent({ site_id, bandwidth_type }));
    const keyOf = (t: (typeof found)[number]) => `${t.bandwidth_type ?? ""} ${t.site_id ?? ""}`;
    return {
      bandwidth_types: found
        .sort((a, b) => keyOf(a).localeCompare(keyOf(b), "en"))
        .map((t) => ({
          bandwidth_type: t.bandwidth_type ?? null,
          name: t.name ?? null,
          site_id: t.site_id ?? null,
        })),
    };
  },
});

import { element, list, number, string } from "../../schema/attributes.js";
import { defineDataSource, sent } from "../resources/define.js";

const flavor = {
  id: string({ computed: true, description: "Id of the flavor; equals its name." }),
  name: string({ computed: true, description: "Name, such as `c6.large.2`." }),
  vcpus: number({ computed: true, description: "Number of vCPUs." }),
  memory: number({ computed: true, unit: "MB", description: "Memory in MB." }),
};
const attributes = {
  id: string({ optional: true, description: "Only the flavor of this id." }),
  name: string({ optional: true, description: "Only the flavor of this name." }),
  site_ids: string({
    optional: true,
    description: "Only flavors offered by these sites: ids separated by commas.",
  }),
  area: string({
    optional: true,
    description: "Only flavors offered in this area; several separated by commas.",
  }),
  province: string({
    optional: true,
    description: "Only flavors offered in this province; several separated by commas.",
  }),
  city: string({
    optional: true,
    description: "Only flavors offered in this city; several separated by commas.",
  }),
  operator: string({
    optional: true,
    description: "Only flavors offered with this operator; several separated by commas.",
  }),
  flavors: list({
    computed: true,
    element: element.object(flavor),
    description: "The flavors, smallest first.",
  }),
};

/** Sizes of servers. */
export const flavors = defineDataSource({
  type: "iec_flavors",
  description: "Flavors: the sizes of servers that sites offer.",
  attributes,
  api: ["GET /v1/cloudservers/flavors"],
  async read(config, api) {
    const { id, name, site_ids, area, province, city, operator } = config;
    const found = await api.list(
      "/v1/cloudservers/flavors",
      sent({ id, name, site_ids, area, province, city, operator }),
    );
    return {
      flavors: found
        .map((f) => ({
          id: f.id ?? null,
          name: f.name ?? null,
          vcpus: f.vcpus === undefined ? null : Number(f.vcpus),
          memory: f.ram ?? null,
        }))
        .sort(
          (a, b) =>
            (a.vcpus ?? 0) - (b.vcpus ?? 0) ||
            (a.memory ?? 0) - (b.memory ?? 0) ||
            (a.id ?? "").localeCompare(b.id ?? "", "en"),
        ),
    };
  },
});

import { id, number, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import { minutes } from "../../schema/definition.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { ObjectValue } from "../../schema/unknown.js";
import { isGiven } from "./common.js";
import { defineResource, emptyAsNull, sent, told } from "./define.js";

const attributes = {
  id: id("Id of the edge image."),
  name: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    minLength: 1,
    maxLength: 128,
    pattern: /^[a-zA-Z0-9\u4e00-\u9fa5._ -]+$/,
    patternHint: "letters, digits, Chinese characters, dots, underscores, hyphens and spaces",
    description: "Name of an image made with `server_id`; a registered one keeps the name of its source.",
  }),
  source_image_id: string({
    optional: true,
    requiresReplace: true,
    minLength: 1,
    maxLength: 36,
    description:
      "Id of the private image of the central cloud (IMS) to register at the edge. Goes with `region`; excludes `server_id`.",
  }),
  region: string({
    optional: true,
    requiresReplace: true,
    minLength: 1,
    description: "Central region of `source_image_id`, such as `cn-north-4`.",
  }),
  server_id: string({
    optional: true,
    requiresReplace: true,
    ref: ["iec_server"],
    description:
      "Id of the server whose system disk becomes the image. Goes with `name`; excludes `source_image_id`.",
  }),
  status: string({
    computed: true,
    description: "active when usable; queued or saving before, killed when it failed.",
  }),
  visibility: string({ computed: true, description: "private: an image of the account." }),
  os_type: string({ computed: true, description: "Linux, Windows or Other." }),
  os_version: string({ computed: true, description: "Operating system and version." }),
  platform: string({ computed: true, description: "Distribution of the operating system." }),
  min_disk: number({ computed: true, unit: "GB", description: "Smallest system disk in GB." }),
  min_ram: number({ computed: true, unit: "MB", description: "Smallest memory in MB." }),
  created_at: string({ computed: true, description: "Time of creation (UTC)." }),
  job_id: string({ computed: true, volatile: true, description: "Id of the job that makes the image." }),
};

type Image = components["schemas"]["ShowImageResponse"] | components["schemas"]["ImageList"];

export const fromApi = (image: Image): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(image.id, "the image's id"),
  name: image.name,
  ...sourceOf(image.data_source),
  status: image.status,
  visibility: image.visibility,
  os_type: image.__os_type,
  os_version: image.__os_version,
  platform: image.__platform,
  min_disk: image.min_disk,
  min_ram: image.min_ram,
  created_at: image.created_at,
  job_id: emptyAsNull(image.relation_job_id),
});

/** `instance:<id>` or `ims:<image id>:<region id>`. */
function sourceOf(
  text: string | undefined,
): Pick<ObservedOf<typeof attributes>, "server_id" | "source_image_id" | "region"> {
  const [kind, source, region] = (text ?? "").split(":");
  if (kind === "instance" && source) return { server_id: source, source_image_id: null, region: null };
  if (kind === "ims" && source && region) return { server_id: null, source_image_id: source, region };
  return {};
}

const pathOf = (state: { readonly id: string | null }) => ({
  path: { image_id: told(state.id, "the image's id") },
});

type Plan = PlanOf<typeof attributes>;
export const registration = ({ source_image_id, region }: Plan) =>
  sent({ image_id: source_image_id, region_id: region });
export const copyOf = (server: string, { name }: Plan) => ({
  name: told(name, "the image's name"),
  instance_id: server,
});

/** An edge image of the account. */
export const image = defineResource({
  type: "iec_image",
  description:
    "A private edge image: a registered copy of an image of the central cloud, or made of a server's system disk.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other" },
  timeouts: { create: minutes(60), delete: minutes(10) },
  statuses: {
    ready: ["active"],
    failed: ["killed"],
    mend: async ({ job_id }, api) => {
      const path = {
        domain_id: await api.accountId(),
        job_id: told(typeof job_id === "string" ? job_id : undefined, "the id of the image's job"),
      };
      await api.post("/v1/{domain_id}/jobs/{job_id}/action", { params: { path }, body: { action: "retry" } });
    },
    why: () => "The job that makes the image failed, and so did another try of it.",
  },
  api: [
    "POST /v1/images/register",
    "POST /v1/images/create",
    "POST /v1/{domain_id}/jobs/{job_id}/action",
    "GET /v1/images/{image_id}",
    "GET /v1/images",
    "DELETE /v1/images/{image_id}",
  ],
  adoptBy: ["name", "server_id", "source_image_id", "region"],
  deletesLater: true,
  validate: checkSource,
  quotas: () => ({ image: 1 }),

  async create(plan, api, search) {
    const { server_id } = plan;
    const answer =
      server_id === null
        ? await api.post("/v1/images/register", { body: registration(plan) })
        : await api.post("/v1/images/create", { body: copyOf(server_id, plan) });
    if (answer.image_id) return { id: answer.image_id, job_id: answer.job_id };
    return search(async () => {
      const images = await api.list("/v1/images", { visibility: "private" });
      const made = images.find((candidate) => candidate.relation_job_id === answer.job_id);
      return made && fromApi(made);
    });
  },
  async read(state, api) {
    const found = fromApi(await api.get("/v1/images/{image_id}", { params: pathOf(state) }));
    return found.status === "deleted" ? undefined : found;
  },
  async list(api, maxPages) {
    const images = await api.list("/v1/images", { visibility: "private" }, { maxPages });
    return images?.filter((candidate) => candidate.status !== "deleted").map(fromApi);
  },
  async delete(state, api) {
    await api.delete("/v1/images/{image_id}", { params: pathOf(state) });
  },
});

/** One source, with what belongs to it. */
function checkSource(config: ObjectValue): Diagnostic[] {
  const { server_id: server, source_image_id: source, region, name } = config;
  const contradiction = (path: string, summary: string, detail: string) =>
    errorDiagnostic("IEC2013", summary, { path: [path], detail });
  if (isGiven(server) && isGiven(source)) {
    return [
      contradiction(
        "server_id",
        "Both server_id and source_image_id are set",
        "An image has one source. Remove one of the two.",
      ),
    ];
  }
  if (server === null && source === null) {
    return [
      contradiction(
        "source_image_id",
        "The image has no source",
        "Set source_image_id and region, or server_id and name.",
      ),
    ];
  }
  const problems: Diagnostic[] = [];
  if (isGiven(server) && name === null)
    problems.push(contradiction("name", "An image made of a server needs a name", "Set name."));
  if (isGiven(server) && isGiven(region))
    problems.push(contradiction("region", "region goes with source_image_id", "Remove region."));
  if (isGiven(source) && region === null)
    problems.push(
      contradiction(
        "region",
        "A registered image needs the region of its source",
        "Set region, such as cn-north-4.",
      ),
    );
  if (isGiven(source) && isGiven(name))
    problems.push(contradiction("name", "A registered image keeps the name of its source", "Remove name."));
  return problems;
}

import { account } from "../account.js";
import { catalog } from "../catalog.js";
import { isoSeconds } from "../clock.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { EdgeImage } from "../model-edge-services.js";
import { type Answer, type Call, noContent, ok, type Operations, param } from "../operation.js";
import type { Step } from "../store.js";
import { cloudRegions, findCloudImages, originOf } from "./cloud-images.js";

const largestPage = 500;

const publicImages = new Map<string, EdgeImage>(
  catalog.images.filter((image) => image.visibility === "public").map((image) => [image.id, image]),
);

/** An edge image that exists: public, or the account's. */
export function findImage(cloud: Cloud, id: string): EdgeImage | undefined {
  return publicImages.get(id) ?? cloud.tables.images.get(id);
}

export function viewImage(_cloud: Cloud, image: EdgeImage): object {
  const origin = originOf(image.data_source);
  return { ...image, ...(origin ? { origin_region_info: origin } : {}), edge_region_info: [] };
}

function shown(cloud: Cloud, call: Call): EdgeImage {
  const id = param(call, "image_id");
  const image = publicImages.get(id) ?? cloud.tables.images.show(id);
  if (!image) throw notFound("image", id);
  return image;
}

const paging = ["limit", "offset", "marker", "sort_key", "sort_dir"];

/** The images that fit every filter of the query, in the order it asks for. */
function queried(images: Iterable<EdgeImage>, { query }: Call): EdgeImage[] {
  const { sort_key = "created_at", sort_dir = "desc" } = query;
  const filters = Object.entries(query).filter(([name]) => !paging.includes(name));
  const sign = sort_dir === "asc" ? 1 : -1;
  const key = (image: EdgeImage): string => String(image[String(sort_key)] ?? "");
  return [...images]
    .filter((image) => filters.every(([name, value]) => String(image[name] ?? "") === String(value)))
    .sort((a, b) => sign * key(a).localeCompare(key(b)));
}

/** The way of an image from here to its end, which a failed job makes a bad one. */
function job(cloud: Cloud, call: Call): Step<EdgeImage>[] {
  const at = cloud.after("imageActive");
  const updated_at = isoSeconds(at);
  const end = call.mishaps.has("jobFailed")
    ? { status: "killed", updated_at }
    : { status: "active", updated_at, __isregistered: true };
  return [
    { at: cloud.after("imageSaving"), patch: { status: "saving" } },
    { at, patch: end },
  ];
}

/** Makes an image like another one. */
function addImage(
  cloud: Cloud,
  call: Call,
  like: EdgeImage,
  own: Pick<EdgeImage, "name" | "min_disk" | "data_source">,
): Answer {
  cloud.demand("image");
  const [id, job_id] = [cloud.newId(), cloud.random.hex(32)];
  const image = {
    disk_format: "zvhd2",
    min_ram: like["min_ram"],
    virtual_env_type: "FusionCompute",
    __platform: like["__platform"],
    __os_type: like.__os_type,
    __os_version: like["__os_version"],
    __support_kvm: like["__support_kvm"],
    ...own,
    id,
    status: "queued",
    owner: account.projectId,
    protected: false,
    visibility: "private",
    created_at: isoSeconds(cloud.now),
    updated_at: isoSeconds(cloud.now),
    self: `/v1/images/${id}`,
    deleted: false,
    deleted_at: "",
    relation_job_id: job_id,
    __imagetype: "private",
    __isregistered: false,
  };
  cloud.tables.images.add(image, { steps: job(cloud, call) });
  return ok({ job_id, image_id: id });
}

export const imageOperations: Operations = {
  ListImages: (cloud, call) => {
    const { limit, offset } = call.query;
    const found = queried([...publicImages.values(), ...cloud.tables.images.list()], call);
    const first = typeof offset === "number" ? offset : 0;
    const images = found.slice(first, first + (typeof limit === "number" ? limit : largestPage));
    return ok({ images, total: found.length });
  },

  ShowImage: (cloud, call) => ok(viewImage(cloud, shown(cloud, call))),

  /** Pages by marker, the id of the last image of the page before; a limit of 0 is taken as no limit. */
  ListCloudImages: (_cloud, call) => {
    const all = findCloudImages(param(call, "region_id"));
    if (!all) throw new Refusal(400, codes.badPath, `There is no region ${param(call, "region_id")}.`);
    const { limit, marker } = call.query;
    const found = queried(all, call);
    const before = found.findIndex((image) => image.id === marker);
    if (marker !== undefined && marker !== "" && before < 0)
      throw new Refusal(400, codes.badQuery, `There is no image ${String(marker)} to start after.`);
    const size = typeof limit === "number" && limit > 0 ? limit : largestPage;
    return ok({ images: found.slice(before + 1, before + 1 + size) });
  },

  /** Copies a private central image to the edge. */
  RegisterImage: (cloud, call) => {
    const { image_id, region_id } = call.body as { image_id?: string; region_id?: string };
    const images = findCloudImages(region_id ?? "");
    if (!images) throw badParameter("region_id", `it is none of ${cloudRegions.join(", ")}`);
    const source = images.find((image) => image.id === image_id && image.visibility === "private");
    if (!source) throw badParameter("image_id", `${region_id ?? ""} has no private image ${image_id ?? ""}`);
    if (source.status !== "active")
      throw badParameter("image_id", `the image is ${source.status}, not active`);
    const data_source = `ims:${source.id}:${region_id ?? ""}`;
    return addImage(cloud, call, source, { name: source.name, min_disk: source.min_disk, data_source });
  },

  /** Copies the system disk of an instance. */
  CreateImage: (cloud, call) => {
    const { name, instance_id } = call.body as { name: string; instance_id: string };
    const server = cloud.tables.servers.show(instance_id);
    if (!server || !cloud.tables.servers.get(instance_id))
      throw badParameter("instance_id", `there is no instance ${instance_id}`);
    if (!["ACTIVE", "SHUTOFF"].includes(server.status) || cloud.tables.servers.ending(server.id))
      throw badParameter("instance_id", `the instance is ${server.status}, not ACTIVE or SHUTOFF`);
    const like = findImage(cloud, server.image_id);
    if (!like) throw badParameter("instance_id", "the image of the instance is gone");
    const disk = cloud.tables.volumes.find((volume) => volume.server_id === server.id && volume.bootable);
    const min_disk = disk?.size ?? like.min_disk;
    return addImage(cloud, call, like, { name, min_disk, data_source: `instance:${server.id}` });
  },

  DeleteImage: (cloud, call) => {
    const image = shown(cloud, call);
    if (image.visibility === "public") throw badParameter("image_id", `image ${image.id} is public`);
    cloud.tables.images.end(image.id, cloud.now);
    return noContent;
  },

  /** Tries the failed job of an image again. */
  RebuildImage: (cloud, call) => {
    const [domain, job_id] = [param(call, "domain_id"), param(call, "job_id")];
    if (domain !== account.domainId) throw new Refusal(403, codes.denied, `${domain} is not this account.`);
    const image = cloud.tables.images.list().find((candidate) => candidate.relation_job_id === job_id);
    if (!image) throw notFound("image job", job_id);
    if (image.status !== "killed") {
      const state = `The image ${image.id} is ${image.status}, not killed.`;
      throw new Refusal(400, codes.imageJob, state);
    }
    const patch = { status: "queued", updated_at: isoSeconds(cloud.now) };
    cloud.tables.images.change(image.id, patch, ...job(cloud, call));
    return noContent;
  },
};

import { createHash } from "node:crypto";
import { account } from "../account.js";
import { catalog } from "../catalog.js";
import type { EdgeImage } from "../model-edge-services.js";

/** An image of the central image service (IMS) in one of its regions. */
export interface CloudImage extends EdgeImage {
  owner: string;
}

/** Regions that the simulator has central images in. */
export const cloudRegions = ["cn-north-4", "cn-east-3", "cn-south-1"] as const;

/** The account's central images: name, system that they come from, status. */
const privateImages = [
  ["golden-web-2024", "Ubuntu 20.04 server 64bit", "active"],
  ["golden-db-2024", "CentOS 7.6 64bit", "active"],
  ["golden-desktop-2024", "Windows Server 2019 Datacenter 64bit", "active"],
  ["golden-draft", "Debian 10.6.0 64bit", "saving"],
] as const;

/** What a central image shares with the edge image it is like; the rest of an edge image is the edge's own. */
const shared = [
  "disk_format",
  "min_disk",
  "min_ram",
  "virtual_env_type",
  "__platform",
  "__os_type",
  "__os_version",
  "__support_kvm",
] as const;

const imported = /^ims:([^:]+):(.+)$/;

/** Where an image of the account comes from, when it is a central image. */
export function originOf(dataSource = ""): { image_id: string; region_id: string } | undefined {
  const [, image_id, region_id] = imported.exec(dataSource) ?? [];
  return image_id !== undefined && region_id !== undefined ? { image_id, region_id } : undefined;
}

/** The id of the catalog's registered image where it is in the region; else one that follows from the name. */
function idOf(region: string, name: string): string {
  const registered = catalog.images.find((image) => image.visibility === "private" && image.name === name);
  const origin = originOf(registered?.data_source);
  if (origin?.region_id === region) return origin.image_id;
  const h = createHash("sha256").update(`${region}/${name}`).digest("hex");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-5${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

function centralImage(region: string, name: string, like: EdgeImage, own: object): CloudImage {
  const id = idOf(region, name);
  const image = {
    ...Object.fromEntries(shared.map((key) => [key, like[key]])),
    id,
    name,
    created_at: like.created_at,
    updated_at: like.updated_at,
    self: `/v2/images/${id}`,
    file: `/v2/images/${id}/file`,
    __os_bit: "64",
    ...own,
  };
  return image as unknown as CloudImage;
}

function imagesIn(region: string): CloudImage[] {
  const system = (name: string): EdgeImage | undefined => catalog.images.find((image) => image.name === name);
  const gold = catalog.images
    .filter((image) => image.visibility === "public")
    .map((image) =>
      centralImage(region, image.name, image, {
        status: "active",
        visibility: "public",
        protected: true,
        owner: image.owner,
        __imagetype: "gold",
        __isregistered: "true",
      }),
    );
  const own = privateImages.flatMap(([name, systemName, status]) => {
    const like = system(systemName);
    const rest = {
      status,
      visibility: "private",
      protected: false,
      owner: account.projectId,
      __imagetype: "private",
      __isregistered: String(status === "active"),
    };
    return like ? [centralImage(region, name, like, rest)] : [];
  });
  return [...gold, ...own];
}

const cloudImages = new Map<string, readonly CloudImage[]>(
  cloudRegions.map((region) => [region, imagesIn(region)]),
);

/** The central images of a region, public ones first; nothing when there is no such region. */
export function findCloudImages(region: string): readonly CloudImage[] | undefined {
  return cloudImages.get(region);
}

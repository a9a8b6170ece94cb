import { catalog } from "../catalog.js";
import type { Cloud } from "../cloud.js";
import type { EdgeImage } from "../model-edge-services.js";

const publicImages = new Map<string, EdgeImage>(
  catalog.images.filter((image) => image.visibility === "public").map((image) => [image.id, image]),
);

/** An edge image that exists: public, or the account's. */
export function findImage(cloud: Cloud, id: string): EdgeImage | undefined {
  return publicImages.get(id) ?? cloud.tables.images.get(id);
}

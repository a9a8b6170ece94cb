import { flavors } from "./flavors.js";
import { images } from "./images.js";
import { sites } from "./sites.js";

/** Every data source, by type. */
export const dataSources = new Map(
  [flavors, images, sites].map((definition) => [definition.type, definition]),
);

import { cidrFree } from "./cidr-free.js";
import type { ProviderFunction } from "./function.js";
import { parseId } from "./parse-id.js";
import { siteOf } from "./site-of.js";

/** Every function of the provider, by name. */
export const functions: ReadonlyMap<string, ProviderFunction> = new Map(
  [cidrFree, parseId, siteOf].map((definition) => [definition.name, definition]),
);

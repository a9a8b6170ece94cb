import { expandPath } from "../../schema/definition.js";
import { getPath, isUnknown, UNKNOWN } from "../../schema/unknown.js";
import { ArgumentError, type ProviderFunction } from "./function.js";

/** The site of whatever has one. */
export const siteOf: ProviderFunction = {
  name: "site_of",
  summary: "The id of the site that a resource lies in",
  description:
    "Takes a whole resource, `provider::iec::site_of(iec_server.web)`, wherever its type keeps the site. Fails for what spans sites, such as a VPC.",
  parameters: [
    {
      name: "resource",
      type: "dynamic",
      allowsUnknown: true,
      description: "A resource of this provider, or an object with its attributes.",
    },
  ],
  returns: "string",
  call([resource = null], { resources }) {
    if (isUnknown(resource)) return UNKNOWN;
    const patterns = new Set([...resources.values()].flatMap(({ placement }) => placement?.site ?? []));
    const found = [...patterns].flatMap((pattern) =>
      expandPath(pattern, resource).flatMap((path) => getPath(resource, path) ?? []),
    );
    const unknown = found.filter(isUnknown);
    if (unknown.length > 0) return (found.length === 1 ? unknown[0] : undefined) ?? UNKNOWN;
    const [site, ...others] = new Set(found.filter((value) => typeof value === "string"));
    if (site === undefined) throw new ArgumentError(0, "It lies in no site of its own.");
    if (others.length > 0)
      throw new ArgumentError(0, `It lies in several sites: ${[site, ...others].join(", ")}.`);
    return site;
  },
};

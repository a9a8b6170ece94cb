import { expandPath } from "../../schema/definition.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { getPath, type ObjectValue, type Path } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { checkImage, checkLine, checkSite } from "./offers.js";

/** What a place is called at each level: a field of a site, and the filter of the flavor list. */
const LEVELS = { area: "area", prov: "province", city: "city" } as const;

/** What only the cloud can tell of a plan: its places, its images, and the flavors offered there. */
export async function checkPlaces(planned: ObjectValue, api: Api): Promise<readonly Diagnostic[]> {
  const known = (pattern: string) =>
    expandPath(pattern, planned).flatMap((path) => {
      const value = getPath(planned, path);
      return typeof value === "string" ? [{ path, value }] : [];
    });
  const level = planned["coverage_level"];
  const places = known("coverage_sites[].site");
  const flavors = known("stack_resources[].flavor_id");
  const checks = [
    ...known("stack_resources[].image_id").map(({ path, value }) => checkImage(value, path, api)),
    ...places.map(({ path, value }) =>
      level === "site" ? checkSite(value, path, api) : checkKey(level, value, path, api),
    ),
    ...places.flatMap((place) =>
      flavors.map(({ path, value }) => checkFlavorAt(level, place.value, value, path, api)),
    ),
    ...(level === "site"
      ? known("coverage_sites[].demands[].pool_id").flatMap(({ path, value }) => {
          const site = getPath(planned, [...path.slice(0, 2), "site"]);
          return typeof site === "string" ? [checkLine(site, value, path, api)] : [];
        })
      : []),
  ];
  return (await Promise.all(checks)).flat();
}

const fieldOf = (level: unknown) =>
  level === "area" || level === "prov" || level === "city" ? LEVELS[level] : undefined;

/** Keys of places are case-sensitive, and those of the list of sites. */
async function checkKey(level: unknown, key: string, path: Path, api: Api): Promise<Diagnostic[]> {
  const field = fieldOf(level);
  if (field === undefined) return [];
  const keys = [...new Set((await api.list("/v1/sites")).flatMap((site) => site[field] ?? []))].sort();
  if (keys.includes(key)) return [];
  return [
    errorDiagnostic("IEC2022", `There is no edge site in this ${field}`, {
      path,
      detail: `"${key}" is none of the keys of the list of sites (case matters): ${keys.join(", ")}.`,
    }),
  ];
}

async function checkFlavorAt(
  level: unknown,
  place: string,
  flavor: string,
  path: Path,
  api: Api,
): Promise<Diagnostic[]> {
  const field = fieldOf(level);
  const filter =
    level === "site" ? { site_ids: place } : field === undefined ? undefined : { [field]: place };
  if (filter === undefined) return [];
  const offered = await api.list("/v1/cloudservers/flavors", filter);
  // A place without any flavor is a wrong place, which is said already.
  if (offered.length === 0 || offered.some((f) => f.id === flavor || f.name === flavor)) return [];
  return [
    errorDiagnostic("IEC2022", "This flavor is not offered there", {
      path,
      detail: `"${flavor}" is not offered in ${place}. Offered: ${offered
        .flatMap((f) => f.id ?? [])
        .sort()
        .join(", ")}.`,
    }),
  ];
}

import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { Path, Value } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";

/** What a site offers, as diagnostics on what is asked of it. Each takes plain values: what is unknown is not asked. */

const notOffered = (what: string, path: Path, wrong: string, allowed: readonly string[]): Diagnostic =>
  errorDiagnostic("IEC2022", `The site does not offer this ${what}`, {
    path,
    detail: `"${wrong}" is not offered there. Offered: ${allowed.length > 0 ? [...allowed].sort().join(", ") : "none"}.`,
  });

/** Runs checks that need the site, once it is known which one it is. */
export const onSite = async (
  site: Value | undefined,
  checks: (site: string) => readonly Promise<readonly Diagnostic[]>[],
): Promise<readonly Diagnostic[]> =>
  typeof site === "string" ? (await Promise.all(checks(site))).flat() : [];

/** The site itself: it must exist, and be for sale. */
export async function checkSite(site: string, path: Path, api: Api): Promise<Diagnostic[]> {
  const sites = await api.list("/v1/sites");
  const found = sites.find((s) => s.id === site);
  if (found === undefined) {
    return [
      errorDiagnostic("IEC2022", "There is no such edge site", {
        path,
        detail: `"${site}" is no site id. Sites: ${sites.map((s) => `${s.name ?? ""} (${s.id ?? ""})`).join(", ")}. Better: take the id from the data source iec_sites.`,
      }),
    ];
  }
  if (found.status === "Offline") {
    return [
      errorDiagnostic("IEC2022", "The edge site is offline", {
        path,
        detail: `Site ${found.name ?? site} takes nothing new. Choose another.`,
      }),
    ];
  }
  if (found.status === "sellout") {
    return [
      warningDiagnostic("IEC2022", "The edge site is sold out", {
        path,
        detail: `Site ${found.name ?? site} is likely to refuse new objects. Choose another.`,
      }),
    ];
  }
  return [];
}

export async function checkLine(site: string, line: string, path: Path, api: Api): Promise<Diagnostic[]> {
  const found = (await api.list("/v1/sites")).find((s) => s.id === site);
  if (found === undefined) return [];
  const lines = (found.pools ?? []).flatMap((pool) => pool.pool_id ?? []);
  return lines.includes(line) ? [] : [notOffered("line", path, line, lines)];
}

export async function checkBandwidthType(
  site: string,
  line: string | undefined,
  type: string,
  path: Path,
  api: Api,
): Promise<Diagnostic[]> {
  const found = (await api.list("/v1/sites")).find((s) => s.id === site);
  if (found === undefined) return [];
  const pools = (found.pools ?? []).filter((pool) => line === undefined || pool.pool_id === line);
  const types = [...new Set(pools.flatMap((pool) => pool.allow_share_bandwidth_types ?? []))];
  return types.includes(type) ? [] : [notOffered("bandwidth type", path, type, types)];
}

export async function checkFlavor(site: string, flavor: string, path: Path, api: Api): Promise<Diagnostic[]> {
  const flavors = await api.list("/v1/cloudservers/flavors", { site_ids: site });
  const found = flavors.find((f) => f.id === flavor || f.name === flavor);
  if (found === undefined)
    return [
      notOffered(
        "flavor",
        path,
        flavor,
        flavors.flatMap((f) => f.id ?? []),
      ),
    ];
  const sale = found.os_extra_specs?.["cond:operation:status"];
  if (sale !== "sellout" && sale !== "abandon") return [];
  return [
    warningDiagnostic("IEC2022", `The flavor is ${sale === "sellout" ? "sold out" : "given up"}`, {
      path,
      detail: `The cloud is likely to refuse new servers of "${flavor}". Choose another flavor.`,
    }),
  ];
}

export async function checkDiskType(site: string, type: string, path: Path, api: Api): Promise<Diagnostic[]> {
  const TYPES = ["SATA", "SAS", "GPSSD", "SSD"];
  const offers = async (t: string) =>
    (await api.list("/v1/sites", { volume_type: t })).some((s) => s.id === site);
  if (await offers(type)) return [];
  const offered = await Promise.all(TYPES.map(async (t) => ((await offers(t)) ? [t] : [])));
  return [notOffered("disk type", path, type, offered.flat())];
}

export async function checkImage(image: string, path: Path, api: Api): Promise<Diagnostic[]> {
  const images = await api.list("/v1/images");
  const found = images.find((i) => i.id === image);
  const usable = images.filter((i) => i.status === "active").map((i) => `${i.name ?? ""} (${i.id ?? ""})`);
  if (found === undefined) {
    return [
      errorDiagnostic("IEC2022", "There is no such edge image", {
        path,
        detail: `"${image}" is no image of IEC. Images of IMS must be registered first (iec_image). Images: ${usable.join(", ")}.`,
      }),
    ];
  }
  if (found.status === "active") return [];
  return [
    errorDiagnostic("IEC2022", "The edge image cannot be used", {
      path,
      detail: `"${image}" has the status ${found.status ?? "unknown"}; active is needed.`,
    }),
  ];
}

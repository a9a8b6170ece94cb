import { catalog, offers } from "../catalog.js";
import { type Call, fits, list, numberedPage, ok, type Operations, page, text } from "../operation.js";

type Site = (typeof catalog.sites)[number];

const among = (wanted: readonly string[] | undefined, actual: string): boolean =>
  wanted === undefined || wanted.includes(actual.toLowerCase());

function sitesBy(call: Call): Site[] {
  const [area, province, city] = [list(call, "area"), list(call, "province"), list(call, "city")];
  return catalog.sites.filter(
    (site) => among(area, site.area) && among(province, site.province) && among(city, site.city),
  );
}

function offersAll(wanted: readonly string[] | undefined, offered: readonly string[]): boolean {
  const lower = offered.map((name) => name.toLowerCase());
  return wanted?.every((name) => lower.includes(name)) ?? true;
}

/** Reads of what the cloud sells; nothing here changes. */
export const offerOperations: Operations = {
  ListSites: (_cloud, call) => {
    const [id, flavor, volumeType] = [list(call, "id"), list(call, "flavor"), list(call, "volume_type")];
    const sites = sitesBy(call).filter(
      (site) =>
        among(id, site.id) &&
        offersAll(flavor, offers(site.id).flavor_ids) &&
        offersAll(volumeType, offers(site.id).volume_types),
    );
    return ok({ sites: page(call, sites), count: sites.length });
  },

  ListFlavors: (_cloud, call) => {
    const [id, name] = [text(call, "id"), text(call, "name")];
    const [operator, siteIds] = [list(call, "operator"), list(call, "site_ids")];
    const placed = ["area", "province", "city", "operator", "site_ids"].some((filter) => text(call, filter));
    const available = new Set(
      sitesBy(call)
        .filter(
          (site) => among(siteIds, site.id) && site.pools.some((pool) => among(operator, pool.operator.name)),
        )
        .flatMap((site) => offers(site.id).flavor_ids),
    );
    const flavors = catalog.flavors.filter(
      (flavor) => fits(id, flavor.id) && fits(name, flavor.name) && (!placed || available.has(flavor.id)),
    );
    return ok({ flavors: numberedPage(call, flavors, 1000), count: flavors.length });
  },

  ShowVolumeTypes: () => ok({ volume_types: catalog.volume_types }),

  ListBandwidthTypes: (_cloud, call) => {
    const [site, type] = [text(call, "site_id"), text(call, "bandwidth_type")];
    const types = catalog.share_bandwidth_types.filter(
      (entry) => fits(site, entry.site_id) && fits(type, entry.bandwidth_type),
    );
    return ok({ share_bandwidth_types: page(call, types), count: types.length });
  },

  ListQuota: (cloud) =>
    ok({
      quotas: {
        resources: catalog.quotas.resources.map((entry) => ({
          ...entry,
          quota: cloud.quota(entry.type),
          used: cloud.used(entry.type),
        })),
      },
    }),
};

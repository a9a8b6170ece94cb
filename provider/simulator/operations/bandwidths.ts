import { findSite, type Line, type Site, siteInfo } from "../catalog.js";
import { spacedSeconds } from "../clock.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { Bandwidth } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text } from "../operation.js";

const firstSize = 300;

export function viewBandwidth(cloud: Cloud, bandwidth: Bandwidth): object {
  const site = findSite(bandwidth.site_id);
  const inside = [...cloud.tables.publicips.all()].filter((ip) => ip.bandwidth_id === bandwidth.id);
  return {
    ...bandwidth,
    charge_mode: "95peak_plus",
    share_type: "WHOLE",
    operator: site?.pools.find((line) => line.pool_id === bandwidth.pool_id)?.operator,
    site_info: siteInfo(site),
    publicip_info: inside.map((ip) => ({
      ip_version: 4,
      publicip_address: ip.public_ip_address,
      publicip_id: ip.id,
      publicip_type: ip.type,
    })),
  };
}

/** How a request names the bandwidth of a new EIP. */
export interface BandwidthChoice {
  readonly id?: string | undefined;
  readonly type?: string | undefined;
}

/** Checks the choice against the line; the result makes or finds the bandwidth. */
export function chooseBandwidth(
  cloud: Cloud,
  site: Site,
  line: Line,
  choice: BandwidthChoice,
): () => Bandwidth {
  const { bandwidths } = cloud.tables;
  if (choice.id !== undefined) {
    const chosen = bandwidths.get(choice.id);
    if (!chosen) throw badParameter("bandwidth.id", `there is no bandwidth ${choice.id}`);
    if (chosen.pool_id !== line.pool_id || chosen.site_id !== site.id) {
      throw badParameter(
        "bandwidth.id",
        `bandwidth ${chosen.id} belongs to line ${chosen.pool_id}, not ${line.pool_id}`,
      );
    }
    checkRoom(cloud, chosen);
    return () => chosen;
  }
  const type = choice.type ?? line.allow_share_bandwidth_types[0];
  if (type === undefined || !line.allow_share_bandwidth_types.includes(type)) {
    throw badParameter("bandwidth_type", `line ${line.pool_id} does not accept ${type ?? "any bandwidth"}`);
  }
  const newest = (): Bandwidth | undefined =>
    [...bandwidths.all()]
      .filter((item) => item.bandwidth_type === type && item.pool_id === line.pool_id)
      .at(-1);
  const found = newest();
  if (found) checkRoom(cloud, found);
  else cloud.demand("shareBandwidth");
  return () => newest() ?? addBandwidth(cloud, site, line, type);
}

/** How many EIPs and IPv6 ports share the bandwidth. */
function members(cloud: Cloud, { id }: Bandwidth): number {
  const { publicips, ports } = cloud.tables;
  return (
    publicips.count((ip) => ip.bandwidth_id === id) + ports.count((port) => port.ipv6_bandwidth_id === id)
  );
}

function checkRoom(cloud: Cloud, bandwidth: Bandwidth): void {
  if (bandwidth.status === "FREEZED") throw badParameter("bandwidth", `bandwidth ${bandwidth.id} is frozen`);
  const limit = cloud.quota("shareBandwidthIP");
  if (members(cloud, bandwidth) >= limit) {
    throw new Refusal(
      400,
      codes.quotaExceeded,
      `Bandwidth ${bandwidth.id} has reached its limit of ${limit} EIPs.`,
    );
  }
}

function addBandwidth(cloud: Cloud, site: Site, line: Line, type: string): Bandwidth {
  const id = cloud.newId();
  return cloud.tables.bandwidths.add({
    id,
    name: `bandwidth-${id.slice(0, 4)}`,
    size: firstSize,
    status: "NORMAL",
    bandwidth_type: type,
    site_id: site.id,
    pool_id: line.pool_id,
    create_time: spacedSeconds(cloud.now),
    update_time: spacedSeconds(cloud.now),
  });
}

function shown(cloud: Cloud, call: Call): Bandwidth {
  const id = param(call, "bandwidth_id");
  const bandwidth = cloud.tables.bandwidths.show(id);
  if (!bandwidth) throw notFound("bandwidth", id);
  return bandwidth;
}

export const bandwidthOperations: Operations = {
  ListBandwidths: (cloud, call) => {
    const site = text(call, "site_id");
    const found = cloud.tables.bandwidths.list((bandwidth) => fits(site, bandwidth.site_id));
    return ok({
      bandwidths: page(call, found).map((item) => viewBandwidth(cloud, item)),
      count: found.length,
    });
  },

  ShowBandwidth: (cloud, call) => ok({ bandwidth: viewBandwidth(cloud, shown(cloud, call)) }),

  UpdateBandwidth: (cloud, call) => {
    const bandwidth = shown(cloud, call);
    const input = (call.body as { bandwidth: { name?: string; size?: number } }).bandwidth;
    Object.assign(bandwidth, input, { update_time: spacedSeconds(cloud.now) });
    // The real answer carries a zero time (BEHAVIOUR.md section 10).
    return ok({ bandwidth: { ...viewBandwidth(cloud, bandwidth), update_time: "0001-01-01T00:00:00Z" } });
  },

  DeleteBandwidth: (cloud, call) => {
    const bandwidth = shown(cloud, call);
    if (members(cloud, bandwidth) > 0)
      throw new Refusal(400, codes.bandwidthInUse, `The bandwidth ${bandwidth.id} still has addresses.`);
    cloud.tables.bandwidths.end(bandwidth.id, cloud.now);
    return noContent;
  },
};

import { findLine, findSite, type Line, openSite, type Site, siteInfo } from "../catalog.js";
import { formatIpv4, parseIpv4 } from "../cidr.js";
import { spacedSeconds } from "../clock.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { Bandwidth, PublicIp } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text } from "../operation.js";
import type { Life } from "../store.js";
import { chooseBandwidth } from "./bandwidths.js";

/** Start of 198.18.0.0/15, the block set aside for tests of network devices (RFC 2544). */
const firstPublicAddress = (parseIpv4("198.18.0.0") ?? 0) + 1;

export function viewPublicIp(cloud: Cloud, ip: PublicIp): object {
  const site = findSite(ip.site_id);
  const bandwidth = cloud.tables.bandwidths.get(ip.bandwidth_id);
  const { bandwidth_id, ...own } = ip;
  return {
    ...own,
    private_ip_address: cloud.tables.ports.get(ip.port_id)?.ip_address ?? "",
    ip_version: 4,
    site_info: siteInfo(site),
    operator: site?.pools.find((line) => line.pool_id === ip.type)?.operator,
    ...(ip.status === "PENDING_CREATE" || !bandwidth
      ? { bandwidth_size: 0 }
      : {
          bandwidth_id,
          bandwidth_name: bandwidth.name,
          bandwidth_share_type: "WHOLE",
          bandwidth_size: bandwidth.size,
        }),
  };
}

function freeAddress(cloud: Cloud): string {
  const taken = new Set([...cloud.tables.publicips.all()].map((ip) => ip.public_ip_address));
  let address = firstPublicAddress;
  while (taken.has(formatIpv4(address))) address += 1;
  return formatIpv4(address);
}

/** Makes an EIP; unbound when `portId` is empty. */
export function addPublicIp(
  cloud: Cloud,
  site: Site,
  line: Line,
  bandwidth: Bandwidth,
  portId: string,
  status: string,
  life: Life<PublicIp>,
): PublicIp {
  return cloud.tables.publicips.add(
    {
      id: cloud.newId(),
      status,
      port_id: portId,
      public_ip_address: freeAddress(cloud),
      create_time: spacedSeconds(cloud.now),
      bandwidth_id: bandwidth.id,
      site_id: site.id,
      type: line.pool_id,
    },
    life,
  );
}

function shown(cloud: Cloud, call: Call): PublicIp {
  const id = param(call, "publicip_id");
  const ip = cloud.tables.publicips.show(id);
  if (!ip) throw notFound("EIP", id);
  return ip;
}

function bind(cloud: Cloud, ip: PublicIp, portId: string): void {
  if (ip.port_id === portId) return;
  if (ip.port_id !== "")
    throw new Refusal(400, codes.publicIpInUse, `The EIP ${ip.id} is bound to port ${ip.port_id}.`);
  if (ip.status !== "DOWN") throw badParameter("port_id", `the EIP is ${ip.status}, not DOWN`);
  const port = cloud.tables.ports.get(portId);
  if (!port || cloud.tables.ports.ending(portId)) throw badParameter("port_id", `there is no port ${portId}`);
  if (port.site_id !== ip.site_id) {
    const name = (id: string): string => findSite(id)?.name ?? id;
    throw badParameter("port_id", `the port is at ${name(port.site_id)}, the EIP at ${name(ip.site_id)}`);
  }
  const other = cloud.tables.publicips.find((candidate) => candidate.port_id === portId);
  if (other) throw badParameter("port_id", `port ${portId} has the EIP ${other.id} already`);
  cloud.tables.publicips.change(
    ip.id,
    { port_id: portId, status: "BINDING" },
    { at: cloud.after("publicIpBind"), patch: { status: "ACTIVE" } },
  );
}

export const publicIpOperations: Operations = {
  ListPublicIps: (cloud, call) => {
    const [site, port] = [text(call, "site_id"), text(call, "port_id")];
    const found = cloud.tables.publicips.list((ip) => fits(site, ip.site_id) && fits(port, ip.port_id));
    return ok({ publicips: page(call, found).map((ip) => viewPublicIp(cloud, ip)), count: found.length });
  },

  CreatePublicIp: (cloud, call) => {
    const { publicip, bandwidth } = call.body as {
      publicip: { site_id: string; type?: string };
      bandwidth?: { id?: string; bandwidth_type?: string };
    };
    const site = openSite(publicip.site_id, "site_id");
    const line = findLine(site, publicip.type, "type");
    const chosen = chooseBandwidth(cloud, site, line, { id: bandwidth?.id, type: bandwidth?.bandwidth_type });
    cloud.demand("publicIp");
    const ip = addPublicIp(cloud, site, line, chosen(), "", "PENDING_CREATE", {
      steps: [{ at: cloud.after("publicIpCreate"), patch: { status: "DOWN" } }],
    });
    return ok({ publicip: viewPublicIp(cloud, ip) });
  },

  ShowPublicIp: (cloud, call) => ok({ publicip: viewPublicIp(cloud, shown(cloud, call)) }),

  /** An empty, null or absent port unbinds. */
  UpdatePublicIp: (cloud, call) => {
    const ip = shown(cloud, call);
    const { port_id } = (call.body as { publicip: { port_id?: string | null } }).publicip;
    if (cloud.tables.publicips.ending(ip.id)) throw badParameter("publicip_id", "the EIP is being deleted");
    if (port_id) bind(cloud, ip, port_id);
    else if (ip.port_id !== "") {
      const done = { at: cloud.after("publicIpBind"), patch: { status: "DOWN" } };
      cloud.tables.publicips.change(ip.id, { port_id: "", status: "PENDING_UPDATE" }, done);
    }
    return ok({ publicip: viewPublicIp(cloud, ip) });
  },

  DeletePublicIp: (cloud, call) => {
    const ip = shown(cloud, call);
    if (ip.port_id !== "") {
      throw new Refusal(
        400,
        codes.publicIpInUse,
        `The EIP ${ip.id} is bound to port ${ip.port_id}: unbind it first.`,
      );
    }
    cloud.tables.publicips.change(ip.id, { status: "PENDING_DELETE" });
    cloud.tables.publicips.end(ip.id, cloud.after("publicIpDelete"));
    return noContent;
  },
};

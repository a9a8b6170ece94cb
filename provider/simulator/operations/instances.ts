import { createHash } from "node:crypto";
import { account } from "../account.js";
import { catalog, findSite, offers } from "../catalog.js";
import { isoSeconds } from "../clock.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { Port, PublicIp, Server, Volume } from "../model.js";
import { type Call, fits, numberedPage, ok, type Operations, param, text } from "../operation.js";
import { findImage } from "./images.js";
import { createInstance } from "./instance-create.js";

/** Statuses that a filter by the key also finds (BEHAVIOUR.md section 3). */
const statusGroups: Readonly<Record<string, readonly string[]>> = {
  ACTIVE: ["REBOOT", "HARD_REBOOT", "REBUILD", "MIGRATING"],
  SHUTOFF: ["RESIZE", "REBUILD"],
  ERROR: ["REBUILD"],
  VERIFY_RESIZE: ["REVERT_RESIZE"],
};
const powerStates: Readonly<Record<string, { power: number; vm: string }>> = {
  ACTIVE: { power: 1, vm: "active" },
  SHUTOFF: { power: 4, vm: "stopped" },
  BUILD: { power: 0, vm: "building" },
};

/** What belongs to which instance; made once for a whole list. */
interface Attached {
  readonly ports: ReadonlyMap<string, readonly Port[]>;
  readonly publicIps: ReadonlyMap<string, PublicIp>;
  readonly disks: ReadonlyMap<string, readonly Volume[]>;
}

function attached(cloud: Cloud): Attached {
  const bound = [...cloud.tables.publicips.all()].filter((ip) => ip.port_id !== "");
  return {
    ports: grouped(cloud.tables.ports.list(), (port) => port.device_id),
    publicIps: new Map(bound.map((ip) => [ip.port_id, ip])),
    disks: grouped(cloud.tables.volumes.all(), (volume) => volume.server_id),
  };
}

function grouped<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function addressesOf(port: Port, ip: PublicIp | undefined): object[] {
  const entry = (type: "fixed" | "floating", addr: string, version = "4"): object => ({
    "OS-EXT-IPS-MAC:mac_addr": port.mac_address,
    "OS-EXT-IPS:port_id": port.id,
    "OS-EXT-IPS:type": type,
    addr,
    version,
  });
  return [
    entry("fixed", port.ip_address),
    ...(port.ipv6_address ? [entry("fixed", port.ipv6_address, "6")] : []),
    ...(ip ? [entry("floating", ip.public_ip_address)] : []),
  ];
}

export function viewServer(cloud: Cloud, server: Server, belongings: Attached = attached(cloud)): object {
  const { publicIps } = belongings;
  const own = belongings.ports.get(server.id) ?? [];
  const flavor = catalog.flavors.find((candidate) => candidate.id === server.flavor_id);
  const image = findImage(cloud, server.image_id);
  const site = findSite(server.site_id);
  const groups = new Set(own.flatMap((port) => port.security_groups));
  const state = powerStates[server.status] ?? { power: 0, vm: server.status.toLowerCase() };
  const host = createHash("sha256").update(server.id).digest("hex");
  const disks = belongings.disks.get(server.id) ?? [];
  const line = site?.pools.find((pool) => pool.pool_id === server.eip_type);
  return {
    id: server.id,
    origin_server_id: server.id,
    name: server.name,
    description: server.description,
    status: server.status,
    created: server.created,
    updated: server.updated,
    hostId: host.slice(0, 56),
    addresses: own.length
      ? { [server.vpc_id]: own.flatMap((port) => addressesOf(port, publicIps.get(port.id))) }
      : {},
    tags: [
      "__type_iec",
      ...(site ? [`area=${site.area}`, `province=${site.province}`, `city=${site.city}`] : []),
    ],
    locked: false,
    tenant_id: "",
    domain_id: account.domainId,
    sys_tags: [],
    flavor: flavor && {
      id: flavor.id,
      name: flavor.name,
      disk: flavor.disk,
      ram: String(flavor.ram),
      vcpus: flavor.vcpus,
    },
    image: { id: server.image_id },
    metadata: {
      vpc_id: server.vpc_id,
      image_name: image?.name ?? "",
      os_bit: "64",
      charging_mode: "0",
      eip_type: server.eip_type,
    },
    security_groups: [...groups].map((id) => ({ name: cloud.tables.security_groups.get(id)?.name ?? id })),
    progress: null,
    key_name: server.key_name,
    edgecloud_id: server.edgecloud_id,
    edgecloud_name: cloud.tables.edgeclouds.get(server.edgecloud_id)?.name ?? "",
    geolocation: site && {
      id: site.id,
      area: site.area,
      city: site.city,
      country: site.country,
      i18n_area: site.i18n_area,
      i18n_city: site.i18n_city,
      i18n_country: site.i18n_country,
      i18n_province: site.i18n_province,
      province: site.province,
    },
    ...(line ? { operator: line.operator } : {}),
    ...(server.status === "ERROR" ? { fault: faultOf(server) } : {}),
    accessIPv4: "",
    accessIPv6: "",
    "OS-EXT-STS:power_state": state.power,
    "OS-EXT-STS:vm_state": state.vm,
    "OS-EXT-STS:task_state": server.task_state,
    "OS-DCF:diskConfig": "MANUAL",
    "OS-EXT-AZ:availability_zone": offers(server.site_id).availability_zone,
    "OS-SRV-USG:launched_at": server.launched_at,
    "OS-SRV-USG:terminated_at": "",
    "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
    "OS-EXT-SRV-ATTR:ramdisk_id": "",
    "OS-EXT-SRV-ATTR:kernel_id": "",
    "OS-EXT-SRV-ATTR:launch_index": server.launch_index,
    "OS-EXT-SRV-ATTR:reservation_id": "",
    "OS-EXT-SRV-ATTR:hostname": server.name.toLowerCase(),
    "OS-EXT-SRV-ATTR:user_data": server.user_data,
    "OS-EXT-SRV-ATTR:host": host.slice(0, 56),
    "OS-EXT-SRV-ATTR:hypervisor_hostname": host.slice(0, 56),
    "OS-EXT-SRV-ATTR:instance_name": `instance-${server.id.slice(0, 8)}`,
    "os-extended-volumes:volumes_attached": disks.map((volume, index) => ({
      id: volume.id,
      bootIndex: String(index),
      delete_on_termination: "true",
      device: volume.device,
    })),
    "os:scheduler_hints": {},
  };
}

function faultOf({ updated }: Server): object {
  return { code: 500, message: "No valid host was found.", details: "", created: updated };
}

function shown(cloud: Cloud, call: Call): Server {
  const id = param(call, "server_id");
  const server = cloud.tables.servers.show(id);
  if (!server) throw notFound("instance", id);
  return server;
}

/** The instances that a batch names; an unknown one refuses the batch before any effect. */
function batch(cloud: Cloud, servers: readonly { id: string }[]): Server[] {
  return servers.map(({ id }) => {
    const server = cloud.tables.servers.get(id);
    if (!server) throw new Refusal(400, codes.notFound, `The instance ${id} could not be found.`);
    return server;
  });
}

type Action = "os-start" | "os-stop" | "reboot";

function act(cloud: Cloud, server: Server, action: Action, type: "SOFT" | "HARD" = "SOFT"): void {
  const target = action === "os-stop" ? "SHUTOFF" : "ACTIVE";
  if (server.status === target && action !== "reboot") return;
  const needed = action === "os-start" ? "SHUTOFF" : "ACTIVE";
  if (server.status !== needed || cloud.tables.servers.ending(server.id)) {
    throw badParameter("servers", `instance ${server.id} is ${server.status}, ${action} needs ${needed}`);
  }
  const middle = action === "reboot" ? (type === "HARD" ? "HARD_REBOOT" : "REBOOT") : server.status;
  const at = cloud.after("instancePower");
  cloud.tables.servers.change(
    server.id,
    { status: middle, task_state: "powering" },
    { at, patch: { status: target, task_state: "", updated: isoSeconds(at) } },
  );
}

/** Lets the instance go, and with it its cards, disks and every EIP bound to it. */
function deleteServer(cloud: Cloud, server: Server): void {
  const { servers, ports, volumes, publicips } = cloud.tables;
  if (servers.ending(server.id)) return;
  const ended = cloud.after("instanceDelete");
  servers.change(
    server.id,
    { task_state: "deleting" },
    { at: ended, patch: { status: "DELETED", task_state: "" } },
  );
  servers.end(server.id, cloud.after("instanceForget"), { endedAt: ended });
  for (const volume of volumes.all()) if (volume.server_id === server.id) volumes.end(volume.id, ended);
  for (const port of ports.all()) {
    if (port.device_id !== server.id) continue;
    ports.end(port.id, ended);
    for (const ip of publicips.all()) if (ip.port_id === port.id) publicips.end(ip.id, ended);
  }
}

export const instanceOperations: Operations = {
  ListInstances: (cloud, call) => {
    const status = text(call, "status");
    const statuses = status && [status, ...(statusGroups[status] ?? [])];
    const found = cloud.tables.servers.list((server) => {
      const site = findSite(server.site_id);
      return (
        (!statuses || statuses.includes(server.status)) &&
        fits(text(call, "name"), server.name) &&
        fits(text(call, "site_id"), server.site_id) &&
        (["area", "province", "city"] as const).every((level) =>
          fits(text(call, level), site?.[level] ?? ""),
        ) &&
        fits(text(call, "edgecloud_id"), server.edgecloud_id)
      );
    });
    const belongings = attached(cloud);
    return ok({
      servers: numberedPage(call, found, 25).map((server) => viewServer(cloud, server, belongings)),
      count: found.length,
      err_sites: [],
    });
  },

  CreateInstance: createInstance,

  ShowInstance: (cloud, call) => ok({ server: viewServer(cloud, shown(cloud, call)) }),

  /** The answer is flat and mostly empty, as the real one. */
  UpdateInstance: (cloud, call) => {
    const server = shown(cloud, call);
    Object.assign(server, (call.body as { server: { name?: string; description?: string } }).server, {
      updated: isoSeconds(cloud.now),
    });
    const { id, name, description } = server;
    return ok({ id, name, description, status: null, addresses: null, flavor: null });
  },

  BatchInstanceAction: (cloud, call) => {
    const [[action, { servers, type }] = ["os-start", { servers: [] }]] = Object.entries(
      call.body as Record<Action, { servers: { id: string }[]; type?: "SOFT" | "HARD" }>,
    );
    const found = batch(cloud, servers);
    for (const server of found) act(cloud, server, action as Action, type);
    return ok({ jobs: found.map(() => ({ job_id: cloud.newId() })) });
  },

  DeleteInstances: (cloud, call) => {
    const found = batch(cloud, (call.body as { servers: { id: string }[] }).servers);
    for (const server of found) deleteServer(cloud, server);
    return { status: 202, body: { job_id: cloud.newId() } };
  },
};

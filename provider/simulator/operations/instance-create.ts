import { catalog, findLine, type Flavor, type Line, offers, openSite, type Site } from "../catalog.js";
import { isoSeconds } from "../clock.js";
import type { Cloud } from "../cloud.js";
import { badParameter } from "../errors.js";
import type { AddressPair, Bandwidth, Server, Subnet } from "../model.js";
import type { EdgeImage } from "../model-edge-services.js";
import type { Handler } from "../operation.js";
import { freeAddresses } from "./addresses.js";
import { chooseBandwidth } from "./bandwidths.js";
import { findImage } from "./images.js";
import { chooseIpv6Bandwidth } from "./ipv6.js";
import { addNic, checkNicCount, type Nic, type NicDraft, nicSubnet } from "./nics.js";
import { checkGroups, checkPairs } from "./ports.js";
import { addPublicIp } from "./publicips.js";
import { defaultGroupId } from "./security-groups.js";

export interface Disk {
  size: number;
  volume_type: string;
}
/** What requests for single instances and templates of edge services have in common. */
export interface InstanceSettings {
  name: string;
  with_prefix?: boolean;
  image_ref: string;
  flavor_ref: string;
  admin_pass?: string;
  key_name?: string;
  root_volume: Disk;
  data_volumes?: Disk[];
  security_groups?: { id?: string }[];
  user_data?: string;
}
interface ServerInput extends InstanceSettings {
  net_config: {
    vpc_id: string;
    subnets: {
      id: string;
      ipv6_enable?: boolean;
      ipv6_bandwidth_enable?: boolean;
      ipv6_bandwidth?: { id?: string; bandwidth_type?: string };
      allowed_address_pairs?: AddressPair[];
    }[];
  };
  bandwidth?: { ids?: string[]; bandwidth_types?: string[] };
  count: number;
  coverage: { coverage_sites: { site: string; demands: { pool_id?: string; pool_ids?: string[] }[] }[] };
}

/** An EIP of each instance to be made; the n-th goes to the n-th card. */
interface Uplink {
  readonly line: Line;
  readonly bandwidth: () => Bandwidth;
}
/** An instance to be made, with all choices settled. */
export interface InstanceDraft {
  readonly name: string;
  readonly site: Site;
  readonly index: number;
  readonly vpcId: string;
  readonly settings: Pick<InstanceSettings, "image_ref" | "flavor_ref" | "key_name" | "user_data">;
  readonly disks: readonly Disk[];
  readonly nics: readonly NicDraft[];
  readonly uplinks: readonly Uplink[];
  readonly edgecloudId?: string;
  /** Whether it ends in ERROR. */
  readonly fails: boolean;
}

export function checkFlavor(site: Site, id: string): Flavor {
  const flavor = catalog.flavors.find((candidate) => candidate.id === id);
  if (!flavor || !offers(site.id).flavor_ids.includes(id)) {
    throw badParameter("flavor_ref", `site ${site.name} does not offer flavor ${id}`);
  }
  if (/sellout|abandon/.test(flavor.os_extra_specs["cond:operation:status"])) {
    throw badParameter("flavor_ref", `flavor ${id} is sold out`);
  }
  return flavor;
}

export function checkImage(cloud: Cloud, id: string, rootSize: number, parameter: string): EdgeImage {
  const image = findImage(cloud, id);
  if (image?.status !== "active") throw badParameter(parameter, `there is no usable image ${id}`);
  if (rootSize < image.min_disk)
    throw badParameter(parameter, `the image needs a system disk of ${image.min_disk} GB`);
  return image;
}

export function checkDisks(cloud: Cloud, site: Site, root: Disk, data: readonly Disk[]): void {
  for (const { volume_type } of [root, ...data]) {
    if (!offers(site.id).volume_types.includes(volume_type)) {
      throw badParameter("volume_type", `site ${site.name} does not offer ${volume_type} disks`);
    }
  }
  if (root.size > cloud.quota("root_volume_size"))
    throw badParameter("root_volume.size", "it is above the quota");
  if (data.length > cloud.quota("data_volume_count"))
    throw badParameter("data_volumes", "there are too many");
  if (data.some((disk) => disk.size > cloud.quota("data_volume_size"))) {
    throw badParameter("data_volumes.size", "it is above the quota");
  }
}

/** How passwords read back, and how they are kept. */
export const maskedPassword = "******";

function checkPassword(password: string, windows: boolean): void {
  const user = windows ? "Administrator" : "root";
  const classes = [/[A-Z]/, /[a-z]/, /\d/, /[!@$%^\-_=+[{}\]:,./?]/].filter((kind) =>
    kind.test(password),
  ).length;
  if (classes < 3)
    throw badParameter("admin_pass", "it needs three of upper case, lower case, digits, special characters");
  if ([user, user.split("").reverse().join("")].includes(password))
    throw badParameter("admin_pass", "it is the user name");
}

function checkNics(cloud: Cloud, site: Site, net: ServerInput["net_config"]): Nic[] {
  if (!cloud.tables.vpcs.get(net.vpc_id))
    throw badParameter("net_config.vpc_id", `there is no VPC ${net.vpc_id}`);
  checkNicCount(net.subnets.length, "net_config.subnets");
  return net.subnets.map((wanted) => {
    const { id, ipv6_enable: ipv6, allowed_address_pairs: pairs = [] } = wanted;
    const subnet = nicSubnet(cloud, site, net.vpc_id, id, ipv6, "net_config.subnets");
    checkPairs(pairs);
    const public6 = ipv6 && wanted.ipv6_bandwidth_enable;
    const choice = { id: wanted.ipv6_bandwidth?.id, type: wanted.ipv6_bandwidth?.bandwidth_type };
    const ipv6Bandwidth = public6 ? chooseIpv6Bandwidth(cloud, site, subnet, choice) : undefined;
    return { subnet, pairs, ipv6, ipv6Bandwidth };
  });
}

/** The EIPs that `bandwidth` asks for: ids go before lines, lines before the site's first one. */
function checkUplinks(cloud: Cloud, site: Site, input: ServerInput, nics: number): Uplink[] {
  const { bandwidth } = input;
  if (!bandwidth) return [];
  const demand = input.coverage.coverage_sites[0]?.demands[0];
  const uplinks = bandwidth.ids?.length
    ? bandwidth.ids.map((id) => {
        const line = findLine(site, cloud.tables.bandwidths.get(id)?.pool_id, "bandwidth.ids");
        return { line, bandwidth: chooseBandwidth(cloud, site, line, { id }) };
      })
    : (demand?.pool_ids ?? [demand?.pool_id]).map((poolId) => {
        const line = findLine(site, poolId, "pool_id");
        const types = bandwidth.bandwidth_types;
        const type = types?.find((name) => line.allow_share_bandwidth_types.includes(name)) ?? types?.[0];
        return { line, bandwidth: chooseBandwidth(cloud, site, line, { type }) };
      });
  if (uplinks.length > nics) throw badParameter("bandwidth", "there are more EIPs than network cards");
  return uplinks;
}

/** Refuses when `count` such instances, each with so many EIPs, would exceed a quota. */
export function checkQuotas(
  cloud: Cloud,
  count: number,
  flavor: Flavor,
  disks: readonly Disk[],
  uplinks: number,
): void {
  cloud.demand("instance", count);
  cloud.demand("vcpu", count * Number(flavor.vcpus));
  cloud.demand("ram", count * flavor.ram);
  cloud.demand("volume", count * disks.length);
  cloud.demand("gigabyte", count * disks.reduce((sum, disk) => sum + disk.size, 0));
  cloud.demand("publicIp", count * uplinks);
}

export function checkKeyAndData(cloud: Cloud, keyName: string | undefined, data: string | undefined): void {
  if (keyName !== undefined && !cloud.tables.keypairs.get(keyName))
    throw badParameter("key_name", `there is no key pair ${keyName}`);
  if (data !== undefined && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(data))
    throw badParameter("user_data", "it is not base64");
}

/** Checks what does not depend on the site; the result is the ids of the security groups. */
export function checkSettings(cloud: Cloud, settings: InstanceSettings): string[] {
  const { image_ref, root_volume, admin_pass, key_name, user_data } = settings;
  const image = checkImage(cloud, image_ref, root_volume.size, "image_ref");
  if (admin_pass !== undefined && admin_pass !== maskedPassword)
    checkPassword(admin_pass, image.__os_type === "Windows");
  checkKeyAndData(cloud, key_name, user_data);
  const groups = (settings.security_groups ?? [{}]).map(({ id = defaultGroupId }) => id);
  checkGroups(cloud, groups);
  return groups;
}

/** For each card of each instance its address, in the order of making. */
function takeAddresses(cloud: Cloud, nics: readonly Nic[], count: number): (subnet: Subnet) => string {
  const free = new Map<Subnet, string[]>();
  for (const { subnet } of nics) {
    const cards = nics.filter((nic) => nic.subnet === subnet).length;
    free.set(subnet, free.get(subnet) ?? freeAddresses(cloud, subnet, cards * count));
  }
  return (subnet) => free.get(subnet)?.shift() ?? "";
}

/** Makes `count` instances at one site with their cards, disks and EIPs; all checks come before any effect. */
export const createInstance: Handler = (cloud, call) => {
  const input = (call.body as { server: ServerInput }).server;
  const disks = [input.root_volume, ...(input.data_volumes ?? [])];
  const site = openSite(input.coverage.coverage_sites[0]?.site ?? "", "coverage.coverage_sites.site");
  if (site.status === "sellout")
    throw badParameter("coverage.coverage_sites.site", `site ${site.name} is sold out`);
  const flavor = checkFlavor(site, input.flavor_ref);
  checkDisks(cloud, site, input.root_volume, input.data_volumes ?? []);
  const groups = checkSettings(cloud, input);
  const nics = checkNics(cloud, site, input.net_config);
  const uplinks = checkUplinks(cloud, site, input, nics.length);
  checkQuotas(cloud, input.count, flavor, disks, uplinks.length);
  const addressIn = takeAddresses(cloud, nics, input.count);

  const server_ids = Array.from({ length: input.count }, (_, index) => {
    const number = input.count > 1 ? index + 1 : undefined;
    const server = makeInstance(cloud, {
      name: instanceName(site, input.name, input.with_prefix, number),
      site,
      index,
      vpcId: input.net_config.vpc_id,
      settings: input,
      disks,
      nics: nics.map((nic) => ({ ...nic, groups, address: addressIn(nic.subnet) })),
      uplinks,
      fails: call.mishaps.has("jobFailed"),
    });
    return server.id;
  });
  return { status: 202, body: { job_id: cloud.newId(), server_ids } };
};

/** `IEC-<city>01-web-0003`: with the prefix unless it is off, numbered from 1 when a number is given. */
export function instanceName(site: Site, base: string, withPrefix = true, number?: number): string {
  const prefix = withPrefix ? `IEC-${site.city_short_name}01-` : "";
  return prefix + base + (number === undefined ? "" : `-${String(number).padStart(4, "0")}`);
}

/** Makes an instance with its cards, disks and EIPs; everything about it has been checked before. */
export function makeInstance(cloud: Cloud, draft: InstanceDraft): Server {
  const server = addServer(cloud, draft);
  const at = cloud.after("instanceActive");
  const ports = draft.nics.map((nic) =>
    addNic(cloud, server, nic, { steps: [{ at, patch: { status: draft.fails ? "DOWN" : "ACTIVE" } }] }),
  );
  draft.disks.forEach((disk, slot) => addDisk(cloud, server, disk, slot));
  draft.uplinks.forEach((uplink, slot) => {
    addPublicIp(cloud, draft.site, uplink.line, uplink.bandwidth(), ports[slot]?.id ?? "", "BINDING", {
      steps: [{ at, patch: { status: "ACTIVE" } }],
    });
  });
  return server;
}

function addServer(cloud: Cloud, draft: InstanceDraft): Server {
  const at = cloud.after("instanceActive");
  const done: Partial<Server> = draft.fails
    ? { status: "ERROR" }
    : { status: "ACTIVE", launched_at: isoSeconds(at) };
  return cloud.tables.servers.add(
    {
      id: cloud.newId(),
      name: draft.name,
      description: "",
      // What a first read may show (BEHAVIOUR.md section 3).
      status: "DELETED",
      task_state: "scheduling",
      created: isoSeconds(cloud.now),
      updated: isoSeconds(cloud.now),
      launched_at: "",
      flavor_id: draft.settings.flavor_ref,
      image_id: draft.settings.image_ref,
      vpc_id: draft.vpcId,
      site_id: draft.site.id,
      key_name: draft.settings.key_name ?? "",
      user_data: draft.settings.user_data ?? "",
      launch_index: draft.index,
      eip_type: draft.uplinks[0]?.line.pool_id ?? "",
      edgecloud_id: draft.edgecloudId ?? "",
    },
    {
      shownAt: cloud.after("instanceShown"),
      listedAt: cloud.after("instanceBuild"),
      steps: [
        { at: cloud.after("instanceBuild"), patch: { status: "BUILD", task_state: "spawning" } },
        { at, patch: { ...done, task_state: "", updated: isoSeconds(at) } },
      ],
    },
  );
}

function addDisk(cloud: Cloud, server: Server, disk: Disk, slot: number): void {
  cloud.tables.volumes.add({
    id: cloud.newId(),
    name: `${server.name}-volume-${String(slot).padStart(4, "0")}`,
    size: disk.size,
    volume_type: disk.volume_type,
    bootable: slot === 0,
    server_id: server.id,
    site_id: server.site_id,
    device: `/dev/vd${String.fromCharCode(97 + slot)}`,
    attachment_id: cloud.newId(),
  });
}

import { findSite, openSite, siteInfo } from "../catalog.js";
import { contains, overlaps, parseIpv4 } from "../cidr.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { Subnet } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text, without } from "../operation.js";
import { rangeOf, within } from "./ranges.js";

const longestPrefix = 28;
export const defaultDns = ["114.114.114.114", "8.8.8.8"] as const;
export const vipOwner = "neutron:VIP_PORT";

interface DnsInput {
  primary_dns?: string;
  secondary_dns?: string;
  dnsList?: string[];
}
interface SubnetInput extends DnsInput {
  name: string;
  cidr: string;
  gateway_ip: string;
  dhcp_enable?: boolean;
  vpc_id: string;
  site_id: string;
}
interface SubnetUpdate extends DnsInput {
  name?: string;
  dhcp_enable?: boolean;
  ipv6_enable?: boolean;
  pool_id?: string;
}

export function viewSubnet(_cloud: Cloud, subnet: Subnet): object {
  return {
    // ACL and route table show the subnet, not it them.
    ...without(subnet, "firewall_id", "routetable_id"),
    neutron_network_id: subnet.id,
    site_info: siteInfo(findSite(subnet.site_id)),
  };
}

/** The servers a subnet hands out: the given ones, first and second in front; the cloud's own without any. */
function dnsOf(input: DnsInput): Pick<Subnet, "dnsList" | "primary_dns" | "secondary_dns"> {
  const { primary_dns, secondary_dns, dnsList = [] } = input;
  if (secondary_dns !== undefined && primary_dns === undefined && dnsList.length === 0) {
    throw new Refusal(400, codes.primaryDns, "A secondary DNS server needs a primary one.");
  }
  const wrong = dnsList.find((server) => parseIpv4(server) === undefined);
  if (wrong !== undefined) throw badParameter("dnsList", `${wrong} is no IPv4 address`);
  const given = [primary_dns, secondary_dns, ...dnsList].filter((server) => server !== undefined);
  const servers = given.length > 0 ? [...new Set(given)] : [...defaultDns];
  return {
    dnsList: servers,
    primary_dns: primary_dns ?? servers[0] ?? null,
    secondary_dns: secondary_dns ?? servers.find((server) => server !== (primary_dns ?? servers[0])) ?? null,
  };
}

function shown(cloud: Cloud, call: Call): Subnet {
  const id = param(call, "subnet_id");
  const subnet = cloud.tables.subnets.show(id);
  if (!subnet) throw notFound("subnet", id);
  return subnet;
}

function systemResource(): Refusal {
  const reason = "No right to handle a system resource: the VPC plans its own subnets.";
  return new Refusal(400, codes.systemVpc, reason);
}

/** The fields that turning IPv6 on adds; only a first address block per subnet is made. */
function ipv6Fields(cloud: Cloud, subnet: Subnet, poolId: string | undefined): Partial<Subnet> {
  if (poolId === undefined) throw badParameter("pool_id", "it is needed with ipv6_enable");
  const line = findSite(subnet.site_id)?.pools.find((pool) => pool.id === poolId && pool.ip_version === "6");
  if (!line) throw badParameter("pool_id", `the site has no IPv6 line ${poolId}`);
  const block = `fd00:${cloud.random.hex(4)}:${cloud.random.hex(4)}`;
  return {
    ipv6_enable: true,
    pool_id: poolId,
    cidr_v6: `${block}::/64`,
    gateway_ip_v6: `${block}::1`,
    neutron_subnet_id_v6: cloud.newId(),
  };
}

export const subnetOperations: Operations = {
  ListSubnets: (cloud, call) => {
    const [vpc, site] = [text(call, "vpc_id"), text(call, "site_id")];
    const subnets = cloud.tables.subnets.list(
      (subnet) => fits(vpc, subnet.vpc_id) && fits(site, subnet.site_id),
    );
    return ok({
      subnets: page(call, subnets).map((subnet) => viewSubnet(cloud, subnet)),
      count: subnets.length,
    });
  },

  CreateSubnet: (cloud, call) => {
    const input = (call.body as { subnet: SubnetInput }).subnet;
    const vpc = cloud.tables.vpcs.get(input.vpc_id);
    if (!vpc) throw badParameter("vpc_id", `there is no VPC ${input.vpc_id}`);
    if (vpc.mode === "SYSTEM") throw systemResource();
    const site = openSite(input.site_id, "site_id");
    const range = rangeOf(input.cidr);
    if (range.prefix > longestPrefix)
      throw badParameter("cidr", `the prefix has at most ${longestPrefix} bits`);
    if (!contains(rangeOf(vpc.cidr), range)) {
      throw badParameter("cidr", `${input.cidr} is not inside the VPC's range ${vpc.cidr}`);
    }
    const sibling = cloud.tables.subnets.find(
      (subnet) => subnet.vpc_id === vpc.id && overlaps(rangeOf(subnet.cidr), range),
    );
    if (sibling) {
      const other = `${sibling.name} (${sibling.cidr})`;
      throw new Refusal(
        400,
        codes.subnetOverlap,
        `The range ${input.cidr} overlaps subnet ${other} of the VPC.`,
      );
    }
    if (!within(range, input.gateway_ip)) throw badParameter("gateway_ip", `it is not inside ${input.cidr}`);
    const dns = dnsOf(input);
    cloud.demand("subnet");
    const subnet = cloud.tables.subnets.add(
      {
        id: cloud.newId(),
        name: input.name,
        cidr: input.cidr,
        gateway_ip: input.gateway_ip,
        dhcp_enable: input.dhcp_enable ?? true,
        ...dns,
        status: "UNKNOWN",
        vpc_id: vpc.id,
        site_id: site.id,
        neutron_subnet_id: cloud.newId(),
        ipv6_enable: false,
      },
      { steps: [{ at: cloud.after("subnetActive"), patch: { status: "ACTIVE" } }] },
    );
    return ok({ subnet: viewSubnet(cloud, subnet) });
  },

  ShowSubnet: (cloud, call) => ok({ subnet: viewSubnet(cloud, shown(cloud, call)) }),

  UpdateSubnet: (cloud, call) => {
    const subnet = shown(cloud, call);
    const input = (call.body as { subnet: SubnetUpdate }).subnet;
    if (input.ipv6_enable === false && subnet.ipv6_enable)
      throw badParameter("ipv6_enable", "IPv6 cannot be turned off");
    const dnsGiven = input.primary_dns ?? input.secondary_dns ?? input.dnsList;
    const patch: Partial<Subnet> = {
      ...(input.name ? { name: input.name } : {}),
      ...(input.dhcp_enable === undefined ? {} : { dhcp_enable: input.dhcp_enable }),
      ...(dnsGiven === undefined ? {} : dnsOf(input)),
      ...(input.ipv6_enable && !subnet.ipv6_enable ? ipv6Fields(cloud, subnet, input.pool_id) : {}),
    };
    Object.assign(subnet, patch);
    const { id, status, ipv6_enable, neutron_subnet_id_v6 } = subnet;
    return ok({
      subnet: { id, status, ipv6_enable, ...(neutron_subnet_id_v6 ? { neutron_subnet_id_v6 } : {}) },
    });
  },

  DeleteSubnet: (cloud, call) => {
    const subnet = shown(cloud, call);
    if (cloud.tables.vpcs.get(subnet.vpc_id)?.mode === "SYSTEM") throw systemResource();
    const port = cloud.tables.ports.find((candidate) => candidate.network_id === subnet.id);
    if (port?.device_owner === vipOwner) {
      throw new Refusal(
        400,
        codes.subnetInUseByVip,
        `The subnet ${subnet.id} is used by the virtual IP ${port.id}.`,
      );
    }
    if (port) {
      const user = `instance ${port.device_id}`;
      throw new Refusal(
        400,
        codes.subnetInUse,
        `The subnet ${subnet.id} is in use by ${user} or a load balancer.`,
      );
    }
    if (subnet.firewall_id !== undefined) {
      const user = `network ACL ${subnet.firewall_id}`;
      throw new Refusal(400, codes.subnetInUseByVip, `The subnet ${subnet.id} is used by the ${user}.`);
    }
    cloud.tables.subnets.end(subnet.id, cloud.after("subnetDelete"));
    return noContent;
  },
};

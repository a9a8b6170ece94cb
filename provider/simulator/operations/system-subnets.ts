import type { Site } from "../catalog.js";
import { formatIpv4, overlaps, type Range } from "../cidr.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, Refusal } from "../errors.js";
import type { Subnet, Vpc } from "../model.js";
import { hasFreeAddresses } from "./addresses.js";
import { rangeOf } from "./ranges.js";
import { defaultDns } from "./subnets.js";

/** Size of the blocks that the system cuts from a SYSTEM VPC. */
const prefix = 24;
const blockSize = 2 ** (32 - prefix);

/** The SYSTEM VPC of the id; anything else is refused. */
export function systemVpc(cloud: Cloud, id: string): Vpc {
  const vpc = cloud.tables.vpcs.get(id);
  if (!vpc) throw badParameter("net_config.vpc_id", `there is no VPC ${id}`);
  if (vpc.mode !== "SYSTEM")
    throw badParameter("net_config.vpc_id", `VPC ${vpc.name} is ${vpc.mode}, not SYSTEM`);
  return vpc;
}

/** A subnet of the SYSTEM VPC at the site with room for so many cards: one that is there, or a new one. */
export function systemSubnet(cloud: Cloud, vpc: Vpc, site: Site, cards: number): Subnet {
  for (const subnet of cloud.tables.subnets.all()) {
    const fitting = subnet.vpc_id === vpc.id && subnet.site_id === site.id;
    if (fitting && !cloud.tables.subnets.ending(subnet.id) && hasFreeAddresses(cloud, subnet, cards))
      return subnet;
  }
  const { first } = freeBlock(cloud, vpc);
  return cloud.tables.subnets.add(
    {
      id: cloud.newId(),
      name: `${vpc.name}-${site.city_short_name}`,
      cidr: `${formatIpv4(first)}/${prefix}`,
      gateway_ip: formatIpv4(first + 1),
      dhcp_enable: true,
      dnsList: [...defaultDns],
      primary_dns: defaultDns[0],
      secondary_dns: defaultDns[1],
      status: "UNKNOWN",
      vpc_id: vpc.id,
      site_id: site.id,
      neutron_subnet_id: cloud.newId(),
      ipv6_enable: false,
    },
    { steps: [{ at: cloud.after("subnetActive"), patch: { status: "ACTIVE" } }] },
  );
}

/** The lowest block of the VPC that no subnet touches. */
function freeBlock(cloud: Cloud, vpc: Vpc): Range {
  const range = rangeOf(vpc.cidr);
  const taken = [...cloud.tables.subnets.all()]
    .filter((subnet) => subnet.vpc_id === vpc.id)
    .map((subnet) => rangeOf(subnet.cidr));
  for (let first = range.first; first + blockSize - 1 <= range.last; first += blockSize) {
    const block = { first, last: first + blockSize - 1, prefix };
    if (!taken.some((other) => overlaps(block, other))) return block;
  }
  throw new Refusal(400, codes.cidr, `The VPC ${vpc.name} (${vpc.cidr}) has no range left for a subnet.`);
}

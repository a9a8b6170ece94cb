import { contains, type Range } from "../cidr.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { Subnet, Vpc } from "../model.js";
import { type Call, fits, noContent, ok, type Operations, page, param, text } from "../operation.js";
import { rangeOf } from "./ranges.js";
import { addDefaultTable, endTables } from "./routetables.js";

/** Blocks a VPC may take its range from, and the longest prefix a SYSTEM VPC may have there (BEHAVIOUR.md 2.1). */
const blocks = [
  { range: "10.0.0.0/8", systemPrefix: 16 },
  { range: "172.16.0.0/12", systemPrefix: 16 },
  { range: "192.168.0.0/16", systemPrefix: 16 },
];
const customerPrefix = 24;

export function viewVpc(cloud: Cloud, vpc: Vpc): object {
  return { ...vpc, subnet_num: cloud.tables.subnets.count((subnet) => subnet.vpc_id === vpc.id) };
}

function checkRange(cidr: string, mode: Vpc["mode"]): Range {
  const range = rangeOf(cidr);
  const block = blocks.find((candidate) => contains(rangeOf(candidate.range), range));
  if (!block) throw badParameter("cidr", `${cidr} is in none of ${blocks.map((b) => b.range).join(", ")}`);
  const longest = mode === "SYSTEM" ? block.systemPrefix : customerPrefix;
  if (range.prefix > longest)
    throw badParameter("cidr", `a ${mode} VPC has a prefix of at most ${longest} bits`);
  return range;
}

function checkName(cloud: Cloud, name: string, own?: string): void {
  if (cloud.tables.vpcs.find((vpc) => vpc.name === name && vpc.id !== own)) {
    throw new Refusal(400, codes.vpcNameExists, `A VPC named ${name} exists already.`);
  }
}

function hasPorts(cloud: Cloud, subnet: Subnet): boolean {
  return cloud.tables.ports.find((port) => port.network_id === subnet.id) !== undefined;
}

function shown(cloud: Cloud, call: Call): Vpc {
  const id = param(call, "vpc_id");
  const vpc = cloud.tables.vpcs.show(id);
  if (!vpc) throw notFound("VPC", id);
  return vpc;
}

export const vpcOperations: Operations = {
  ListVpcs: (cloud, call) => {
    const [id, name] = [text(call, "id"), text(call, "name")];
    const vpcs = cloud.tables.vpcs.list((vpc) => fits(id, vpc.id) && fits(name, vpc.name));
    const counts = new Map<string, number>();
    for (const { vpc_id } of cloud.tables.subnets.all()) counts.set(vpc_id, (counts.get(vpc_id) ?? 0) + 1);
    return ok({
      vpcs: page(call, vpcs).map((vpc) => ({ ...vpc, subnet_num: counts.get(vpc.id) ?? 0 })),
      count: vpcs.length,
    });
  },

  CreateVpc: (cloud, call) => {
    const { name, cidr, mode } = (call.body as { vpc: Omit<Vpc, "id"> }).vpc;
    checkRange(cidr, mode);
    checkName(cloud, name);
    cloud.demand("vpc");
    const vpc = cloud.tables.vpcs.add({ id: cloud.newId(), name, cidr, mode });
    addDefaultTable(cloud, vpc.id);
    return ok({ vpc: viewVpc(cloud, vpc) });
  },

  ShowVpc: (cloud, call) => ok({ vpc: viewVpc(cloud, shown(cloud, call)) }),

  /** An empty name is accepted by the contract; it leaves the name as it is. */
  UpdateVpc: (cloud, call) => {
    const vpc = shown(cloud, call);
    const { name, cidr } = (call.body as { vpc: { name?: string; cidr?: string } }).vpc;
    if (name) checkName(cloud, name, vpc.id);
    if (cidr !== undefined) {
      const range = checkRange(cidr, vpc.mode);
      const outside = cloud.tables.subnets.find(
        (subnet) => subnet.vpc_id === vpc.id && !contains(range, rangeOf(subnet.cidr)),
      );
      if (outside)
        throw badParameter("cidr", `subnet ${outside.name} (${outside.cidr}) would lie outside ${cidr}`);
    }
    cloud.tables.vpcs.change(vpc.id, { ...(name ? { name } : {}), ...(cidr ? { cidr } : {}) });
    return ok({ vpc: viewVpc(cloud, vpc) });
  },

  DeleteVpc: (cloud, call) => {
    const vpc = shown(cloud, call);
    const subnets = [...cloud.tables.subnets.all()].filter((subnet) => subnet.vpc_id === vpc.id);
    // What the system has made in its own VPC goes along, once nothing uses it.
    if (vpc.mode === "SYSTEM" && !subnets.some((subnet) => hasPorts(cloud, subnet))) {
      for (const subnet of subnets) cloud.tables.subnets.end(subnet.id, cloud.now);
    } else if (subnets.length > 0) {
      throw new Refusal(400, codes.vpcInUse, `The VPC ${vpc.id} still has subnets.`);
    }
    endTables(cloud, vpc.id);
    cloud.tables.vpcs.end(vpc.id, cloud.now);
    return noContent;
  },
};

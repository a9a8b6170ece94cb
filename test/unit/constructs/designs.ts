import { TerraformResource, type App, type TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { DataIecSites, Eip, Server, Vpc, VpcSubnet, type ServerConfig } from "iec-cdk";

/** Where a design puts what it refers to, and what refers; and how the reference is written. */
export interface Writing {
  readonly app: App;
  /** Holds the network. */
  readonly net: TerraformStack;
  /** Holds the construct that is wrong, whose id is "culprit". */
  readonly own: Construct;
  readonly via: (value: string) => string;
}
export interface Design {
  readonly code: string;
  readonly attribute: string;
  readonly draw: (writing: Writing) => unknown;
}

const [GUANGZHOU, XIAN] = ["site-guangzhou", "site-xian"];
const REST = {
  name: "s",
  flavorId: "c6.large.2",
  imageId: "ubuntu",
  securityGroups: ["group"],
  systemDiskType: "SAS",
  systemDiskSize: 40,
} satisfies Partial<ServerConfig>;

export const vpc = (scope: Construct, id: string, mode = "CUSTOMER"): Vpc =>
  new Vpc(scope, id, { name: id, cidr: "10.0.0.0/16", mode });

export const subnet = (scope: Construct, id: string, vpcId: string, siteId: string, third = 1): VpcSubnet =>
  new VpcSubnet(scope, id, {
    name: id,
    vpcId,
    siteId,
    cidr: `10.0.${third}.0/24`,
    gatewayIp: `10.0.${third}.1`,
  });

export const server = (
  scope: Construct,
  id: string,
  vpcId: string,
  siteId: string,
  subnetIds: string[],
): Server => new Server(scope, id, { ...REST, vpcId, subnetIds, coverageSites: { siteId } });

export const siteOf = (scope: Construct, city: string): string =>
  new DataIecSites(scope, `site-${city}`, { city }).sites.get(0).id;

/** Designs that are wrong however they are written. */
export const WRONG: Readonly<Record<string, Design>> = {
  "a subnet of another VPC": {
    code: "IEC1001",
    attribute: "subnet_ids[0]",
    draw: ({ net, own, via }) => {
      const [a, b] = [vpc(net, "a"), vpc(net, "b")];
      const web = subnet(net, "web", b.id, GUANGZHOU);
      server(own, "culprit", a.id, GUANGZHOU, [via(web.id)]);
    },
  },
  "another VPC than the subnet's": {
    code: "IEC1001",
    attribute: "subnet_ids[0]",
    draw: ({ net, own, via }) => {
      const [a, b] = [vpc(net, "a"), vpc(net, "b")];
      const web = subnet(net, "web", a.id, GUANGZHOU);
      server(own, "culprit", via(b.id), GUANGZHOU, [web.id]);
    },
  },
  "a subnet of another site": {
    code: "IEC1002",
    attribute: "subnet_ids[0]",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      server(own, "culprit", id, XIAN, [via(subnet(net, "web", id, GUANGZHOU).id)]);
    },
  },
  "a site in another city": {
    code: "IEC1002",
    attribute: "subnet_ids[0]",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const web = subnet(net, "web", id, siteOf(net, "guangzhou"));
      server(own, "culprit", id, via(siteOf(net, "xian")), [web.id]);
    },
  },
  "NICs in two sites": {
    code: "IEC1003",
    attribute: "subnet_ids[1]",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const [a, b] = [subnet(net, "web", id, GUANGZHOU), subnet(net, "db", id, XIAN, 2)];
      new Server(own, "culprit", {
        ...REST,
        vpcId: id,
        subnetIds: [a.id, via(b.id)],
        coverageSites: { siteId: "${var.site}" },
      });
    },
  },
  "a subnet outside of its VPC": {
    code: "IEC1004",
    attribute: "cidr",
    draw: ({ net, own, via }) => {
      new VpcSubnet(own, "culprit", {
        name: "culprit",
        vpcId: via(vpc(net, "a").id),
        siteId: GUANGZHOU,
        cidr: "10.1.0.0/24",
        gatewayIp: "10.1.0.1",
      });
    },
  },
  "subnets that overlap": {
    code: "IEC1005",
    attribute: "cidr",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      subnet(net, "b", id, GUANGZHOU);
      subnet(own, "culprit", via(id), GUANGZHOU);
    },
  },
  "a subnet in a SYSTEM VPC": {
    code: "IEC1006",
    attribute: "vpc_id",
    draw: ({ net, own, via }) => {
      subnet(own, "culprit", via(vpc(net, "a", "SYSTEM").id), GUANGZHOU);
    },
  },
  "an address for a server elsewhere": {
    code: "IEC1007",
    attribute: "port_id",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const web = server(net, "web", id, GUANGZHOU, [subnet(net, "sn", id, GUANGZHOU).id]);
      new Eip(own, "culprit", { siteId: XIAN, portId: via(web.nics.get(0).port) });
    },
  },
  "a VPC of the central cloud": {
    code: "IEC1009",
    attribute: "vpc_id",
    draw: ({ net, own, via }) => {
      const central = new TerraformResource(net, "central", { terraformResourceType: "huaweicloud_vpc" });
      subnet(own, "culprit", via(central.getStringAttribute("id")), GUANGZHOU);
    },
  },
  "a VPC for a subnet": {
    code: "IEC1010",
    attribute: "subnet_ids[0]",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      server(own, "culprit", id, GUANGZHOU, [via(id)]);
    },
  },
};

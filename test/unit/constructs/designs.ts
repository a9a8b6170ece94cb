import { TerraformResource, type App, type TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { DataIecSites, Eip, Keypair, Server, Vip, Vpc, VpcSubnet, type ServerConfig } from "iec-cdk";
import tables from "../../../schema/generated/placement.json" with { type: "json" };

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
  /** The last line of the message. */
  readonly fix: string;
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
    fix: "Create a subnet of iec_vpc.a in the server's site and use it there, or set vpc_id to iec_vpc.b.",
    draw: ({ net, own, via }) => {
      const [a, b] = [vpc(net, "a"), vpc(net, "b")];
      const web = subnet(net, "web", b.id, GUANGZHOU);
      server(own, "culprit", a.id, GUANGZHOU, [via(web.id)]);
    },
  },
  "another VPC than the subnet's": {
    code: "IEC1001",
    attribute: "subnet_ids[0]",
    fix: "Create a subnet of iec_vpc.b in the server's site and use it there, or set vpc_id to iec_vpc.a.",
    draw: ({ net, own, via }) => {
      const [a, b] = [vpc(net, "a"), vpc(net, "b")];
      const web = subnet(net, "web", a.id, GUANGZHOU);
      server(own, "culprit", via(b.id), GUANGZHOU, [web.id]);
    },
  },
  "a subnet of another site": {
    code: "IEC1002",
    attribute: "subnet_ids[0]",
    fix: 'Create a subnet of iec_vpc.a in site "site-xian" and use it there, or place the server in site "site-guangzhou".',
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      server(own, "culprit", id, XIAN, [via(subnet(net, "web", id, GUANGZHOU).id)]);
    },
  },
  "a site in another city": {
    code: "IEC1002",
    attribute: "subnet_ids[0]",
    fix: "Create a subnet of iec_vpc.a in site xian and use it there, or place the server in site guangzhou.",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const web = subnet(net, "web", id, siteOf(net, "guangzhou"));
      server(own, "culprit", id, via(siteOf(net, "xian")), [web.id]);
    },
  },
  "NICs in two sites": {
    code: "IEC1003",
    attribute: "subnet_ids[1]",
    fix: 'Use subnets of one site, "site-guangzhou" or "site-xian", for every NIC, and place the server in that site.',
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
    fix: "Use a range inside 10.0.0.0/16, such as 10.0.0.0/24, or change the VPC's range.",
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
    fix: "Use a range that is free in iec_vpc.a, such as 10.0.0.0/24.",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      subnet(net, "b", id, GUANGZHOU);
      subnet(own, "culprit", via(id), GUANGZHOU);
    },
  },
  "a subnet in a SYSTEM VPC": {
    code: "IEC1006",
    attribute: "vpc_id",
    fix: 'Set mode = "CUSTOMER" on iec_vpc.a (a VPC that exists is replaced by that), or remove the subnet.',
    draw: ({ net, own, via }) => {
      subnet(own, "culprit", via(vpc(net, "a", "SYSTEM").id), GUANGZHOU);
    },
  },
  "an address for a server elsewhere": {
    code: "IEC1007",
    attribute: "port_id",
    fix: 'Make the EIP in site "site-guangzhou", or bind it to a port of a server in site "site-xian".',
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const web = server(net, "web", id, GUANGZHOU, [subnet(net, "sn", id, GUANGZHOU).id]);
      new Eip(own, "culprit", { siteId: XIAN, portId: via(web.nics.get(0).port) });
    },
  },
  "a VPC of the central cloud": {
    code: "IEC1009",
    attribute: "vpc_id",
    fix: "Use the id of an iec_vpc, made in IEC.",
    draw: ({ net, own, via }) => {
      const central = new TerraformResource(net, "central", { terraformResourceType: "huaweicloud_vpc" });
      subnet(own, "culprit", via(central.getStringAttribute("id")), GUANGZHOU);
    },
  },
  "a VPC for a subnet": {
    code: "IEC1010",
    attribute: "subnet_ids[0]",
    fix: "Use the id of an iec_vpc_subnet.",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      server(own, "culprit", id, GUANGZHOU, [via(id)]);
    },
  },
  "a range wider than the VPC's": {
    code: "IEC1004",
    attribute: "cidr",
    fix: "Use a range inside 10.0.0.0/16, or change the VPC's range.",
    draw: ({ net, own, via }) => {
      const cidr = "10.0.0.0/8";
      const vpcId = via(vpc(net, "a").id);
      new VpcSubnet(own, "culprit", { name: "c", vpcId, siteId: GUANGZHOU, cidr, gatewayIp: "10.0.0.1" });
    },
  },
  "a range that holds another subnet's": {
    code: "IEC1005",
    attribute: "cidr",
    fix: "Use a range that is free in iec_vpc.a, or a VPC of its own.",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      subnet(net, "b", id, XIAN);
      const cidr = "10.0.0.0/16";
      const vpcId = via(id);
      new VpcSubnet(own, "culprit", { name: "c", vpcId, siteId: GUANGZHOU, cidr, gatewayIp: "10.0.0.1" });
    },
  },
  "a subnet in a VPC of the default mode": {
    code: "IEC1006",
    attribute: "vpc_id",
    fix: 'Set mode = "CUSTOMER" on iec_vpc.a (a VPC that exists is replaced by that), or remove the subnet.',
    draw: ({ net, own, via }) => {
      subnet(own, "culprit", via(new Vpc(net, "a", { name: "a", cidr: "10.0.0.0/16" }).id), GUANGZHOU);
    },
  },
  "an address for a server in another city": {
    code: "IEC1007",
    attribute: "port_id",
    fix: "Make the EIP in site guangzhou, or bind it to a port of a server in site xian.",
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const site = siteOf(net, "guangzhou");
      const web = server(net, "web", id, site, [subnet(net, "sn", id, site).id]);
      new Eip(own, "culprit", { siteId: via(siteOf(net, "xian")), portId: web.nics.get(0).port });
    },
  },
  "an address for a virtual IP elsewhere": {
    code: "IEC1007",
    attribute: "port_id",
    fix: 'Make the EIP in site "site-guangzhou", or bind it to a port of a server in site "site-xian".',
    draw: ({ net, own, via }) => {
      const web = subnet(net, "web", vpc(net, "a").id, GUANGZHOU);
      const behind = server(net, "behind", web.vpcId, GUANGZHOU, [web.id]).nics.get(0).port;
      const vip = new Vip(net, "vip", { subnetId: web.id, portIds: [behind] });
      new Eip(own, "culprit", { siteId: XIAN, portId: via(vip.id) });
    },
  },
  "a subnet of another VPC beside a right one": {
    code: "IEC1001",
    attribute: "subnet_ids[1]",
    fix: "Use iec_vpc_subnet.web (VPC iec_vpc.a) there.",
    draw: ({ net, own, via }) => {
      const [a, b] = [vpc(net, "a"), vpc(net, "b")];
      const [web, other] = [subnet(net, "web", a.id, XIAN), subnet(net, "other", b.id, XIAN)];
      server(own, "culprit", a.id, XIAN, [web.id, via(other.id)]);
    },
  },
  "a subnet of another site beside a right one": {
    code: "IEC1002",
    attribute: "subnet_ids[1]",
    fix: 'Create a subnet of iec_vpc.a in site "site-xian" and use it there.',
    draw: ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const [web, other] = [subnet(net, "web", id, XIAN), subnet(net, "other", id, GUANGZHOU, 2)];
      server(own, "culprit", id, XIAN, [web.id, via(other.id)]);
    },
  },
  "a VPC that was imported, by the id of another": {
    code: "IEC1001",
    attribute: "subnet_ids[0]",
    fix: 'Create a subnet of "vpc-2" in the server\'s site and use it there, or set vpc_id to iec_vpc.a.',
    draw: ({ net, own, via }) => {
      const a = vpc(net, "a");
      a.importFrom("vpc-1");
      server(own, "culprit", via("vpc-2"), XIAN, [subnet(net, "web", a.id, XIAN).id]);
    },
  },
  "the name of a VPC of the central cloud": {
    code: "IEC1009",
    attribute: "vpc_id",
    fix: "Use the id of an iec_vpc, made in IEC.",
    draw: ({ own, via }) => subnet(own, "culprit", via("urn:vpc:cn-north-4:1"), GUANGZHOU),
  },
  ...wrongReferences(),
};

/** Every attribute that takes an id, given one of another kind, and one of the central cloud. */
function wrongReferences(): Record<string, Design> {
  const designs: Record<string, Design> = {};
  for (const [type, refs] of Object.entries(tables.refs)) {
    for (const [pattern, kinds] of Object.entries(refs) as [string, readonly string[]][]) {
      const attribute = pattern.replaceAll("[]", "[0]");
      const kind = `the id of an ${kinds.join(" or ")}`;
      designs[`${type} ${pattern} of another kind`] = {
        code: "IEC1010",
        attribute,
        fix: `Use ${kind}.`,
        draw: ({ net, own, via }) => {
          const other = kinds.includes("iec_vpc")
            ? new Keypair(net, "other", { name: "k" })
            : vpc(net, "other");
          resource(own, type, pattern, via(other.id));
        },
      };
      designs[`${type} ${pattern} of the central cloud`] = {
        code: "IEC1009",
        attribute,
        fix: `Use ${kind}, made in IEC.`,
        draw: ({ net, own, via }) => {
          const central = new TerraformResource(net, "central", { terraformResourceType: "huaweicloud_vpc" });
          resource(own, type, pattern, via(central.getStringAttribute("id")));
        },
      };
    }
  }
  return designs;
}

/** The culprit as a resource of any type, with one attribute. */
function resource(own: Construct, terraformResourceType: string, pattern: string, value: string): void {
  const steps = pattern.replaceAll("[]", ".[]").split(".");
  const nest = (rest: readonly string[]): unknown => {
    const [step, ...more] = rest;
    if (step === undefined) return value;
    return step === "[]" ? [nest(more)] : { [step]: nest(more) };
  };
  const [name = "", ...more] = steps;
  new TerraformResource(own, "culprit", { terraformResourceType }).addOverride(name, nest(more));
}

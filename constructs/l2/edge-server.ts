import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { DataIecServer } from "../generated/data-iec-server";
import { Server, type ServerConfig } from "../generated/server";
import { Connections } from "./connections";
import { EdgeConstruct } from "./construct";
import type { EdgeSite } from "./edge-site";
import type { AnySubnet } from "./edge-subnet";
import type { AnyVpc } from "./edge-vpc";
import type { Image } from "./image";
import type { KeyPair } from "./key-pair";
import type { NextHop } from "./route-table";
import type { PeerIn, Reachable, Remote } from "./peer";
import type { Known, ServerPlace } from "./place";
import * as props from "./props";
import { SecurityGroup, type AnySecurityGroup } from "./security-group";

/** A subnet in a city and of a VPC, as far as the types know both. */
export type SubnetIn<City extends string, VpcName extends string, Id extends string = string> = Pick<
  AnySubnet,
  "subnetId" | "node"
> & {
  readonly place: { readonly city: Known<City>; readonly vpc: Known<VpcName>; readonly subnet: Id };
};

export interface EdgeServerProps<
  City extends string,
  VpcName extends string,
  SubnetId extends string = string,
> {
  readonly site: EdgeSite<City>;
  readonly vpc: AnyVpc<VpcName>;
  /** A NIC in each: subnets of the server's VPC and site. */
  readonly subnets: readonly SubnetIn<NoInfer<City>, NoInfer<VpcName>, SubnetId>[];
  /** Such as `c6.large.2`. */
  readonly flavor: string;
  readonly image: Image;
  readonly key: Pick<KeyPair, "keyName">;
  /** A group of its own, without rules, when not set. */
  readonly securityGroups?: readonly AnySecurityGroup[];
  /** System disk: 40 GB of SAS when not set. */
  readonly disk?: Disk;
  /** At most two more. */
  readonly dataDisks?: readonly Disk[];
  /** What the first boot runs, such as a shell script, as it is: it is encoded here. */
  readonly userData?: string;
  /** The id of the construct when not set. */
  readonly name?: string;
}

export interface Disk {
  readonly type: ServerConfig["systemDiskType"];
  /** In GB. */
  readonly size: number;
}

/**
 * A server, made here or not. It stands in at least the subnets that the types name, so one of known subnets is none of
 * unknown ones: hence `any`.
 */
export abstract class AnyServer<
  City extends string = string,
  VpcName extends string = string,
  SubnetId extends string = any,
>
  extends EdgeConstruct
  implements Reachable
{
  declare readonly place: ServerPlace<City, VpcName, SubnetId>;
  abstract readonly serverId: string;
  abstract readonly siteId: string;
  /** Of its first NIC. */
  abstract readonly portId: string;
  /** What may pass between it and others. */
  abstract readonly connections: Connections<PeerIn<City, VpcName>>;

  get remotes(): readonly Remote[] {
    return this.connections.securityGroups.flatMap((group) => group.remotes);
  }
  /** As routes go by it. */
  get nextHop(): NextHop {
    return { type: "ecs", nexthop: this.serverId };
  }

  /** The port of its NIC in a subnet; undefined where it has none there. */
  abstract portIn(subnet: Pick<AnySubnet, "subnetId">): string | undefined;
}

/** A server in one site, with NICs in subnets of one VPC. */
export class EdgeServer<
  City extends string = string,
  VpcName extends string = string,
  SubnetId extends string = any,
> extends AnyServer<City, VpcName, SubnetId> {
  readonly resource: Server;
  readonly serverId: string;
  readonly siteId: string;
  readonly portId: string;
  readonly connections: Connections<PeerIn<City, VpcName>>;
  readonly #subnetIds: readonly string[];

  constructor(scope: Construct, id: string, given: EdgeServerProps<City, VpcName, SubnetId>) {
    super(scope, id);
    props.checkProps(this, given, {
      site: props.A_SITE,
      vpc: props.A_VPC,
      subnets: props.listOf(props.A_SUBNET, 1, 8),
      flavor: props.text,
      ...props.SERVER,
    });
    const { site, vpc, subnets, flavor, name = id } = given;
    const groups = given.securityGroups ?? [new SecurityGroup(this, "group", { name })];
    this.siteId = site.siteId;
    this.#subnetIds = subnets.map(({ subnetId }) => subnetId);
    this.resource = new Server(this, "server", {
      name,
      flavorId: flavor,
      vpcId: vpc.vpcId,
      subnetIds: [...this.#subnetIds],
      coverageSites: { siteId: this.siteId },
      ...serverConfig(given, groups),
    });
    this.serverId = this.resource.id;
    this.portId = this.resource.nics.get(0).port;
    this.connections = new Connections(this, groups);
  }

  portIn({ subnetId }: Pick<AnySubnet, "subnetId">): string | undefined {
    const index = this.#subnetIds.indexOf(subnetId);
    return index === -1 ? undefined : this.resource.nics.get(index).port;
  }

  /** One that is there already. Connecting it takes its security groups. */
  static fromId(
    scope: Construct,
    id: string,
    serverId: string,
    options: { readonly securityGroups?: readonly AnySecurityGroup[] } = {},
  ): AnyServer {
    return new ExistingServer(scope, id, serverId, options.securityGroups ?? []);
  }
}

/** What servers and the servers of an edge service have in common, as their resources take it. */
export const serverConfig = (
  {
    image,
    key,
    disk = { type: "SAS", size: 40 },
    dataDisks,
    userData,
  }: Pick<EdgeServerProps<string, string>, "image" | "key" | "disk" | "dataDisks" | "userData">,
  groups: readonly AnySecurityGroup[],
) => ({
  imageId: image.imageId,
  keyPair: key.keyName,
  securityGroups: groups.map(({ securityGroupId }) => securityGroupId),
  systemDiskType: disk.type,
  systemDiskSize: disk.size,
  ...(dataDisks === undefined ? {} : { dataDisks: dataDisks.map((one) => ({ ...one })) }),
  ...(userData === undefined ? {} : { userData: encoded(userData) }),
});

const encoded = (userData: string): string =>
  Token.isUnresolved(userData) ? Fn.base64encode(userData) : Buffer.from(userData, "utf8").toString("base64");

class ExistingServer extends AnyServer {
  readonly siteId: string;
  readonly portId: string;
  readonly connections: Connections<PeerIn<string, string>>;
  readonly #found: DataIecServer;

  constructor(
    scope: Construct,
    id: string,
    readonly serverId: string,
    securityGroups: readonly AnySecurityGroup[],
  ) {
    super(scope, id);
    props.checkProps(
      this,
      { serverId, securityGroups },
      { serverId: props.text, securityGroups: props.listOf(props.A_GROUP) },
    );
    this.#found = new DataIecServer(this, "server", { id: serverId });
    this.siteId = this.#found.coverageSites.get(0).siteId;
    this.portId = this.#found.nics.get(0).port;
    this.connections = new Connections(this, securityGroups);
  }

  /** Of its first NIC: which subnets it stands in is not known before the plan. */
  portIn(): string {
    return this.portId;
  }
}

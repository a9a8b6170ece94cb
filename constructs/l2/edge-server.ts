import { Construct } from "constructs";
import { Server, type ServerConfig } from "../generated/server";
import type { EdgeSite } from "./edge-site";
import type { EdgeSubnet, EdgeVpc } from "./edge-vpc";
import type { Image } from "./image";
import type { KeyPair } from "./key-pair";
import type { Wanted } from "./place";
import type { SecurityGroup } from "./security-group";

/** A subnet in a city and of a VPC, as far as the types know both. */
export type SubnetIn<City extends string, VpcName extends string> = Pick<
  EdgeSubnet,
  "subnetId" | "siteId" | "vpcId"
> & {
  readonly place: { readonly city: Wanted<City>; readonly vpc: Wanted<VpcName> };
};

export interface EdgeServerProps<City extends string, VpcName extends string> {
  readonly site: EdgeSite<City>;
  readonly vpc: EdgeVpc<VpcName>;
  /** A NIC in each: subnets of the server's VPC and site. */
  readonly subnets: readonly SubnetIn<NoInfer<City>, NoInfer<VpcName>>[];
  /** Such as `c6.large.2`. */
  readonly flavor: string;
  readonly image: Image;
  readonly securityGroups: readonly SecurityGroup[];
  readonly key: Pick<KeyPair, "keyName">;
  /** System disk: 40 GB of SAS when not set. */
  readonly disk?: { readonly type: ServerConfig["systemDiskType"]; readonly size: number };
  readonly userData?: string;
  /** The id of the construct when not set. */
  readonly name?: string;
}

/** A server in one site, with NICs in subnets of one VPC. */
export class EdgeServer<City extends string = string, VpcName extends string = string> extends Construct {
  readonly resource: Server;
  readonly serverId: string;
  readonly siteId: string;
  /** Of its first NIC. */
  readonly portId: string;

  constructor(scope: Construct, id: string, props: EdgeServerProps<City, VpcName>) {
    super(scope, id);
    const { type, size } = props.disk ?? { type: "SAS", size: 40 };
    this.siteId = props.site.siteId;
    this.resource = new Server(this, "server", {
      name: props.name ?? id,
      flavorId: props.flavor,
      imageId: props.image.imageId,
      vpcId: props.vpc.vpcId,
      subnetIds: props.subnets.map(({ subnetId }) => subnetId),
      securityGroups: props.securityGroups.map(({ securityGroupId }) => securityGroupId),
      keyPair: props.key.keyName,
      systemDiskType: type,
      systemDiskSize: size,
      coverageSites: { siteId: this.siteId },
      ...(props.userData === undefined ? {} : { userData: props.userData }),
    });
    this.serverId = this.resource.id;
    this.portId = this.resource.nics.get(0).port;
  }
}

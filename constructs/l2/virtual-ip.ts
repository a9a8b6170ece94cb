import type { Construct } from "constructs";
import { Vip } from "../generated/vip";
import { EdgeConstruct, refusal } from "./construct";
import type { AnyServer } from "./edge-server";
import type { AnySubnet } from "./edge-subnet";
import type { NextHop } from "./route-table";
import type { InSubnet, SubnetPlace } from "./place";
import { A_GROUP, A_SERVER, A_SUBNET, checkProps, listOf, optional, text } from "./props";
import type { AnySecurityGroup } from "./security-group";

export interface VirtualIpProps<City extends string, VpcName extends string, SubnetId extends string> {
  readonly subnet: AnySubnet<City, VpcName, SubnetId>;
  /** Servers behind it, with a NIC in the subnet. */
  readonly servers?: readonly (Pick<AnyServer, "portIn" | "node"> &
    InSubnet<NoInfer<City>, NoInfer<VpcName>, NoInfer<SubnetId>>)[];
  /** A free address of the subnet; the cloud chooses when it is not set. */
  readonly address?: string;
  readonly securityGroups?: readonly AnySecurityGroup[];
}

/** An address of a subnet that several servers share, such as for a failover. */
export class VirtualIp<
  City extends string = string,
  VpcName extends string = string,
  SubnetId extends string = string,
> extends EdgeConstruct {
  declare readonly place: SubnetPlace<City, VpcName, SubnetId>;
  readonly resource: Vip;
  readonly address: string;
  readonly siteId: string;
  /** The virtual IP is a port. */
  readonly portId: string;

  constructor(scope: Construct, id: string, props: VirtualIpProps<City, VpcName, SubnetId>) {
    super(scope, id);
    checkProps(this, props, {
      subnet: A_SUBNET,
      servers: optional(listOf(A_SERVER)),
      address: optional(text),
      securityGroups: optional(listOf(A_GROUP)),
    });
    const { subnet, servers = [], address, securityGroups } = props;
    const portIds = servers.map((server) => {
      const port = server.portIn(subnet);
      if (port !== undefined) return port;
      throw refusal(
        this,
        `${server.node.path} has no NIC in the subnet ${subnet.node.path}. Give it one there`,
      );
    });
    this.resource = new Vip(this, "vip", {
      subnetId: subnet.subnetId,
      ...(portIds.length === 0 ? {} : { portIds }),
      ...(address === undefined ? {} : { ipAddress: address }),
      ...(securityGroups === undefined
        ? {}
        : { securityGroups: securityGroups.map(({ securityGroupId }) => securityGroupId) }),
    });
    this.address = this.resource.ipAddress;
    this.siteId = subnet.siteId;
    this.portId = this.resource.id;
  }

  /** As routes go by it. */
  get nextHop(): NextHop {
    return { type: "vip", nexthop: this.address };
  }
}

import type { Construct } from "constructs";
import { formats } from "../../schema/json-schema.js";
import { Route } from "../generated/route";
import { RouteTable as RouteTableResource } from "../generated/route-table";
import { EdgeConstruct, refusal } from "./construct";
import type { SubnetInVpc } from "./edge-subnet";
import type { AnyVpc } from "./edge-vpc";
import type { InVpc } from "./place";
import { A_SUBNET, A_VPC, checkProp, checkProps, having, listOf, optional, text } from "./props";

export interface RouteTableProps<VpcName extends string> {
  readonly vpc: AnyVpc<VpcName>;
  /** Subnets of the VPC that use it; the others use the default table. */
  readonly subnets?: readonly SubnetInVpc<NoInfer<VpcName>>[];
  readonly description?: string;
  /** The id of the construct when not set. */
  readonly name?: string;
}

/** What a route goes by, as its resource takes it. */
export interface NextHop {
  readonly type: "ecs" | "vip";
  readonly nexthop: string;
}
/** An `EdgeServer` or a `VirtualIp` of a VPC. */
export type RouteTarget<VpcName extends string> = { readonly nextHop: NextHop } & InVpc<VpcName>;

/** Where a VPC's subnets send what goes elsewhere. */
export class RouteTable<VpcName extends string = string> extends EdgeConstruct {
  readonly resource: RouteTableResource;
  readonly routeTableId: string;

  constructor(scope: Construct, id: string, props: RouteTableProps<VpcName>) {
    super(scope, id);
    checkProps(this, props, {
      vpc: A_VPC,
      subnets: optional(listOf(A_SUBNET)),
      description: optional(text),
      name: optional(text),
    });
    const { vpc, subnets, name = id, description } = props;
    this.resource = new RouteTableResource(this, "table", {
      name,
      vpcId: vpc.vpcId,
      ...(subnets === undefined ? {} : { subnetIds: subnets.map(({ subnetId }) => subnetId) }),
      ...(description === undefined ? {} : { description }),
    });
    this.routeTableId = this.resource.id;
  }

  /** Sends what goes to a range by a server or a virtual IP. */
  addRoute(destination: string, via: RouteTarget<VpcName>): this {
    if (typeof destination !== "string" || !formats.cidr(destination))
      throw refusal(this, `destination ${JSON.stringify(destination)} is no range such as "192.168.0.0/16"`);
    checkProp(this, "via", via, having("an EdgeServer or a VirtualIp", "nextHop"));
    const id = `to-${destination.replaceAll(/[./:]/g, "-")}`;
    if (this.node.tryFindChild(id) !== undefined)
      throw refusal(this, `there is a route to ${destination} already. A table has one to each range`);
    new Route(this, id, {
      routeTableId: this.routeTableId,
      destination,
      ...via.nextHop,
    });
    return this;
  }
}

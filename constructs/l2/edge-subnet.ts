import type { Construct } from "constructs";
import { formatRange, type Range } from "../../schema/isolation/cidr.js";
import { DataIecVpcSubnet } from "../generated/data-iec-vpc-subnet";
import { VpcSubnet } from "../generated/vpc-subnet";
import { EdgeConstruct } from "./construct";
import type { EdgeSite } from "./edge-site";
import type { AnyVpc } from "./edge-vpc";
import { keyOf, type RangeRemote, type Reachable } from "./peer";
import type { InVpc, SubnetPlace } from "./place";
import { A_SITE, checkProps, numberIn, optional, text } from "./props";

export interface EdgeSubnetProps<City extends string> {
  readonly site: EdgeSite<City>;
  /** IPv4 range; the first free one of `prefixLength` when not set. */
  readonly cidr?: string;
  /** Size of the range that is handed out: /24 when not set, /28 at least. */
  readonly prefixLength?: number;
  /** The id of the construct when not set. */
  readonly name?: string;
}

/** A subnet, made here or not. */
export abstract class AnySubnet<
  City extends string = string,
  VpcName extends string = string,
  Id extends string = string,
>
  extends EdgeConstruct
  implements Reachable
{
  declare readonly place: SubnetPlace<City, VpcName, Id>;
  abstract readonly subnetId: string;
  /** Its IPv4 range. */
  abstract readonly cidr: string;
  abstract readonly siteId: string;
  abstract readonly vpcId: string;

  get remotes(): readonly RangeRemote[] {
    return [{ key: keyOf(this), version: 4, cidr: this.cidr }];
  }
}

/** A subnet of a VPC, as far as the types know it. */
export type SubnetInVpc<VpcName extends string> = Pick<AnySubnet, "subnetId"> & InVpc<VpcName>;

/** A subnet that is made here, by `EdgeVpc.addSubnet`. */
export class EdgeSubnet<
  City extends string = string,
  VpcName extends string = string,
  Id extends string = string,
> extends AnySubnet<City, VpcName, Id> {
  readonly resource: VpcSubnet;
  readonly subnetId: string;
  readonly cidr: string;
  readonly siteId: string;
  readonly vpcId: string;

  /** @internal */
  constructor(vpc: AnyVpc<VpcName>, id: Id, range: Range, props: EdgeSubnetProps<City>) {
    super(vpc, id);
    checkProps(this, props, {
      site: A_SITE,
      cidr: optional(text),
      prefixLength: optional(numberIn(8, 28)),
      name: optional(text),
    });
    this.cidr = formatRange(range);
    this.siteId = props.site.siteId;
    this.vpcId = vpc.vpcId;
    this.resource = new VpcSubnet(this, "subnet", {
      name: props.name ?? id,
      vpcId: this.vpcId,
      siteId: this.siteId,
      cidr: this.cidr,
      gatewayIp: addressOf(range.first + 1),
    });
    this.subnetId = this.resource.id;
  }

  /** One that is there already. */
  static fromId(scope: Construct, id: string, subnetId: string): AnySubnet {
    return new ExistingSubnet(scope, id, subnetId);
  }
}

class ExistingSubnet extends AnySubnet {
  readonly cidr: string;
  readonly siteId: string;
  readonly vpcId: string;

  constructor(
    scope: Construct,
    id: string,
    readonly subnetId: string,
  ) {
    super(scope, id);
    checkProps(this, { subnetId }, { subnetId: text });
    const found = new DataIecVpcSubnet(this, "subnet", { id: subnetId });
    this.cidr = found.cidr;
    this.siteId = found.siteId;
    this.vpcId = found.vpcId;
  }
}

const addressOf = (address: number): string =>
  formatRange({ first: address, last: address }).replace("/32", "");

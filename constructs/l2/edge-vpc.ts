import { Token } from "cdktf";
import { Construct } from "constructs";
import {
  contains,
  formatRange,
  freeRange,
  overlaps,
  parseRange,
  type Range,
} from "../../schema/isolation/cidr.js";
import { Vpc } from "../generated/vpc";
import { VpcSubnet } from "../generated/vpc-subnet";
import type { EdgeSite } from "./edge-site";
import type { Known } from "./place";

export interface EdgeVpcProps {
  /** IPv4 range that all its subnets lie in, such as `10.1.0.0/16`. */
  readonly cidr: string;
  /** The id of the construct when not set. */
  readonly name?: string;
}

export interface EdgeSubnetProps<City extends string> {
  readonly site: EdgeSite<City>;
  /** IPv4 range; the first free one of `prefixLength` when not set. */
  readonly cidr?: string;
  /** Size of the range that is handed out: /24 when not set, /28 at least. */
  readonly prefixLength?: number;
  /** The id of the construct when not set. */
  readonly name?: string;
}

/** A VPC whose subnets are made here, one or more in a site. `Name` is its construct id. */
export class EdgeVpc<Name extends string = string> extends Construct {
  /** For the compiler only. */
  declare readonly place: { readonly vpc: Known<Name> };
  readonly resource: Vpc;
  readonly vpcId: string;
  readonly #range: Range;
  readonly #taken = new Map<Construct, Range>();

  constructor(scope: Construct, id: Name, props: EdgeVpcProps) {
    super(scope, id);
    this.#range = rangeOf(this, props.cidr);
    this.resource = new Vpc(this, "vpc", {
      name: props.name ?? id,
      cidr: formatRange(this.#range),
      mode: "CUSTOMER",
    });
    this.vpcId = this.resource.id;
  }

  /** Makes a subnet of this VPC in a site. */
  addSubnet<City extends string>(id: string, props: EdgeSubnetProps<City>): EdgeSubnet<City, Name> {
    const range =
      props.cidr === undefined ? this.#free(id, props.prefixLength ?? 24) : rangeOf(this, props.cidr, id);
    if (!contains(this.#range, range)) {
      throw refusal(
        this,
        id,
        `cidr ${formatRange(range)} lies outside of the VPC's ${formatRange(this.#range)}`,
      );
    }
    for (const [other, taken] of this.#taken) {
      if (!overlaps(range, taken)) continue;
      const what = `cidr ${formatRange(range)} overlaps ${formatRange(taken)} of ${other.node.path}`;
      throw refusal(
        this,
        id,
        `${what}. Leave cidr out to get a free range, or take ranges before they are handed out`,
      );
    }
    const subnet = new EdgeSubnet<City, Name>(this, id, { ...props, range });
    this.#taken.set(subnet, range);
    return subnet;
  }

  #free(id: string, prefixLength: number): Range {
    if (!Number.isInteger(prefixLength) || prefixLength < 8 || prefixLength > 28) {
      throw refusal(this, id, `prefixLength ${prefixLength} is none of 8 to 28`);
    }
    const range = freeRange(this.#range, 2 ** (32 - prefixLength), [...this.#taken.values()]);
    if (range !== undefined) return range;
    const used = `${this.#taken.size} subnets use the VPC's ${formatRange(this.#range)}`;
    throw refusal(
      this,
      id,
      `no /${prefixLength} is free: ${used}. Give the VPC a larger cidr, or the subnet a longer prefixLength`,
    );
  }
}

/** A subnet: made by `EdgeVpc.addSubnet`. */
export class EdgeSubnet<City extends string = string, VpcName extends string = string> extends Construct {
  /** For the compiler only. */
  declare readonly place: { readonly city: Known<City>; readonly vpc: Known<VpcName> };
  readonly resource: VpcSubnet;
  readonly subnetId: string;
  readonly cidr: string;
  readonly siteId: string;
  readonly vpcId: string;

  /** @internal */
  constructor(
    vpc: EdgeVpc<VpcName>,
    id: string,
    { site, name = id, range }: EdgeSubnetProps<City> & { readonly range: Range },
  ) {
    super(vpc, id);
    this.cidr = formatRange(range);
    this.siteId = site.siteId;
    this.vpcId = vpc.vpcId;
    this.resource = new VpcSubnet(this, "subnet", {
      name,
      vpcId: this.vpcId,
      siteId: this.siteId,
      cidr: this.cidr,
      gatewayIp: addressOf(range.first + 1),
    });
    this.subnetId = this.resource.id;
  }
}

const addressOf = (address: number): string =>
  formatRange({ first: address, last: address }).replace("/32", "");

function rangeOf(scope: Construct, cidr: string, id?: string): Range {
  const range = Token.isUnresolved(cidr) ? undefined : parseRange(cidr);
  if (range !== undefined) return range;
  const fix = 'Write an IPv4 range such as "10.1.0.0/16"; one known only later needs Vpc and VpcSubnet';
  throw refusal(scope, id, `cidr ${JSON.stringify(cidr)} is no range. ${fix}`);
}

const refusal = (scope: Construct, id: string | undefined, text: string): Error =>
  new Error(`${[scope.node.path, ...(id === undefined ? [] : [id])].join("/")}: ${text}.`);

import { Token } from "cdktf";
import type { Construct } from "constructs";
import {
  contains,
  formatRange,
  freeRange,
  overlaps,
  parseRange,
  type Range,
} from "../../schema/isolation/cidr.js";
import { Vpc } from "../generated/vpc";
import { EdgeConstruct, refusal } from "./construct";
import { EdgeSubnet, type EdgeSubnetProps } from "./edge-subnet";
import type { VpcPlace } from "./place";
import { checkProps, oneOf, optional, text } from "./props";

export interface EdgeVpcProps {
  /** IPv4 range that all its subnets lie in, such as `10.1.0.0/16`. */
  readonly cidr: string;
  /** Who makes the subnets: you (CUSTOMER, the default), or the cloud, for edge services (SYSTEM). */
  readonly mode?: "CUSTOMER" | "SYSTEM";
  /** The id of the construct when not set. */
  readonly name?: string;
}

/** A VPC, made here or not. Its name in the types is its construct id. */
export abstract class AnyVpc<Name extends string = string> extends EdgeConstruct {
  declare readonly place: VpcPlace<Name>;
  abstract readonly vpcId: string;
  /** Undefined where it is not known. */
  abstract readonly mode: "CUSTOMER" | "SYSTEM" | undefined;
  /** Undefined where it is not known: then there is nothing to hand out. */
  protected abstract readonly range: Range | undefined;
  readonly #taken = new Map<Construct, Range>();

  /** Makes a subnet of this VPC in a site. */
  addSubnet<Id extends string, City extends string>(
    id: Id,
    props: EdgeSubnetProps<City>,
  ): EdgeSubnet<City, Name, Id> {
    if (this.mode === "SYSTEM")
      throw refusal(this, "the cloud makes the subnets of a VPC of mode SYSTEM. Leave its mode out", id);
    const cidr = props?.cidr === undefined ? undefined : rangeOf(this, props.cidr, id);
    const range = cidr ?? this.#free(id, props?.prefixLength ?? 24);
    if (this.range !== undefined && !contains(this.range, range)) {
      const what = `cidr ${formatRange(range)} lies outside of the VPC's ${formatRange(this.range)}`;
      throw refusal(this, what, id);
    }
    for (const [other, taken] of this.#taken) {
      if (!overlaps(range, taken)) continue;
      const what = `cidr ${formatRange(range)} overlaps ${formatRange(taken)} of ${other.node.path}`;
      const fix = "Leave cidr out to get a free range, or take ranges before they are handed out";
      throw refusal(this, `${what}. ${fix}`, id);
    }
    const subnet = new EdgeSubnet<City, Name, Id>(this, id, range, props);
    this.#taken.set(subnet, range);
    return subnet;
  }

  #free(id: string, prefixLength: number): Range {
    if (this.range === undefined) {
      throw refusal(
        this,
        "prop cidr is missing. Which ranges are free in a VPC that exists is not known",
        id,
      );
    }
    if (!Number.isInteger(prefixLength) || prefixLength < 8 || prefixLength > 28) {
      throw refusal(this, `prefixLength ${prefixLength} is none of 8 to 28`, id);
    }
    const range = freeRange(this.range, 2 ** (32 - prefixLength), [...this.#taken.values()]);
    if (range !== undefined) return range;
    const used = `${this.#taken.size} subnets use the VPC's ${formatRange(this.range)}`;
    const fix = "Give the VPC a larger cidr, or the subnet a longer prefixLength";
    throw refusal(this, `no /${prefixLength} is free: ${used}. ${fix}`, id);
  }
}

/** A VPC whose subnets are made here, one or more in a site. */
export class EdgeVpc<Name extends string = string> extends AnyVpc<Name> {
  readonly resource: Vpc;
  readonly vpcId: string;
  readonly mode: "CUSTOMER" | "SYSTEM";
  protected readonly range: Range;

  constructor(scope: Construct, id: Name, props: EdgeVpcProps) {
    super(scope, id);
    checkProps(this, props, {
      cidr: text,
      mode: optional(oneOf("CUSTOMER", "SYSTEM")),
      name: optional(text),
    });
    this.range = rangeOf(this, props.cidr);
    this.mode = props.mode ?? "CUSTOMER";
    this.resource = new Vpc(this, "vpc", {
      name: props.name ?? id,
      cidr: formatRange(this.range),
      mode: this.mode,
    });
    this.vpcId = this.resource.id;
  }

  /** One that is there already: its new subnets say their ranges. */
  static fromId(scope: Construct, id: string, vpcId: string): AnyVpc {
    return new ExistingVpc(scope, id, vpcId);
  }
}

class ExistingVpc extends AnyVpc {
  readonly mode = undefined;
  protected readonly range = undefined;

  constructor(
    scope: Construct,
    id: string,
    readonly vpcId: string,
  ) {
    super(scope, id);
    checkProps(this, { vpcId }, { vpcId: text });
  }
}

function rangeOf(place: Construct, cidr: string, id?: string): Range {
  const range = Token.isUnresolved(cidr) || typeof cidr !== "string" ? undefined : parseRange(cidr);
  if (range !== undefined) return range;
  const fix = 'Write an IPv4 range such as "10.1.0.0/16"; one known only later needs Vpc and VpcSubnet';
  throw refusal(place, `cidr ${JSON.stringify(cidr)} is no range. ${fix}`, id);
}

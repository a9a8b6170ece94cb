import type { Construct } from "constructs";
import { NetworkAcl as NetworkAclResource } from "../generated/network-acl";
import { NetworkAclRule, type NetworkAclRuleConfig } from "../generated/network-acl-rule";
import { EdgeConstruct, refusal } from "./construct";
import type { SubnetInVpc } from "./edge-subnet";
import type { AnyVpc } from "./edge-vpc";
import { checkPort, rangeOf, type RangePeer } from "./peer";
import type { Port } from "./port";
import { A_SUBNET, A_VPC, checkProps, listOf, optional, text } from "./props";

export interface NetworkAclProps<VpcName extends string> {
  readonly vpc: AnyVpc<VpcName>;
  /** Subnets of the VPC, in any site. A subnet has at most one ACL. */
  readonly subnets?: readonly SubnetInVpc<NoInfer<VpcName>>[];
  readonly description?: string;
  /** The id of the construct when not set. */
  readonly name?: string;
}

type Direction = "ingress" | "egress";
type Action = "allow" | "deny" | "reject";

/** Ordered rules in front of subnets: the first that matches decides, and what none matches is denied. */
export class NetworkAcl<VpcName extends string = string> extends EdgeConstruct {
  readonly resource: NetworkAclResource;
  readonly networkAclId: string;
  /** What the rules of each direction decide already, in their order. */
  readonly #decided: Readonly<Record<Direction, Map<string, Action>>> = {
    ingress: new Map(),
    egress: new Map(),
  };

  constructor(scope: Construct, id: string, props: NetworkAclProps<VpcName>) {
    super(scope, id);
    checkProps(this, props, {
      vpc: A_VPC,
      subnets: optional(listOf(A_SUBNET)),
      description: optional(text),
      name: optional(text),
    });
    const { vpc, subnets = [], name = id, description } = props;
    this.resource = new NetworkAclResource(this, "acl", {
      name,
      networks: subnets.map(({ subnetId }) => ({ vpcId: vpc.vpcId, subnetId })),
      ...(description === undefined ? {} : { description }),
    });
    this.networkAclId = this.resource.id;
  }

  /** Next, lets into the subnets what comes from a range and goes to a port. */
  allowIn(from: RangePeer, port: Port): this {
    return this.#rule("ingress", "allow", from, port);
  }
  /** Next, keeps out of the subnets what comes from a range and goes to a port, without an answer. */
  denyIn(from: RangePeer, port: Port): this {
    return this.#rule("ingress", "deny", from, port);
  }
  /** The same, with an answer. */
  rejectIn(from: RangePeer, port: Port): this {
    return this.#rule("ingress", "reject", from, port);
  }
  /** Next, lets out of the subnets what goes to a port of a range. */
  allowOut(to: RangePeer, port: Port): this {
    return this.#rule("egress", "allow", to, port);
  }
  /** Next, keeps in the subnets what goes to a port of a range, without an answer. */
  denyOut(to: RangePeer, port: Port): this {
    return this.#rule("egress", "deny", to, port);
  }
  /** The same, with an answer. */
  rejectOut(to: RangePeer, port: Port): this {
    return this.#rule("egress", "reject", to, port);
  }

  #rule(direction: Direction, action: Action, peer: RangePeer, port: Port): this {
    checkPort(this, port);
    const { key, version, cidr } = rangeOf(this, peer);
    const decided = this.#decided[direction];
    const what = `${direction}-${key}-${port.toString()}`;
    const earlier = decided.get(what);
    if (earlier !== undefined) {
      const place = `rule ${[...decided.keys()].indexOf(what) + 1} of the ${direction} rules`;
      throw refusal(this, `this ${action} is never asked: ${place} decides the same (${what}: ${earlier})`);
    }
    decided.set(what, action);
    const protocol = port.protocol === "icmp" && version === 6 ? "icmpv6" : port.protocol;
    const range: Partial<NetworkAclRuleConfig> =
      cidr === undefined
        ? {}
        : direction === "ingress"
          ? { sourceIpAddress: cidr }
          : { destinationIpAddress: cidr };
    new NetworkAclRule(this, what, {
      networkAclId: this.networkAclId,
      direction,
      position: decided.size,
      action,
      ...(version === 6 ? { ipVersion: 6 } : {}),
      ...(protocol === undefined ? {} : { protocol }),
      ...range,
      ...(port.first === undefined
        ? {}
        : { destinationPort: port.first === port.last ? `${port.first}` : `${port.first}-${port.last}` }),
    });
    return this;
  }
}

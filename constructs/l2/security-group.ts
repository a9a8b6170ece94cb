import { Construct } from "constructs";
import { parseRange } from "../../schema/isolation/cidr.js";
import { SecurityGroup as SecurityGroupResource } from "../generated/security-group";
import { SecurityGroupRule } from "../generated/security-group-rule";
import type { Port } from "./port";

export interface SecurityGroupProps {
  readonly description?: string;
  /** The id of the construct when not set. */
  readonly name?: string;
}

/** Whom traffic comes from or goes to: a range, or the servers of a group. */
export type Peer = SecurityGroup | string;
/** Everybody, over IPv4. */
export const ANYBODY = "0.0.0.0/0";

/** What may reach a server, and what it may reach. */
export class SecurityGroup extends Construct {
  readonly resource: SecurityGroupResource;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, { name = id, description }: SecurityGroupProps = {}) {
    super(scope, id);
    this.resource = new SecurityGroupResource(this, "group", {
      name,
      ...(description === undefined ? {} : { description }),
    });
    this.securityGroupId = this.resource.id;
  }

  /** Lets in what a range such as `10.1.0.0/16`, or another group, sends to a port. */
  allowFrom(peer: Peer, port: Port): this {
    return this.#allow("ingress", peer, port);
  }
  /** Lets out what goes to a port of a range or of another group. */
  allowTo(peer: Peer, port: Port): this {
    return this.#allow("egress", peer, port);
  }

  #allow(direction: "ingress" | "egress", peer: Peer, port: Port): this {
    if (typeof peer === "string" && parseRange(peer) === undefined)
      throw new Error(
        `${this.node.path}: peer ${JSON.stringify(peer)} is no IPv4 range such as "10.1.0.0/16".`,
      );
    const name = typeof peer === "string" ? peer.replaceAll(/[./]/g, "-") : peer.node.addr.slice(-8);
    new SecurityGroupRule(this, `${direction}-${name}-${port.toString()}`, {
      securityGroupId: this.securityGroupId,
      direction,
      ...(port.protocol === undefined ? {} : { protocol: port.protocol }),
      ...(port.first === undefined
        ? {}
        : { portRangeMin: port.first, portRangeMax: port.last ?? port.first }),
      ...(typeof peer === "string" ? { remoteIpPrefix: peer } : { remoteGroupId: peer.securityGroupId }),
    });
    return this;
  }
}

import type { Construct } from "constructs";
import { SecurityGroup as SecurityGroupResource } from "../generated/security-group";
import { SecurityGroupRule } from "../generated/security-group-rule";
import { EdgeConstruct } from "./construct";
import {
  checkPort,
  keyOf,
  remotesOf,
  type GroupRemote,
  type Peer,
  type Reachable,
  type Remote,
} from "./peer";
import type { SitePlace, VpcPlace } from "./place";
import type { Port } from "./port";
import { checkProps, numberIn, optional, text } from "./props";

export interface SecurityGroupProps {
  readonly description?: string;
  /** The id of the construct when not set. */
  readonly name?: string;
}

export interface RuleOptions {
  /** 1, the first to be asked, to 100; 1 when not set. At equal priority a denial wins. */
  readonly priority?: number;
  readonly description?: string;
}

type Direction = "ingress" | "egress";
type Action = "allow" | "deny";

/** A security group, made here or not. A rule that is there already is not made again. */
export abstract class AnySecurityGroup extends EdgeConstruct implements Reachable {
  /** Its servers may be anywhere. */
  declare readonly place: SitePlace<string> & VpcPlace<string>;
  abstract readonly securityGroupId: string;

  get remotes(): readonly GroupRemote[] {
    return [{ key: keyOf(this), version: 4, group: this }];
  }

  /** Lets in what a peer sends to a port. */
  allowFrom(peer: Peer, port: Port, options?: RuleOptions): this {
    return this.#rules("ingress", "allow", peer, port, options);
  }
  /** Lets out what goes to a port of a peer. */
  allowTo(peer: Peer, port: Port, options?: RuleOptions): this {
    return this.#rules("egress", "allow", peer, port, options);
  }
  /** Keeps out what a peer sends to a port. */
  denyFrom(peer: Peer, port: Port, options?: RuleOptions): this {
    return this.#rules("ingress", "deny", peer, port, options);
  }
  /** Keeps in what goes to a port of a peer. */
  denyTo(peer: Peer, port: Port, options?: RuleOptions): this {
    return this.#rules("egress", "deny", peer, port, options);
  }

  #rules(direction: Direction, action: Action, peer: Peer, port: Port, options: RuleOptions = {}): this {
    checkPort(this, port);
    checkProps(this, options, { priority: optional(numberIn(1, 100)), description: optional(text) });
    for (const remote of remotesOf(this, peer)) this.#rule(direction, action, remote, port, options);
    return this;
  }

  #rule(direction: Direction, action: Action, remote: Remote, port: Port, options: RuleOptions): void {
    const parts = [direction, ...(action === "deny" ? [action] : []), remote.key, port.toString()];
    const id = [...parts, ...(options.priority === undefined ? [] : [options.priority])].join("-");
    if (this.node.tryFindChild(id) !== undefined) return;
    const protocol = port.protocol === "icmp" && remote.version === 6 ? "icmpv6" : port.protocol;
    new SecurityGroupRule(this, id, {
      securityGroupId: this.securityGroupId,
      direction,
      ...(action === "deny" ? { action } : {}),
      ...(remote.version === 6 ? { ethertype: "IPv6" } : {}),
      ...(protocol === undefined ? {} : { protocol }),
      ...(port.first === undefined
        ? {}
        : { portRangeMin: port.first, portRangeMax: port.last ?? port.first }),
      ...(remote.group === undefined ? {} : { remoteGroupId: remote.group.securityGroupId }),
      ...(remote.cidr === undefined ? {} : { remoteIpPrefix: remote.cidr }),
      ...options,
    });
  }
}

/** What may reach a server, and what it may reach. A new one lets nothing in and nothing out. */
export class SecurityGroup extends AnySecurityGroup {
  readonly resource: SecurityGroupResource;
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: SecurityGroupProps = {}) {
    super(scope, id);
    checkProps(this, props, { name: optional(text), description: optional(text) });
    const { name = id, description } = props;
    this.resource = new SecurityGroupResource(this, "group", {
      name,
      ...(description === undefined ? {} : { description }),
    });
    this.securityGroupId = this.resource.id;
  }

  /** One that is there already: rules are added to those it has. */
  static fromId(scope: Construct, id: string, securityGroupId: string): AnySecurityGroup {
    return new ExistingSecurityGroup(scope, id, securityGroupId);
  }
}

class ExistingSecurityGroup extends AnySecurityGroup {
  constructor(
    scope: Construct,
    id: string,
    readonly securityGroupId: string,
  ) {
    super(scope, id);
    checkProps(this, { securityGroupId }, { securityGroupId: text });
  }
}

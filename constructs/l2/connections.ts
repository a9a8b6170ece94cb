import { refusal } from "./construct";
import type { Construct } from "constructs";
import { ANYBODY, remotesOf, type Peer } from "./peer";
import type { Port } from "./port";
import type { AnySecurityGroup } from "./security-group";

/** What may pass between servers and others: rules of their security groups, on both sides where both have some. */
export class Connections<Others extends Peer = Peer> {
  readonly #owner: Construct;

  /** @internal */
  constructor(
    owner: Construct,
    readonly securityGroups: readonly AnySecurityGroup[],
  ) {
    this.#owner = owner;
  }

  /** Lets another side reach a port of these servers. */
  allowFrom(peer: Others, port: Port): this {
    for (const group of this.#groups()) {
      group.allowFrom(peer, port);
      for (const remote of remotesOf(group, peer)) remote.group?.allowTo(group, port);
    }
    return this;
  }

  /** Lets these servers reach a port of another side. */
  allowTo(peer: Others, port: Port): this {
    for (const group of this.#groups()) {
      group.allowTo(peer, port);
      for (const remote of remotesOf(group, peer)) remote.group?.allowFrom(group, port);
    }
    return this;
  }

  /** Lets everybody reach a port, over IPv4. */
  allowFromAnyone(port: Port): this {
    for (const group of this.#groups()) group.allowFrom(ANYBODY, port);
    return this;
  }

  /** Lets these servers reach a port of everybody, over IPv4. */
  allowToAnyone(port: Port): this {
    for (const group of this.#groups()) group.allowTo(ANYBODY, port);
    return this;
  }

  #groups(): readonly AnySecurityGroup[] {
    if (this.securityGroups.length > 0) return this.securityGroups;
    throw refusal(this.#owner, "it has no security groups to take rules. Give it securityGroups");
  }
}

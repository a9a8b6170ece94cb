import type { ResourceNode } from "../../graph.js";
import type { Path } from "../../unknown.js";
import { open, type Identity } from "../identity.js";
import { anyAddress, parseAddresses } from "../packets/addresses.js";
import type { Placed } from "../topology.js";
import type { Acls } from "./acls.js";
import type { AddressChoice, Subnet } from "./model.js";
import type { Reader } from "./read.js";

/** The subnets of a graph, and those that it only names. */
export class Subnets {
  readonly #byKey = new Map<string, Subnet>();
  readonly all: readonly Subnet[];

  constructor(
    readonly reader: Reader,
    readonly acls: Acls,
  ) {
    const placed = reader.topology.all("subnet").toSorted((a, b) => trust(a.node) - trust(b.node));
    for (const one of placed) {
      if (!this.#byKey.has(one.identity.key)) this.#byKey.set(one.identity.key, this.#subnet(one));
    }
    this.all = [...this.#byKey.values()];
  }

  of(node: ResourceNode, path: Path): Subnet {
    const identity = this.reader.identity(node, path, "iec_vpc_subnet");
    return this.named(identity ?? open(null, node, path), node, path);
  }

  /** A subnet of which nothing is known but its identity, unless the graph has it. */
  named(identity: Identity, node: ResourceNode, path: Path): Subnet {
    let subnet = this.#byKey.get(identity.key);
    if (subnet === undefined) {
      const unknowns = identity.settled ? [`${identity.label}: its range`] : identity.unknowns;
      subnet = {
        node,
        path,
        label: identity.label,
        identity,
        vpc: [],
        site: [],
        addresses: [
          { addresses: anyAddress(4), sure: true, unknowns },
          { addresses: anyAddress(6), sure: false, unknowns },
        ],
        acl: this.acls.of(identity, false),
      };
      this.#byKey.set(identity.key, subnet);
    }
    return subnet;
  }

  #subnet({ node, identity, vpc, sites }: Placed): Subnet {
    return {
      node,
      path: [],
      label: identity.label,
      identity,
      vpc: vpc ? [vpc.identity] : [],
      site: sites.map((site) => site.identity),
      addresses: this.#ranges(node),
      acl: this.acls.of(identity, node.mode === "managed"),
    };
  }

  #ranges(node: ResourceNode): AddressChoice[] {
    const v4 = this.reader.told(node, ["cidr"], "string");
    const enabled = this.reader.told(node, ["ipv6_enable"], "boolean");
    const v6 = this.reader.told(node, ["cidr_v6"], "string");
    const range = (text: string | null | undefined) => (text ? parseAddresses(text) : undefined);
    const known = range(v6.value);
    const choices: AddressChoice[] = [
      {
        addresses: range(v4.value) ?? anyAddress(4),
        sure: true,
        unknowns: v4.unknowns ?? [`${node.address}.cidr`],
      },
    ];
    if (known || enabled.unknowns || enabled.value === true) {
      choices.push({
        addresses: known ?? anyAddress(6),
        sure: false,
        unknowns: [...(enabled.unknowns ?? []), ...(known ? [] : [`${node.address}.cidr_v6`])],
      });
    }
    return choices;
  }
}

const trust = ({ mode }: ResourceNode): number => (mode === "managed" ? 0 : mode === "data" ? 1 : 2);

/** Identity of a VPC that an attribute names. */
export const vpcOf = (reader: Reader, node: ResourceNode, path: Path): Identity[] => {
  const vpc = reader.identity(node, path, "iec_vpc");
  return vpc ? [vpc] : [];
};

/** Identity of a site that an attribute names. */
export function siteAt(reader: Reader, node: ResourceNode, path: Path): Identity[] {
  const site = reader.site(node, path);
  return site ? [site] : [];
}

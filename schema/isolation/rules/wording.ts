import { siteOf, type Placed, type Pointer, type Topology } from "../topology.js";
import { kindOf } from "../values.js";

const NOUNS = {
  site: "the id of an edge site",
  vpc: "the id of an IEC VPC",
  subnets: "the id of an IEC subnet",
  line: "the id of a line (IP pool)",
  port: "the id of a port: a server's NIC or a virtual IP",
} as const;

/** What an attribute takes, for a sentence: `the id of an iec_vpc`. */
export function nounOf({ types, place }: Pointer): string {
  return types.length > 0 ? `the id of an ${types.join(" or ")}` : place ? NOUNS[place] : "an id of IEC";
}

const MOST = 4;

/** A few expressions of this design that could be put there instead, near the holder where that matters. */
export function candidates(topology: Topology, holder: Placed, { types, place }: Pointer): string[] {
  const site = siteOf(holder);
  const near =
    place === "subnets"
      ? topology.at("subnet", holder.vpc?.identity, site)
      : place === "port"
        ? topology.at("server", undefined, site)
        : undefined;
  if (near) {
    const declared = near.map(({ node }) => node).filter((node) => node.mode !== "existing");
    const path = place === "port" ? "nics[0].port" : "id";
    return declared.slice(0, MOST).map((node) => `${node.address}.${path}`);
  }
  const found: string[] = [];
  for (const node of topology.graph.nodes.values()) {
    if (found.length === MOST) break;
    const fits = types.length > 0 ? types.includes(kindOf(node.type)) : place === topology.roleOf(node);
    if (fits && node !== holder.node && node.mode !== "existing") found.push(`${node.address}.id`);
  }
  return found;
}

export const namesOfAll = (found: readonly Placed[]): string[] => found.map(({ identity }) => identity.label);

import type { ResourceNode } from "../../graph.js";
import { isUnknown, type Value } from "../../unknown.js";
import { compare, identify, nameOf, type Identity } from "../identity.js";
import { parseAddresses } from "../packets/addresses.js";
import { append } from "./groups.js";
import { Match } from "./match.js";
import type { Nic, Oddity, Route, Subnet, VirtualIp } from "./model.js";
import type { Reader } from "./read.js";
import { vpcOf } from "./subnets.js";
import { kindOf } from "../values.js";

const TABLE = "iec_route_table";

/** The routes of the user's tables; those of the system only lead to subnets of the VPC. */
export class Routes {
  readonly #tables: readonly { readonly node: ResourceNode; readonly identity: Identity }[];
  readonly #routes = new Map<string, Route[]>();
  readonly #stray: Route[] = [];

  constructor(
    readonly reader: Reader,
    readonly oddities: Oddity[],
    readonly nics: readonly Nic[],
    readonly vips: readonly VirtualIp[],
  ) {
    this.#tables = [...reader.nodes(TABLE)].map((node) => ({ node, identity: identify(node) }));
    for (const node of reader.nodes("iec_route")) {
      const owner = reader.identity(node, ["route_table_id"], TABLE);
      const route = this.#route(node);
      if (owner?.settled) append(this.#routes, owner.key, route);
      else this.#stray.push(route);
    }
  }

  of(subnet: Subnet): readonly Route[] {
    const [sure, maybe]: [Route[], Route[]] = [[], [...this.#stray]];
    let settled = false;
    const rank = { same: 0, undecided: 1, different: 2 };
    const uses = this.#tables.map((table) => ({ ...table, use: this.#use(table.node, subnet) }));
    for (const { identity, use, node } of uses.toSorted((a, b) => rank[a.use] - rank[b.use])) {
      if (use === "different" || this.#isDefault(node)) continue;
      if (use === "same" && !settled) sure.push(...(this.#routes.get(identity.key) ?? []));
      else maybe.push(...(this.#routes.get(identity.key) ?? []));
      settled ||= use === "same";
    }
    if (!settled) {
      for (const { node, identity } of this.#tables.filter((table) => this.#isDefault(table.node))) {
        const comparisons = vpcOf(this.reader, node, ["vpc_id"]).flatMap((vpc) =>
          subnet.vpc.map((other) => compare(vpc, other)),
        );
        if (comparisons.includes("different")) continue;
        const certain = comparisons.includes("same") && maybe.length === 0;
        (certain ? sure : maybe).push(...(this.#routes.get(identity.key) ?? []));
      }
    }
    return [
      ...sure,
      ...maybe.map((route) => ({
        ...route,
        sure: false,
        unknowns: [...route.unknowns, `the route table of ${subnet.label}`],
      })),
    ];
  }

  #isDefault = (node: ResourceNode): boolean => this.reader.value(node, ["default"]) === true;

  #use(table: ResourceNode, subnet: Subnet): ReturnType<typeof compare> {
    const items = this.reader.items(table, ["subnet_ids"]);
    if (items === undefined) return "undecided";
    const uses = items.flatMap((item) => {
      const identity = this.reader.identity(table, item, "iec_vpc_subnet");
      return identity ? [compare(identity, subnet.identity)] : [];
    });
    return uses.includes("same") ? "same" : uses.includes("undecided") ? "undecided" : "different";
  }

  #route(node: ResourceNode): Route {
    const match = new Match(this.reader, node, [], this.oddities);
    const destination = match.known("destination");
    match.begin([4, 6], null);
    if (typeof destination === "string") match.addresses("destination", "destination", destination);
    const length =
      typeof destination === "string" && parseAddresses(destination)
        ? Number(destination.split("/")[1] ?? 32)
        : undefined;
    const { hops, unknowns } = this.#hops(node, match.known("type"));
    return {
      node,
      path: [],
      label: nameOf(node),
      direction: "egress",
      allows: true,
      rank: length === undefined ? [-Infinity, Infinity] : [-length, -length],
      boxes: match.boxes,
      sure: match.sure,
      unknowns: [...match.unknowns, ...unknowns],
      hops,
    };
  }

  #hops(
    node: ResourceNode,
    type: string | null | undefined,
  ): { readonly hops: Route["hops"]; readonly unknowns: readonly string[] } {
    const value = this.reader.value(node, ["nexthop"]);
    const unknowns = this.reader.names(value, node, ["nexthop"]);
    const any = { hops: this.nics.map((nic) => ({ nic, sure: false })), unknowns };
    if (type === "ecs") {
      const servers = this.reader.topology.objectsOf(value);
      if (servers.length > 0)
        return {
          hops: this.nics.filter((nic) => servers.includes(nic.node)).map((nic) => ({ nic, sure: true })),
          unknowns: [],
        };
      return typeof value === "string" ? { hops: [], unknowns: [] } : any;
    }
    if (type !== "vip") return any;
    const vips = this.#vipsAt(value);
    if (vips === undefined) return any;
    return { hops: vips.flatMap((vip) => vip.backers), unknowns: vips.flatMap((vip) => vip.unknowns) };
  }

  #vipsAt(value: Value): readonly VirtualIp[] | undefined {
    if (typeof value === "string") {
      const wanted = parseAddresses(value)?.interval[0];
      const may = ({ address: { addresses } }: VirtualIp) =>
        wanted !== undefined && addresses.interval[0] <= wanted && wanted <= addresses.interval[1];
      const found = this.vips.filter(may);
      const exact = found.every(
        ({
          address: {
            addresses: { interval },
          },
        }) => interval[0] === interval[1],
      );
      return exact ? found : undefined;
    }
    const source = isUnknown(value) ? value.source : undefined;
    const owner = source && this.reader.topology.graph.nodes.get(source.address);
    if (!owner || kindOf(owner.type) !== "iec_vip" || source.path[0] !== "ip_address") return undefined;
    return this.vips.filter(({ node }) => node === owner);
  }
}

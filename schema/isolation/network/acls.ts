import type { ResourceNode } from "../../graph.js";
import { isList, isUnknown } from "../../unknown.js";
import { compare, identify, nameOf, type Identity } from "../identity.js";
import { orderRules } from "./acl-order.js";
import { append } from "./groups.js";
import { Match } from "./match.js";
import type { Acl, Direction, Oddity, Rule } from "./model.js";
import type { Reader } from "./read.js";

const ACL = "iec_network_acl";
const RULE = "iec_network_acl_rule";
const LISTS = { ingress: "inbound_rules", egress: "outbound_rules" } as const;

/** The network ACLs of a graph. */
export class Acls {
  readonly #rules = new Map<string, ResourceNode[]>();
  /** Which subnets each ACL names, as far as that is known. */
  readonly #networks: { readonly node: ResourceNode; readonly subnet: Identity | undefined }[] = [];
  readonly #bySubnet = new Map<string, ResourceNode[]>();
  readonly #stray: ResourceNode[] = [];
  readonly #made = new Map<ResourceNode, Acl>();

  constructor(
    readonly reader: Reader,
    readonly oddities: Oddity[],
  ) {
    for (const node of reader.nodes(RULE)) {
      const owner = reader.identity(node, ["network_acl_id"], ACL);
      if (owner?.settled) append(this.#rules, owner.key, node);
      else this.#stray.push(node);
    }
    for (const node of reader.nodes(ACL)) {
      const items = reader.items(node, ["networks"]);
      if (items === undefined) this.#networks.push({ node, subnet: undefined });
      for (const item of items ?? []) {
        const subnet = reader.identity(node, [...item, "subnet_id"], "iec_vpc_subnet");
        if (subnet?.settled) append(this.#bySubnet, subnet.key, node);
        else this.#networks.push({ node, subnet });
      }
    }
  }

  /** @param told whether the graph is all there is to know of the subnet */
  of(subnet: Identity, told: boolean): Acl {
    const sure = new Set(this.#bySubnet.get(subnet.key) ?? []);
    const maybe = this.#networks.filter(
      ({ node, subnet: other }) => !sure.has(node) && (!other || compare(other, subnet) !== "different"),
    );
    const [node, ...others] = sure;
    const open = [
      ...maybe.flatMap((one) => one.subnet?.unknowns ?? [`${one.node.address}.networks`]),
      ...(others.length > 0 ? [...sure].map((one) => `${one.address}.networks`) : []),
      ...(told || sure.size > 0 ? [] : [`${subnet.label}: its network ACL`]),
    ];
    if (open.length > 0) return { label: node && nameOf(node), rules: [], open };
    if (node === undefined) return { label: undefined, rules: [], open: [] };
    let made = this.#made.get(node);
    if (made === undefined) this.#made.set(node, (made = this.#acl(node)));
    return made;
  }

  #acl(node: ResourceNode): Acl {
    const label = nameOf(node);
    const up = this.reader.told(node, ["admin_state_up"], "boolean");
    if (up.value === false) return { label: undefined, rules: [], open: [] };
    const nodes = this.#rules.get(identify(node).key) ?? [];
    const open = [
      ...(up.unknowns ?? []),
      ...this.#stray.map((rule) => `${rule.address}.network_acl_id`),
      ...(node.mode === "managed" ? [] : this.#untold(node, nodes)),
    ];
    const direction = (rule: ResourceNode) => this.reader.value(rule, ["direction"]);
    const rules = (["ingress", "egress"] as const).flatMap((side) =>
      this.#ordered(
        node,
        side,
        nodes.filter((rule) => direction(rule) === side),
      ),
    );
    const odd = nodes.filter((rule) => direction(rule) !== "ingress" && direction(rule) !== "egress");
    return { label, rules, open: [...open, ...odd.map((rule) => `${rule.address}.direction`)] };
  }

  /** What an ACL of somebody else has beside the rules of the graph: only their ids are told. */
  #untold(node: ResourceNode, rules: readonly ResourceNode[]): string[] {
    const known = new Set(rules.map((rule) => rule.values["id"]));
    const lists = Object.values(LISTS).map((name) => this.reader.value(node, [name]));
    const whole = lists.every((list) => isList(list) && list.every((id) => known.has(id)));
    return whole ? [] : [`${nameOf(node)}: its rules`];
  }

  #ordered(acl: ResourceNode, side: Direction, rules: readonly ResourceNode[]): Rule[] {
    const { ranks, circle } = orderRules(rules, this.reader);
    const [first] = circle;
    if (first !== undefined) {
      const detail = `the rules ${circle.map(({ address }) => address).join(", ")} stand before themselves`;
      this.oddities.push({ node: first, path: [], detail });
    }
    // The cloud's list decides where it has all of them.
    const list = this.reader.value(acl, [LISTS[side]]);
    const places = new Map(isList(list) ? list.map((id, i) => [id, i]) : []);
    const told = rules.every(({ values }) => !isUnknown(values["id"]) && places.has(values["id"] ?? null));
    return rules.map((rule) => {
      const at = places.get(rule.values["id"] ?? null) ?? 0;
      return this.#rule(rule, side, told ? [at, at] : (ranks.get(rule) ?? [-Infinity, Infinity]));
    });
  }

  #rule(node: ResourceNode, direction: Direction, rank: Rule["rank"]): Rule {
    const match = new Match(this.reader, node, [], this.oddities);
    const version = match.text("ip_version");
    if (version.unknowns) match.unsure(version.unknowns);
    match.begin(
      version.unknowns ? [4, 6] : Number(version.value ?? 4) === 6 ? [6] : [4],
      match.known("protocol"),
    );
    for (const [field, name] of [
      ["source", "source_ip_address"],
      ["destination", "destination_ip_address"],
    ] as const) {
      const text = match.known(name);
      if (typeof text === "string") match.addresses(field, name, text);
    }
    for (const [field, name] of [
      ["sourcePort", "source_port"],
      ["port", "destination_port"],
    ] as const) {
      const text = match.known(name);
      if (typeof text !== "string") continue;
      const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
      if (first === undefined) match.odd(name, `"${text}" is no port and no range of ports`);
      else match.ports(field, name, [Number(first), Number(last ?? first)]);
    }
    const enabled = this.reader.told(node, ["enabled"], "boolean");
    if (enabled.unknowns) match.unsure(enabled.unknowns);
    const action = match.text("action");
    const moved = rank[0] === rank[1] ? [] : [`the order of ${nameOf(node)}`];
    return {
      node,
      path: [],
      label: nameOf(node),
      direction,
      allows: action.unknowns ? undefined : (action.value ?? "allow") === "allow",
      rank,
      boxes: enabled.value === false ? [] : match.boxes,
      sure: match.sure,
      unknowns: [...match.unknowns, ...(action.unknowns ?? []), ...moved],
    };
  }
}

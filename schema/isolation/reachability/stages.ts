import type { DependencyMap, ResourceGraph, ResourceNode } from "../../graph.js";
import { isList, isObject, mapObject, type ObjectValue, type Value } from "../../unknown.js";
import { kindOf, locate } from "../values.js";
import type { Related } from "./related.js";
import { NETWORK_KINDS } from "./related.js";

/** A step of an apply: it takes the old object of a resource away, or brings the resource to its planned state. */
export interface Step {
  readonly address: string;
  readonly does: "remove" | "bring";
}

/** What an apply does, and in which order. */
export interface Work {
  /** By name; those that change nothing may be left out. */
  readonly steps: ReadonlyMap<string, Step>;
  /** Names of steps, and of whatever stands between them, with what each waits for. */
  readonly needs: DependencyMap;
}

/** What a step does to what gets through: it lets through no less, no more, or either. */
export type Effect = "opens" | "closes" | "either";

/** What stays as long as something uses it: the cloud refuses to delete it. */
const KEPT = new Set(["iec_security_group", "iec_vpc_subnet", "iec_vpc"]);
/** What is bound to a port. */
const BOUND = new Set(["iec_eip", "iec_ipv6_bandwidth_attachment", "iec_vip"]);

/** The network between the steps of an apply. A step is done at once; unfinished ones count as not begun. */
export class Stages {
  readonly #byAddress = new Map<string, { remove?: string; bring?: string }>();
  /** Ports of the servers there are before, by the server. */
  readonly #ports = new Map<string, string>();

  constructor(
    readonly before: ResourceGraph,
    readonly after: ResourceGraph,
    readonly related: Related,
    readonly steps: ReadonlyMap<string, Step>,
  ) {
    for (const [name, { address, does }] of steps)
      this.#byAddress.set(address, { ...this.#byAddress.get(address), [does]: name });
    for (const node of before.nodes.values())
      for (const { value } of locate(node, "nics[].port"))
        if (typeof value === "string") this.#ports.set(value, node.address);
  }

  stepsOf(address: string): string[] {
    const { remove, bring } = this.#byAddress.get(address) ?? {};
    return [remove, bring].flatMap((name) => name ?? []);
  }

  /** As much of the network as some addresses are, once some steps are done. */
  graphAt(addresses: ReadonlySet<string>, done: ReadonlySet<string>): ResourceGraph {
    const nodes = new Map<string, ResourceNode>();
    for (const address of addresses) {
      const node = this.#nodeAt(address, done);
      if (node) nodes.set(address, node);
      const old = this.before.nodes.get(address);
      if (old && KEPT.has(kindOf(old.type)) && old.values["id"] !== node?.values["id"])
        nodes.set(`${address} (old)`, { ...old, address: `${address} (old)` });
    }
    const present = (port: Value): boolean => {
      const owner = typeof port === "string" ? this.#ports.get(port) : undefined;
      return (
        owner === undefined || nodes.get(owner)?.values["id"] === this.before.nodes.get(owner)?.values["id"]
      );
    };
    for (const [address, node] of nodes) {
      if (BOUND.has(kindOf(node.type)))
        nodes.set(address, { ...node, values: withoutPorts(node.values, present) });
    }
    return { nodes };
  }

  #nodeAt(address: string, done: ReadonlySet<string>): ResourceNode | undefined {
    const { remove, bring } = this.#byAddress.get(address) ?? {};
    const [old, planned] = [this.before.nodes.get(address), this.after.nodes.get(address)];
    if (remove === undefined && bring === undefined) return planned ?? old;
    if (bring !== undefined && done.has(bring)) return planned;
    return remove !== undefined && done.has(remove) ? undefined : old;
  }

  /** What a step does among the resources that have a say; undefined when nothing. */
  effectOf(name: string, among: ReadonlySet<string>): Effect | undefined {
    const step = this.steps.get(name);
    if (step === undefined) return undefined;
    const { remove, bring } = this.#byAddress.get(step.address) ?? {};
    const node = (step.does === "remove" ? this.before : this.after).nodes.get(step.address);
    if (node === undefined || !NETWORK_KINDS.has(kindOf(node.type))) return undefined;
    const isUpdate = name === bring && remove === undefined && this.before.nodes.has(step.address);
    const effect = isUpdate ? "either" : this.#presence(node, among);
    if (step.does === "bring" || effect === "either") return effect;
    return effect === "opens" ? "closes" : "opens";
  }

  /** What it does that there is such a resource. */
  #presence(node: ResourceNode, among: ReadonlySet<string>): Effect {
    const { action } = node.values;
    const byAction = (): Effect =>
      (action ?? "allow") === "allow" ? "opens" : typeof action === "string" ? "closes" : "either";
    switch (kindOf(node.type)) {
      case "iec_security_group_rule":
        return byAction();
      case "iec_network_acl_rule":
        return this.#has(among, "iec_network_acl_rule", ({ values }) => !isPlaced(values))
          ? "either"
          : byAction();
      case "iec_network_acl":
        return this.#hasRivals(among) ? "either" : "closes";
      case "iec_eip":
      case "iec_ipv6_bandwidth_attachment":
        // Who has an address of its own does not take the route by another.
        return this.#has(among, "iec_route") ? "either" : "opens";
      case "iec_route":
      case "iec_route_table":
        return "either";
      default:
        return "opens";
    }
  }

  #has(among: ReadonlySet<string>, kind: string, is: (node: ResourceNode) => boolean = () => true): boolean {
    return [...among].some((address) =>
      [...this.related.versions(address)].some((node) => kindOf(node.type) === kind && is(node)),
    );
  }

  /** Whether more network ACLs are about than each may have a subnet of its own. */
  #hasRivals(among: ReadonlySet<string>): boolean {
    const acls = [...among].filter((address) => this.#has(new Set([address]), "iec_network_acl"));
    const claims = acls.map((acl) => {
      const networks = [...this.related.versions(acl)].map(({ values }) => values["networks"] ?? null);
      return new Set(
        networks.flatMap((list) =>
          isList(list)
            ? list.flatMap((item) =>
                isObject(item) ? [this.#nameOf(item["subnet_id"] ?? null)] : [undefined],
              )
            : [undefined],
        ),
      );
    });
    return claims.some((one, i) =>
      claims.some(
        (other, n) =>
          n < i &&
          [...one].some((subnet) => subnet === undefined || other.has(subnet) || other.has(undefined)),
      ),
    );
  }

  /** The subnet's address; undefined when it is not known which it is. */
  #nameOf(subnet: Value): string | undefined {
    const [found, ...others] = this.related.named(subnet);
    return others.length > 0 ? undefined : (found ?? (typeof subnet === "string" ? subnet : undefined));
  }
}

/** Whether a rule's place among the others does not depend on when it is made. */
const isPlaced = (values: ObjectValue): boolean =>
  typeof values["position"] === "number" && (values["before"] ?? values["after"] ?? null) === null;

/** The ports of servers that are gone are nobody's. */
const withoutPorts = (values: ObjectValue, present: (port: Value) => boolean): ObjectValue =>
  mapObject(values, (value, key) => {
    if (key === "port_id") return present(value) ? value : null;
    return key === "port_ids" && isList(value) ? value.filter(present) : value;
  });

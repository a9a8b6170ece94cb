import type { Placement } from "../definition.js";
import type { ResourceGraph, ResourceNode } from "../graph.js";
import { formatPath, isUnknown, UNKNOWN, type Path, type Value } from "../unknown.js";
import { centralType, isCentralId } from "./central.js";
import { parseRange, type Range } from "./cidr.js";
import type { Policy } from "./policies/policy.js";
import { compare, identify, literal, open, type Identity } from "./identity.js";
import { collectSites, siteLabels, type SiteTable } from "./sites.js";
import { factsOfTypes, type Taken } from "./type-facts.js";
import { follow, locate, type Located } from "./values.js";

type Role = Placement["role"];

export interface TopologyInput {
  readonly graph: ResourceGraph;
  /** By resource type. */
  readonly placements: Readonly<Record<string, Placement>>;
  /** Type -> attribute (`vpc_id`, `subnet_ids[]`) -> resource types whose id it takes. */
  readonly refs?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Sites known beside those of the graph's `iec_sites` data sources. */
  readonly sites?: SiteTable;
  /** Ids that were looked up and belong to no IEC object. */
  readonly missing?: ReadonlySet<string>;
  /** Ids and public addresses that the plan takes away: what was looked up before may still name them. */
  readonly gone?: ReadonlySet<string>;
  /** Addresses to judge; every managed resource when absent. */
  readonly only?: ReadonlySet<string>;
  /** What the owners of the design demand of it. */
  readonly policies?: readonly Policy[];
}

/** An attribute that names a site. */
interface SiteRef {
  readonly path: Path;
  readonly identity: Identity;
}
/** An attribute that names another object of the network. */
export interface Link {
  readonly path: Path;
  readonly identity: Identity;
  /** Undefined when the object is not in the graph, or when it is not known which one it is. */
  readonly target: Placed | undefined;
}
/** An attribute that takes an id, followed as far as it goes. */
export interface Pointer extends Located, Taken {
  /** The resources whose `id` it is or will be. */
  readonly objects: readonly ResourceNode[];
}

/** A resource as the network sees it. */
export interface Placed {
  readonly node: ResourceNode;
  readonly role: Role;
  readonly identity: Identity;
  readonly sites: readonly SiteRef[];
  readonly vpc: Link | undefined;
  /** Every VPC it names: a network ACL names one with each subnet. */
  readonly vpcs: readonly Link[];
  readonly subnets: readonly Link[];
  readonly port: Link | undefined;
  readonly ports: readonly Link[];
  /** Lines set by the user; one left to the cloud is not among them. */
  readonly lines: readonly Located[];
  /** Undefined when it is not known, or malformed. */
  readonly range: Range | undefined;
  /** The range as written. */
  readonly cidr: Located | undefined;
}

/**
 * The network model of a resource graph.
 *
 * Nodes are placed when first asked for: judging one node of ten thousand (the guard at apply) stays cheap.
 */
export interface Topology {
  readonly graph: ResourceGraph;
  readonly sites: SiteTable;
  readonly missing: ReadonlySet<string>;
  /** What is to be judged: managed resources, of one role where given. */
  subjects(role?: Role): readonly Placed[];
  /** What is to be judged of one resource type. */
  subjectsOf(...types: readonly string[]): readonly Placed[];
  /** Whether it is to be judged. */
  isSubject(placed: Placed): boolean;
  /** Every resource of a role, in any mode. */
  all(role: Role): readonly Placed[];
  /** Every resource of a type, in any mode. */
  ofType(type: string): readonly Placed[];
  nodesOf(type: string): readonly ResourceNode[];
  placed(node: ResourceNode): Placed;
  /** What an attribute is set to, followed; null when it is not set, or left to the cloud. */
  written(node: ResourceNode, attribute: string): Value;
  pointers(node: ResourceNode): readonly Pointer[];
  /** The value that an unknown is going to be, as far as the graph tells. */
  follow(value: Value): Value;
  /** The resources whose `id` a value is or will be. */
  objectsOf(value: Value): readonly ResourceNode[];
  roleOf(node: ResourceNode): Role | undefined;
  siteLabel(id: string): string;
  /** The objects of a role that are of a VPC and in a site; either may be left open. */
  at(role: Role, vpc: Identity | undefined, site: Identity | undefined): readonly Placed[];
}

/** Roles of the objects whose id the attributes hold. A port may also be a server's NIC. */
const TARGET_ROLE = { vpc: "vpc", subnets: "subnet", port: "other" } as const;
/** What has no place. */
const NOWHERE: Placement = { role: "other" };

export function buildTopology(input: TopologyInput): Topology {
  const { graph, placements, refs = {}, missing = new Set<string>(), only } = input;
  const sites = collectSites(graph, input.sites);
  const siteLabel = siteLabels(sites);
  const factsOfType = factsOfTypes({ placements, refs });
  const factsOf = ({ type }: ResourceNode) => factsOfType(type);
  const index = lazy(() => indexIds(graph));
  const placed = new Map<string, Placed>();
  const byRole = new Map<Role, readonly Placed[]>();
  const nodesByRole = lazy(() => {
    const groups = new Map<Role, ResourceNode[]>();
    for (const node of graph.nodes.values()) append(groups, factsOf(node).role, node);
    return groups;
  });
  const nodesIn = (role: Role): readonly ResourceNode[] => nodesByRole().get(role) ?? [];

  function place(node: ResourceNode): Placed {
    const known = placed.get(node.address);
    if (known !== undefined) return known;
    const { placement = NOWHERE } = factsOf(node);
    const link = (kind: keyof typeof TARGET_ROLE): readonly Link[] =>
      placement[kind] === undefined
        ? []
        : read(node, placement, kind).flatMap((at) => linkTo(node, at, kind) ?? []);
    const [vpcs, ports] = [link("vpc"), link("port")];
    const cidr = read(node, placement, "cidr")[0];
    const text = cidr && follow(cidr.value, graph);
    const made: Placed = {
      node,
      role: placement.role,
      identity: identify(node),
      sites: read(node, placement, "site").flatMap((at) => siteRef(node, at) ?? []),
      vpc: vpcs[0],
      vpcs,
      subnets: link("subnets"),
      port: placement.role === "eip" ? ports[0] : undefined,
      ports,
      lines: locate(node, placement.line).filter((at) => !leftToCloud(node, at)),
      range: typeof text === "string" ? parseRange(text) : undefined,
      cidr: cidr && text !== undefined ? { path: cidr.path, value: text } : undefined,
    };
    placed.set(node.address, made);
    return made;
  }

  function siteRef(node: ResourceNode, { path, value: written }: Located): SiteRef | undefined {
    const value = follow(written, graph);
    if (judgedElsewhere(value) || objectOf(value) !== undefined) return undefined;
    const identity = literal(value) ?? open(value, node, path);
    return {
      path,
      identity: typeof value === "string" ? { ...identity, label: siteLabel(value) } : identity,
    };
  }

  /** Undefined where another rule has the say: the value is no id of an IEC object of the right kind. */
  function linkTo(
    node: ResourceNode,
    { path, value: written }: Located,
    kind: keyof typeof TARGET_ROLE,
  ): Link | undefined {
    const value = follow(written, graph);
    if (judgedElsewhere(value)) return undefined;
    const owner = kind === "port" ? portOwner(value) : undefined;
    const found = owner ?? objectOf(value, TARGET_ROLE[kind]);
    if (found === undefined) {
      return { path, identity: literal(value) ?? open(value, node, path), target: undefined };
    }
    const { placement } = factsOf(found);
    if (placement === undefined || (owner === undefined && placement.role !== TARGET_ROLE[kind])) {
      return undefined;
    }
    const target = place(found);
    return { path, identity: target.identity, target };
  }

  /** Ids of the central cloud and ids that were looked up in vain have rules of their own. */
  const judgedElsewhere = (value: Value): boolean =>
    typeof value === "string"
      ? isCentralId(value) || missing.has(value)
      : !isUnknown(value) || (value.source !== undefined && centralType(value.source.address));

  /** Of a value that is followed. */
  function objectsAt(value: Value): readonly ResourceNode[] {
    if (typeof value === "string") return index().ids.get(value) ?? [];
    if (!isUnknown(value) || value.source === undefined) return [];
    const { address, path } = value.source;
    const node = path.length === 1 && path[0] === "id" ? graph.nodes.get(address) : undefined;
    return node ? [node] : [];
  }
  function objectOf(value: Value, role?: Role): ResourceNode | undefined {
    const nodes = objectsAt(value);
    return nodes.find((node) => factsOf(node).placement?.role === role) ?? nodes[0];
  }

  /** The server one of whose NICs has the port, or the NIC that is a resource of its own. */
  function portOwner(value: Value): ResourceNode | undefined {
    if (typeof value === "string") return index().ports.get(value);
    if (!isUnknown(value) || value.source === undefined) return undefined;
    const { address, path } = value.source;
    const node = graph.nodes.get(address);
    if (node === undefined) return undefined;
    if (path[0] === "nics" && path.at(-1) === "port")
      return factsOf(node).role === "server" ? node : undefined;
    return path[0] === "port_id" && factsOf(node).kind === "iec_server_nic" ? node : undefined;
  }

  /** Whether a computed attribute was simply left unset. */
  const leftToCloud = (node: ResourceNode, { path, value }: Located): boolean =>
    isUnknown(value) &&
    value.derivedFrom.length === 0 &&
    (value.source === undefined || value.source.address === node.address) &&
    !node.references.some((ref) => formatPath(ref.path) === formatPath(path));

  const judged = (node: ResourceNode): boolean =>
    node.mode === "managed" && (only?.has(node.address) ?? true);
  /** Undefined where all are to be judged. */
  const asked = lazy(() => only && [...only].flatMap((address) => graph.nodes.get(address) ?? []));
  const subjectsIn = new Map<Role | undefined, readonly Placed[]>();
  function subjects(role?: Role): readonly Placed[] {
    let found = subjectsIn.get(role);
    if (found === undefined) {
      const nodes = asked() ?? (role === undefined ? [...graph.nodes.values()] : nodesIn(role));
      found = nodes
        .filter((node) => judged(node) && (role === undefined || factsOf(node).role === role))
        .map(place);
      subjectsIn.set(role, found);
    }
    return found;
  }

  const byType = lazy(() => {
    const groups = new Map<string, ResourceNode[]>();
    for (const node of graph.nodes.values()) append(groups, factsOf(node).kind, node);
    return groups;
  });
  const nodesOf = (type: string): readonly ResourceNode[] => byType().get(type) ?? [];
  const ofType = (type: string): readonly Placed[] => nodesOf(type).map(place);
  function subjectsOf(...types: readonly string[]): readonly Placed[] {
    const nodes = asked() ?? types.flatMap(nodesOf);
    return nodes.filter((node) => judged(node) && types.includes(factsOf(node).kind)).map(place);
  }

  function written(node: ResourceNode, attribute: string): Value {
    const value = node.values[attribute] ?? null;
    return leftToCloud(node, { path: [attribute], value }) ? null : follow(value, graph);
  }

  function all(role: Role): readonly Placed[] {
    let found = byRole.get(role);
    if (found === undefined) {
      found = nodesIn(role)
        .filter((node) => factsOf(node).placement !== undefined)
        .map(place);
      byRole.set(role, found);
    }
    return found;
  }

  const pointersOf = new WeakMap<ResourceNode, readonly Pointer[]>();
  function pointers(node: ResourceNode): readonly Pointer[] {
    let found = pointersOf.get(node);
    if (found === undefined) {
      const made: Pointer[] = [];
      for (const [pattern, { types, place }] of factsOf(node).pointers) {
        for (const { path, value: written } of locate(node, pattern)) {
          const value = follow(written, graph);
          made.push({ path, value, objects: objectsAt(value), types, place });
        }
      }
      pointersOf.set(node, (found = made));
    }
    return found;
  }

  const groups = new Map<Role, Map<string, Placed[]>>();
  function groupsOf(role: Role) {
    let group = groups.get(role);
    if (group === undefined) {
      groups.set(role, (group = new Map<string, Placed[]>()));
      for (const one of all(role)) {
        const vpc = one.vpc?.identity.key ?? "";
        const site = siteOf(one)?.key ?? "";
        for (const key of new Set([`${vpc}|${site}`, `${vpc}|`, `|${site}`])) {
          append(group, key, one);
        }
      }
    }
    return group;
  }

  return {
    graph,
    sites,
    missing,
    subjects,
    subjectsOf,
    isSubject: ({ node }) => judged(node),
    all,
    ofType,
    nodesOf,
    placed: place,
    written,
    pointers,
    follow: (value) => follow(value, graph),
    objectsOf: (value) => objectsAt(follow(value, graph)),
    roleOf: (node) => factsOf(node).placement?.role,
    siteLabel,
    at: (role, vpc, site) => groupsOf(role).get(`${vpc?.key ?? ""}|${site?.key ?? ""}`) ?? [],
  };
}

/** The set values of a placement attribute. What a read subnet or VPC does not tell is unknown, not absent. */
function read(
  node: ResourceNode,
  placement: Placement,
  key: "site" | "vpc" | "subnets" | "port" | "cidr",
): readonly Located[] {
  const pattern = placement[key];
  const found = locate(node, pattern);
  const told = node.mode === "managed" || found.length > 0 || !["subnet", "vpc"].includes(placement.role);
  return told || pattern === undefined ? found : [{ path: [pattern], value: UNKNOWN }];
}

/** The site of a server, subnet or port: its own, else the one all its subnets are in. */
export function siteOf(placed: Placed): Identity | undefined {
  const own = placed.sites.map((site) => site.identity);
  const candidates =
    own.length > 0 ? own : placed.subnets.flatMap((link) => link.target?.sites.map((s) => s.identity) ?? []);
  const [first, ...rest] = candidates;
  return first && rest.every((site) => compare(first, site) === "same") ? first : undefined;
}

function indexIds(graph: ResourceGraph) {
  const ids = new Map<string, ResourceNode[]>();
  const ports = new Map<string, ResourceNode>();
  for (const node of graph.nodes.values()) {
    const id = node.values["id"];
    if (typeof id === "string") {
      append(ids, id, node);
    }
    for (const { value } of node.values["nics"] === undefined ? [] : locate(node, "nics[].port")) {
      if (typeof value === "string") ports.set(value, node);
    }
  }
  return { ids, ports };
}

function append<K, T>(groups: Map<K, T[]>, key: K, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

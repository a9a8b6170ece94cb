import type { ResourceNode } from "../../graph.js";
import { getPath, isList, isUnknown, type Path, type Value } from "../../unknown.js";
import { compare, decidedBy, identify, literal, open, type Identity } from "../identity.js";
import type { Topology } from "../topology.js";
import { kindOf, namesOf } from "../values.js";
import type { Whereabouts } from "./model.js";

/** An attribute: its value (null when not set), or what it waits for. */
export type Told<T> =
  | { readonly value: T; readonly unknowns?: undefined }
  | { readonly value?: undefined; readonly unknowns: readonly string[] };

/** Reads attributes of a graph's nodes, following unknowns to the values they will be. */
export class Reader {
  readonly #named = new Map<string, Map<string, Identity>>();
  readonly #sites = new Map<string, Identity>();

  constructor(readonly topology: Topology) {}

  nodes = (kind: string): readonly ResourceNode[] => this.topology.nodesOf(kind);

  value(node: ResourceNode, path: Path): Value {
    return this.topology.follow(getPath(node.values, path) ?? null);
  }

  /** @param types what is told only when it has one of these types; anything else counts as unknown */
  told<T extends "string" | "number" | "boolean">(
    node: ResourceNode,
    path: Path,
    ...types: readonly T[]
  ): Told<TypeOf[T] | null> {
    const value = this.value(node, path);
    if (value === null || (types as readonly string[]).includes(typeof value))
      return { value: value as TypeOf[T] | null };
    return { unknowns: this.names(value, node, path) };
  }

  names(value: Value, node: ResourceNode, path: Path): readonly string[] {
    return isUnknown(value) ? namesOf(value, node, path) : [`${node.address}.${String(path[0] ?? "")}`];
  }

  /** The items of a list with their paths; undefined when the list is not known. None when it is not set. */
  items(node: ResourceNode, path: Path): readonly Path[] | undefined {
    const value = this.value(node, path);
    if (value === null) return [];
    return isList(value) ? value.map((_, i) => path.concat(i)) : undefined;
  }

  /** Which object of a kind an attribute means. Undefined when it is not set. */
  identity(node: ResourceNode, path: Path, kind: string): Identity | undefined {
    const value = this.value(node, path);
    if (value === null) return undefined;
    if (typeof value === "string") return this.#identityOf(value, kind);
    const found = this.#objectOf(value, kind);
    return found ? identify(found) : open(value, node, path);
  }

  /** Which objects of a kind the items of a list mean; undefined when the list is not known. None when it is not set. */
  identities(node: ResourceNode, path: Path, kind: string): readonly Identity[] | undefined {
    const list = getPath(node.values, path);
    if (isList(list) && list.every((item) => typeof item === "string"))
      return list.map((id) => this.#identityOf(id, kind));
    return this.items(node, path)?.flatMap((item) => this.identity(node, item, kind) ?? []);
  }

  /** Which site an attribute means. Undefined when it is not set. */
  site(node: ResourceNode, path: Path): Identity | undefined {
    const value = this.value(node, path);
    if (value === null) return undefined;
    if (typeof value !== "string") return open(value, node, path);
    let site = this.#sites.get(value);
    if (site === undefined) {
      site = { ...literal(value), label: this.topology.siteLabel(value) };
      this.#sites.set(value, site);
    }
    return site;
  }

  #identityOf(id: string, kind: string): Identity {
    let named = this.#named.get(kind);
    if (named === undefined) this.#named.set(kind, (named = new Map<string, Identity>()));
    let identity = named.get(id);
    if (identity === undefined) {
      const found = this.#objectOf(id, kind);
      named.set(id, (identity = found ? identify(found) : literal(id)));
    }
    return identity;
  }

  #objectOf = (value: Value, kind: string): ResourceNode | undefined =>
    this.topology.objectsOf(value).find(({ type }) => kindOf(type) === kind);
}
interface TypeOf {
  string: string;
  number: number;
  boolean: boolean;
}

type Comparison = ReturnType<typeof compare>;

/** Whether two things are in one place. What is told of one place twice, and differently, is not believed. */
export function comparePlaces(a: Whereabouts, b: Whereabouts): Comparison {
  if (isContradictory(a) || isContradictory(b)) return "undecided";
  const comparisons = a.flatMap((one) => b.map((other) => compare(one, other)));
  return comparisons.find((c) => c === "different") ?? comparisons.find((c) => c === "same") ?? "undecided";
}

export const isContradictory = (places: Whereabouts): boolean =>
  places.some((one) => places.some((other) => compare(one, other) === "different"));

export const placesDecidedBy = (...places: readonly Whereabouts[]): string[] =>
  places.flatMap((one) => (isContradictory(one) ? one.map(({ label }) => label) : decidedBy(...one)));

export const labelOf = (places: Whereabouts): string =>
  places.find((one) => one.settled)?.label ?? places[0]?.label ?? "unknown";

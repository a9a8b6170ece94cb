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
    return isList(value) ? value.map((_, i) => [...path, i]) : undefined;
  }

  /** Which object of a kind an attribute means. Undefined when it is not set. */
  identity(node: ResourceNode, path: Path, kind: string): Identity | undefined {
    const value = this.value(node, path);
    if (value === null) return undefined;
    const found = this.topology.objectsOf(value).find(({ type }) => kindOf(type) === kind);
    return found ? identify(found) : (literal(value) ?? open(value, node, path));
  }
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

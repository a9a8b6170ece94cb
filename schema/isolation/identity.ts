import type { ResourceNode } from "../graph.js";
import { isUnknown, type Path, type Value, type ValueSource } from "../unknown.js";
import { formatSource, namesOf, sourceKey } from "./values.js";

/**
 * Which VPC, site or line something is, as far as it can be told before an apply.
 *
 * The same key is the same thing, even when nobody knows its id yet: two uses of `data.iec_sites.all.sites[0].id`
 * are one site. Different keys are different things only when both are settled.
 */
export interface Identity {
  readonly key: string;
  /** Whether no later answer can make it equal to something with another key. */
  readonly settled: boolean;
  /** How messages call it. */
  readonly label: string;
  /** What has to become known to tell more of it. */
  readonly unknowns: readonly string[];
  readonly id?: string;
  /** Where the id will come from. */
  readonly source?: ValueSource;
}

type Comparison = "same" | "different" | "undecided";

export function compare(a: Identity, b: Identity): Comparison {
  if (a.key === b.key) return "same";
  return a.settled && b.settled ? "different" : "undecided";
}

/** What decides a comparison that is undecided. */
export const decidedBy = (...identities: readonly Identity[]): string[] => [
  ...new Set(identities.flatMap((identity) => (identity.settled ? [] : identity.unknowns))),
];

/** Of a resource still to be made it is settled that it is no other one; of an unread data source it is not. */
export function identify(node: ResourceNode): Identity {
  const id = node.values["id"];
  const label = nameOf(node);
  if (typeof id === "string") return { key: `id:${id}`, settled: true, label, unknowns: [], id };
  const source = { address: node.address, path: ["id"] };
  const settled = node.mode === "managed";
  return { key: `source:${sourceKey(source)}`, settled, label, unknowns: [formatSource(source)] };
}

/** The identity of an object that only its id tells. */
export function literal(value: string): Identity;
export function literal(value: Value): Identity | undefined;
export function literal(value: Value): Identity | undefined {
  if (typeof value !== "string") return undefined;
  const label = JSON.stringify(value);
  return { key: `id:${value}`, settled: true, label, unknowns: [label], id: value };
}

/** The identity of a value not known yet: that of its source, or its own when it has none. */
export const open = (value: Value, node: ResourceNode, path: Path): Identity =>
  new OpenIdentity(value, node, path);

/** Makes its names when asked: they are for messages, and most identities are compared and never named. */
class OpenIdentity implements Identity {
  readonly key: string;
  readonly settled = false;
  readonly source?: ValueSource;
  readonly #names: () => string[];

  constructor(value: Value, node: ResourceNode, path: Path) {
    const source = isUnknown(value) ? value.source : undefined;
    this.key = `source:${source ? sourceKey(source) : `\0${sourceKey({ address: node.address, path })}`}`;
    if (source !== undefined) this.source = source;
    this.#names = () => (isUnknown(value) ? namesOf(value, node, path) : []);
  }
  get label(): string {
    return this.#names().join(", ");
  }
  get unknowns(): readonly string[] {
    return this.#names();
  }
}

/** The address; for an object outside of the configuration its type and id. */
export const nameOf = (node: ResourceNode): string =>
  node.mode === "existing" && typeof node.values["id"] === "string"
    ? `the existing ${node.type} ${JSON.stringify(node.values["id"])}`
    : node.address;

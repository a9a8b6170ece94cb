import { Token } from "cdktf";
import { Construct } from "constructs";
import { nearest } from "../../schema/nearest.js";
import { refusal } from "./construct";

/** What a prop takes. The compiler says it to those who use it; this says it to all others. */
export interface Kind {
  readonly what: string;
  readonly optional?: boolean;
  readonly accepts: (value: unknown) => boolean;
  /** Of the items, where it is a list. */
  readonly items?: Kind;
  /** Of what it has, where it is an object. */
  readonly fields?: Readonly<Record<string, Kind>>;
}
/** A kind for each prop. */
export type Kinds<Props> = { readonly [Name in keyof Props]-?: Kind };

export const text: Kind = {
  what: "a text",
  accepts: (value) => typeof value === "string" && value !== "",
};
export const flag: Kind = { what: "true or false", accepts: (value) => typeof value === "boolean" };

export const numberIn = (first: number, last: number): Kind => ({
  what: `a whole number from ${first} to ${last}`,
  accepts: (value) =>
    typeof value === "number" &&
    (Token.isUnresolved(value) || (Number.isInteger(value) && value >= first && value <= last)),
});
export const oneOf = (...values: readonly string[]): Kind => ({
  what: `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`,
  accepts: (value) => typeof value === "string" && (Token.isUnresolved(value) || values.includes(value)),
});
/** An object that has what counts: no class, because there may be two copies of this package. */
export const having = (what: string, ...members: readonly string[]): Kind => ({
  what,
  accepts: (value) =>
    typeof value === "object" && value !== null && members.some((member) => Reflect.has(value, member)),
});
export const listOf = (items: Kind, first = 0, last = Infinity): Kind => ({
  what: `a list${sizes(first, last)}, each ${items.what}`,
  accepts: (value) => Array.isArray(value) && value.length >= first && value.length <= last,
  items,
});
const sizes = (first: number, last: number): string =>
  last < Infinity ? ` of ${first} to ${last}` : first > 0 ? ` of at least ${first}` : "";
export const optional = (kind: Kind): Kind => ({ ...kind, optional: true });

export const A_SITE = having("an EdgeSite", "siteId");
export const A_VPC = having("an EdgeVpc", "addSubnet");
export const A_SUBNET = having("an EdgeSubnet", "cidr");
export const A_GROUP = having("a SecurityGroup", "securityGroupId");
export const A_SERVER = having("an EdgeServer", "serverId");
export const AN_IMAGE = having("an Image", "imageId");
export const A_KEY = having("a KeyPair", "keyName");

/** @throws at the first prop that is missing, unknown, or not of its kind. */
export function checkProps<Props extends object>(
  place: Construct,
  props: Props,
  kinds: Kinds<Required<Props>>,
): void {
  const names = Object.keys(kinds);
  const given = props as Readonly<Record<string, unknown>> | null | undefined;
  for (const [name, kind] of Object.entries(kinds) as [string, Kind][]) {
    const value = given?.[name];
    if (value === undefined) {
      if (kind.optional !== true) throw refusal(place, `prop ${name} is missing. It takes ${kind.what}`);
      continue;
    }
    checkProp(place, name, value, kind);
  }
  const unknown = Object.keys(given ?? {}).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names);
  const fix = near === undefined ? `It takes: ${names.join(", ")}` : `Did you mean ${near}?`;
  throw refusal(place, `there is no prop ${unknown}. ${fix.replace(/\?$/, "? Else leave it out")}`);
}

export function checkProp(place: Construct, name: string, value: unknown, kind: Kind): void {
  if (!kind.accepts(value)) throw refusal(place, `prop ${name} is ${shown(value)}. It takes ${kind.what}`);
  const { items, fields = {} } = kind;
  if (items !== undefined)
    for (const [i, item] of (value as readonly unknown[]).entries())
      checkProp(place, `${name}[${i}]`, item, items);
  for (const [field, inner] of Object.entries(fields))
    checkProp(place, `${name}.${field}`, Reflect.get(value as object, field), inner);
}

/** A value in a message. */
export function shown(value: unknown): string {
  if (Construct.isConstruct(value)) return `the ${value.constructor.name} ${value.node.path}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return `a ${value.constructor.name}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

const A_DISK: Kind = {
  what: 'a disk such as { type: "SAS", size: 40 }',
  accepts: (value) => typeof value === "object" && value !== null,
  fields: { type: oneOf("SATA", "SAS", "GPSSD", "SSD"), size: numberIn(1, 500) },
};
/** What servers and the servers of an edge service have in common. */
export const SERVER = {
  image: AN_IMAGE,
  key: A_KEY,
  securityGroups: optional(listOf(A_GROUP, 1)),
  disk: optional(A_DISK),
  dataDisks: optional(listOf(A_DISK, 0, 2)),
  userData: optional(text),
  name: optional(text),
} as const;

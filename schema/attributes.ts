/**
 * The words a resource is declared in. An attribute is plain data: everything else (provider schema, JSON Schema,
 * docs, TypeScript types, plan behaviour) is derived from it.
 */

interface Common {
  readonly description: string;
  /** Must be set by the user. */
  readonly required?: true;
  /** May be set by the user; null when it is not. */
  readonly optional?: true;
  /** Set by the cloud. With `optional`: set by the cloud unless the user sets it. */
  readonly computed?: true;
  /** A change replaces the resource. */
  readonly requiresReplace?: true;
  /** Never shown. Stored in the state as Terraform stores it: in plain text, listed as sensitive. */
  readonly sensitive?: true;
  /** Never stored: read from the configuration at apply. */
  readonly writeOnly?: true;
  readonly deprecated?: string;
  /** Resource types whose `id` this attribute holds; isolation and plan follow it. */
  readonly ref?: readonly string[];
  /** Computed, and may change when one of these attributes does; else a computed value outlives an update. */
  readonly changesWith?: readonly string[];
  /** Computed, and changes by what happens to other resources: refreshed in silence, never drift. */
  readonly volatile?: true;
  /** Only the create's answer tells it: a read can never restore it. */
  readonly toldOnce?: true;
}

export interface StringAttribute extends Common {
  readonly kind: "string";
  readonly enum?: readonly string[];
  readonly default?: string;
  readonly minLength?: number;
  /** In characters (code points), as the API counts. */
  readonly maxLength?: number;
  /** A regular expression, read as Unicode. */
  readonly pattern?: { readonly source: string };
  /** Says in words what `pattern` allows. */
  readonly patternHint?: string;
  readonly format?: "ipv4" | "ipv4-cidr" | "cidr" | "uuid" | "base64";
  /** Texts that normalise alike mean the same; the user's spelling is kept. */
  readonly normalize?: (text: string) => string;
}
export interface NumberAttribute extends Common {
  readonly kind: "number";
  readonly default?: number;
  readonly integer?: true;
  readonly minimum?: number;
  readonly maximum?: number;
  /** For docs and messages: `GB`, `Mbit/s`. */
  readonly unit?: string;
}
export interface BoolAttribute extends Common {
  readonly kind: "bool";
  readonly default?: boolean;
}
export interface CollectionAttribute<E extends ElementAttribute = ElementAttribute> extends Common {
  readonly kind: "list" | "set" | "map";
  readonly element: E;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** A list whose order means nothing to the cloud: the user's order is kept. */
  readonly unordered?: true;
}
export interface ObjectAttribute<A extends Attributes = Attributes> extends Common {
  readonly kind: "object";
  readonly attributes: A;
}
/** A configuration block, `data_disks { ... }`: Terraform's list-nested block, or a single one. */
export interface BlockAttribute<A extends Attributes = Attributes> extends Common {
  readonly kind: "block";
  /** A block that occurs at most once and reads as an object or null; a list of objects otherwise. */
  readonly nesting?: "single";
  readonly attributes: A;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export type Attribute =
  StringAttribute | NumberAttribute | BoolAttribute | CollectionAttribute | ObjectAttribute | BlockAttribute;
/** What a collection holds: a type, with constraints, but no configuration mode of its own. */
export type ElementAttribute =
  StringAttribute | NumberAttribute | BoolAttribute | ObjectAttribute | CollectionAttribute;
export interface Attributes {
  readonly [name: string]: Attribute;
}

export type Mode =
  | { readonly required: true }
  | { readonly optional: true }
  | { readonly computed: true }
  | { readonly optional: true; readonly computed: true };
type Options<T extends { kind: string }> = Omit<T, "kind" | "required" | "optional" | "computed"> & Mode;
type Kind<K extends string, O> = O & { readonly kind: K };

export const string = <const O extends Options<StringAttribute>>(options: O): Kind<"string", O> => ({
  kind: "string",
  ...options,
});
export const number = <const O extends Options<NumberAttribute>>(options: O): Kind<"number", O> => ({
  kind: "number",
  ...options,
});
export const bool = <const O extends Options<BoolAttribute>>(options: O): Kind<"bool", O> => ({
  kind: "bool",
  ...options,
});
export const list = <const O extends Options<CollectionAttribute>>(options: O): Kind<"list", O> => ({
  kind: "list",
  ...options,
});
export const set = <const O extends Options<CollectionAttribute>>(options: O): Kind<"set", O> => ({
  kind: "set",
  ...options,
});
export const map = <const O extends Options<CollectionAttribute>>(options: O): Kind<"map", O> => ({
  kind: "map",
  ...options,
});
export const block = <const O extends Options<BlockAttribute>>(options: O): Kind<"block", O> => ({
  kind: "block",
  ...options,
});
/** Elements of collections, whose own mode is the collection's. */
export const element = {
  string: <const O extends Omit<StringAttribute, "kind" | "description">>(options: O) => ({
    kind: "string" as const,
    description: "",
    ...options,
  }),
  object: <const A extends Attributes>(attributes: A) => ({
    kind: "object" as const,
    description: "",
    attributes,
  }),
};
/** The identifier every resource has. */
export const id = (description: string) =>
  ({ kind: "string", computed: true, description }) as const satisfies StringAttribute;

/** The TypeScript type of an attribute's value when it is set and known. */
export type ValueOf<T> = T extends { kind: "string"; enum: readonly (infer E)[] }
  ? E
  : T extends { kind: "string" }
    ? string
    : T extends { kind: "number" }
      ? number
      : T extends { kind: "bool" }
        ? boolean
        : T extends { kind: "list" | "set"; element: infer E }
          ? readonly ValueOf<E>[]
          : T extends { kind: "map"; element: infer E }
            ? Readonly<Record<string, ValueOf<E>>>
            : T extends { kind: "object"; attributes: infer A }
              ? StateOf<A>
              : T extends { kind: "block"; attributes: infer A }
                ? readonly PlanOf<A>[]
                : never;

/** What is stored: every attribute; null = not set. */
export type StateOf<A> = {
  readonly [K in keyof A]: A[K] extends { required: true } | { kind: "block" }
    ? ValueOf<A[K]>
    : ValueOf<A[K]> | null;
};

/**
 * What is to be applied: required attributes are there, optional ones may be null, and a computed one is undefined
 * where the cloud decides. (Unknowns of the plan are resolved or undefined by the time a handler runs.)
 */
export type PlanOf<A> = {
  readonly [K in keyof A]: A[K] extends { required: true } | { kind: "block" }
    ? ValueOf<A[K]>
    : A[K] extends { computed: true }
      ? ValueOf<A[K]> | null | undefined
      : ValueOf<A[K]> | null;
};

/** What one answer of the cloud tells: an absent attribute is not told, null is told to be not set. */
export type ObservedOf<A> = {
  readonly [K in keyof A]?:
    | (A[K] extends { kind: "block"; attributes: infer B } ? readonly ObservedOf<B>[] : StateOf<A>[K])
    | undefined;
};

/** Whether the user may set it. */
export const isConfigurable = (a: Attribute): boolean =>
  a.required === true || a.optional === true || a.kind === "block";

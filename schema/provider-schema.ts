import type { Attribute, Attributes, BlockAttribute, ElementAttribute } from "./attributes.js";
import { allAttributes, type Timeouts } from "./definition.js";
import { describe } from "./describe.js";

export const PROVIDER_SOURCE = "iec-cdk/iec";
/** The address under which Terraform keeps the provider, in states and schemas. */
export const PROVIDER_ADDRESS = `registry.terraform.io/${PROVIDER_SOURCE}`;

/** A type as Terraform writes it in JSON. */
export type CtyType =
  | "string"
  | "number"
  | "bool"
  | readonly ["list" | "set" | "map", CtyType]
  | readonly ["object", Readonly<Record<string, CtyType>>];

export interface AttributeSchema {
  readonly type: CtyType;
  readonly description: string;
  readonly description_kind: "markdown";
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
  readonly sensitive?: true;
  readonly write_only?: true;
  readonly deprecated?: true;
}
export interface BlockSchema {
  readonly attributes?: Readonly<Record<string, AttributeSchema>>;
  readonly block_types?: Readonly<Record<string, NestedBlockSchema>>;
  readonly description?: string;
  readonly description_kind: "markdown";
  readonly deprecated?: true;
}
export interface NestedBlockSchema {
  readonly nesting_mode: "list" | "single";
  readonly block: BlockSchema;
  readonly min_items?: number;
  readonly max_items?: number;
}
export interface VersionedSchema {
  readonly version: number;
  readonly block: BlockSchema;
}
export interface ProviderSchema {
  readonly provider: VersionedSchema;
  readonly resource_schemas: Readonly<Record<string, VersionedSchema>>;
  readonly data_source_schemas: Readonly<Record<string, VersionedSchema>>;
}
/** What `terraform providers schema -json` prints. */
export interface ProviderSchemas {
  readonly format_version: "1.0";
  readonly provider_schemas: Readonly<Record<string, ProviderSchema>>;
}

interface Declared {
  readonly type: string;
  readonly description: string;
  readonly attributes: Attributes;
  readonly schemaVersion?: number;
  readonly timeouts?: Timeouts;
}

/** The provider's schema as Terraform prints it, out of the definitions. */
export function providerSchemas(
  resources: Iterable<Declared>,
  dataSources: Iterable<Declared>,
  provider: Attributes,
): ProviderSchemas {
  const schemas = (definitions: Iterable<Declared>) =>
    Object.fromEntries(
      [...definitions].map((d) => [
        d.type,
        { version: d.schemaVersion ?? 0, block: blockSchema(allAttributes(d), d.description) },
      ]),
    );
  return {
    format_version: "1.0",
    provider_schemas: {
      [PROVIDER_ADDRESS]: {
        provider: { version: 0, block: blockSchema(provider) },
        resource_schemas: schemas(resources),
        data_source_schemas: schemas(dataSources),
      },
    },
  };
}

function blockSchema(attributes: Attributes, description?: string): BlockSchema {
  const entries = Object.entries(attributes);
  const isBlock = (entry: [string, Attribute]): entry is [string, BlockAttribute] =>
    entry[1].kind === "block";
  const isPlain = (entry: [string, Attribute]): entry is [string, ElementAttribute] => !isBlock(entry);
  const plain = entries.filter(isPlain).map(([name, a]) => [name, attributeSchema(a)] as const);
  const blocks = entries.filter(isBlock).map(([name, a]) => [name, nestedBlock(a)] as const);
  return {
    ...(plain.length > 0 ? { attributes: Object.fromEntries(plain) } : {}),
    ...(blocks.length > 0 ? { block_types: Object.fromEntries(blocks) } : {}),
    ...(description === undefined ? {} : { description }),
    description_kind: "markdown",
  };
}

const nestedBlock = (a: BlockAttribute): NestedBlockSchema => ({
  nesting_mode: a.nesting ?? "list",
  block: {
    ...blockSchema(a.attributes, describe(a)),
    ...(a.deprecated === undefined ? {} : { deprecated: true }),
  },
  ...(a.minItems === undefined ? {} : { min_items: a.minItems }),
  ...(a.maxItems === undefined ? {} : { max_items: a.maxItems }),
});

const attributeSchema = (a: ElementAttribute): AttributeSchema => ({
  type: ctyType(a),
  description: describe(a),
  description_kind: "markdown",
  ...(a.required === true ? { required: true } : {}),
  ...(a.optional === true ? { optional: true } : {}),
  ...(a.computed === true ? { computed: true } : {}),
  ...(a.sensitive === true ? { sensitive: true } : {}),
  ...(a.writeOnly === true ? { write_only: true } : {}),
  ...(a.deprecated === undefined ? {} : { deprecated: true }),
});

/** The Terraform type of an attribute's values. A block reads as a list of objects, or as one object. */
export function ctyType(a: Attribute): CtyType {
  switch (a.kind) {
    case "string":
    case "number":
    case "bool":
      return a.kind;
    case "list":
    case "set":
    case "map":
      return [a.kind, ctyType(a.element)];
    case "object":
      return objectType(a.attributes);
    case "block":
      return a.nesting === "single" ? objectType(a.attributes) : ["list", objectType(a.attributes)];
  }
}

const objectType = (attributes: Attributes): CtyType => [
  "object",
  Object.fromEntries(Object.entries(attributes).map(([name, a]) => [name, ctyType(a)])),
];

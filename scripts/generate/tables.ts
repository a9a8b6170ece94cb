import { isConfigurable, type Attribute, type Attributes } from "../../schema/attributes.js";
import { allAttributes, type Placement, type Timeouts } from "../../schema/definition.js";
import { jsonSchema } from "../../schema/json-schema.js";
import { providerAttributes } from "../../schema/provider-block.js";

/** What the generators need of a definition. */
export interface Definition {
  readonly type: string;
  readonly description: string;
  readonly attributes: Attributes;
  readonly api: readonly string[];
  readonly timeouts?: Timeouts;
  readonly placement?: Placement;
}
export type Definitions = ReadonlyMap<string, Definition>;

/** What is made of the attributes of every configuration: provider block, resources and data sources by type. */
const tableOf = (
  resources: Definitions,
  dataSources: Definitions,
  make: (attributes: Attributes) => object,
) => {
  const byType = (definitions: Definitions) =>
    Object.fromEntries([...definitions].map(([type, d]) => [type, make(allAttributes(d))]));
  return {
    provider: make(providerAttributes),
    resources: byType(resources),
    data_sources: byType(dataSources),
  };
};

export const jsonSchemas = (resources: Definitions, dataSources: Definitions) =>
  tableOf(resources, dataSources, jsonSchema);

/** The attributes themselves, as data, for the constructs to read configurations as the plan does. */
export const attributeTables = (resources: Definitions, dataSources: Definitions) =>
  tableOf(resources, dataSources, (attributes) => JSON.parse(JSON.stringify(attributes, asData)) as object);

function asData(_name: string, value: unknown): unknown {
  if (value instanceof RegExp) return { source: value.source };
  const { kind, computed } = (value ?? {}) as Partial<Attribute>;
  // What only the cloud sets is never read from a configuration.
  return computed === true && !isConfigurable(value as Attribute) ? { kind, computed } : value;
}

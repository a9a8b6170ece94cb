import type { Attributes } from "../../schema/attributes.js";
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

/** The JSON Schema of every configuration: provider block, resources and data sources by type. */
export const jsonSchemas = (resources: Definitions, dataSources: Definitions) => {
  const byType = (definitions: Definitions) =>
    Object.fromEntries([...definitions].map(([type, d]) => [type, jsonSchema(allAttributes(d))]));
  return {
    provider: jsonSchema(providerAttributes),
    resources: byType(resources),
    data_sources: byType(dataSources),
  };
};

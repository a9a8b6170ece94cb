import type {
  Methods,
  SchemaBlock,
  SchemaAttribute,
  Schema,
  Function as FunctionSchema,
} from "../../schema/generated/plugin-protocol.js";
import {
  providerSchemas,
  PROVIDER_ADDRESS,
  type AttributeSchema,
  type BlockSchema,
  type ProviderSchema,
  type VersionedSchema,
} from "../../schema/provider-schema.js";
import { providerAttributes } from "../../schema/provider-block.js";
import type { Parameter } from "../functions/function.js";
import { functions } from "../functions/index.js";
import { ephemeralTypes } from "./ephemeral.js";
import type { Outgoing } from "./protobuf.js";
import type { WireType } from "./values.js";

const MARKDOWN = 1;
const NESTING = { single: 1, list: 2 } as const;
/** Plans of deletes need no say of ours; schemas may be remembered; states of the public provider are taken over. */
const CAPABILITIES = {
  planDestroy: false,
  getProviderSchemaOptional: true,
  moveResourceState: true,
} as const;

type Definitions = Parameters<typeof providerSchemas>[0];

/** The provider's schema as the plugin protocol has it. */
export function schemaMessage(
  resources: Definitions,
  dataSources: Definitions,
): Outgoing<Methods["GetProviderSchema"]["response"]> {
  const main = schemasOf(resources, dataSources);
  const ephemeral = schemasOf([], Object.values(ephemeralTypes)).data_source_schemas;
  return {
    provider: schemaOf(main.provider),
    resourceSchemas: mapValues(main.resource_schemas, schemaOf),
    dataSourceSchemas: mapValues(main.data_source_schemas, schemaOf),
    ephemeralResourceSchemas: mapValues(ephemeral, schemaOf),
    functions: functionSchemas(),
    serverCapabilities: CAPABILITIES,
  };
}

function schemasOf(resources: Definitions, dataSources: Definitions): ProviderSchema {
  const schemas = providerSchemas(resources, dataSources, providerAttributes).provider_schemas[
    PROVIDER_ADDRESS
  ];
  if (schemas === undefined) throw new Error(`There is no schema of ${PROVIDER_ADDRESS}.`);
  return schemas;
}

/** The names of everything, for those who do not want its schema. */
export function metadata(
  resources: Iterable<string>,
  dataSources: Iterable<string>,
): Outgoing<Methods["GetMetadata"]["response"]> {
  const names = (types: Iterable<string>) => [...types].map((typeName) => ({ typeName }));
  return {
    serverCapabilities: CAPABILITIES,
    resources: names(resources),
    dataSources: names(dataSources),
    ephemeralResources: names(Object.keys(ephemeralTypes)),
    functions: [...functions.keys()].map((name) => ({ name })),
  };
}

export const functionSchemas = (): Readonly<Record<string, Outgoing<FunctionSchema>>> =>
  Object.fromEntries(
    [...functions.values()].map(({ name, summary, description, parameters, returns }) => [
      name,
      {
        summary,
        description,
        descriptionKind: MARKDOWN,
        parameters: parameters.map(parameterOf),
        return: { type: typeOf(returns) },
      },
    ]),
  );

const parameterOf = ({ name, type, description, allowsUnknown }: Parameter) => ({
  name,
  type: typeOf(type),
  description,
  descriptionKind: MARKDOWN,
  allowUnknownValues: allowsUnknown ?? false,
});

const schemaOf = ({ version, block }: VersionedSchema): Outgoing<Schema> => ({
  version,
  block: blockOf(block),
});

const blockOf = (block: BlockSchema): Outgoing<SchemaBlock> => ({
  attributes: Object.entries(block.attributes ?? {}).map(([name, a]) => attributeOf(name, a)),
  blockTypes: Object.entries(block.block_types ?? {}).map(([typeName, nested]) => ({
    typeName,
    block: blockOf(nested.block),
    nesting: NESTING[nested.nesting_mode],
    minItems: nested.min_items,
    maxItems: nested.max_items,
  })),
  description: block.description,
  descriptionKind: MARKDOWN,
  deprecated: block.deprecated,
});

const attributeOf = (name: string, a: AttributeSchema): Outgoing<SchemaAttribute> => ({
  name,
  type: typeOf(a.type),
  description: a.description,
  descriptionKind: MARKDOWN,
  required: a.required,
  optional: a.optional,
  computed: a.computed,
  sensitive: a.sensitive,
  writeOnly: a.write_only,
  deprecated: a.deprecated,
});

const typeOf = (type: WireType): Uint8Array => Buffer.from(JSON.stringify(type));

const mapValues = <T, U>(values: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));

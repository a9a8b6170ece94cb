import { Ajv, _ } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { dataSources } from "../provider/data-sources/index.js";
import { OPTIONS } from "../provider/lifecycle/compile.js";
import { resources } from "../provider/resources/index.js";
import { allAttributes } from "../schema/definition.js";
import { jsonSchema } from "../schema/json-schema.js";
import { providerAttributes } from "../schema/provider-block.js";

/** What the build puts in the place of `provider/lifecycle/compile.ts`: the same checks, compiled beforehand. */
export function checksModule(): string {
  const all = [
    providerAttributes,
    ...[...resources.values(), ...dataSources.values()].map((definition) => allAttributes(definition)),
  ];
  const ajv = new Ajv({ ...OPTIONS, code: { source: true, esm: true, formats: _`formats` } });
  const names = Object.fromEntries(all.map((_attributes, i) => [`check${i}`, `#check${i}`]));
  all.forEach((attributes, i) => ajv.addSchema(jsonSchema(attributes), `#check${i}`));
  return `
    import { dataSources } from "../data-sources/index.js";
    import { resources } from "../resources/index.js";
    import { allAttributes } from "../../schema/definition.js";
    import { formats } from "../../schema/json-schema.js";
    import { providerAttributes } from "../../schema/provider-block.js";
    ${standalone.default(ajv, names)}
    const checks = [${Object.keys(names).join(", ")}];
    const all = [providerAttributes, ...[...resources.values(), ...dataSources.values()].map(allAttributes)];
    const compiled = new Map(all.map((attributes, i) => [attributes, checks[i]]));
    export const checkOf = (attributes) => compiled.get(attributes);
  `;
}

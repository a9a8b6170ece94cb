import { Ajv, type Options, type ValidateFunction } from "ajv";
import type { Attributes } from "../../schema/attributes.js";
import { formats, jsonSchema } from "../../schema/json-schema.js";

/** The schemas are our own, and tested: to check them against the schema of schemas would cost more than all else. */
export const OPTIONS: Options = {
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats,
  meta: false,
  validateSchema: false,
  messages: false,
};

const ajv = new Ajv(OPTIONS);
const compiled = new WeakMap<Attributes, ValidateFunction>();

/**
 * What holds a configuration against the limits its attributes state. The build puts the checks of all types, compiled,
 * in the place of this module: Terraform waits for the first of them.
 */
export function checkOf(attributes: Attributes): ValidateFunction {
  const known = compiled.get(attributes);
  if (known !== undefined) return known;
  const check = ajv.compile(jsonSchema(attributes));
  compiled.set(attributes, check);
  return check;
}

import { isIPv4, isIPv6 } from "node:net";
import { isConfigurable, type Attribute, type Attributes, type ElementAttribute } from "./attributes.js";

interface Schema {
  readonly [keyword: string]: unknown;
}

/** A range as `address/bits`. Host bits may be set: the cloud takes the range the address lies in. */
const isRange = (text: string, isAddress: (address: string) => boolean, bits: number): boolean => {
  const slash = text.indexOf("/");
  const length = text.slice(slash + 1);
  return (
    slash > 0 &&
    isAddress(text.slice(0, slash)) &&
    /^(0|[1-9]\d{0,2})$/.test(length) &&
    Number(length) <= bits
  );
};
// Node takes zone ids ("fe80::1%eth0"), the cloud does not.
const isPlainIPv6 = (text: string): boolean => isIPv6(text) && !text.includes("%");

/** What a `format` of an attribute accepts. */
export const formats = {
  ipv4: (text: string): boolean => isIPv4(text),
  "ipv4-cidr": (text: string): boolean => isRange(text, isIPv4, 32),
  cidr: (text: string): boolean => isRange(text, isIPv4, 32) || isRange(text, isPlainIPv6, 128),
  uuid: (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  base64: (text: string): boolean =>
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
} as const;

/**
 * JSON Schema of a decoded configuration: optional attributes that are not set are null, blocks are arrays of objects
 * (or an object or null when they nest singly), and attributes only the cloud sets are null or absent.
 *
 * Unions occur with null alone, and there is no `anyOf`: an error's path always is that of the wrong value.
 */
export function jsonSchema(attributes: Attributes): object {
  return objectSchema(attributes);
}

function objectSchema(attributes: Attributes): Schema {
  const entries = Object.entries(attributes);
  const required = entries.filter(([, a]) => a.required === true).map(([name]) => name);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, a]) => [name, attributeSchema(a)])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

function attributeSchema(a: Attribute): Schema {
  const annotations = {
    description: a.description,
    ...(a.deprecated === undefined ? {} : { deprecated: true }),
  };
  if (!isConfigurable(a)) return { ...annotations, type: "null" };
  if (a.kind === "block") return { ...annotations, ...blockSchema(a) };
  const schema = typeSchema(a);
  return { ...annotations, ...(a.required === true ? schema : orNull(schema)) };
}

function blockSchema(a: Attribute & { kind: "block" }): Schema {
  const item = objectSchema(a.attributes);
  if (a.nesting === "single") return a.required === true ? item : orNull(item);
  return { type: "array", items: item, ...limits({ minItems: a.minItems, maxItems: a.maxItems }) };
}

const orNull = (schema: Schema): Schema => ({
  ...schema,
  type: [schema["type"], "null"],
  ...(Array.isArray(schema["enum"]) ? { enum: [...(schema["enum"] as unknown[]), null] } : {}),
});

/** The type of a value that is set. */
function typeSchema(a: ElementAttribute): Schema {
  switch (a.kind) {
    case "string":
      return {
        type: "string",
        ...limits({
          enum: a.enum,
          default: a.default,
          minLength: a.minLength,
          maxLength: a.maxLength,
          pattern: a.pattern?.source,
          format: a.format,
        }),
      };
    case "number":
      return {
        type: a.integer === true ? "integer" : "number",
        ...limits({ default: a.default, minimum: a.minimum, maximum: a.maximum }),
      };
    case "bool":
      return { type: "boolean", ...limits({ default: a.default }) };
    case "list":
    case "set":
      return {
        type: "array",
        items: typeSchema(a.element),
        ...limits({ minItems: a.minItems, maxItems: a.maxItems }),
      };
    case "map":
      return {
        type: "object",
        additionalProperties: typeSchema(a.element),
        ...limits({ minProperties: a.minItems, maxProperties: a.maxItems }),
      };
    case "object":
      return objectSchema(a.attributes);
  }
}

const limits = (keywords: Schema): Schema =>
  Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));

import type { Attributes } from "../../schema/attributes.js";
import { Hcl, Ref, type ExampleObject, type ExampleValue } from "./examples.js";

/** `vpc_subnet` -> `vpcSubnet`. */
export const camelCase = (name: string): string =>
  name.replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
const shortName = (type: string): string => type.replace(/^iec_/, "");
const pascalCase = (name: string): string => camelCase(`_${name}`);

const className = (type: string, data: boolean): string =>
  data ? pascalCase(`data_${type}`) : pascalCase(shortName(type));

const isList = (value: ExampleValue): value is readonly ExampleValue[] => Array.isArray(value);
const isMap = (value: ExampleValue): value is ReadonlyMap<string, ExampleValue> => value instanceof Map;

/** One block of Terraform's language. */
export function hclSnippet(
  type: string,
  data: boolean,
  example: ExampleObject,
  attributes: Attributes,
  name = "example",
): string {
  const head = `${data ? "data" : "resource"} "${type}" "${name}" {`;
  const body = hclBody(example, attributes, "  ");
  return body.length === 0 ? `${head}}` : [head, ...body, "}"].join("\n");
}

function hclBody(body: ExampleObject, attributes: Attributes, indent: string): string[] {
  const blockOf = (name: string) => {
    const attribute = attributes[name];
    return attribute?.kind === "block" ? attribute : undefined;
  };
  const entries = Object.entries(body);
  const plain = entries.filter(([name]) => blockOf(name) === undefined);
  const width = Math.max(...plain.map(([name]) => name.length));
  return [
    ...plain.map(([name, value]) => `${indent}${name.padEnd(width)} = ${hclValue(value)}`),
    ...entries.flatMap(([name, value]) => {
      const block = blockOf(name);
      if (block === undefined) return [];
      return (isList(value) ? value : [value]).flatMap((item) => [
        "",
        `${indent}${name} {`,
        ...hclBody(item as ExampleObject, block.attributes, `${indent}  `),
        `${indent}}`,
      ]);
    }),
  ];
}

function hclValue(value: ExampleValue): string {
  if (value instanceof Ref) return `${value.data ? "data." : ""}${value.type}.${value.name}.${value.path}`;
  if (value instanceof Hcl) return value.text;
  if (isList(value)) return `[${value.map(hclValue).join(", ")}]`;
  if (isMap(value)) {
    return `{ ${[...value].map(([key, item]) => `${key} = ${hclValue(item)}`).join(", ")} }`;
  }
  return JSON.stringify(value);
}

/** What a value refers to, directly. */
export function refsOf(value: ExampleValue): readonly Ref[] {
  if (value instanceof Ref) return [value];
  if (value instanceof Hcl) return value.refs;
  if (isMap(value)) return [...value.values()].flatMap(refsOf);
  return typeof value === "object" ? Object.values(value).flatMap(refsOf) : [];
}

/** The example as a construct of `iec-cdk`. Other constructs it refers to are variables named after their types. */
export function typescriptSnippet(type: string, data: boolean, example: ExampleObject): string {
  const name = className(type, data);
  return [
    `import { ${name} } from "iec-cdk";`,
    "",
    `const ${camelCase(shortName(type))} = new ${name}(stack, "example", {`,
    ...typescriptBody(example, "  "),
    "});",
  ].join("\n");
}

const typescriptBody = (body: ExampleObject, indent: string): string[] =>
  Object.entries(body).map(
    ([name, value]) => `${indent}${camelCase(name)}: ${typescriptValue(value, indent)},`,
  );

function typescriptValue(value: ExampleValue, indent: string): string {
  if (value instanceof Ref) {
    const path = value.path.replaceAll(/\[(\d+)\]/g, ".get($1)");
    return `${camelCase(shortName(value.type))}.${path}`;
  }
  if (value instanceof Hcl) throw new Error(`There is no TypeScript for ${value.text}`);
  if (isList(value)) return `[${value.map((item) => typescriptValue(item, indent)).join(", ")}]`;
  if (isMap(value)) {
    return `{ ${[...value].map(([key, item]) => `${key}: ${typescriptValue(item, indent)}`).join(", ")} }`;
  }
  if (typeof value === "object") {
    return ["{", ...typescriptBody(value, `${indent}  `), `${indent}}`].join("\n");
  }
  return JSON.stringify(value);
}

import { isConfigurable, type Attribute, type Attributes } from "../../schema/attributes.js";
import { allAttributes } from "../../schema/definition.js";
import { describe } from "../../schema/describe.js";
import { CODES } from "../../schema/diagnostics.js";
import { providerAttributes } from "../../schema/provider-block.js";
import { PROVIDER_SOURCE, type CtyType } from "../../schema/provider-schema.js";
import { resources } from "../../provider/resources/index.js";
import { dataSources } from "../../provider/data-sources/index.js";
import { ephemeralTypes } from "../../provider/plugin/ephemeral.js";
import type { ProviderFunction } from "../../provider/functions/function.js";
import { functions } from "../../provider/functions/index.js";
import {
  dataSourceExamples,
  functionExamples,
  importIds,
  otherExamples,
  resourceExamples,
  type ExampleObject,
  type Ref,
} from "./examples.js";
import { hclSnippet, refsOf, typescriptSnippet } from "./snippets.js";
import type { Definition } from "./tables.js";

interface Page {
  readonly path: string;
  readonly text: string;
}

export const PROVIDER_PAGE = "docs/index.md";
export const docPath = (type: string, data: boolean): string =>
  `docs/${data ? "data-sources" : "resources"}/${type.replace(/^iec_/, "")}.md`;

export const functionPath = (name: string): string => `docs/functions/${name}.md`;
export const ephemeralPath = (type: string): string =>
  `docs/ephemeral-resources/${type.replace(/^iec_/, "")}.md`;

export const resourcePage = (definition: Definition): Page => page(definition, false);
export const dataSourcePage = (definition: Definition): Page => page(definition, true);

/** A page in the layout of the Terraform registry. */
function page(definition: Definition, data: boolean): Page {
  const { type, description, api } = definition;
  const { timeouts, ...attributes } = allAttributes(definition);
  const sections = [
    frontMatter(`${type} ${data ? "Data Source" : "Resource"}`, description),
    `# ${type}${data ? " (Data Source)" : ""}`,
    description,
    ...example(definition, data),
    "## Argument Reference",
    ...argumentList(attributes),
    "## Attributes Reference",
    ...attributeList(attributes),
    ...(timeouts?.kind === "block"
      ? ["## Timeouts", "The block `timeouts` takes:", bullets(timeouts.attributes, mode)]
      : []),
    ...(data ? [] : importSection(type)),
    "## API Operations",
    api.map((operation) => `- \`${operation}\``).join("\n"),
  ];
  return { path: docPath(type, data), text: `${sections.join("\n\n")}\n` };
}

function importSection(type: string): string[] {
  const wanted = importIds[type] ?? "<id>";
  return [
    "## Import",
    "Into the state, by what tells it apart:",
    fence("terraform", `import {\n  to = ${type}.example\n  id = "${wanted}"\n}`),
    fence("sh", `terraform import ${type}.example '${wanted}'`),
  ];
}

/** A page for each function. */
function functionPage({ name, summary, description, parameters, returns }: ProviderFunction): Page {
  const call = functionExamples[name];
  if (call === undefined) throw new Error(`${name} has no example: add one to scripts/generate/examples.ts`);
  const types = parameters.map((p) => `${p.name} ${wireTypeName(p.type)}`);
  const sections = [
    frontMatter(`${name} Function`, summary),
    `# Function: ${name}`,
    description,
    "## Example Usage",
    "TypeScript:",
    fence("typescript", `import { IecFunctions } from "iec-cdk";\n\n${call.typescript}`),
    "HCL (Terraform 1.8 and later):",
    fence("terraform", withNeeds(`output "${name}" {\n  value = ${call.hcl.text}\n}`, call.hcl.refs)),
    "## Signature",
    fence("text", `${name}(${types.join(", ")}) ${wireTypeName(returns)}`),
    "## Arguments",
    parameters.map((p, i) => `${i + 1}. \`${p.name}\` (${wireTypeName(p.type)}) ${p.description}`).join("\n"),
  ];
  return { path: functionPath(name), text: `${sections.join("\n\n")}\n` };
}
function wireTypeName(type: CtyType | "dynamic"): string {
  if (typeof type === "string") return type === "dynamic" ? "any" : type;
  return type[0] === "object" ? type[0] : `${type[0]}(${wireTypeName(type[1])})`;
}

/** A page for each ephemeral resource. None takes arguments. */
export const ephemeralPages = (): Page[] =>
  Object.values(ephemeralTypes).map(({ type, description, attributes }) => {
    const use = `locals {\n  headers = { "X-Auth-Token" = ephemeral.${type}.example.token }\n}`;
    const sections = [
      frontMatter(`${type} Ephemeral Resource`, description),
      `# ${type} (Ephemeral Resource)`,
      description,
      "## Example Usage",
      fence("terraform", `ephemeral "${type}" "example" {}\n\n${use}`),
      "Ephemeral resources need Terraform 1.10 or later.",
      "## Argument Reference",
      "There are no arguments.",
      "## Attributes Reference",
      bullets(attributes),
    ];
    return {
      path: ephemeralPath(type),
      text: `${sections.join("\n\n")}\n`,
    };
  });
export const functionPages = (): Page[] => [...functions.values()].map(functionPage);

const frontMatter = (title: string, description: string): string =>
  `---\npage_title: "${title} - iec"\ndescription: ${JSON.stringify(description)}\n---`;

/** The page of the provider block. */
export function providerPage(): Page {
  const sections = [
    '---\npage_title: "Provider: iec"\ndescription: "Huawei Cloud Intelligent EdgeCloud (IEC)."\n---',
    "# iec Provider",
    "Huawei Cloud Intelligent EdgeCloud (IEC): edge sites, and the networks and servers in them.",
    "## Example Usage",
    "TypeScript:",
    fence("typescript", 'import { IecProvider } from "iec-cdk";\n\nnew IecProvider(stack, "iec");'),
    "HCL:",
    fence(
      "terraform",
      `terraform {\n  required_providers {\n    iec = { source = "${PROVIDER_SOURCE}" }\n  }\n}\n\nprovider "iec" {}`,
    ),
    "Credentials are best left to the environment, which each argument names.",
    "## Argument Reference",
    ...argumentList(providerAttributes),
  ];
  return { path: PROVIDER_PAGE, text: `${sections.join("\n\n")}\n` };
}

const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

function example({ type, attributes }: Definition, data: boolean): string[] {
  const values = exampleOf({ type, data, name: "example" });
  return [
    "## Example Usage",
    "TypeScript:",
    fence("typescript", typescriptSnippet(type, data, values)),
    "HCL:",
    fence("terraform", withNeeds(hclSnippet(type, data, values, attributes), refsOf(values))),
  ];
}

type Address = Pick<Ref, "type" | "data" | "name">;

function exampleOf({ type, data, name }: Address): ExampleObject {
  const own = (data ? dataSourceExamples : resourceExamples)[type];
  const values = name === "example" ? own : otherExamples[`${type}.${name}`];
  if (values === undefined)
    throw new Error(`${type}.${name} has no example: add one to scripts/generate/examples.ts`);
  return values;
}

/** The text, and the blocks of all that is referred to, so that the example can be applied as it is. */
function withNeeds(text: string, refs: readonly Ref[]): string {
  const needed = new Map<string, string>();
  const visit = (ref: Ref): void => {
    const key = `${ref.data ? "data." : ""}${ref.type}.${ref.name}`;
    if (needed.has(key)) return;
    const values = exampleOf(ref);
    const { attributes } = (ref.data ? dataSources : resources).get(ref.type) ?? { attributes: {} };
    needed.set(key, hclSnippet(ref.type, ref.data, values, attributes, ref.name));
    refsOf(values).forEach(visit);
  };
  refs.forEach(visit);
  return needed.size === 0 ? text : [text, "# What it refers to:", ...needed.values()].join("\n\n");
}

function argumentList(attributes: Attributes): string[] {
  const configurable = pick(attributes, isConfigurable);
  if (Object.keys(configurable).length === 0) return ["There are no arguments."];
  return [bullets(configurable, mode), ...nested(configurable)];
}

function attributeList(attributes: Attributes): string[] {
  const computed = pick(attributes, isReadOnly);
  if (Object.keys(computed).length === 0) return ["There are no attributes besides the arguments."];
  return ["The cloud sets, besides the arguments:", bullets(computed), ...nested(computed)];
}

const isReadOnly = (a: Attribute): boolean => !isConfigurable(a);

const pick = (attributes: Attributes, wanted: (a: Attribute) => boolean): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, a]) => wanted(a)));

const mode = (a: Attribute): string =>
  isRequired(a) ? "Required" : a.computed === true ? "Optional, computed" : "Optional";

const isRequired = (a: Attribute): boolean =>
  a.required === true || (a.kind === "block" && (a.minItems ?? 0) > 0);

function bullets(attributes: Attributes, label?: (a: Attribute) => string): string {
  const line = ([name, a]: [string, Attribute]) => {
    const notes = [...(label === undefined ? [] : [label(a)]), typeName(a)].join(", ");
    const deprecated = a.deprecated === undefined ? "" : ` **Deprecated**: ${a.deprecated}`;
    return `- \`${name}\` - (${notes}) ${describe(a)}${deprecated}`;
  };
  return Object.entries(attributes).map(line).join("\n");
}

function typeName(a: Attribute): string {
  switch (a.kind) {
    case "block":
      return a.nesting === "single" || a.maxItems === 1 ? "Block" : "Block List";
    case "list":
    case "set":
    case "map":
      return `${title(a.kind)} of ${title(a.element.kind)}`;
    case "string":
    case "number":
    case "bool":
    case "object":
      return title(a.kind);
  }
}

const title = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A section for each attribute that has attributes of its own, at any depth. */
function nested(attributes: Attributes, prefix = ""): string[] {
  return Object.entries(attributes).flatMap(([name, a]) => {
    const inner =
      "attributes" in a
        ? a.attributes
        : "element" in a && a.element.kind === "object"
          ? a.element.attributes
          : undefined;
    if (inner === undefined) return [];
    const path = `${prefix}${name}`;
    const label = isConfigurable(a) ? mode : undefined;
    return [`### ${path}`, bullets(inner, label), ...nested(inner, `${path}.`)];
  });
}

const AREAS: Readonly<Record<string, string>> = {
  "1": "Isolation",
  "2": "Configuration",
  "3": "State and locks",
  "4": "Cloud and credentials",
  "5": "Apply",
};

/** The page of all diagnostic codes. */
export function errorsPage(): Page {
  const sections = Object.entries(AREAS).map(([digit, area]) => {
    const rows = Object.entries(CODES).filter(([code]) => code.charAt(3) === digit);
    return [
      `## ${area} (IEC${digit}xxx)`,
      "",
      "| Code | Meaning |",
      "| --- | --- |",
      ...rows.map(([code, meaning]) => `| ${code} | ${meaning} |`),
    ].join("\n");
  });
  const intro =
    "Every error and warning has a code that keeps its meaning for good. A message also names the resource, the attribute and the construct, quotes the wrong value, and says how to put it right. What the isolation codes rest on, with examples, is told in [Isolation rules](guides/isolation-rules.md).";
  return { path: "docs/errors.md", text: `${["# Errors", intro, ...sections].join("\n\n")}\n` };
}

import { isConfigurable, type Attribute, type Attributes } from "../../schema/attributes.js";
import { allAttributes } from "../../schema/definition.js";
import { describe } from "../../schema/describe.js";
import { CODES } from "../../schema/diagnostics.js";
import { providerAttributes } from "../../schema/provider-block.js";
import { PROVIDER_SOURCE } from "../../schema/provider-schema.js";
import { dataSourceExamples, resourceExamples, type ExampleObject } from "./examples.js";
import { hclSnippet, typescriptSnippet } from "./snippets.js";
import type { Definition } from "./tables.js";

interface Page {
  readonly path: string;
  readonly text: string;
}

export const PROVIDER_PAGE = "docs/index.md";
export const docPath = (type: string, data: boolean): string =>
  `docs/${data ? "data-sources" : "resources"}/${type.replace(/^iec_/, "")}.md`;

export const resourcePage = (definition: Definition): Page => page(definition, false);
export const dataSourcePage = (definition: Definition): Page => page(definition, true);

/** A page in the layout of the Terraform registry. */
function page(definition: Definition, data: boolean): Page {
  const { type, description, api } = definition;
  const { timeouts, ...attributes } = allAttributes(definition);
  const sections = [
    `---\npage_title: "${type} ${data ? "Data Source" : "Resource"} - iec"\ndescription: ${JSON.stringify(description)}\n---`,
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
    "## API Operations",
    api.map((operation) => `- \`${operation}\``).join("\n"),
  ];
  return { path: docPath(type, data), text: `${sections.join("\n\n")}\n` };
}

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
  const values: ExampleObject | undefined = (data ? dataSourceExamples : resourceExamples)[type];
  if (values === undefined)
    throw new Error(`${type} has no example: add one to scripts/generate/examples.ts`);
  return [
    "## Example Usage",
    "TypeScript:",
    fence("typescript", typescriptSnippet(type, data, values)),
    "HCL:",
    fence("terraform", hclSnippet(type, data, values, attributes)),
  ];
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
    "Every error and warning has a code that keeps its meaning for good. A message also names the resource, the attribute and the construct, quotes the wrong value, and says how to put it right.";
  return { path: "docs/errors.md", text: `${["# Errors", intro, ...sections].join("\n\n")}\n` };
}

import { resources } from "../../provider/resources/index.js";
import { CODES } from "../../schema/diagnostics.js";
import type { ResourceNode } from "../../schema/graph.js";
import { checkIsolation, rules, tablesOf, type Rule } from "../../schema/isolation/index.js";
import { examples, NETWORK, type Design, type Example } from "../../schema/isolation/rules/examples/index.js";
import { typeOfAddress } from "../../schema/isolation/values.js";
import {
  formatPath,
  isList,
  isObject,
  isUnknown,
  type ObjectValue,
  type Value,
} from "../../schema/unknown.js";

/** The page of the isolation rules: what each rests on, and examples with the message that they give. */
export function rulesPage(): { readonly path: string; readonly text: string } {
  const sections = [
    "# Isolation rules",
    INTRO,
    fence(hclOf(NETWORK, Infinity)),
    "## Rules",
    tableOf(),
    ...rules.flatMap(sectionOf),
    "## Checked elsewhere",
    ELSEWHERE,
  ];
  return { path: "docs/guides/isolation-rules.md", text: `${sections.join("\n\n")}\n` };
}

const INTRO = `Sites are physically isolated, VPCs are not connected, and what is bound together has to lie together. These rules hold
a design against those facts: at synth, at plan over all resources of the plan and the objects they name, and once more at apply, before a call whose place was not known until then.

An **error** stops the plan: the cloud refuses the call, or the design contradicts itself. A **warning** does not: what it
concerns has no effect, or rests on a fact that no source states outright. Where values decide that are not known yet,
nothing is claimed: an error is then looked for again before the call.

Through Terraform each resource is held against the objects whose ids it names; rules that need all resources of a
stack, such as ranges that overlap, are checked by \`iec plan\` and at synth.

Marks name where a fact is stated: \`[docs:...]\` a page of the cloud's documentation, \`[sdk]\` the models of its public SDKs, \`[tf-provider]\` how the
public Terraform provider calls it, \`[inferred]\` a conclusion from these.

Examples show the attributes that matter only. Each is added to this network, where \`gz\` and \`xa\` are the ids of two
sites, guangzhou and xi'an:`;

const ELSEWHERE = `| Fact | Where |
| --- | --- |
| Sizes, counts, texts and enumerations of one attribute, such as two data disks or 300 to 2000 Mbit/s | the attribute's limits (IEC2012) |
| Attributes of one resource that contradict each other, such as a rule's address family | validation of the resource (IEC2013) |
| System ranges that no route may lie in (198.19.128.0/20, 127.0.0.0/8, 100.64.0.0/10) | validation of the route (IEC2012) |
| Quotas of the account: servers, VPCs, EIPs, edge services | the plan, from the account's own quotas (IEC2021) |
| Flavors, disk types, images, lines that a site offers | the plan, from the cloud's lists (IEC2022) |
| What is in use and cannot be deleted yet | the order of an apply: what refers goes before what it refers to, and bindings are undone first |`;

const fence = (text: string, language = "terraform"): string => `\`\`\`${language}\n${text}\n\`\`\``;

const tableOf = (): string =>
  [
    "| Code | Severity | Rule |",
    "| --- | --- | --- |",
    ...rules.map(
      ({ code, severity }) => `| [${code}](#${code.toLowerCase()}) | ${severity} | ${CODES[code]} |`,
    ),
  ].join("\n");

function sectionOf({ code, severity, reason, source }: Rule): string[] {
  const found = examples.find((one) => one.code === code);
  return [
    `### ${code}`,
    `**${CODES[code]}** (${severity}). ${reason} ${source.replaceAll(/\[[^\]]+\]/g, "`$&`")}`,
    ...(found?.fails ?? []).flatMap((example) => [
      `Fails: ${lower(example.title)}`,
      fence(hclOf(example.design)),
      ...messagesOf(example).map((message) => fence(message, "text")),
    ]),
    ...(found?.passes ?? []).flatMap((example) => [
      `Passes: ${lower(example.title)}`,
      fence(hclOf(example.design)),
    ]),
  ];
}

/** `An EIP` -> `an EIP`, but `EIPs` stay. */
const lower = (text: string): string =>
  /^[A-Z](?![A-Z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

const tables = tablesOf(resources.values());

function messagesOf({ design, missing = [] }: Example): string[] {
  const nodes = Object.entries({ ...NETWORK, ...design }).map(([address, values]): [string, ResourceNode] => [
    address,
    {
      address,
      mode: address.startsWith("data.") ? "data" : "managed",
      type: typeOfAddress(address),
      values,
      references: [],
    },
  ]);
  const { diagnostics } = checkIsolation({
    ...tables,
    graph: { nodes: new Map(nodes) },
    missing: new Set(missing),
  });
  return diagnostics.map(
    ({ address = "", path = [], detail = "" }) =>
      `${[address, formatPath(path)].filter(Boolean).join(" ")}\n${detail}`,
  );
}

/** Enough to see what is meant. */
const MOST_RESOURCES = 6;

function hclOf(design: Design, most = MOST_RESOURCES): string {
  const all = Object.entries(design).filter(([address]) => !address.startsWith("data.iec_sites"));
  const shown = all.length > most ? all.slice(0, 2) : all;
  const left = all.length - shown.length;
  const blocks = shown.map(([address, values]) => {
    const [kind, name] = address.startsWith("data.") ? ["data", address.slice(5)] : ["resource", address];
    const [type = "", label = ""] = name.split(".");
    return [`${kind} "${type}" "${label}" {`, ...bodyOf(values, "  "), "}"].join("\n");
  });
  return [...blocks, ...(left > 0 ? [`# and ${left} more like the last one`] : [])].join("\n");
}

function bodyOf(values: ObjectValue, indent: string): string[] {
  const isBlock = (value: Value): value is readonly ObjectValue[] => isList(value) && value.some(isObject);
  const entries = Object.entries(values).toSorted(([, a], [, b]) => Number(isBlock(a)) - Number(isBlock(b)));
  const width = Math.max(0, ...entries.map(([name, value]) => (isBlock(value) ? 0 : name.length)));
  return entries.flatMap(([name, value]) =>
    isBlock(value)
      ? value.flatMap((item) => [`${indent}${name} {`, ...bodyOf(item, `${indent}  `), `${indent}}`])
      : [`${indent}${name.padEnd(width)} = ${textOf(value)}`],
  );
}

function textOf(value: Value): string {
  if (isUnknown(value))
    return value.source ? `${value.source.address}.${formatPath(value.source.path)}` : "null";
  return isList(value) ? `[${value.map(textOf).join(", ")}]` : JSON.stringify(value);
}

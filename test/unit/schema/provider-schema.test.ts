import { describe, expect, it } from "vitest";
import { dataSources } from "../../../provider/data-sources/index.js";
import { resources } from "../../../provider/resources/index.js";
import { block, bool, element, list, map, number, set, string } from "../../../schema/attributes.js";
import type { Attribute, Attributes } from "../../../schema/attributes.js";
import { allAttributes, minutes } from "../../../schema/definition.js";
import { describe as describeAttribute } from "../../../schema/describe.js";
import { providerAttributes } from "../../../schema/provider-block.js";
import { ctyType, providerSchemas, PROVIDER_ADDRESS } from "../../../schema/provider-schema.js";

const computed = { computed: true, description: "it" } as const;
const optional = { optional: true, description: "it" } as const;

describe("the Terraform type of an attribute", () => {
  const line = element.object({
    id: string(computed),
    sizes: list({ ...computed, element: element.string({}) }),
  });
  it.each<[string, Attribute, unknown]>([
    ["string", string(computed), "string"],
    ["number", number(computed), "number"],
    ["bool", bool(computed), "bool"],
    ["list", list({ ...computed, element: element.string({}) }), ["list", "string"]],
    ["set", set({ ...computed, element: element.string({}) }), ["set", "string"]],
    ["map", map({ ...computed, element: element.string({}) }), ["map", "string"]],
    [
      "list of objects",
      list({ ...computed, element: line }),
      ["list", ["object", { id: "string", sizes: ["list", "string"] }]],
    ],
    ["block", block({ ...optional, attributes: { a: bool(optional) } }), ["list", ["object", { a: "bool" }]]],
    [
      "single block",
      block({ ...optional, nesting: "single", attributes: { a: bool(optional) } }),
      ["object", { a: "bool" }],
    ],
  ])("%s", (_name, attribute, type) => {
    expect(ctyType(attribute)).toEqual(type);
  });
});

describe("the words about an attribute", () => {
  it.each<[Attribute, string]>([
    [string({ ...optional, enum: ["A", "B"], default: "A" }), "it One of `A`, `B`. Default `A`."],
    [string({ ...optional, minLength: 1, maxLength: 9 }), "it 1 to 9 characters."],
    [string({ ...optional, pattern: /^a+$/, patternHint: "the letter a" }), "it Takes the letter a."],
    [string({ ...optional, format: "cidr" }), "it IPv4 or IPv6 range."],
    [string({ optional: true, description: "An IPv4 range.", format: "ipv4-cidr" }), "An IPv4 range."],
    [number({ ...optional, unit: "GB", minimum: 1 }), "it In GB. At least 1."],
    [
      number({ optional: true, description: "Size in GB, 1 to 9.", unit: "GB", minimum: 1, maximum: 9 }),
      "Size in GB, 1 to 9.",
    ],
    [bool({ ...optional, default: false }), "it Default `false`."],
    [
      set({ ...optional, minItems: 1, element: element.string({ ref: ["iec_vpc"] }) }),
      "it At least 1 item. Refers to `iec_vpc`.",
    ],
    [block({ ...optional, maxItems: 2, attributes: {} }), "it At most 2 blocks."],
    [
      string({ ...optional, sensitive: true, requiresReplace: true }),
      "it A change replaces the resource. Sensitive: never shown.",
    ],
    [string({ ...optional, writeOnly: true }), "it Write-only: never stored."],
  ])("%j", (attribute, text) => {
    expect(describeAttribute(attribute)).toBe(text);
  });
});

describe("the provider schema", () => {
  const attributes = {
    name: string({ required: true, description: "Name." }),
    size: number({ optional: true, computed: true, deprecated: "use name", description: "Size." }),
    secret: string({ optional: true, sensitive: true, writeOnly: true, description: "Secret." }),
    disks: block({ optional: true, minItems: 1, maxItems: 2, description: "Disks.", attributes: {} }),
  };
  const schemas = providerSchemas(
    [
      {
        type: "iec_thing",
        description: "A thing.",
        schemaVersion: 3,
        attributes,
        timeouts: { create: minutes(1) },
      },
    ],
    [{ type: "iec_things", description: "Things.", attributes: {} }],
    { region: string({ optional: true, description: "Region." }) },
  );
  const provider = schemas.provider_schemas[PROVIDER_ADDRESS];
  const plain = { description_kind: "markdown" };

  it("has Terraform's format version and the provider's address", () => {
    expect([schemas.format_version, Object.keys(schemas.provider_schemas)]).toEqual([
      "1.0",
      ["registry.terraform.io/iec-cdk/iec"],
    ]);
  });
  it("holds a resource with its version, attributes and blocks", () => {
    expect(provider?.resource_schemas["iec_thing"]).toEqual({
      version: 3,
      block: {
        ...plain,
        description: "A thing.",
        attributes: {
          name: { ...plain, type: "string", description: "Name.", required: true },
          size: {
            ...plain,
            type: "number",
            description: "Size.",
            optional: true,
            computed: true,
            deprecated: true,
          },
          secret: {
            ...plain,
            type: "string",
            description: "Secret. Sensitive: never shown. Write-only: never stored.",
            optional: true,
            sensitive: true,
            write_only: true,
          },
        },
        block_types: {
          disks: {
            nesting_mode: "list",
            min_items: 1,
            max_items: 2,
            block: { ...plain, description: "Disks. 1 to 2 blocks." },
          },
          timeouts: {
            nesting_mode: "single",
            block: {
              ...plain,
              description: "How long operations may take.",
              attributes: { create: expect.objectContaining({ type: "string", optional: true }) as unknown },
            },
          },
        },
      },
    });
  });
  it("holds data sources and the provider block", () => {
    expect(provider?.data_source_schemas["iec_things"]).toEqual({
      version: 0,
      block: { ...plain, description: "Things." },
    });
    expect(Object.keys(provider?.provider.block.attributes ?? {})).toEqual(["region"]);
  });
});

describe("every declaration", () => {
  function* walk(attributes: Attributes, prefix: string): Generator<[string, Attribute]> {
    for (const [name, a] of Object.entries(attributes)) {
      yield [`${prefix}.${name}`, a];
      if ("attributes" in a) yield* walk(a.attributes, `${prefix}.${name}`);
      if ("element" in a && a.element.kind === "object")
        yield* walk(a.element.attributes, `${prefix}.${name}`);
    }
  }
  const definitions = [...resources.values(), ...dataSources.values()];
  const attributes = [
    ...definitions.flatMap((d) => [...walk(allAttributes(d), d.type)]),
    ...walk(providerAttributes, "provider"),
  ];

  it.each(definitions.map((d) => [d.type, d.description]))("%s is described", (_type, text) => {
    expect(text).toMatch(/^\S.*\.$/s);
  });
  it("describes each of its attributes", () => {
    expect(attributes.filter(([, a]) => !/^\S.*\.$/s.test(a.description)).map(([name]) => name)).toEqual([]);
  });
  it("says in words what each pattern takes", () => {
    const unsaid = attributes.filter(
      ([, a]) => a.kind === "string" && a.pattern !== undefined && a.patternHint === undefined,
    );
    expect(unsaid.map(([name]) => name)).toEqual([]);
  });
  it("names each provider argument's environment variable", () => {
    const unnamed = Object.entries(providerAttributes).filter(
      ([, a]) => !/(HW|IEC)_[A-Z_]+\.$/.test(a.description),
    );
    expect(unnamed.map(([name]) => name)).toEqual([]);
  });
});

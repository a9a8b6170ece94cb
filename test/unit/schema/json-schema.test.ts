import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { dataSources } from "../../../provider/data-sources/index.js";
import { resources } from "../../../provider/resources/index.js";
import { block, bool, element, list, map, number, set, string } from "../../../schema/attributes.js";
import type { Attributes } from "../../../schema/attributes.js";
import { allAttributes } from "../../../schema/definition.js";
import { formats, jsonSchema } from "../../../schema/json-schema.js";
import { providerAttributes } from "../../../schema/provider-block.js";

const compile = (attributes: Attributes) =>
  new Ajv({ allErrors: true, strict: true, formats }).compile(jsonSchema(attributes));

const text = { optional: true, description: "text" } as const;
const sample = {
  id: { kind: "string", computed: true, description: "id" },
  name: string({
    required: true,
    minLength: 1,
    maxLength: 3,
    pattern: /^[a-z\u4e00-\u9fa5-]*$/,
    description: "name",
  }),
  mode: string({ optional: true, enum: ["A", "B"], default: "A", description: "mode" }),
  size: number({ ...text, integer: true, minimum: 1, maximum: 9 }),
  ratio: number({ ...text }),
  on: bool({ ...text }),
  range: string({ ...text, format: "ipv4-cidr" }),
  tags: map({ ...text, element: element.string({}), maxItems: 1 }),
  groups: set({ ...text, element: element.string({}), minItems: 1 }),
  pairs: list({ ...text, element: element.object({ a: string({ required: true, description: "a" }) }) }),
  disks: block({
    optional: true,
    maxItems: 1,
    description: "disks",
    attributes: { type: string({ required: true, description: "type" }) },
  }),
  timeouts: block({
    nesting: "single",
    optional: true,
    description: "timeouts",
    attributes: { create: string({ ...text }) },
  }),
} satisfies Attributes;

const unset = Object.fromEntries(Object.keys(sample).map((name) => [name, null]));
const valid = { ...unset, name: "abc", disks: [] };

describe("a decoded configuration", () => {
  const validate = compile(sample);
  const check = (change: object): string[] => {
    validate({ ...valid, ...change });
    return (validate.errors ?? []).map((e) => `${e.instancePath} ${e.keyword}`);
  };

  it.each<[string, object, string[]]>([
    ["nothing optional set", {}, []],
    [
      "everything set",
      { mode: "B", size: 9, ratio: 0.5, on: false, range: "10.1.2.3/8", tags: { a: "b" } },
      [],
    ],
    [
      "collections",
      { groups: ["x"], pairs: [{ a: "1" }], disks: [{ type: "t" }], timeouts: { create: "1s" } },
      [],
    ],
    ["a computed attribute that is absent", { id: undefined }, []],
    ["a computed attribute that is set", { id: "x" }, ["/id type"]],
    ["a required attribute that is null", { name: null }, ["/name type"]],
    ["too short", { name: "" }, ["/name minLength"]],
    ["characters counted as code points", { name: "名名名" }, []],
    ["too long", { name: "abcd" }, ["/name maxLength"]],
    ["a pattern", { name: "A" }, ["/name pattern"]],
    ["an enum", { mode: "C" }, ["/mode enum"]],
    ["an integer", { size: 1.5 }, ["/size type"]],
    ["a minimum", { size: 0 }, ["/size minimum"]],
    ["a maximum", { size: 10 }, ["/size maximum"]],
    ["a wrong type", { on: "true" }, ["/on type"]],
    ["a format", { range: "10.0.0.0" }, ["/range format"]],
    ["a map with too many items", { tags: { a: "1", b: "2" } }, ["/tags maxProperties"]],
    ["an empty set", { groups: [] }, ["/groups minItems"]],
    ["a null in a list", { groups: [null] }, ["/groups/0 type"]],
    ["an object that lacks an attribute", { pairs: [{}] }, ["/pairs/0 required"]],
    ["too many blocks", { disks: [{ type: "a" }, { type: "b" }] }, ["/disks maxItems"]],
    ["a block that is null", { disks: null }, ["/disks type"]],
    ["an unknown attribute", { other: 1 }, [" additionalProperties"]],
    ["an unknown attribute of a block", { timeouts: { read: "1s" } }, ["/timeouts additionalProperties"]],
  ])("%s", (_name, change, problems) => {
    expect(check(change)).toEqual(problems);
  });
});

describe("formats", () => {
  it.each<[keyof typeof formats, string, boolean]>([
    ["ipv4", "10.0.0.1", true],
    ["ipv4", "10.0.0.256", false],
    ["ipv4", "010.0.0.1", false],
    ["ipv4", "10.0.0.1/24", false],
    ["ipv4", "::1", false],
    ["ipv4-cidr", "10.0.0.0/8", true],
    ["ipv4-cidr", "10.0.0.1/8", true],
    ["ipv4-cidr", "0.0.0.0/0", true],
    ["ipv4-cidr", "10.0.0.0/33", false],
    ["ipv4-cidr", "10.0.0.0/08", false],
    ["ipv4-cidr", "10.0.0.0/", false],
    ["ipv4-cidr", "/8", false],
    ["ipv4-cidr", "::/0", false],
    ["cidr", "::/0", true],
    ["cidr", "fe80::/10", true],
    ["cidr", "fe80::1%eth0/64", false],
    ["cidr", "::/129", false],
    ["cidr", "10.0.0.0/8", true],
    ["uuid", "123e4567-e89b-12d3-a456-426614174000", true],
    ["uuid", "123E4567-E89B-12D3-A456-426614174000", true],
    ["uuid", "123e4567e89b12d3a456426614174000", false],
    ["base64", "", true],
    ["base64", "aGVsbG8=", true],
    ["base64", "aGVsbG8", false],
    ["base64", "a b=", false],
  ])("%s %j: %s", (format, value, accepted) => {
    expect(formats[format](value)).toBe(accepted);
  });
});

describe("every schema compiles in strict mode", () => {
  it.each([...resources.values(), ...dataSources.values()].map((d) => [d.type, allAttributes(d)] as const))(
    "%s",
    (_type, attributes) => {
      expect(compile(attributes)).toBeTypeOf("function");
    },
  );
  it("provider", () => {
    expect(compile(providerAttributes)).toBeTypeOf("function");
  });
});

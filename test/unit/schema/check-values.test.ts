import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataSources } from "../../../provider/data-sources/index.js";
import { resources } from "../../../provider/resources/index.js";
import { isConfigurable, type Attributes, type ElementAttribute } from "../../../schema/attributes.js";
import { checkValues, isRight } from "../../../schema/check-values.js";
import { decode } from "../../../schema/decode.js";
import { allAttributes } from "../../../schema/definition.js";
import { formats, jsonSchema } from "../../../schema/json-schema.js";
import { providerAttributes } from "../../../schema/provider-block.js";
import tables from "../../../schema/generated/attributes.json" with { type: "json" };
import {
  formatPath,
  getPath,
  isList,
  UNKNOWN,
  type ObjectValue,
  type Path,
  type Value,
} from "../../../schema/unknown.js";

const TEXTS = [
  "",
  "a",
  "a b",
  "名",
  "<",
  "x".repeat(300),
  "名".repeat(64),
  "10.0.0.1",
  "10.0.0.0/16",
  "::/0",
];
const IDS = ["123e4567-e89b-12d3-a456-426614174000", "aGk=", "30m", "2026-01-02T03:04:05Z"];
const NUMBERS = [-1, 0, 1, 1.5, 40, 100, 1000, 1e9];

/** Values of the right type, of which many are outside of the limits. */
function valueOf(attribute: ElementAttribute): fc.Arbitrary<Value> {
  switch (attribute.kind) {
    case "string":
      return fc.constantFrom(...TEXTS, ...IDS, ...(attribute.enum ?? []));
    case "number":
      return fc.constantFrom(
        ...NUMBERS,
        ...[attribute.minimum, attribute.maximum].filter((n) => n !== undefined),
      );
    case "bool":
      return fc.boolean();
    case "map":
      return fc.dictionary(fc.constantFrom("a", "b", "c"), valueOf(attribute.element), { maxKeys: 3 });
    case "object":
      return bodyOf(attribute.attributes);
    case "list":
    case "set":
      return fc.array(valueOf(attribute.element), { maxLength: (attribute.maxItems ?? 2) + 1, size: "max" });
  }
}

function bodyOf(attributes: Attributes): fc.Arbitrary<ObjectValue> {
  const settable = Object.entries(attributes).filter(([, attribute]) => isConfigurable(attribute));
  const entries = settable.map(([name, attribute]): [string, fc.Arbitrary<Value>] => {
    if (attribute.kind !== "block") return [name, valueOf(attribute)];
    const body = bodyOf(attribute.attributes);
    const single = attribute.nesting === "single";
    return [name, single ? body : fc.array(body, { maxLength: Math.min(attribute.maxItems ?? 2, 10) + 1 })];
  });
  const required = settable.filter(([, { required }]) => required === true).map(([name]) => name);
  return fc.record(Object.fromEntries(entries), { requiredKeys: required });
}

const toPath = (pointer: string, config: ObjectValue): Path => {
  const path: (string | number)[] = [];
  for (const step of pointer.split("/").slice(1)) {
    path.push(isList(getPath(config, path)) ? Number(step) : step);
  }
  return path;
};

const all: readonly (readonly [string, Attributes])[] = [
  ["provider", providerAttributes],
  ...[...resources.values()].map((d) => [d.type, allAttributes(d)] as const),
  ...[...dataSources.values()].map((d) => [`data.${d.type}`, allAttributes(d)] as const),
];

describe("what is wrong is what the JSON Schema says", () => {
  const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, formats });
  it.each(all)("%s", (_name, attributes) => {
    const validate = ajv.compile(jsonSchema(attributes));
    let wrong = 0;
    fc.assert(
      fc.property(bodyOf(attributes), (body) => {
        const { config, diagnostics } = decode(attributes, body);
        validate(config);
        const expected = (validate.errors ?? []).map(({ instancePath }) =>
          formatPath(toPath(instancePath, config)),
        );
        const found = checkValues(attributes, config).map(({ path = [] }) => formatPath(path));
        wrong += found.length;
        expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
        expect([...found].sort()).toEqual([...new Set(expected)].sort());
        if (isRight(attributes, body)) expect([...found, ...diagnostics]).toEqual([]);
      }),
      { numRuns: 60, seed: 7 },
    );
    const limited = /"(enum|pattern|format|m(in|ax)\w+)"/.test(JSON.stringify(jsonSchema(attributes)));
    expect(wrong > 0).toBe(limited);
  });
});

it("a body that is right is told to be so, and one that needs a closer look is not", () => {
  const attributes = allAttributes(resources.get("iec_vpc") ?? { attributes: {} });
  const right: ObjectValue = { name: "v", cidr: "10.0.0.0/16", mode: "SYSTEM" };
  expect(isRight(attributes, right)).toBe(true);
  expect(isRight(attributes, { ...right, mode: UNKNOWN })).toBe(true);
  const changes: readonly ObjectValue[] = [
    { name: null },
    { name: 5 },
    { cidr: "x" },
    { mode: "x" },
    { id: "x" },
    { other: 1 },
    { subnet_num: 1 },
  ];
  for (const change of changes) expect(isRight(attributes, { ...right, ...change })).toBe(false);
});

it("the table of attributes says the same as the definitions", () => {
  const {
    provider,
    resources: byType,
    data_sources: data,
  } = tables as unknown as {
    provider: Attributes;
    resources: Readonly<Record<string, Attributes>>;
    data_sources: Readonly<Record<string, Attributes>>;
  };
  const told: readonly (readonly [string, Attributes])[] = [
    ["provider", provider],
    ...Object.entries(byType),
    ...Object.entries(data).map(([type, a]) => [`data.${type}`, a] as const),
  ];
  const schemas = (table: typeof all) =>
    table.map(([name, attributes]) => {
      const settable = Object.entries(attributes).filter(([, attribute]) => isConfigurable(attribute));
      return [name, jsonSchema(Object.fromEntries(settable))];
    });
  expect(schemas(told)).toEqual(schemas(all));
});

describe("a value that is known only later passes", () => {
  it.each(all)("%s", (_name, attributes) => {
    const names = Object.keys(attributes).filter(
      (name) => attributes[name] && isConfigurable(attributes[name]),
    );
    const body = Object.fromEntries(names.map((name): [string, Value] => [name, UNKNOWN]));
    const { config, diagnostics } = decode(attributes, body);
    expect([
      ...diagnostics.filter(({ severity }) => severity === "error"),
      ...checkValues(attributes, config),
    ]).toEqual([]);
  });
});

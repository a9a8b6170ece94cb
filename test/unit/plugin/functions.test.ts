import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNKNOWN, type Value } from "../../../schema/unknown.js";
import { functions } from "../../../provider/functions/index.js";
import { callFunction } from "../../../provider/plugin/functions.js";
import { decodeValue, encodeValue } from "../../../provider/plugin/values.js";
import { resources } from "../../../provider/resources/index.js";

/** As Terraform calls: through the wire. */
async function call(name: string, ...values: readonly Value[]) {
  const definition = functions.get(name)!;
  const types = definition.parameters.map(({ type }) => type);
  const { result, error } = await callFunction(
    {
      name,
      arguments: values.map((value, i) =>
        types[i] === "dynamic"
          ? anything(value)
          : (encodeValue(types[i]!, value) as { msgpack: Uint8Array; json: Uint8Array }),
      ),
    },
    { resources },
  );
  return error ?? decodeValue(definition.returns, result as { msgpack: Uint8Array });
}
/** A value of any type travels as JSON would: objects and tuples of what is in them. */
function anything(value: Value) {
  const type = typeOf(value);
  const inner = Buffer.from(encodeValue(type as never, value).msgpack!);
  const name = Buffer.from(JSON.stringify(type));
  return {
    msgpack: Buffer.concat([Buffer.from([0x92, 0xc5, name.length >> 8, name.length & 255]), name, inner]),
    json: new Uint8Array(),
  };
}
function typeOf(value: Value): unknown {
  if (Array.isArray(value)) return ["tuple", value.map(typeOf)];
  if (typeof value === "object" && value !== null && value !== UNKNOWN)
    return [
      "object",
      Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typeOf(item as Value)])),
    ];
  return typeof value === "number" ? "number" : typeof value === "boolean" ? "bool" : "string";
}

describe("cidr_free", () => {
  test.each<readonly [string, readonly string[], number, string]>([
    ["10.0.0.0/16", [], 24, "10.0.0.0/24"],
    ["10.0.0.0/16", ["10.0.0.0/24"], 24, "10.0.1.0/24"],
    ["10.0.0.0/16", ["10.0.1.0/24", "10.0.0.0/24"], 24, "10.0.2.0/24"],
    ["10.0.0.0/16", ["10.0.1.0/24"], 24, "10.0.0.0/24"],
    ["10.0.0.0/16", ["10.0.0.0/25"], 24, "10.0.1.0/24"],
    ["10.0.0.0/16", ["10.0.0.0/28", "10.0.0.32/28"], 28, "10.0.0.16/28"],
    ["10.0.0.0/16", ["192.168.0.0/16"], 16, "10.0.0.0/16"],
    ["10.0.5.7/16", [], 24, "10.0.0.0/24"],
    ["255.255.255.0/24", ["255.255.255.0/25"], 25, "255.255.255.128/25"],
    ["0.0.0.0/0", ["0.0.0.0/1"], 1, "128.0.0.0/1"],
  ])("%s without %j has /%i free at %s", async (vpc, used, prefix, free) => {
    expect(await call("cidr_free", vpc, used, prefix)).toBe(free);
  });

  test.each<readonly [Value[], number]>([
    [["10.0.0.0", [], 24], 0],
    [["fd00::/64", [], 64], 0],
    [["10.0.0.0/16", ["10.0.0/24"], 24], 1],
    [["10.0.0.0/24", ["10.0.0.0/16"], 25], 1],
    [["10.0.0.0/24", [], 16], 2],
    [["10.0.0.0/24", [], 33], 2],
    [["10.0.0.0/24", [], 24.5], 2],
  ])("%j is refused for argument %i", async (values, functionArgument) => {
    expect(await call("cidr_free", ...values)).toMatchObject({ functionArgument });
  });

  test("asked again and again, it fills the range without overlap", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 25, max: 28 }), async (prefix) => {
        const used: string[] = [];
        for (let i = 0; i < 2 ** (prefix - 24); i++)
          used.push((await call("cidr_free", "10.0.0.0/24", used, prefix)) as string);
        expect(new Set(used).size).toBe(2 ** (prefix - 24));
        expect(await call("cidr_free", "10.0.0.0/24", used, prefix)).toMatchObject({ functionArgument: 1 });
      }),
      { numRuns: 10 },
    );
  });
});

describe("site_of", () => {
  test.each<readonly [string, Value, unknown]>([
    ["a subnet", { site_id: "gz", name: "a" }, "gz"],
    ["a server", { coverage_sites: [{ site_id: "gz", operator: "ct" }] }, "gz"],
    ["a server that is not there yet", { id: UNKNOWN, coverage_sites: [{ site_id: UNKNOWN }] }, UNKNOWN],
    ["a VPC", { name: "a" }, { text: "It lies in no site of its own.", functionArgument: 0 }],
    ["an edge service", { coverage_sites: [{ site_id: "a" }, { site_id: "b" }] }, { functionArgument: 0 }],
    ["a text", "gz", { functionArgument: 0 }],
  ])("%s", async (_, resource, site) => {
    const told = await call("site_of", resource);
    if (typeof site === "object" && site !== UNKNOWN) expect(told).toMatchObject(site as object);
    else expect(told).toBe(site);
  });
});

describe("parse_id", () => {
  test("an id that is the id", async () => {
    expect(await call("parse_id", "iec_vpc", "some-id")).toEqual({ id: "some-id" });
  });
  test("an unknown type is refused", async () => {
    expect(await call("parse_id", "iec_nothing", "x")).toMatchObject({ functionArgument: 0 });
  });
});

test("an unknown function is refused", async () => {
  expect(await callFunction({ name: "nothing", arguments: [] }, { resources })).toMatchObject({
    error: { text: "There is no function nothing." },
  });
});

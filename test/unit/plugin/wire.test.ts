import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { string } from "../../../schema/attributes.js";
import { DiagnosticError } from "../../../schema/diagnostics.js";
import { messages } from "../../../schema/generated/plugin-protocol.js";
import { UNKNOWN, type Path, type Value } from "../../../schema/unknown.js";
import { MalformedError } from "../../../provider/plugin/bytes.js";
import { toWirePath } from "../../../provider/plugin/diagnostics.js";
import { valueFromJson } from "../../../provider/plugin/json.js";
import { decodeMessage, encodeMessage } from "../../../provider/plugin/protobuf.js";
import { decodeValue, encodeValue, type WireType } from "../../../provider/plugin/values.js";

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");
const bytes = (text: string) => Buffer.from(text, "hex");

describe("messages", () => {
  test.each([
    ["nothing", "StopProvider.Request", {}, ""],
    ["a text", "StopProvider.Response", { Error: "no" }, "0a026e6f"],
    ["a number of several bytes", "UpgradeResourceState.Request", { typeName: "", version: 300 }, "10ac02"],
    ["a negative number", "UpgradeResourceState.Request", { version: -1 }, "10ffffffffffffffffff01"],
    ["an optional number that is 0", "FunctionError", { text: "x", functionArgument: 0 }, "0a01781000"],
    [
      "a list of messages",
      "AttributePath",
      { steps: [{ attributeName: "a" }, { elementKeyInt: 0 }] },
      "0a030a01610a021800",
    ],
    ["a map", "RawState", { flatmap: { k: "v" } }, "12060a016b120176"],
  ])("%s", (_, type, message, encoded) => {
    expect(hex(encodeMessage(type, message))).toBe(encoded);
    expect(decodeMessage(type, bytes(encoded))).toMatchObject(message);
  });

  test("defaults stand for what was not sent, and unknown fields are passed over", () => {
    // Fields 100 (a text) and 101 (a number) are of a newer protocol.
    expect(decodeMessage("Diagnostic", bytes("a2060178a80605"))).toEqual({
      severity: 0,
      summary: "",
      detail: "",
    });
  });

  test("a key of a map may be any text", () => {
    const flatmap = Object.fromEntries([["__proto__", "x"]]);
    const decoded = decodeMessage("RawState", encodeMessage("RawState", { flatmap }))["flatmap"] as object;
    expect(Object.entries(decoded)).toEqual([["__proto__", "x"]]);
  });

  test("whatever bytes arrive, they are read or refused", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(messages)),
        fc.uint8Array({ maxLength: 60 }),
        (type, input) => {
          try {
            decodeMessage(type, input);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

/** A type, and values of it. */
const { typed } = fc.letrec<{ typed: readonly [WireType, fc.Arbitrary<Value>] }>((tie) => ({
  typed: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<readonly [WireType, fc.Arbitrary<Value>]>(
      ["string", fc.string({ unit: "binary" })],
      ["bool", fc.boolean()],
      [
        "number",
        fc.oneof(
          fc.maxSafeInteger(),
          fc
            .double({ noNaN: true, noDefaultInfinity: true, maxExcluded: true })
            .map((n) => (Number.isInteger(n) ? 0 : n)),
        ),
      ],
    ),
    fc
      .tuple(fc.constantFrom("list" as const, "set" as const), tie("typed"))
      .map(([kind, [type, value]]) => [[kind, type], fc.array(value, { maxLength: 20 })] as const),
    tie("typed").map(
      ([type, value]) =>
        [["map", type], fc.dictionary(fc.string(), value, { noNullPrototype: true })] as const,
    ),
    fc.dictionary(fc.string(), tie("typed"), { noNullPrototype: true }).map((members) => {
      const entries = Object.entries(members);
      const type = ["object", Object.fromEntries(entries.map(([name, [t]]) => [name, t]))] as const;
      const values = Object.fromEntries(
        entries.map(([name, [, value]]) => [name, fc.oneof(value, fc.constant(null), fc.constant(UNKNOWN))]),
      );
      return [type, fc.record(values, { noNullPrototype: true })] as const;
    }),
  ),
}));

describe("values", () => {
  const object = ["object", { id: "string", size: "number" }] as const;
  test.each<readonly [string, WireType, Value, string]>([
    ["null", "string", null, "c0"],
    ["unknown", "string", UNKNOWN, "d40000"],
    ["a text", "string", "é", "a2c3a9"],
    ["a small number", "number", 7, "07"],
    ["a large number", "number", 2 ** 53 - 1, "d3001fffffffffffff"],
    ["a negative number", "number", -1, "d3ffffffffffffffff"],
    ["a fraction, in decimals", "number", 0.1, "a3302e31"],
    ["a list", ["list", "bool"], [true, false], "92c3c2"],
    ["an object: each attribute", object, { size: 1 }, "82a26964c0a473697a6501"],
  ])("%s", (_, type, value, encoded) => {
    const wire = encodeValue(type, value);
    expect(hex(wire.msgpack)).toBe(encoded);
    expect(hex(encodeValue(type, decodeValue(type, wire)).msgpack)).toBe(encoded);
  });

  test("an id that is not known is known not to be null", () => {
    const { msgpack } = encodeValue(object, { id: UNKNOWN, size: UNKNOWN }, ["id"]);
    expect(hex(msgpack)).toBe("82a26964c7030c8101c2a473697a65d40000");
    expect(decodeValue(object, { msgpack: msgpack! })).toEqual({ id: UNKNOWN, size: UNKNOWN });
  });

  test.each<readonly [string, WireType, string, Value]>([
    ["a number as text", "number", "a3312e35", 1.5],
    ["a float", "number", "cb3ff8000000000000", 1.5],
    ["an unsigned number", "number", "cf00000000000000ff", 255],
    ["a negative byte", "number", "d0ff", -1],
    ["an unknown with a prefix", "string", "c7070c8201c202a27670", UNKNOWN],
    ["an unknown of a newer kind", "string", "c7016300", UNKNOWN],
    ["a value that brings its type", "dynamic", "92c40822737472696e6722a178", "x"],
    ["a tuple", ["tuple", ["string", "number"]], "92a17801", ["x", 1]],
  ])("%s is understood", (_, type, encoded, value) => {
    expect(decodeValue(type, { msgpack: bytes(encoded) })).toEqual(value);
  });

  test.each(["cf0020000000000001", "d38000000000000000", "b039303037313939323534373430393933"])(
    "a number that would be rounded is refused (%s)",
    (encoded) => {
      expect(() => decodeValue("number", { msgpack: bytes(encoded) })).toThrow(DiagnosticError);
    },
  );

  test("every value comes back as it was", () => {
    const pairs = typed.chain(([type, values]) => values.map((value) => [type, value] as const));
    fc.assert(
      fc.property(pairs, ([type, value]) => {
        expect(decodeValue(type, encodeValue(type, value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test("whatever bytes arrive, they are read or refused", () => {
    fc.assert(
      fc.property(typed, fc.uint8Array({ maxLength: 40 }), ([type], msgpack) => {
        try {
          decodeValue(type, { msgpack });
        } catch (error) {
          expect([MalformedError, DiagnosticError]).toContain((error as Error).constructor);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("values of a stored state", () => {
  const type: WireType = [
    "object",
    {
      name: "string",
      size: "number",
      on: "bool",
      tags: ["map", "string"],
      nics: ["list", ["object", { ip: "string" }]],
    },
  ];
  const NOTHING = { name: null, size: null, on: null, tags: null, nics: null };

  test.each<readonly [string, unknown, object]>([
    ["missing members are null", {}, {}],
    ["unknown members are dropped", { region: "north" }, {}],
    ["texts spell numbers and booleans", { size: "40", on: "true" }, { size: 40, on: true }],
    ["numbers are texts where texts are wanted", { name: 7 }, { name: "7" }],
    [
      "below lists and maps",
      { nics: [{ ip: "10.0.0.1" }, {}], tags: { a: "b" } },
      { nics: [{ ip: "10.0.0.1" }, { ip: null }], tags: { a: "b" } },
    ],
  ])("%s", (_, json, members) => {
    expect(valueFromJson(type, json)).toEqual({ value: { ...NOTHING, ...members }, diagnostics: [] });
  });

  test.each<readonly [unknown, Path, code: string]>([
    [{ size: "many" }, ["size"], "IEC3001"],
    [{ size: 2 ** 53 }, ["size"], "IEC2012"],
    [{ name: 2 ** 53 }, ["name"], "IEC2012"],
    [{ name: ["a"] }, ["name"], "IEC3001"],
    [{ nics: [{}, { ip: {} }] }, ["nics", 1, "ip"], "IEC3001"],
    [{ tags: [] }, ["tags"], "IEC3001"],
    [[], [], "IEC3001"],
  ])("%j is refused", (json, path, code) => {
    expect(valueFromJson(type, json).diagnostics).toMatchObject([{ code, path }]);
  });
});

describe("paths", () => {
  const leaf = string({ optional: true, description: "" });
  const attributes = {
    name: leaf,
    disks: { kind: "block", attributes: { type: leaf }, description: "" },
    timeouts: { kind: "block", nesting: "single", attributes: { create: leaf }, description: "" },
    tags: { kind: "map", element: leaf, optional: true, description: "" },
    groups: { kind: "set", element: leaf, optional: true, description: "" },
    nics: {
      kind: "list",
      computed: true,
      element: { kind: "object", attributes: { ip: leaf }, description: "" },
      description: "",
    },
  } as const;

  test.each<readonly [Path, object[] | undefined]>([
    [["name"], [{ attributeName: "name" }]],
    [
      ["disks", 1, "type"],
      [{ attributeName: "disks" }, { elementKeyInt: 1 }, { attributeName: "type" }],
    ],
    [
      ["timeouts", "create"],
      [{ attributeName: "timeouts" }, { attributeName: "create" }],
    ],
    [
      ["tags", "a b"],
      [{ attributeName: "tags" }, { elementKeyString: "a b" }],
    ],
    [["groups", 0], [{ attributeName: "groups" }]],
    [
      ["nics", 0, "ip"],
      [{ attributeName: "nics" }, { elementKeyInt: 0 }, { attributeName: "ip" }],
    ],
    [["lifecycle", "prevent_destroy"], undefined],
    [[], undefined],
  ])("%j", (path, steps) => {
    expect(toWirePath(path, attributes)).toEqual(steps && { steps });
  });
});

import { describe, expect, it } from "vitest";
import { Sensitive, type Json } from "../../../schema/unknown.js";
import { resolveVariables } from "../../../provider/reconciler/variables.js";

const resolve = (variable: { type?: string; default?: Json; sensitive?: boolean }, text?: string) =>
  resolveVariables(
    new Map([["size", { sensitive: false, nullable: true, ...variable }]]),
    new Map(text === undefined ? [] : [["size", text]]),
    "stack.tf.json",
  );

describe("the value of a variable", () => {
  it.each<[string, Parameters<typeof resolve>[0], string | undefined, unknown]>([
    ["text as it is", { type: "string" }, "${x} 1", "${x} 1"],
    ["text without a type", {}, "7", "7"],
    ["empty text", { type: "string" }, "", ""],
    ["a number", { type: "number" }, "7.5", 7.5],
    ["a boolean", { type: "bool" }, "true", true],
    ["a list", { type: "list(string)" }, '["a", "b"]', ["a", "b"]],
    ["a map", { type: "map(number)" }, "{ a = 1, b = 2 }", { a: 1, b: 2 }],
    ["the default", { type: "number", default: 3 }, undefined, 3],
    ["the given text before the default", { type: "number", default: 3 }, "4", 4],
    ["a default of null", { type: "string", default: null }, undefined, null],
    ["a default of another type that converts", { type: "number", default: "3" }, undefined, 3],
    ["a sensitive one is marked", { sensitive: true }, "x", new Sensitive("x")],
  ])("%s", (_name, variable, text, expected) => {
    const { values, diagnostics } = resolve(variable, text);
    expect(diagnostics).toEqual([]);
    expect(values.get("size")).toEqual(expected);
  });

  it.each<[string, Parameters<typeof resolve>[0], string | undefined, string, string]>([
    ["none", { type: "string" }, undefined, "IEC2015", "TF_VAR_size"],
    ["no number", { type: "number" }, "many", "IEC2005", '"many"'],
    ["an empty number", { type: "number" }, " ", "IEC2005", "not a number"],
    ["no boolean", { type: "bool" }, "yes", "IEC2005", "neither true nor false"],
    ["no list", { type: "list(string)" }, "[", "IEC2005", '"["'],
    ["a default that is a collection", { type: "string", default: [] }, undefined, "IEC2005", "collection"],
  ])("%s is refused", (_name, variable, text, code, words) => {
    const { diagnostics } = resolve(variable, text);
    expect(diagnostics).toMatchObject([{ code, address: "var.size" }]);
    expect(diagnostics[0]?.detail).toContain(words);
  });

  it("a wrong text is not repeated when it is sensitive", () => {
    const { diagnostics } = resolve({ type: "number", sensitive: true }, "hunter2");
    expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
  });

  it("one that the stack does not declare is refused", () => {
    const given = new Map([["siz", "1"]]);
    const declared = new Map([["size", { default: 1, sensitive: false, nullable: true }]]);
    const { diagnostics } = resolveVariables(declared, given, "stack.tf.json");
    expect(diagnostics).toMatchObject([{ code: "IEC2008", detail: 'Did you mean "size"?' }]);
  });
});

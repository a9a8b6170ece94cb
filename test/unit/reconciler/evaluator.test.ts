import { describe, expect, it } from "vitest";
import { Sensitive, Unknown, type Value } from "../../../schema/unknown.js";
import { createEvaluator } from "../../../provider/reconciler/evaluator.js";
import { loadConfiguration } from "../../../provider/reconciler/load.js";
import { temporaryFolder, writeStack } from "../../helpers/stack.js";

async function evaluatorOf(document: object, variables: Readonly<Record<string, Value>> = {}) {
  const file = writeStack(temporaryFolder(), document);
  const configuration = await loadConfiguration({ stack: "test", file });
  const evaluator = createEvaluator(configuration, new Map(Object.entries(variables)));
  return { configuration, evaluator };
}

/** Resources `iec_x.NAME` by name. */
const stack = (resources: Readonly<Record<string, object>>, more: object = {}) => ({
  resource: { iec_x: resources },
  ...more,
});
const needsOf = (map: ReadonlyMap<string, ReadonlySet<string>>, name: string) =>
  [...(map.get(`iec_x.${name}`) ?? [])].sort();

describe("what needs what", () => {
  it.each<[string, object, string[]]>([
    ["nothing", { v: "text" }, []],
    ["a reference", { v: "${iec_x.a.id}" }, ["iec_x.a"]],
    ["two in one text", { v: "${iec_x.a.id}-${iec_x.b.id}" }, ["iec_x.a", "iec_x.b"]],
    ["deep inside", { v: [{ w: { x: "${iec_x.a.list[0].y}" } }] }, ["iec_x.a"]],
    ["in a key", { v: { "${iec_x.a.id}": 1 } }, ["iec_x.a"]],
    ["a data source", { v: "${data.iec_y.d.ids}" }, ["data.iec_y.d"]],
    ["depends_on", { depends_on: ["iec_x.b"] }, ["iec_x.b"]],
    ["through a local value", { v: "${local.one}" }, ["iec_x.a"]],
    ["through two local values", { v: "${local.two}" }, ["iec_x.a", "iec_x.b"]],
    ["in a condition", { v: "${iec_x.a.on ? 1 : iec_x.b.n}" }, ["iec_x.a", "iec_x.b"]],
    ["variables and paths are no needs", { v: "${var.v}${path.module}${terraform.workspace}" }, []],
    ["a text that only looks like one", { v: "$${iec_x.a.id}" }, []],
  ])("%s", async (_name, body, expected) => {
    const { evaluator } = await evaluatorOf(
      stack(
        { a: {}, b: {}, user: body },
        {
          data: { iec_y: { d: {} } },
          locals: { one: "${iec_x.a.id}", two: { first: "${local.one}", second: ["${iec_x.b.id}"] } },
          variable: { v: {} },
        },
      ),
      { v: "x" },
    );
    expect(evaluator.diagnostics).toEqual([]);
    expect(needsOf(evaluator.dependencies, "user")).toEqual(expected);
  });

  it("references tell which attribute refers to what", async () => {
    const { configuration, evaluator } = await evaluatorOf(
      stack({ a: {}, user: { list: ["x", "${iec_x.a.nics[0].port}"] } }),
    );
    expect(evaluator.references(configuration.blocks.get("iec_x.user")!)).toEqual([
      { path: ["list", 1], to: "iec_x.a", toPath: ["nics", 0, "port"] },
    ]);
  });
});

describe("what is wrong whatever the values are", () => {
  it.each<[string, object, string, string]>([
    ["a resource that is not there", { v: "${iec_x.usr.id}" }, "IEC2008", "Did you mean iec_x.user?"],
    ["a data source that is not there", { v: "${data.iec_y.z.id}" }, "IEC2008", "No data source"],
    ["a variable that is not there", { v: "${var.siz}" }, "IEC2008", "Did you mean var.size?"],
    ["a local value that is not there", { v: "${local.nme}" }, "IEC2008", "Did you mean local.name?"],
    ["depends_on something that is not there", { depends_on: ["iec_x.usr"] }, "IEC2008", "iec_x.user"],
    ["a text that does not parse", { v: "${1 +}" }, "IEC2010", "at character"],
    ["count.index", { v: "${count.index}" }, "IEC2009", "count.index"],
    ["each.key", { v: "${each.key}" }, "IEC2009", "each"],
    ["a module's output", { v: "${module.m.out}" }, "IEC2009", "module"],
    ["itself", { v: "${iec_x.user.id}" }, "IEC2007", "iec_x.user -> iec_x.user"],
  ])("%s", async (_name, body, code, words) => {
    const { evaluator } = await evaluatorOf(
      stack(
        { user: { "//": { metadata: { path: "stack/user" } }, ...body } },
        { variable: { size: {} }, locals: { name: 1 } },
      ),
      { size: 1 },
    );
    expect(evaluator.diagnostics).toMatchObject([
      { code, address: "iec_x.user", origin: { constructPath: "stack/user" } },
    ]);
    expect(evaluator.diagnostics[0]?.detail).toContain(words);
  });

  it.each<[string, object, string]>([
    [
      "three resources in a circle",
      stack({ a: { v: "${iec_x.b.id}" }, b: { v: "${iec_x.c.id}" }, c: { v: "${iec_x.a.id}" } }),
      "iec_x.a -> iec_x.b -> iec_x.c -> iec_x.a",
    ],
    [
      "a circle through a local value",
      stack({ a: { v: "${local.l}" }, b: { v: "${iec_x.a.id}" } }, { locals: { l: "${iec_x.b.id}" } }),
      "iec_x.a -> iec_x.b -> iec_x.a",
    ],
    [
      "a circle by depends_on",
      stack({ a: { depends_on: ["iec_x.b"] }, b: { depends_on: ["iec_x.a"] } }),
      "iec_x.a -> iec_x.b -> iec_x.a",
    ],
    [
      "local values in a circle",
      stack({}, { locals: { a: "${local.b}", b: "${local.a}" } }),
      "local.a -> local.b -> local.a",
    ],
  ])("%s", async (_name, document, words) => {
    const { evaluator } = await evaluatorOf(document);
    expect(evaluator.diagnostics).toMatchObject([{ code: "IEC2007" }]);
    expect(evaluator.diagnostics[0]?.detail).toContain(words);
  });

  it("everything is told at once", async () => {
    const { evaluator } = await evaluatorOf(
      stack({ a: { v: "${var.x}", w: "${iec_x.z.id}" } }, { output: { o: { value: "${local.y}" } } }),
    );
    expect(evaluator.diagnostics.map(({ code, address }) => [code, address])).toEqual([
      ["IEC2008", "iec_x.a"],
      ["IEC2008", "iec_x.a"],
      ["IEC2008", "output.o"],
    ]);
  });
});

describe("the value of a body", () => {
  const unknown = new Unknown({ address: "iec_x.a", path: [] });
  const evaluate = async (body: object, a: Value) => {
    const { configuration, evaluator } = await evaluatorOf(
      stack({ a: {}, user: body }, { locals: { name: "n-${var.size}" }, variable: { size: {}, secret: {} } }),
      { size: 7, secret: new Sensitive("s3cret") },
    );
    return evaluator.body(configuration.blocks.get("iec_x.user")!, new Map([["iec_x.a", a]]));
  };

  it.each<[string, unknown, unknown]>([
    ["a plain text", "x", "x"],
    ["a text with braces", "{x}", "{x}"],
    ["a number stays one", "${var.size}", 7],
    ["a template is text", "size ${var.size}", "size 7"],
    ["a local value", "${local.name}", "n-7"],
    ["an attribute of another", "${iec_x.a.ids[1]}", "2"],
    ["in lists and objects, keys included", [{ "${local.name}": "${iec_x.a.on}" }], [{ "n-7": true }]],
    ["an escaped one", "$${var.size}", "${var.size}"],
    ["null", null, null],
  ])("%s", async (_name, value, expected) => {
    const { value: result, diagnostics } = await evaluate({ v: value }, { ids: ["1", "2"], on: true });
    expect(diagnostics).toEqual([]);
    expect(result["v"]).toEqual(expected);
  });

  it("an unknown says where it comes from", async () => {
    const { value } = await evaluate({ v: "${iec_x.a.id}" }, unknown);
    expect(value["v"]).toEqual(new Unknown({ address: "iec_x.a", path: ["id"] }));
  });

  it("what is sensitive is told by path, and comes without its mark", async () => {
    const { value, sensitive } = await evaluate({ v: { w: ["x", "p-${var.secret}"] } }, unknown);
    expect(value).toEqual({ v: { w: ["x", "p-s3cret"] } });
    expect(sensitive).toEqual([["v", "w", 1]]);
  });

  it("a failure is told at its attribute, and does not spoil the others", async () => {
    const { value, diagnostics } = await evaluate(
      { bad: "${1 / 0}", worse: ["${iec_x.a.nothing}"], good: "${var.size}" },
      { ids: [] },
    );
    expect(diagnostics.map(({ code, path, address }) => [code, path, address])).toEqual([
      ["IEC2011", ["bad"], "iec_x.user"],
      ["IEC2011", ["worse", 0], "iec_x.user"],
    ]);
    expect(value["good"]).toBe(7);
  });
});

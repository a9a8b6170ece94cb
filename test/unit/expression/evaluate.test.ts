import { describe, expect, test } from "vitest";
import {
  evaluate,
  EvaluationError,
  functions,
  parseExpression,
  parseTemplate,
  type Scope,
} from "../../../provider/reconciler/expression/index.js";
import { formatPath, isList, isObject, Sensitive, Unknown, type Value } from "../../../schema/unknown.js";

const unknownAt = (address: string, ...path: (string | number)[]): Unknown => new Unknown({ address, path });
const vpcId = unknownAt("iec_vpc.a", "id");
const subnets = unknownAt("iec_vpc.a", "subnets");
const otherId = unknownAt("iec_vpc.b", "id");

const roots: Readonly<Record<string, Value>> = {
  "iec_vpc.a": { id: vpcId, subnets, name: "a", list: [{ x: 1 }, { x: 2 }], nothing: null },
  "iec_vpc.b": { id: otherId },
  "iec_server.web": [{ id: vpcId }, { id: otherId }],
  "data.iec_sites.all": new Unknown({ address: "data.iec_sites.all", path: [] }),
  "var.secret": new Sensitive("s3cret"),
  "var.secrets": new Sensitive({ a: "s3cret", list: [1, 2] }),
  "var.mixed": { open: 1, hidden: new Sensitive(2) },
  "var.null": null,
  "local.id": vpcId,
  "local.secret_id": new Sensitive(vpcId),
};
const scope: Scope = { lookup: (root) => roots[root] };
const run = (text: string): Value => evaluate(parseExpression(text), scope);

/** A value on one line: `?iec_vpc.a.id` is that very unknown, `~(...)` one derived from these, `!` is sensitive. */
function show(value: Value): string {
  if (value instanceof Sensitive) return `!${show(value.value)}`;
  if (value instanceof Unknown) {
    if (value.source) return `?${value.source.address}.${formatPath(value.source.path)}`;
    return `~(${value.derivedFrom.map(({ address, path }) => `${address}.${formatPath(path)}`).join(" ")})`;
  }
  if (isList(value)) return `[${value.map(show).join(", ")}]`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${show(item)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
}

describe("passes the very unknown on", () => {
  test.each([
    "iec_vpc.a.id",
    "local.id",
    "[iec_vpc.a.id][0]",
    "([1, iec_vpc.a.id][*])[1]",
    "{a = iec_vpc.a.id}.a",
    '{a = iec_vpc.a.id}["a"]',
    "iec_server.web[0].id",
    "(iec_server.web[*].id)[0]",
    "iec_server.web.*.id[0]",
    "[for s in iec_server.web : s.id][0]",
    "{for i, s in iec_server.web : i => s.id}[0]",
    "true ? iec_vpc.a.id : null",
    "false ? 1 : iec_vpc.a.id",
    "element([iec_vpc.a.id], 5)",
    'lookup({a = iec_vpc.a.id}, "a", null)',
    'merge({a = 1}, {a = iec_vpc.a.id})["a"]',
    "concat([1], [iec_vpc.a.id])[1]",
    "coalesce(null, iec_vpc.a.id)",
    'coalesce("", iec_vpc.a.id)',
    "coalescelist([], [iec_vpc.a.id])[0]",
    "try(iec_vpc.a.id, null)",
    "try(iec_vpc.a.nope, iec_vpc.a.id)",
    "one([iec_vpc.a.id])",
    "reverse([iec_vpc.a.id, 1])[1]",
    "values({a = iec_vpc.a.id})[0]",
    'zipmap(["a"], [iec_vpc.a.id]).a',
    "slice([iec_vpc.a.id, 1], 0, 1)[0]",
    "tolist([iec_vpc.a.id, iec_vpc.b.id])[0]",
    "tolist(toset([iec_vpc.a.id]))[0]",
    "tomap({a = iec_vpc.a.id}).a",
    "tolist(iec_vpc.a.id)",
    "tomap(iec_vpc.a.id)",
    "chunklist([iec_vpc.a.id], 1)[0][0]",
    'setproduct(["x"], [iec_vpc.a.id])[0][1]',
    "tolist(setunion([iec_vpc.a.id], [iec_vpc.a.id]))[0]",
    '"${iec_vpc.a.id}"',
    "nonsensitive(local.secret_id)",
  ])("%s", (text) => expect(run(text)).toBe(vpcId));
});

test("a template that is one interpolation passes the very unknown on", () => {
  expect(evaluate(parseTemplate("${iec_vpc.a.id}"), scope)).toBe(vpcId);
});

describe("unknown values", () => {
  const A = "iec_vpc.a.id";
  const B = "iec_vpc.b.id";
  const rows: [text: string, result: string][] = [
    ["iec_vpc.a.subnets[0].id", "?iec_vpc.a.subnets[0].id"],
    ['iec_vpc.a.subnets["x"]', "?iec_vpc.a.subnets.x"],
    ["data.iec_sites.all.sites[0].id", "?data.iec_sites.all.sites[0].id"],
    ["tolist(iec_vpc.a.subnets)[0].id", "?iec_vpc.a.subnets[0].id"],
    ["iec_vpc.a.subnets[*].id", "~(iec_vpc.a.subnets)"],
    ["[for s in iec_vpc.a.subnets : s.id]", "~(iec_vpc.a.subnets)"],
    ["length(iec_vpc.a.subnets)", "~(iec_vpc.a.subnets)"],
    [`"x-\${${A}}-\${${B}}"`, "~(iec_vpc.a.id iec_vpc.b.id)"],
    [`"\${${A}}\${${A}}"`, "~(iec_vpc.a.id)"],
    [`upper(${A})`, "~(iec_vpc.a.id)"],
    [`upper("x\${${A}}").y`, "~(iec_vpc.a.id)"],
    [`join(",", [${A}, ${B}])`, "~(iec_vpc.a.id iec_vpc.b.id)"],
    [`jsonencode({a = ${A}})`, "~(iec_vpc.a.id)"],
    [`${A} == "x" ? ${B} : 1`, "~(iec_vpc.a.id iec_vpc.b.id)"],
    [`${A} == "x" ? 1 : 1`, "1"],
    [`${A} == null`, "~(iec_vpc.a.id)"],
    [`[${A}, 1] == [${A}, 2]`, "false"],
    [`[${A}] == [1, 2]`, "false"],
    [`[${A}] == [${A}]`, "~(iec_vpc.a.id)"],
    [`false && ${A}`, "~(iec_vpc.a.id)"],
    [`${A} || true`, "~(iec_vpc.a.id)"],
    [`${A} + 1`, "~(iec_vpc.a.id)"],
    [`!${A}`, "~(iec_vpc.a.id)"],
    [`[1, 2][${A}]`, "~(iec_vpc.a.id)"],
    [`{(${A}) = ${B}}`, "~(iec_vpc.a.id iec_vpc.b.id)"],
    [`[for x in [1, 2] : x if ${A} == x]`, "~(iec_vpc.a.id)"],
    [`{for x in [1, ${A}] : x => 1}`, "~(iec_vpc.a.id)"],
    [`length([${A}, ${B}])`, "2"],
    [`length(toset([${A}, ${B}]))`, "~(iec_vpc.a.id iec_vpc.b.id)"],
    [`length(toset([${A}]))`, "1"],
    [`toset([${A}, "b", "a", ${A}])`, '["a", "b", ?iec_vpc.a.id]'],
    [`keys({a = ${A}})`, '["a"]'],
    [`contains([1, ${A}], 1)`, "true"],
    [`contains([1, ${A}], 3)`, "~(iec_vpc.a.id)"],
    [`coalesce(${A}, "x")`, "~(iec_vpc.a.id)"],
    [`coalesce("x", ${A})`, '"x"'],
    [`try(${A} + 1, 2)`, "~(iec_vpc.a.id)"],
    ["try(iec_vpc.a.subnets[0].id, 2)", "~(iec_vpc.a.subnets[0].id)"],
    [`can(${A})`, "true"],
    [`can(${A} + 1)`, "~(iec_vpc.a.id)"],
    [`flatten([[${A}], [1]])`, "~(iec_vpc.a.id)"],
    [`distinct([${A}, 1])`, "~(iec_vpc.a.id)"],
    [`sort([${A}, "a"])`, "~(iec_vpc.a.id)"],
    [`alltrue([false, ${A}])`, "false"],
    [`alltrue([true, ${A}])`, "~(iec_vpc.a.id)"],
    [`anytrue([true, ${A}])`, "true"],
    [`max(1, ${A})`, "~(iec_vpc.a.id)"],
    ["max(iec_vpc.a.subnets...)", "~(iec_vpc.a.subnets)"],
    [`true ? [${A}] : ["a", "b"]`, "[?iec_vpc.a.id]"],
    [`issensitive(${A})`, "~(iec_vpc.a.id)"],
    ["merge({a = 1}, iec_vpc.a.subnets)", "~(iec_vpc.a.subnets)"],
  ];
  test.each(rows)("%s is %s", (text, result) => expect(show(run(text))).toBe(result));
});

describe("sensitive values", () => {
  const rows: [text: string, result: string][] = [
    ["var.secret", '!"s3cret"'],
    ["var.secrets.a", '!"s3cret"'],
    ["var.secrets.list[0]", "!1"],
    ["var.secrets.list[*]", "![1, 2]"],
    ['"x-${var.secret}"', '!"x-s3cret"'],
    ['"x-${local.secret_id}"', "!~(iec_vpc.a.id)"],
    ["local.secret_id.x", "!?iec_vpc.a.id.x"],
    ["[var.secret, 1]", '[!"s3cret", 1]'],
    ["[var.secret, 1][1]", "1"],
    ["[1, 2][sensitive(0)]", "!1"],
    ["{(var.secret) = 1}", "!{s3cret: 1}"],
    ["{for k in [var.secret] : k => 1}", "!{s3cret: 1}"],
    ["[for x in var.secrets.list : x]", "![1, 2]"],
    ["[for x in [sensitive(1)] : x]", "[!1]"],
    ["[for x in [1] : x if sensitive(true)]", "![1]"],
    ["sensitive(true) ? 1 : 2", "!1"],
    ["false ? sensitive(1) : 2", "!2"],
    ["sensitive(1) + 1", "!2"],
    ["-sensitive(1)", "!-1"],
    ["[1, 2] == [1, sensitive(2)]", "!true"],
    ["upper(var.secret)", '!"S3CRET"'],
    ["length(var.secrets.list)", "!2"],
    ["length([sensitive(1)])", "1"],
    ["keys({a = sensitive(1)})", '["a"]'],
    ["merge({a = sensitive(1)}, {b = 2})", "{a: !1, b: 2}"],
    ["merge(sensitive({a = 1}), {b = 2})", "!{a: 1, b: 2}"],
    ["concat([sensitive(1)], [2])", "[!1, 2]"],
    ["flatten([[sensitive(1)]])", "[!1]"],
    ["element([sensitive(1), 2], 1)", "2"],
    ['lookup({a = sensitive(1), b = 2}, "b", 0)', "2"],
    ["values({a = sensitive(1)})", "[!1]"],
    ["contains([sensitive(1)], 1)", "!true"],
    ["toset([sensitive(1)])", "![1]"],
    ["tolist([sensitive(1), 2])", "[!1, 2]"],
    ['tolist([sensitive(1), "a"])', '[!"1", "a"]'],
    ["distinct([sensitive(1), 2])", "![1, 2]"],
    ["jsonencode({a = sensitive(1)})", '!"{\\"a\\":1}"'],
    ["coalesce(sensitive(null), 2)", "!2"],
    ['coalesce("a", sensitive("b"))', '!"a"'],
    ["reverse([sensitive(1), 2])", "[2, !1]"],
    ["one([sensitive(1)])", "!1"],
    ["can(sensitive(1))", "true"],
    ["try(sensitive(1))", "!1"],
    ["var.mixed", "{open: 1, hidden: !2}"],
    ["nonsensitive(var.secret)", '"s3cret"'],
    ["nonsensitive([sensitive(1)])", "[!1]"],
    ["issensitive(var.secret)", "true"],
    ["issensitive([var.secret])", "false"],
    ["max(sensitive([1, 2])...)", "!2"],
  ];
  test.each(rows)("%s is %s", (text, result) => expect(show(run(text))).toBe(result));
});

describe("errors", () => {
  const rows: [text: string, kind: string, message: RegExp, excerpt: string][] = [
    ["1 + iec_vpc.nope.id", "undeclared", /"iec_vpc.nope" is not declared/, "iec_vpc.nope"],
    ["try(iec_vpc.nope.id, 1)", "undeclared", /not declared/, "iec_vpc.nope"],
    ["[1, iec_vpc.a.nope]", "index", /no attribute "nope"/, "iec_vpc.a.nope"],
    ["iec_vpc.a.name.x", "type", /A string has no attribute "x"/, "iec_vpc.a.name.x"],
    ["iec_vpc.a.list.x", "type", /choose an element with \[0\], or all with \[\*\]/, "iec_vpc.a.list.x"],
    ["iec_vpc.a.nothing.x", "type", /is null/, "iec_vpc.a.nothing.x"],
    ["var.null.x", "type", /is null/, "var.null.x"],
    ["iec_server.web[7].id", "index", /2 elements and so no element 7/, "iec_server.web[7]"],
    ['"a" + 1', "type", /A number is needed here, not a string/, '"a" + 1'],
    ["1 / 0", "type", /Division by zero/, "1 / 0"],
    ['"${[1]}x"', "type", /A string is needed here, not a list/, '"${[1]}x"'],
    ["true ? 1 : [1]", "type", /one type, not a number and a list/, "true ? 1 : [1]"],
    ["nope(1)", "function", /There is no function "nope"/, "nope(1)"],
    ["provider::x::y(1)", "function", /There is no function "provider::x::y"/, "provider::x::y(1)"],
    ["upper()", "function", /upper\(str\) was given 0 arguments/, "upper()"],
    ["upper(null)", "function", /The argument "str" of upper\(\) is null/, "upper(null)"],
    ["cidrsubnet(1, 2)", "function", /cidrsubnet\(prefix, newbits, netnum\) was given 2/, "cidrsubnet(1, 2)"],
    [
      "element({}, 1)",
      "type",
      /"list" of element\(\) is wrong. A list is needed here, not an object/,
      "element({}, 1)",
    ],
    ['file("x")', "unsupported", /file\(\) is not supported: expressions may not read files/, 'file("x")'],
    ["try(timestamp(), 1)", "unsupported", /timestamp\(\) is not supported/, "timestamp()"],
    ["9007199254740991 + 2", "unsupported", /beyond 2\^53/, "9007199254740991 + 2"],
    ['regex("(?=x)", "x")', "unsupported", /group/, 'regex("(?=x)", "x")'],
    ["upper(1...)", "type", /"..." needs a list/, "upper(1...)"],
  ];
  test.each(rows)("%s", (text, kind, message, excerpt) => {
    let error: unknown;
    try {
      run(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(EvaluationError);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message) as string, text: excerpt });
  });

  test.each([
    "var.secret + 1",
    "tonumber(var.secret)",
    "{a = 1}[var.secret]",
    "[1][var.secret]",
    'regex(var.secret, "x")',
    "cidrsubnet(var.secret, 1, 1)",
    "cidrsubnets(var.secret, 1)",
    "{for x in [1, 2] : var.secret => x}",
    'formatdate("YYYY", var.secret)',
    "jsondecode(var.secret)",
    "format(var.secret, 1)",
    "base64decode(var.secret)",
    'uuidv5(var.secret, "")',
    "parseint(var.secret, 10)",
    "tobool(var.secret)",
  ])("%s fails without telling the secret", (text) => {
    expect(() => run(text)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("s3cret") as string }),
    );
  });
});

test.each([
  "file",
  "templatefile",
  "fileset",
  "filesha256",
  "timestamp",
  "uuid",
  "bcrypt",
  "yamlencode",
  "plantimestamp",
])("%s() is refused by name", (name) => {
  expect(() => run(`${name}()`)).toThrow(
    expect.objectContaining({
      kind: "unsupported",
      message: expect.stringContaining(`${name}() is not supported`) as string,
    }),
  );
});

test("a scope can bring functions of its own", () => {
  const upper = functions.get("upper")!;
  const own: Scope = { lookup: () => undefined, functions: new Map([["file", upper]]) };
  expect(evaluate(parseExpression('file("x")'), own)).toBe("X");
});

test("keys such as __proto__ are keys", () => {
  expect(run('keys({"__proto__" = 1, constructor = 2})')).toEqual(["__proto__", "constructor"]);
  expect(() => run("{}.constructor")).toThrow(/no attribute/);
  expect(() => run('{}["__proto__"]')).toThrow(/no element/);
  expect(run('lookup({}, "toString", 1)')).toBe(1);
});

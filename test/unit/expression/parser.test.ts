import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Expression,
  isLiteral,
  ParseError,
  parseExpression,
  parseTemplate,
  references,
} from "../../../provider/reconciler/expression/index.js";

/** A node without its place in the source. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "at")
      .map(([key, item]) => [key, shape(item)]),
  );
}

describe("references", () => {
  const rows: [template: string, found: string[]][] = [
    ["plain text", []],
    ["$${iec_vpc.main.id}", []],
    ["${iec_vpc.main.id}", ["iec_vpc.main | id"]],
    ["${iec_vpc.main}", ["iec_vpc.main | "]],
    ["${resource.iec_vpc.main.id}", ["iec_vpc.main | id"]],
    ["${iec_server.web[0].nics[1].ip}", ["iec_server.web | 0.nics.1.ip"]],
    ['${iec_server.web["a b"].id}', ["iec_server.web | a b.id"]],
    ["${iec_server.web.0.id}", ["iec_server.web | 0.id"]],
    ["${iec_server.web[count.index].id}", ["iec_server.web | ", "count.index | "]],
    ["${iec_server.web[*].id}", ["iec_server.web | "]],
    ["${data.iec_sites.all.sites[0].id}", ["data.iec_sites.all | sites.0.id"]],
    ["${var.x.y} ${local.z}", ["var.x | y", "local.z | "]],
    ["${each.key}-${each.value.name}", ["each.key | ", "each.value | name"]],
    [
      "${self.id}${path.module}${terraform.workspace}",
      ["self | id", "path.module | ", "terraform.workspace | "],
    ],
    ["${module.m.out[0]}", ["module.m | out.0"]],
    ["${[for v in var.list : v.id if v.on == local.on]}", ["var.list | ", "local.on | "]],
    ["${{ for k, v in var.map : k => merge(v, var.more) }}", ["var.map | ", "var.more | "]],
    ["${[for var in local.list : var.x]}", ["local.list | "]],
    ["%{ for v in var.a }${v}${var.b}%{ endfor }", ["var.a | ", "var.b | "]],
    ['${"a ${var.x} b"}', ["var.x | "]],
    ["${try(var.a.b, var.c) ? !var.d : -var.e}", ["var.a | b", "var.c | ", "var.d | ", "var.e | "]],
    ["${{ a = var.a, (var.k) = var.v }}", ["var.a | ", "var.k | ", "var.v | "]],
  ];
  test.each(rows)("%s", (template, found) => {
    expect(
      references(parseTemplate(template)).map(({ root, path }) => `${root} | ${path.join(".")}`),
    ).toEqual(found);
  });

  test("quotes the text as written", () => {
    expect(references(parseTemplate("a ${ iec_vpc.main . id } b")).map(({ text }) => text)).toEqual([
      "iec_vpc.main . id",
    ]);
  });
});

test.each([
  ["plain", true],
  ["", true],
  ["$${x}", true],
  ["${1}", true],
  ['${"a"}', true],
  ["${null}", true],
  ["a${1}", false],
  ["${var.x}", false],
])("isLiteral(%j) is %s", (template, expected) => {
  expect(isLiteral(parseTemplate(template))).toBe(expected);
});

test("a text is parsed once", () => {
  expect(parseTemplate("${var.once}")).toBe(parseTemplate("${var.once}"));
});

test("every node knows its source", () => {
  const visit = (node: Expression): string => node.at.source.slice(node.at.start, node.at.end);
  const node = parseTemplate('${f("a${x.y}", [1, -2])}');
  expect(node).toMatchObject({ kind: "call", name: "f" });
  expect(node.kind === "call" ? node.args.map(visit) : []).toEqual(['"a${x.y}"', "[1, -2]"]);
});

describe("refuses", () => {
  const rows: [text: string, message: RegExp, offset: number][] = [
    ["", /Expected a value, found the end of the text/, 0],
    ["1 +", /Expected a value, found the end/, 3],
    ["1 2", /Unexpected "2" after the expression/, 2],
    ["[1, 2", /Expected "]"/, 5],
    ["{a = 1 b = 2}", /or a comma after an entry/, 7],
    ["{a}", /is not a value/, 1],
    ["(1", /to close the parenthesis/, 2],
    ["f(1", /to end the arguments of f\(\)/, 3],
    ["f([1]..., 2)", /to end the arguments/, 8],
    ["[1]...", /Unexpected "\."/, 3],
    ["true ? 1", /Expected ":" between/, 8],
    ["foo", /"foo" is not a value: a resource is named TYPE.NAME/, 0],
    ["data.x", /data.TYPE.NAME/, 0],
    ["each", /each.key or each.value/, 0],
    ["count + 1", /count.index/, 0],
    ["var", /must be followed by a name/, 0],
    ["a.b.", /Expected an attribute name/, 4],
    ["[[1]].0.0", /cannot follow each other/, 9],
    ["'a'", /Expected a value, found "'"/, 0],
    ['"a', /never closed by a quote/, 0],
    ['"a\nb"', /must end on its line/, 2],
    ['"\\q"', /no such escape/, 1],
    ["<<EOT", /heredoc/, 0],
    ["[for x in [1] : x...]", /to end the "for"/, 17],
    ["{for x in [1] : x}", /Expected "=>"/, 17],
    ["[for in [1] : x]", /Expected "in"/, 8],
    ["provider::a::b", /Expected "\("/, 14],
    ["123456789012345678901", /more digits than can be kept/, 0],
    ["1e999", /too large/, 0],
    [".5", /Expected a value/, 0],
    ["a = b", /is not a value/, 0],
    ["(".repeat(500), /nested too deeply/, 200],
    ["1" + "+1".repeat(2000), /too long/, 2001],
  ];
  test.each(rows)("%s", (text, message, offset) => {
    const error = catchError(() => parseExpression(text));
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string, offset });
  });

  const templates: [text: string, message: RegExp][] = [
    ["${", /Expected a value/],
    ["${}", /Expected a value, found "}"/],
    ["${1", /"\${" is never closed by "}"\. Write "\$\${"/],
    ["a ${1 2}", /Expected "}" at the end of the interpolation, found "2"/],
    ["%{ if true }x", /"if" is never ended/],
    ["%{ if true }x%{ endfor }", /Unexpected "endfor"/],
    ["%{ endif }", /Unexpected "endif"/],
    ["%{ else }", /Unexpected "else"/],
    ["%{ for x in [1] }x%{ endif }", /Unexpected "endif"/],
    ["100%{", /Write "%%{"/],
  ];
  test.each(templates)("template %s", (text, message) => {
    const error = catchError(() => parseTemplate(text));
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string });
  });
});

function catchError(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("properties", () => {
  const name = fc.constantFrom("a", "b_1", "c-d", "été");
  const scalar = fc.oneof(
    fc.constantFrom("true", "false", "null", "0", "12", "1.5", "1e3"),
    fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text.replace(/[{\b\f]/g, ""))),
    fc.tuple(name, name).map(([a, b]) => `t_${a}.${b}`),
  );
  /** Source texts with full parentheses, so that what is parsed can be compared with and without them. */
  const { expression } = fc.letrec<{ expression: string }>((tie) => {
    const inner = tie("expression");
    return {
      expression: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        scalar,
        fc
          .tuple(inner, fc.constantFrom("||", "&&", "==", "<", "+", "*"), inner)
          .map(([a, o, b]) => `(${a} ${o} ${b})`),
        fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
        fc.array(inner, { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
        fc
          .array(fc.tuple(name, inner), { maxLength: 3 })
          .map((all) => `{${all.map(([k, v]) => `${k} = ${v}`).join(", ")}}`),
        fc.tuple(inner, name).map(([a, n]) => `(${a}).${n}[*].${n}[0]`),
        fc.tuple(name, inner, inner).map(([n, a, b]) => `[for ${n} in ${a} : ${b} if ${n}.x]`),
        fc.tuple(inner, inner).map(([a, b]) => `f(${a}, ${b}...)`),
        inner.map((a) => `"x\${${a}}%{ if ${a} ~} y %{ endif }"`),
        inner.map((a) => `(!${a})`),
      ),
    };
  });

  test("blanks and comments mean nothing", () => {
    fc.assert(
      fc.property(expression, (text) => {
        expect(shape(parseExpression(` /* c */\n ${text} # end`))).toEqual(shape(parseExpression(text)));
      }),
      { numRuns: 300 },
    );
  });

  test("an expression in a template is that expression", () => {
    fc.assert(
      fc.property(expression, (text) => {
        expect(shape(parseTemplate(`\${${text}}`))).toEqual(shape(parseExpression(text)));
      }),
      { numRuns: 300 },
    );
  });

  test("a parenthesis around anything changes nothing", () => {
    fc.assert(
      fc.property(expression, (text) => {
        expect(shape(parseExpression(`((${text}))`))).toEqual(shape(parseExpression(text)));
      }),
      { numRuns: 300 },
    );
  });

  test("escaped text comes back as it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = text.replace(/([$%])(?=\{)/g, "$1$1");
        // A marker before an escape would join it: "$" + "$${".
        fc.pre(!/\$\$\$\{|%%%\{/.test(escaped));
        expect(parseTemplate(escaped)).toMatchObject({ kind: "literal", value: text.normalize("NFC") });
      }),
    );
  });

  const fragments = fc.array(
    fc.constantFrom(
      ...'${ %{ } { [ ] ( ) " ~ . .. ... , : = => == ! ? for in if else endif a.b x 1 -2 \\ \n * / # é 😀'.split(
        / (?=.)/,
      ),
    ),
    { maxLength: 30 },
  );
  test.each([
    ["random text", fc.string({ unit: "binary" })],
    ["random tokens", fragments.map((parts) => parts.join(""))],
    ["random tokens with blanks", fragments.map((parts) => `\${${parts.join(" ")}}`)],
  ])("%s is parsed or refused with a place in it", (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const parse of [parseExpression, parseTemplate]) {
          const error = catchError(() => parse(text));
          if (error === undefined) continue;
          expect(error).toBeInstanceOf(ParseError);
          expect((error as ParseError).offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

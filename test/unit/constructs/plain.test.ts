import { createRequire } from "node:module";
import { join } from "node:path";
import { App, Fn, Lazy, TerraformResource, TerraformStack, Token } from "cdktf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ROOT } from "../../helpers/iec.js";

const require = createRequire(import.meta.url);

interface Tokens {
  resolve: (scope: TerraformStack, value: unknown, preparing?: boolean) => unknown;
}
const { resolvePlain, resolveQuickly } = require(join(ROOT, "dist/lib/constructs/plain.js")) as {
  readonly resolvePlain: (value: unknown, resolve: (part: unknown) => unknown) => unknown;
  readonly resolveQuickly: () => void;
};
const tokens = require("cdktf/lib/_tokens") as Tokens;
const { resolve: cdktfs } = tokens;

const stack = new TerraformStack(new App(), "s");
const vpc = new TerraformResource(stack, "vpc", { terraformResourceType: "iec_vpc" });

/** What cdktf treats otherwise than data that says itself. */
const special = [
  vpc.getStringAttribute("id"),
  `a ${vpc.getStringAttribute("id")} b`,
  vpc.getNumberAttribute("size"),
  -vpc.getNumberAttribute("size"),
  `n ${vpc.getNumberAttribute("size")}`,
  vpc.getListAttribute("ids"),
  vpc.getNumberListAttribute("sizes"),
  vpc.getStringMapAttribute("tags"),
  vpc.interpolationForAttribute("x"),
  Fn.join("-", ["a", vpc.fqn]),
  Lazy.anyValue({ produce: () => ({ a: [vpc.fqn, undefined], b: undefined }) }),
  Lazy.stringValue({ produce: () => undefined }),
  Token.nullValue(),
  { creationStack: [], resolve: () => vpc.fqn },
  new Date(0),
  "${iec_vpc.a.id} 1e5 -2e+7 $${x}",
  -123456788,
  Object.create(null, { a: { value: vpc.fqn, enumerable: true } }) as object,
  new (class {
    readonly text = vpc.fqn;
  })(),
];
/** What cdktf throws at. */
const wrong = [
  () => 1,
  stack,
  -123456789,
  "String Map Token Value",
  "Any Map Token Value",
  vpc.getListAttribute("ids")[0],
  "${TfToken[TOKEN.999999]}",
  [...vpc.getListAttribute("ids"), "more"],
  { [Object.keys(vpc.getStringMapAttribute("tags"))[0]!]: 1, more: 2 },
  Lazy.anyValue({
    produce: () => {
      throw new Error("not today");
    },
  }),
  circle(),
];

function circle(): unknown {
  const round: Record<string, unknown> = {};
  round["again"] = round;
  return round;
}

const leaf = fc.oneof(
  fc.constantFrom(...special),
  fc.constantFrom(null, undefined, true, 0, -1, 2.5, NaN, 1e300, "", "text", "3e4"),
);
const name = fc.constantFrom(
  "a",
  "b",
  "//",
  "__proto",
  "1e5",
  "resolve",
  "_children",
  vpc.fqn,
  `k${vpc.fqn}`,
);
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("data"), { maxLength: 3 }),
    fc.dictionary(name, tie("data"), { maxKeys: 4 }),
  ),
}));

/** The value, or what is thrown, without where in cdktf that is. */
function outcome(resolve: Tokens["resolve"], value: unknown): unknown {
  try {
    return { value: resolve(stack, value) };
  } catch (error) {
    return { message: (error as Error).message };
  }
}

test("data is resolved as cdktf resolves it", () => {
  const own: Tokens["resolve"] = (scope, value) => resolvePlain(value, (part) => cdktfs(scope, part));
  fc.assert(
    fc.property(data, (value) => {
      expect(outcome(own, value)).toStrictEqual(outcome(cdktfs, value));
    }),
    { numRuns: 2000 },
  );
});

test("data that is no token is not given to cdktf", () => {
  const value = {
    name: "web",
    size: 40,
    tags: { a: null },
    list: ["x", { y: true, z: undefined }],
    "//": {},
  };
  expect(
    resolvePlain(value, () => {
      throw new Error("given");
    }),
  ).toStrictEqual({ name: "web", size: 40, tags: { a: null }, list: ["x", { y: true }], "//": {} });
});

test.each(wrong.map((value, i) => [i, value] as const))("what cdktf throws stays: %i", (_i, value) => {
  const before = outcome(cdktfs, { list: [1, { deep: value }] });
  expect(before).toHaveProperty("message");
  resolveQuickly();
  expect(tokens.resolve).not.toBe(cdktfs);
  expect(outcome(tokens.resolve, { list: [1, { deep: value }] })).toStrictEqual(before);
});

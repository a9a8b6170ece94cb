import { describe, expect, test } from "vitest";
import { hasErrors } from "../../../schema/diagnostics.js";
import { rules } from "../../../schema/isolation/index.js";
import { examples, NETWORK, type Example } from "../../../schema/isolation/rules/examples/index.js";
import { check } from "./design.js";

const judge = ({ design, missing = [] }: Example) => check({ ...NETWORK, ...design }, { missing });

test("the network that examples add to is right", () => {
  expect(check(NETWORK)).toEqual({ diagnostics: [], conditional: [] });
});
test("every rule has examples of both kinds", () => {
  const told = examples.filter(({ passes, fails }) => passes.length > 0 && fails.length > 0);
  expect(told.map(({ code }) => code)).toEqual(rules.map(({ code }) => code));
});

describe.each(examples)("$code", ({ code, passes, fails }) => {
  test.each(passes)("passes: $title", (example) => {
    expect(judge(example).diagnostics).toEqual([]);
  });
  test.each(fails)("fails: $title", (example) => {
    const { diagnostics } = judge(example);
    expect(diagnostics.map((d) => d.code)).toEqual([code]);
    expect(hasErrors(diagnostics)).toBe(rules.find((rule) => rule.code === code)?.severity === "error");
  });
});

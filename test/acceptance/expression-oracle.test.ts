import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  evaluate,
  parseExpression,
  parseTemplate,
  type Scope,
} from "../../provider/reconciler/expression/index.js";
import type { Value } from "../../schema/unknown.js";
import { EXPRESSIONS, FAILURES, TEMPLATES } from "./expression-cases.js";

/** The real Terraform says what an expression means: `terraform console`, all expressions in one process. */

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
const expressions = Object.entries(EXPRESSIONS).map(([area, text]) => [area, lines(text)] as const);
const failures = Object.entries(FAILURES).map(([area, text]) => [area, lines(text)] as const);

const env = {
  ...process.env,
  CHECKPOINT_DISABLE: "1",
  TF_CLI_CONFIG_FILE: "/dev/null",
};
const hasTerraform = spawnSync("terraform", ["version"], { env }).status === 0;

const answers = new Map<string, string>();
const directory = mkdtempSync(join(tmpdir(), "expression-oracle-"));

/** Asks for the JSON of every template: each becomes a local value of one configuration. */
function ask(templates: ReadonlyMap<string, string>): void {
  const names = [...templates.keys()].map((_, i) => `local.q${i}`);
  const locals = Object.fromEntries([...templates.values()].map((template, i) => [`q${i}`, template]));
  writeFileSync(join(directory, "main.tf.json"), JSON.stringify({ locals }));
  // Base64 keeps the answer on one line and free of the console's own escapes.
  const input = `base64encode(jsonencode([${names.map((name) => `jsonencode(${name})`).join(",")}]))\n`;
  const output = execFileSync("terraform", ["console"], { cwd: directory, env, input, encoding: "utf8" });
  const encoded = /^"([\w+/=]*)"$/m.exec(output)?.[1] ?? expect.fail(output);
  const found = JSON.parse(Buffer.from(encoded, "base64").toString()) as string[];
  [...templates.keys()].forEach((key, i) => answers.set(key, found[i] ?? ""));
}

const scope: Scope = { lookup: () => undefined };
const ours = (expression: string): Value => evaluate(parseExpression(`jsonencode(${expression})`), scope);

test("terraform is there, where it must be", () =>
  expect(hasTerraform || process.env["CI"] !== "true").toBe(true));

describe.runIf(hasTerraform)("as terraform console", () => {
  beforeAll(() => {
    const wrapped = (question: string): [string, string] => [question, `\${${question}}`];
    ask(
      new Map([
        ...expressions.flatMap(([, questions]) => questions.map(wrapped)),
        ...failures.flatMap(([, questions]) => questions.map((question) => wrapped(`can(${question})`))),
        ...TEMPLATES.map((template): [string, string] => [`template ${template}`, template]),
      ]),
    );
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  describe.each(expressions)("%s", (_, questions) => {
    test.each(questions)("%s", (question) => expect(ours(question)).toBe(answers.get(question)));
  });

  describe.each(failures)("refuses %s", (_, questions) => {
    test.each(questions)("%s", (question) => {
      expect(answers.get(`can(${question})`)).toBe("false");
      expect(() => ours(question)).toThrow();
    });
  });

  test.each(TEMPLATES)("template %j", (template) => {
    const value = evaluate(parseTemplate(template), scope);
    const json = evaluate(parseExpression("jsonencode(local.value)"), { lookup: () => value });
    expect(json).toBe(answers.get(`template ${template}`));
  });
});

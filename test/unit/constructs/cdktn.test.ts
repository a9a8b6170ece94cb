import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { matchers } from "iec-cdk/testing";
import { matchers as ofSuccessor } from "iec-cdk/cdktn/testing";
import { ROOT } from "../../helpers/iec.js";

/** The constructs as they are built for cdktn. */
const folder = join(ROOT, "dist/lib/cdktn");
const texts = new Map(
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(js|d\.ts)$/.test(name))
    .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
);

test("no file names cdktf as a module", () => {
  expect(texts.size).toBeGreaterThan(100);
  expect([...texts].filter(([, text]) => /["']cdktf["'/]/.test(text)).map(([name]) => name)).toEqual([]);
});

/** What is exchanged in private files of an engine, by the module that does it. */
const exchanges = [
  { module: "sources", file: "tokens/private/stack-trace", member: "captureStackTrace", by: "trackSources" },
  { module: "plain", file: "_tokens", member: "resolve", by: "resolveQuickly" },
  { module: "names", file: "util", member: "keysToSnakeCase", by: "spellNamesOnce" },
] as const;

test.each(
  exchanges.flatMap((exchange) => ["cdktf", "cdktn"].map((engine) => ({ engine, ...exchange }) as const)),
)("the private file $file of $engine is there, and $member is exchanged", ({ engine, ...exchange }) => {
  const build = engine === "cdktf" ? "constructs" : "cdktn";
  const path = join(ROOT, "dist/lib", build, `${exchange.module}.js`);
  const loaded = /require\("(cdkt[^"]+\/lib\/[^"]+)"\)/.exec(readFileSync(path, "utf8"))?.[1];
  expect(loaded).toBe(`${engine}/lib/${exchange.file}`);
  const require = createRequire(import.meta.url);
  const file = require(loaded!) as Record<string, unknown>;
  const original = file[exchange.member];
  expect(original).toBeTypeOf("function");
  (require(path) as Record<string, () => void>)[exchange.by]!();
  expect(file[exchange.member]).not.toBe(original);
});

test("the matchers are exported for both engines", () => {
  expect(Object.keys(matchers)).toEqual(["toPlace", "toReach", "toBeIsolatedFrom"]);
  expect(Object.keys(ofSuccessor)).toEqual(Object.keys(matchers));
});

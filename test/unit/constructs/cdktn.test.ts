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

test.each(["cdktf", "cdktn"])(
  "the private file of %s that is loaded is there, and its stacks are exchanged",
  (engine) => {
    const build = { cdktf: "constructs", cdktn: "cdktn" }[engine]!;
    const loaded = /require\("([^"]+\/stack-trace)"\)/.exec(
      readFileSync(join(ROOT, "dist/lib", build, "sources.js"), "utf8"),
    )?.[1];
    expect(loaded).toBe(`${engine}/lib/tokens/private/stack-trace`);
    const require = createRequire(import.meta.url);
    const stacks = require(loaded!) as { readonly captureStackTrace: () => unknown };
    const original = stacks.captureStackTrace;
    expect(original).toBeTypeOf("function");
    (require(join(ROOT, "dist/lib", build, "sources.js")) as { trackSources(): void }).trackSources();
    expect(stacks.captureStackTrace).not.toBe(original);
  },
);

test("the matchers are exported for both engines", () => {
  expect(Object.keys(matchers)).toEqual(["toPlace", "toReach", "toBeIsolatedFrom"]);
  expect(Object.keys(ofSuccessor)).toEqual(Object.keys(matchers));
});

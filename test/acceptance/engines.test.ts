import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXAMPLES, exampleProject, type Engine } from "../helpers/example.js";
import { ROOT, start } from "../helpers/iec.js";
import { filesOf, temporaryFolder } from "../helpers/stack.js";

/** Every example is written alike by both engines. CI runs this file on newer Node versions too. */

async function synthesize(example: string, engine: Engine): Promise<Readonly<Record<string, string>>> {
  const folder = temporaryFolder();
  await exampleProject(folder, example, engine);
  const { code, output } = await start(process.execPath, ["main.js"], { cwd: folder }).finished;
  expect({ code, output }).toEqual({ code: 0, output: "" });
  const { version } = JSON.parse(
    readFileSync(join(ROOT, "node_modules", engine, "package.json"), "utf8"),
  ) as { version: string };
  const neutral = (text: string): string =>
    text
      .replaceAll(folder, "FOLDER")
      .replaceAll(`"version": "${version}"`, '"version": "ENGINE"')
      // cdktf breaks the line in what is empty.
      .replaceAll(/([[{])\n *([\]}])/g, "$1$2");
  return Object.fromEntries(
    Object.entries(filesOf(join(folder, "cdktf.out"))).map(([name, text]) => [name, neutral(text)]),
  );
}

test("there are examples", () => expect(EXAMPLES).toContain("quickstart"));

test.for(EXAMPLES)("%s", async (example) => {
  const [ours, theirs] = await Promise.all([synthesize(example, "cdktf"), synthesize(example, "cdktn")]);
  expect(Object.keys(ours)).toContainEqual(expect.stringMatching(/^stacks\/.*\/cdk\.tf\.json$/));
  expect(theirs).toEqual(ours);
});

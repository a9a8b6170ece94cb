import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const spec = readFileSync(new URL("../../../provider/simulator/SPEC.md", import.meta.url), "utf8");
const rows = [...spec.matchAll(/^\| (?!Behaviour|---)(.+?) \| (.+?) \| (\w+): (.+?) \|$/gm)].map(
  ([, behaviour = "", sources = "", file = "", title = ""]) => ({
    behaviour,
    sources: sources.trim(),
    file,
    title: title.trim(),
  }),
);

describe("SPEC.md", () => {
  test("every row of every table is read", () => {
    expect(rows.length).toBe(spec.split("\n").filter((line) => /^\| (?!Behaviour|---)/.test(line)).length);
    expect(rows.length).toBeGreaterThan(50);
  });
  test.each(rows)("$behaviour", ({ sources, file, title }) => {
    expect(sources).toMatch(/^(\[(sdk|docs|tf|inferred|own)\] ?)+$/);
    const source = readFileSync(new URL(`${file}.test.ts`, import.meta.url), "utf8");
    expect(source.includes(JSON.stringify(title)), `${file}.test.ts has no test "${title}"`).toBe(true);
  });
});

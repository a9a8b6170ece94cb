import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VARIABLES } from "../../../provider/client/credentials.js";

const page = (name: string): string =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");
const guide = page("guides/signing-in.md");
const reference = page("index.md");

describe("the guide to signing in", () => {
  it.each(Object.entries(VARIABLES))("tells %s and %s", (name, variable) => {
    const argument = name.split(".").at(-1) ?? name;
    expect(guide).toContain(`\`${argument}\``);
    expect(guide).toContain(`\`${variable}\``);
    expect(reference).toContain(`Environment: ${variable}.`);
  });
});

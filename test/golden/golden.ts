import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** Compares text with a file of this folder. `UPDATE_GOLDEN=1` writes the file: read it before accepting it. */
export function expectGolden(name: string, text: string): void {
  const file = fileURLToPath(new URL(name, import.meta.url));
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, text);
  expect(existsSync(file), `${name} is missing: run with UPDATE_GOLDEN=1 and read it`).toBe(true);
  expect(text).toBe(readFileSync(file, "utf8"));
}

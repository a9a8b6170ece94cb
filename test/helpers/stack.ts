import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** JSON that tests change freely: indexing gives another of its kind. */
export interface Json {
  [key: string]: Json;
}

/** A new empty folder, removed when the test (not the suite) has finished. */
export function temporaryFolder(): string {
  const folder = newFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new empty folder; whoever asks removes it. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), "iec-test-"));

/** Writes a stack, as text or as JSON, and returns the path of the file. */
export function writeStack(folder: string, stack: unknown, name = "stack.tf.json"): string {
  const file = join(folder, name);
  writeFileSync(file, typeof stack === "string" ? stack : JSON.stringify(stack, null, 2));
  return file;
}

/** Every file below a folder with its content, to tell whether anything was touched. */
export const filesOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .sort()
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), "latin1")]),
  );

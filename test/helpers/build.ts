import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";

/** Builds the programs once before the tests, so that they work on a clean clone. Up to date: nothing happens. */
export default async function setup(): Promise<void> {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  await promisify(execFile)(process.execPath, ["scripts/build.mjs"], { cwd });
}

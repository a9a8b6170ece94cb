import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const VERSION = "0.21.0";

/**
 * The cdktf program, installed once per machine: its 425 MB are no dependency of this package. Its native module, for
 * questions on a terminal, is not built.
 */
export async function cdktfCli(): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "iec-cdk-tests");
  const folder = join(cache, `cdktf-cli-${VERSION}`);
  const program = join(folder, "node_modules/cdktf-cli/bundle/bin/cdktf");
  if (existsSync(program)) return program;
  const fresh = `${folder}-${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    writeFileSync(join(fresh, "package.json"), '{ "private": true }\n');
    const args = ["install", "--prefix", fresh, "--no-audit", "--no-fund", "--ignore-scripts"];
    await promisify(execFile)("npm", [...args, `cdktf-cli@${VERSION}`], { cwd: fresh });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return program;
}

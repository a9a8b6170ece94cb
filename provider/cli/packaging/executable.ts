import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** Puts the script into a copy of Node.js. A tool for making, fetched by npm when it is first asked for. */
const POSTJECT = "postject@1.0.0-alpha.6";
/** What a Node.js program looks for in itself. Source: Node.js documentation, "Single executable applications". */
const SECTION = "NODE_SEA_BLOB";
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

export interface ExecutableParts {
  readonly script: Uint8Array;
  /** The Node.js program that shall carry the script, of any platform. */
  readonly carrier: string;
  /** A Node.js program of the same version that runs here. */
  readonly node: string;
}

/** One program that is the script and the Node.js to run it. Neither snapshot nor code cache: they fit one platform. */
export async function makeExecutable({ script, carrier, node }: ExecutableParts): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), "iec-executable-"));
  const at = (name: string): string => path.join(folder, name);
  try {
    writeFileSync(at("script.cjs"), script);
    const settings = { main: "script.cjs", output: "blob", disableExperimentalSEAWarning: true };
    writeFileSync(at("sea.json"), JSON.stringify(settings));
    await promisify(execFile)(node, ["--experimental-sea-config", "sea.json"], { cwd: folder });
    copyFileSync(carrier, at("program"));
    chmodSync(at("program"), 0o755);
    const inject = ["postject", "program", SECTION, "blob", "--sentinel-fuse", FUSE];
    await npm(["exec", "--yes", `--package=${POSTJECT}`, "--", ...inject], folder);
    return readFileSync(at("program"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs npm and resolves to what it printed. No argument may need quotes: on Windows a shell reads them. */
export async function npm(args: readonly string[], cwd: string): Promise<string> {
  const windows = process.platform === "win32";
  const { stdout } = await promisify(execFile)(windows ? "npm.cmd" : "npm", args, { cwd, shell: windows });
  return stdout;
}

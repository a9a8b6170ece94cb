/**
 * Writes `dist/release`: the provider's archives, their checksums and the manifest, as the Terraform registry expects
 * them. Not signed: the key is the publisher's.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { archive } from "../provider/cli/packaging/install.js";
import { archiveName, builtProvider, PLATFORMS, releaseName } from "../provider/cli/packaging/layout.js";

/** Source: the registry's documentation of the manifest file. */
const MANIFEST = { version: 1, metadata: { protocol_versions: ["6.0"] } };

/** The files of a release by name. The script is the same on every platform; its archives differ by name alone. */
export function releaseFiles(program: Uint8Array): ReadonlyMap<string, Buffer> {
  const packed = archive(program);
  const files = new Map(PLATFORMS.map((platform) => [archiveName(platform), packed]));
  files.set(releaseName("manifest.json"), Buffer.from(`${JSON.stringify(MANIFEST, null, 2)}\n`));
  const sums = [...files].map(([name, content]) => `${sha256(content)}  ${name}\n`);
  return files.set(releaseName("SHA256SUMS"), Buffer.from(sums.join("")));
}

const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const provider = builtProvider();
  const folder = path.join(path.dirname(provider), "../release");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of releaseFiles(readFileSync(provider))) {
    writeFileSync(path.join(folder, name), content);
    console.log(`${name}: ${content.length} bytes`);
  }
}

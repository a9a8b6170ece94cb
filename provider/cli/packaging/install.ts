import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { archiveName, mirrorFolder, VERSION, type Platform, type Program } from "./layout.js";
import { zip } from "./zip.js";

/** The archive that a registry or a packed mirror holds: the program and nothing else. */
export const archive = (program: Program): Buffer => zip([{ ...program, executable: true }]);

/**
 * Puts the provider into a mirror, as a folder or as an archive, in place of what is there of this version and
 * platform: Terraform starts the first file whose name fits. Returns the file.
 */
export function installInto(
  mirror: string,
  program: Program,
  platform: Platform,
  { packed }: { readonly packed: boolean },
): string {
  const folder = mirrorFolder(mirror);
  const unpacked = path.join(folder, VERSION, platform);
  const zipped = path.join(folder, archiveName(platform));
  rmSync(unpacked, { recursive: true, force: true });
  rmSync(zipped, { force: true });
  const file = packed ? zipped : path.join(unpacked, program.name);
  mkdirSync(path.dirname(file), { recursive: true });
  if (packed) writeFileSync(file, archive(program));
  else writeFileSync(file, program.content, { mode: 0o755 });
  return file;
}

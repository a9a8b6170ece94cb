import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { statSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import packageJson from "../../../package.json" with { type: "json" };
import { zip } from "../../../provider/cli/packaging/zip.js";
import { releaseFiles, scripts } from "../../../scripts/release.js";
import { temporaryFolder } from "../../helpers/stack.js";

const PROGRAM = Buffer.from("#!/usr/bin/env node\nconsole.log('provider');\n");
const NAME = `terraform-provider-iec_${packageJson.version}`;
const files = releaseFiles(scripts(PROGRAM));
const platforms = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"];
const ARCHIVES = platforms.map((platform) => `${NAME}_${platform}.zip`);

/** Writes them to a folder, where other programs read them. */
function written(): string {
  const folder = temporaryFolder();
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  return folder;
}

test("archives, manifest and checksums, by the registry's names", () => {
  expect([...files.keys()]).toEqual([...ARCHIVES, `${NAME}_manifest.json`, `${NAME}_SHA256SUMS`]);
});

test("the checksums are those of all other files", () => {
  const expected = [...files.keys()].slice(0, -1).map((name) => {
    const sum = createHash("sha256").update(files.get(name)!).digest("hex");
    return `${sum}  ${name}\n`;
  });
  expect(files.get(`${NAME}_SHA256SUMS`)!.toString()).toBe(expected.join(""));
});

test("the manifest names the protocol", () => {
  const manifest: unknown = JSON.parse(files.get(`${NAME}_manifest.json`)!.toString());
  expect(manifest).toEqual({ version: 1, metadata: { protocol_versions: ["6.0"] } });
});

test("another program unpacks the archive to the provider and nothing else, as a program", () => {
  const cwd = written();
  const unpack =
    "import sys, zipfile, os\n" +
    "with zipfile.ZipFile(sys.argv[1]) as z:\n" +
    "  assert z.testzip() is None\n" +
    "  for i in z.infolist():\n" +
    "    os.chmod(z.extract(i), i.external_attr >> 16)\n" +
    "    print(i.filename)";
  const names = execFileSync("python3", ["-c", unpack, ARCHIVES[0]!], { cwd }).toString().trim();
  expect(names).toBe(`terraform-provider-iec_v${packageJson.version}.cjs`);
  expect(readFileSync(join(cwd, names))).toEqual(PROGRAM);
  expect(statSync(join(cwd, names)).mode & 0o777).toBe(0o755);
});

test("a program that only one platform starts has an archive among the others", () => {
  const exe = { name: `terraform-provider-iec_v${packageJson.version}.exe`, content: Buffer.from("MZ") };
  const names = [...releaseFiles(new Map([...scripts(PROGRAM), ["windows_amd64", exe]])).keys()];
  expect(names.slice(0, 5)).toEqual([...ARCHIVES, `${NAME}_windows_amd64.zip`]);
});

test("equal content makes equal archives", () => {
  expect(releaseFiles(scripts(PROGRAM))).toEqual(files);
});

test.each([
  ["none", []],
  ["an empty one", [["empty", 0]]],
  [
    "two, one of a long name beyond ASCII",
    [
      ["a", 3],
      ["ü".repeat(300), 70_000],
    ],
  ],
] as const)("archives of files: %s", (_name, entries) => {
  const file = join(temporaryFolder(), "a.zip");
  writeFileSync(
    file,
    zip(entries.map(([name, size]) => ({ name, content: Buffer.alloc(size, "x"), executable: false }))),
  );
  const list =
    "import sys, json, zipfile\n" +
    "z = zipfile.ZipFile(sys.argv[1])\n" +
    "assert z.testzip() is None\n" +
    "print(json.dumps([[i.filename, i.file_size] for i in z.infolist()]))";
  expect(JSON.parse(execFileSync("python3", ["-c", list, file]).toString())).toEqual(entries);
});

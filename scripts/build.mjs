/** Builds `dist/`: the two programs, bundled, and the constructs, compiled. A part whose inputs are unchanged is kept. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TSC = path.join(ROOT, "node_modules/typescript/bin/tsc");
const PROGRAM = "provider/cli/main.ts";
const PLUGIN = "provider/plugin/main.ts";
/** The module of the plugin that the build replaces by its result. */
const SCHEMA_RESPONSE = "provider/plugin/schema-response.ts";
/**
 * How the constructs import the engine they are written for, or a file of it; and the engine that carries it on, with
 * the same interface and files.
 */
const ENGINE = /(?<=(["']))cdktf(?=\1|\/)/g;
const SUCCESSOR = "cdktn";
const SETUP = ["scripts/build.mjs", "package.json", "package-lock.json"];

/** Each part has a folder of `dist` to itself. */
const PARTS = [
  { name: "bin", inputs: ["provider", "schema"], make: makeProgram },
  { name: "provider", inputs: ["provider", "schema"], make: makePlugin },
  { name: "lib", inputs: ["constructs", "schema"], make: makeConstructs },
];

const BUNDLE = { absWorkingDir: ROOT, bundle: true, platform: "node", target: "node20", logLevel: "warning" };

async function makeProgram(folder) {
  await build({
    ...BUNDLE,
    entryPoints: { iec: PROGRAM },
    outdir: folder,
    splitting: true,
    format: "esm",
    // Bundled CommonJS packages call require.
    banner: {
      js: 'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
    },
  });
  const file = path.join(folder, "iec.js");
  const text = await readFile(file, "utf8");
  if (!text.startsWith("#!")) await writeFile(file, `#!/usr/bin/env node\n${text}`);
  await chmod(file, 0o755);
}

/**
 * One CommonJS file: Terraform copies a provider about, and starts it three times for one plan. Its extension says what
 * it is in any folder, and its folder holds nothing else that Terraform could take for the provider.
 */
async function makePlugin(folder) {
  const common = { ...BUNDLE, format: "cjs" };
  const { outputFiles } = await build({ ...common, entryPoints: [SCHEMA_RESPONSE], write: false });
  const exported = { exports: {} };
  new Function("module", "exports", "require", outputFiles[0].text)(
    exported,
    exported.exports,
    createRequire(import.meta.url),
  );
  const bytes = Buffer.from(exported.exports.schemaResponse()).toString("base64");
  const schemaResponse = {
    name: "schema-response",
    setup: ({ onLoad }) =>
      onLoad({ filter: /plugin[/\\]schema-response\.ts$/ }, () => ({
        contents: `export const schemaResponse = () => Buffer.from("${bytes}", "base64");`,
      })),
  };
  const outfile = path.join(folder, "terraform-provider-iec.cjs");
  await build({
    ...common,
    entryPoints: [PLUGIN],
    outfile,
    minify: true,
    plugins: [schemaResponse],
  });
  await chmod(outfile, 0o755);
}

/**
 * The constructs, and the part of `schema` that they use, as CommonJS in the folders of the sources. Their declarations
 * are mapped to the sources in the package.
 *
 * Not by esbuild: its modules hand out everything through two getters, which a synth calls millions of times.
 */
async function makeConstructs(folder) {
  const compile = [TSC, "-p", "constructs", "--outDir", folder];
  await promisify(execFile)(process.execPath, compile, { cwd: ROOT }).catch((error) => {
    throw new Error(`constructs do not compile:\n${error.stdout}`);
  });
  await writeFile(path.join(folder, "package.json"), '{ "type": "commonjs" }\n');
  await makeForSuccessor(folder);
}

/**
 * The compiled constructs once more, beside the first and as deep, with the other engine imported. The names of the two
 * are of one length, so that the maps hold for both.
 */
async function makeForSuccessor(folder) {
  const constructs = path.join(folder, "constructs");
  const files = await readdir(constructs, { recursive: true, withFileTypes: true });
  await Promise.all(
    files
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const source = path.join(entry.parentPath, entry.name);
        const target = path.join(folder, SUCCESSOR, path.relative(constructs, source));
        const text = await readFile(source, "utf8");
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, text.replaceAll(ENGINE, SUCCESSOR));
      }),
  );
}

/** The files of a folder, relative to the root, in a stable order. */
async function filesIn(folder) {
  const entries = await readdir(path.join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .sort();
}

async function hashOf(inputs) {
  const files = [...SETUP, ...(await Promise.all(inputs.map(filesIn))).flat()];
  const contents = await Promise.all(files.map((file) => readFile(path.join(ROOT, file))));
  const hash = createHash("sha256");
  files.forEach((file, i) => hash.update(`${file}\0${contents[i].length}\0`).update(contents[i]));
  return hash.digest("hex");
}

/** Builds beside the old output and exchanges the two at the end: a program that runs meanwhile finds its files. */
async function makePart({ name, inputs, make }) {
  const target = path.join(ROOT, "dist", name);
  const hashFile = path.join(ROOT, "dist", `.${name}-hash`);
  const hash = await hashOf(inputs);
  if ((await readFile(hashFile, "utf8").catch(() => "")) === hash) return `${name}: unchanged`;
  const fresh = path.join(ROOT, "dist", `.${name}-${process.pid}`);
  try {
    await mkdir(fresh, { recursive: true });
    await make(fresh);
    await rm(hashFile, { force: true });
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  await writeFile(hashFile, hash);
  return `${name}: built`;
}

try {
  for (const line of await Promise.all(PARTS.map(makePart))) console.log(line);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

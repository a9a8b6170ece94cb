import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { dataSources } from "../../provider/data-sources/index.js";
import { functions } from "../../provider/functions/index.js";
import { ephemeralTypes } from "../../provider/plugin/ephemeral.js";
import { resources } from "../../provider/resources/index.js";
import { tablesOf } from "../../schema/isolation/index.js";
import { providerAttributes } from "../../schema/provider-block.js";
import { providerSchemas } from "../../schema/provider-schema.js";
import { generateApiTypes } from "./api-types.js";
import { generateConstructs } from "./constructs.js";
import {
  dataSourcePage,
  ephemeralPages,
  errorsPage,
  functionPages,
  providerPage,
  resourcePage,
} from "./docs.js";
import { placesModule, type Catalog } from "./places.js";
import { generatePluginProtocol } from "./plugin-protocol.js";
import { rulesPage } from "./rules-page.js";
import { attributeTables, jsonSchemas } from "./tables.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Folders that hold nothing but generated files: whatever else lies there is stale. */
const OWNED = [
  "schema/generated",
  "constructs/generated",
  "docs/resources",
  "docs/data-sources",
  "docs/functions",
  "docs/ephemeral-resources",
];

interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

const json = (name: string, value: unknown): GeneratedFile => ({
  path: `schema/generated/${name}.json`,
  text: `${JSON.stringify(value, undefined, 2)}\n`,
});

async function generate(): Promise<GeneratedFile[]> {
  const schemas = providerSchemas(resources.values(), dataSources.values(), providerAttributes);
  return [
    json("provider-schema", schemas),
    json("json-schemas", jsonSchemas(resources, dataSources)),
    json("attributes", attributeTables(resources, dataSources)),
    json("placement", tablesOf(resources.values())),
    ...(await generateApiTypes()),
    ...(await generatePluginProtocol()),
    ...(await generateConstructs({
      schemas,
      resources,
      dataSources,
      functions,
      ephemerals: Object.values(ephemeralTypes),
    })),
    placesModule(JSON.parse(await readFile(path.join(ROOT, "schema/api/catalog.json"), "utf8")) as Catalog),
    ...[...resources.values()].map(resourcePage),
    ...[...dataSources.values()].map(dataSourcePage),
    ...functionPages(),
    ...ephemeralPages(),
    providerPage(),
    errorsPage(),
    rulesPage(),
  ];
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(ROOT, folder), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
}

async function outdated(
  files: readonly GeneratedFile[],
): Promise<{ changed: GeneratedFile[]; stale: string[] }> {
  const current = await Promise.all(
    files.map((file) => readFile(path.join(ROOT, file.path), "utf8").catch(() => undefined)),
  );
  const wanted = new Set(files.map((file) => file.path));
  const present = (await Promise.all(OWNED.map(filesIn))).flat();
  return {
    changed: files.filter((file, i) => current[i] !== file.text),
    stale: present.filter((name) => !wanted.has(name)),
  };
}

async function write({ path: name, text }: GeneratedFile): Promise<void> {
  const target = path.join(ROOT, name);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}

const { changed, stale } = await outdated(await generate());
const names = [...changed.map((file) => file.path), ...stale.map((name) => `${name} (to be removed)`)];
if (process.argv.includes("--check")) {
  if (names.length > 0) {
    console.error(`Generated files are not current:\n  ${names.join("\n  ")}\nRun: npm run generate`);
    process.exitCode = 1;
  }
} else {
  await Promise.all([...changed.map(write), ...stale.map((name) => rm(path.join(ROOT, name)))]);
  console.log(names.length === 0 ? "Everything is current." : `Wrote:\n  ${names.join("\n  ")}`);
}

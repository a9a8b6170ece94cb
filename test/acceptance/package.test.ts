import { mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT, start } from "../helpers/iec.js";
import { newFolder, type Json } from "../helpers/stack.js";

/** The package as npm packs it, in projects of its users: ES modules and CommonJS, for either engine. */

const ENGINES = { cdktf: "iec-cdk", cdktn: "iec-cdk/cdktn" };
const MODULES = { esm: "module", cjs: "commonjs" };
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
type Engine = keyof typeof ENGINES;
type Modules = keyof typeof MODULES;

const main = (engine: Engine): string => `
import { TerraformOutput, TerraformStack } from "${engine}";
import { Eip, IecApp, IecFunctions, IecProvider, Vpc, type VpcConfig } from "${ENGINES[engine]}";
import { ANYBODY, EdgeServer, EdgeSite, EdgeVpc, Image, KeyPair, Port, SecurityGroup } from "${ENGINES[engine]}/l2";

const app = new IecApp({ outdir: "cdktf.out", context: { targetVersions: { terraform: ">=1.8" } } });
const stack = new TerraformStack(app, "edge");
new IecProvider(stack, "iec");
const site = EdgeSite.byCity(stack, "guangzhou", "guangzhou");
const cidr: VpcConfig["cidr"] = "10.40.0.0/16";
const vpc = new EdgeVpc(stack, "vpc", { cidr });
const server = new EdgeServer(stack, "web", {
  site,
  vpc,
  subnets: [vpc.addSubnet("front", { site })],
  flavor: "c6.large.2",
  image: Image.byName(stack, "ubuntu", "Ubuntu 20.04 server 64bit"),
  key: new KeyPair(stack, "key", { name: "web" }),
  securityGroups: [new SecurityGroup(stack, "group").allowFrom(ANYBODY, Port.tcp(443))],
});
const eip = new Eip(stack, "eip", { siteId: site.siteId, portId: server.portId });
new TerraformOutput(stack, "address", { value: eip.publicIp });
new Vpc(stack, "other", { name: "other", cidr: IecFunctions.cidrFree(cidr, [vpc.vpcId], 24), mode: "CUSTOMER" });
app.synth();
`;

const ENGINE_NAMES = Object.keys(ENGINES) as Engine[];
const PROJECTS = ENGINE_NAMES.flatMap((engine) =>
  (Object.keys(MODULES) as Modules[]).map((modules) => [engine, modules] as const),
);

let folder: string;
const project = (engine: Engine, modules: Modules): string => join(folder, engine, modules);

async function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  const { code, output, stdout } = await start(program, args, { cwd }).finished;
  expect(code, output).toBe(0);
  return stdout;
}

/** A folder of projects with the package and one engine installed, and nothing else. */
async function install(engine: Engine, tarball: string): Promise<void> {
  const modules = join(folder, engine, "node_modules");
  mkdirSync(join(modules, "iec-cdk"), { recursive: true });
  await run(modules, "tar", "-xzf", tarball, "--strip-components=1", "-C", "iec-cdk");
  for (const name of [engine, "constructs"])
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
}

async function compileAndRun(engine: Engine, modules: Modules): Promise<void> {
  const cwd = project(engine, modules);
  mkdirSync(cwd);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: "NodeNext",
    target: "ES2022",
    sourceMap: true,
    types: [],
    // The declarations of the package are checked once for each engine.
    skipLibCheck: modules === "cjs",
  };
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ type: MODULES[modules] }));
  writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  writeFileSync(join(cwd, "main.ts"), main(engine));
  await run(cwd, process.execPath, TSC, "-p", ".");
  await run(cwd, process.execPath, "--enable-source-maps", "main.js");
}

const stackOf = (engine: Engine, modules: Modules): string =>
  readFileSync(join(project(engine, modules), "cdktf.out/stacks/edge/cdk.tf.json"), "utf8");

beforeAll(async () => {
  folder = realpathSync(newFolder());
  const packed: unknown = JSON.parse(
    await run(ROOT, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder),
  );
  const [{ filename }] = packed as [{ filename: string }];
  await Promise.all(
    ENGINE_NAMES.map(async (engine) => {
      await install(engine, join(folder, filename));
      for (const modules of Object.keys(MODULES) as Modules[]) await compileAndRun(engine, modules);
    }),
  );
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What differs by right: the version of the engine, and the folder. */
const comparable = (engine: Engine, modules: Modules): string => {
  const { version } = JSON.parse(
    readFileSync(join(ROOT, "node_modules", engine, "package.json"), "utf8"),
  ) as { version: string };
  return (
    stackOf(engine, modules)
      .replaceAll(project(engine, modules), "FOLDER")
      .replaceAll(`"version": "${version}"`, '"version": "ENGINE"')
      // cdktf breaks the line in what is empty.
      .replaceAll(/([[{])\n *([\]}])/g, "$1$2")
  );
};

test.each(PROJECTS)("%s, %s: the same stack", (engine, modules) => {
  const stack = JSON.parse(stackOf(engine, modules)) as Json;
  expect(Object.keys(stack["resource"] ?? {})).toEqual([
    "iec_eip",
    "iec_keypair",
    "iec_security_group",
    "iec_security_group_rule",
    "iec_server",
    "iec_vpc",
    "iec_vpc_subnet",
  ]);
  expect(stack["resource"]?.["iec_server"]).toMatchObject({
    web_server_CAA02259: { "//": { metadata: { source: { file: "main.ts", line: 12 } } } },
  });
  expect(comparable(engine, modules)).toBe(comparable("cdktf", "esm"));
});

/** Where somebody who asks an editor for the definition of a name comes to. */
test.each(
  ENGINE_NAMES.flatMap((engine) =>
    ["generated/vpc", "l2/edge-vpc"].map((module) => [engine, module] as const),
  ),
)("%s: the declaration of %s leads to its source", (engine, module) => {
  const root = join(folder, engine, "node_modules/iec-cdk");
  const declarations = join(root, "dist/lib", engine === "cdktf" ? "constructs" : engine, `${module}.d.ts`);
  const found = /^export declare (class \w*Vpc)\b/m.exec(readFileSync(declarations, "utf8"));
  const [before, name] = [found?.input.slice(0, found.index).split("\n") ?? [], found?.[1] ?? ""];
  const map = new SourceMap(JSON.parse(readFileSync(`${declarations}.map`, "utf8")) as SourceMapPayload);
  const entry = map.findEntry(before.length - 1, "export declare class ".length);
  if (!("originalSource" in entry)) throw new Error(`nothing is mapped in ${declarations}`);
  const source = resolve(dirname(declarations), entry.originalSource);
  expect(relative(root, source)).toBe(`constructs/${module}.ts`);
  expect(readFileSync(source, "utf8").split("\n")[entry.originalLine]).toContain(`export ${name}`);
});

import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./iec.js";

/** The engines, and what the constructs for each are imported as. */
export const ENGINES = { cdktf: "iec-cdk", cdktn: "iec-cdk/cdktn" } as const;
export type Engine = keyof typeof ENGINES;

/** Every example that is a program. */
export const EXAMPLES: readonly string[] = readdirSync(join(ROOT, "examples")).filter((name) =>
  existsSync(join(ROOT, "examples", name, "main.ts")),
);

/** Makes an example somebody's own project in a folder: one compiled file, `main.js`, and the packages it names. */
export async function exampleProject(
  folder: string,
  example: string,
  engine: Engine = "cdktf",
): Promise<void> {
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of [engine, "constructs"])
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  symlinkSync(ROOT, join(modules, "iec-cdk"));
  await build({
    entryPoints: [join(ROOT, "examples", example, "main.ts")],
    outfile: join(folder, "main.js"),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    ...(engine === "cdktf" ? {} : { alias: { cdktf: engine, "iec-cdk": ENGINES[engine] } }),
  });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
}

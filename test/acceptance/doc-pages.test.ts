import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataSources } from "../../provider/data-sources/index.js";
import { ephemeralTypes } from "../../provider/plugin/ephemeral.js";
import { functions } from "../../provider/functions/index.js";
import { resources } from "../../provider/resources/index.js";
import { ROOT } from "../helpers/iec.js";
import { newFolder } from "../helpers/stack.js";
import { openScene } from "../parity/scene.js";
import { Project, withTerraform } from "./terraform-project.js";

/** The pages as a registry shows them, and their examples as a reader copies them. */

interface Page {
  readonly file: string;
  readonly text: string;
  /** The blocks of its example, by what they begin with: `resource "iec_vpc" "example"`. */
  readonly blocks: ReadonlyMap<string, string>;
}

const pagesIn = (folder: string): readonly Page[] =>
  readdirSync(join(ROOT, folder)).map((file) => pageOf(join(folder, file)));

function pageOf(file: string): Page {
  const text = readFileSync(join(ROOT, file), "utf8");
  const [, example = ""] = /## Example Usage\n[^]*?```terraform\n([^]*?)\n```/.exec(text) ?? [];
  const blocks = example.split(/\n(?=[a-z].*\{)/).map((block): [string, string] => {
    const code = block.replaceAll(/^#.*\n?/gm, "").trim();
    return [code.slice(0, code.indexOf("{")).trim(), code];
  });
  return { file, text, blocks: new Map(blocks) };
}

const [resourcePages, dataSourcePages, functionPages, ephemeralPages] = [
  "docs/resources",
  "docs/data-sources",
  "docs/functions",
  "docs/ephemeral-resources",
].map(pagesIn) as [readonly Page[], readonly Page[], readonly Page[], readonly Page[]];
const pages = [...resourcePages, ...dataSourcePages, ...functionPages, ...ephemeralPages];

test("there is a page for everything the provider has", () => {
  const names = (found: readonly Page[]) => found.map(({ file }) => basename(file, ".md")).sort();
  const short = (types: Iterable<string>) => [...types].map((type) => type.replace(/^iec_/, "")).sort();
  expect(names(resourcePages)).toEqual(short(resources.keys()));
  expect(names(dataSourcePages)).toEqual(short(dataSources.keys()));
  expect(names(functionPages)).toEqual([...functions.keys()].sort());
  expect(names(ephemeralPages)).toEqual(short(Object.keys(ephemeralTypes)));
});

test("each resource's page has the sections that readers look for", () => {
  for (const { file, text } of resourcePages) {
    const timeouts = resources.get(`iec_${basename(file, ".md")}`)?.timeouts !== undefined;
    expect(
      [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
      file,
    ).toEqual([
      "Example Usage",
      "Argument Reference",
      "Attributes Reference",
      ...(timeouts ? ["Timeouts"] : []),
      "Import",
      "API Operations",
    ]);
  }
});

test("each import id on a page is one that the type takes", () => {
  for (const { file, text } of resourcePages) {
    const definition = resources.get(`iec_${basename(file, ".md")}`)!;
    const [, id = ""] = /import \{\n.*\n {2}id = "(.*)"/.exec(text) ?? [];
    expect(id, file).not.toBe("");
    expect(() => definition.importId?.(id), file).not.toThrow();
  }
});

describe("each example", () => {
  test.each(pages.map((page) => [page.file, page] as const))("%s needs nothing else", (_file, { blocks }) => {
    expect(blocks.size).toBeGreaterThan(0);
    const declared = [...blocks.keys()].map((head) =>
      head
        .replaceAll('"', "")
        .split(" ")
        .join(".")
        .replace(/^resource\./, ""),
    );
    const referred = [...blocks.values()].flatMap(
      (code) => code.match(/\b(data\.|ephemeral\.)?iec_\w+\.\w+/g) ?? [],
    );
    for (const address of referred) expect(declared).toContain(address);
  });

  test("is the same on every page", () => {
    const all = new Map<string, string>();
    for (const { file, blocks } of pages) {
      for (const [head, code] of blocks) {
        if (head === "locals") continue;
        expect(code, `${head} in ${file}`).toBe(all.get(head) ?? code);
        all.set(head, code);
      }
    }
  });
});

/** The blocks of pages together. */
const together = (...from: readonly Page[]): string =>
  [...new Set(from.flatMap(({ blocks }) => [...blocks.values()]))].join("\n\n");

withTerraform("all examples together", () => {
  let scene: Awaited<ReturnType<typeof openScene>>;
  let project: Project;
  beforeAll(async () => {
    scene = await openScene();
    const { IEC_ENDPOINT, HW_AUTH_URL } = scene.cloud.env;
    // Access keys have no token to tell.
    const user = { HW_USER_NAME: "simulator", HW_USER_PASSWORD: "simulator", HW_DOMAIN_NAME: "simulator" };
    project = new Project(newFolder(), { IEC_ENDPOINT: IEC_ENDPOINT!, HW_AUTH_URL: HW_AUTH_URL!, ...user });
  });
  afterAll(() => scene.cloud.close());

  const provider = pageOf("docs/index.md");

  test("are applied, and leave nothing to do", async () => {
    project.write(together(provider, ...resourcePages));
    const applied = await project.apply();
    expect(applied).toContain(
      `${new Set(resourcePages.flatMap((page) => [...page.blocks.keys()])).size - 2} added`,
    );
    project.write(together(provider, ...pages));
    await project.apply();
    await project.expectNoChanges();
  });

  test("are destroyed again", async () => {
    await project.succeed("destroy", "-auto-approve");
    expect(project.stateInstances()).toEqual([]);
  });
});

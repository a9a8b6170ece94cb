import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findStack, loadConfiguration } from "../../../provider/reconciler/load.js";
import { temporaryFolder, writeStack } from "../../helpers/stack.js";
import { complaintsOf } from "./harness.js";

const load = (document: unknown, statePath?: string) => {
  const file = writeStack(temporaryFolder(), document);
  return loadConfiguration({ stack: "test", file }, statePath);
};
const manifest = (...names: string[]) => ({
  stacks: Object.fromEntries(
    names.map((name) => [name, { synthesizedStackPath: `stacks/${name}/cdk.tf.json` }]),
  ),
});

describe("finding a stack", () => {
  it("in one file", async () => {
    const file = writeStack(temporaryFolder(), {});
    expect(await findStack(file)).toEqual({ stack: "default", file });
  });

  it("in a folder with one file", async () => {
    const folder = temporaryFolder();
    const file = writeStack(folder, {}, "cdk.tf.json");
    expect(await findStack(folder)).toEqual({ stack: "default", file });
  });

  it("in what cdktf wrote, where there is one, and by name where there are more", async () => {
    const folder = temporaryFolder();
    writeStack(folder, manifest("a"), "manifest.json");
    expect(await findStack(folder)).toEqual({ stack: "a", file: join(folder, "stacks/a/cdk.tf.json") });
    writeStack(folder, manifest("a", "b"), "manifest.json");
    expect((await findStack(folder, "b")).stack).toBe("b");
  });

  const WRONG: Readonly<Record<string, [(folder: string) => string, string, string, string?]>> = {
    "nothing there": [(folder) => join(folder, "none"), "IEC2016", "cdktf synth"],
    "an empty folder": [(folder) => folder, "IEC2016", "cdktf synth"],
    "several files": [
      (folder) => {
        writeStack(folder, {}, "a.tf.json");
        writeStack(folder, {}, "b.tf.json");
        return folder;
      },
      "IEC2016",
      "a.tf.json, b.tf.json",
    ],
    "several stacks": [
      (folder) => {
        writeStack(folder, manifest("a", "b"), "manifest.json");
        return folder;
      },
      "IEC2016",
      "--stack",
    ],
    "no stack of that name": [
      (folder) => {
        writeStack(folder, manifest("a"), "manifest.json");
        return folder;
      },
      "IEC2016",
      "has: a",
      "b",
    ],
    "a manifest of another shape": [
      (folder) => {
        writeStack(folder, [], "manifest.json");
        return folder;
      },
      "IEC2002",
      "no stacks",
    ],
    "a manifest cut off": [
      (folder) => {
        writeStack(folder, '{"stacks": {', "manifest.json");
        return folder;
      },
      "IEC2001",
      "cut off",
    ],
  };
  it.each(Object.entries(WRONG))("%s", async (_name, [make, code, words, stack]) => {
    const [complaint] = await complaintsOf(() => findStack(make(temporaryFolder()), stack));
    expect(complaint?.code).toBe(code);
    expect(complaint?.detail).toContain(words);
  });

  it("a folder in place of the file is told as what it is", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "manifest.json"));
    const [complaint] = await complaintsOf(() => findStack(folder));
    expect(complaint?.code).toBe("IEC2002");
  });
});

describe("loading a stack", () => {
  it("blocks, with what the language says about them and where they were written", async () => {
    const { blocks } = await load({
      resource: {
        iec_vpc: {
          main: {
            "//": { metadata: { path: "stack/main", uniqueId: "main" } },
            name: "main",
            depends_on: ["iec_vpc.other"],
            provider: "iec",
            lifecycle: {
              prevent_destroy: true,
              ignore_changes: ["cidr"],
              create_before_destroy: false,
            },
          },
          other: { lifecycle: { ignore_changes: "all" } },
        },
      },
      data: { iec_sites: { all: {} } },
    });
    expect([...blocks.keys()]).toEqual(["iec_vpc.main", "iec_vpc.other", "data.iec_sites.all"]);
    expect(blocks.get("iec_vpc.main")).toMatchObject({
      body: { name: "main" },
      dependsOn: ["iec_vpc.other"],
      preventDestroy: true,
      ignoreChanges: ["cidr"],
      origin: { constructPath: "stack/main" },
    });
    expect(blocks.get("iec_vpc.other")?.ignoreChanges).toBe("all");
  });

  it.each<[string, object, string | undefined, (file: string) => string]>([
    ["beside the file", {}, undefined, (folder) => join(folder, "terraform.tfstate")],
    ["where the backend says", { path: "s/x.tfstate" }, undefined, (folder) => join(folder, "s/x.tfstate")],
    ["at an absolute path", { path: "/s/x.tfstate" }, undefined, () => "/s/x.tfstate"],
    ["where the user says", { path: "s/x.tfstate" }, "/u.tfstate", () => "/u.tfstate"],
  ])("the state lies %s", async (_name, local, given, expected) => {
    const { statePath, directory } = await load({ terraform: { backend: { local } } }, given);
    expect(statePath).toBe(expected(directory));
  });

  it("variables, locals, outputs, provider", async () => {
    const configuration = await load({
      variable: { v: { type: "string", default: "x", sensitive: true }, w: { nullable: false } },
      locals: { l: 1 },
      output: { o: { value: "${local.l}", sensitive: true } },
      provider: { iec: [{ region: "r" }], null: [{ alias: "unused" }] },
    });
    expect(Object.fromEntries(configuration.variables)).toEqual({
      v: { type: "string", default: "x", sensitive: true, nullable: true },
      w: { sensitive: false, nullable: false },
    });
    expect(configuration.locals).toEqual({ l: 1 });
    expect(configuration.outputs.get("o")).toEqual({ value: "${local.l}", sensitive: true });
    expect(configuration.provider).toEqual({ region: "r" });
  });

  it.each<[string, object, string]>([
    ["count", { count: 2 }, '"count"'],
    ["for_each", { for_each: {} }, '"for_each"'],
    ["dynamic blocks", { dynamic: {} }, '"dynamic"'],
    ["provisioners", { provisioner: {} }, '"provisioner"'],
    ["a provider alias", { provider: "iec.other" }, "iec.other"],
    ["create_before_destroy", { lifecycle: { create_before_destroy: true } }, "create_before_destroy"],
    ["preconditions", { lifecycle: { precondition: [{}] } }, "precondition"],
  ])("%s of a resource is refused by construct path", async (_name, body, words) => {
    const block = { "//": { metadata: { path: "stack/main" } }, ...body };
    const complaints = await complaintsOf(() => load({ resource: { iec_vpc: { main: block } } }));
    expect(complaints).toMatchObject([
      { code: "IEC2009", address: "iec_vpc.main", origin: { constructPath: "stack/main" } },
    ]);
    expect(complaints[0]?.summary).toContain(words);
  });

  it.each<[string, object, string]>([
    ["modules", { module: { m: {} } }, '"module"'],
    ["moved blocks", { moved: [{}] }, '"moved"'],
    ["another backend", { terraform: { backend: { s3: {} } } }, '"s3"'],
    ["two provider blocks", { provider: { iec: [{}, { alias: "b" }] } }, "aliases"],
    ["an alias alone", { provider: { iec: [{ alias: "b" }] } }, "alias"],
  ])("%s: refused", async (_name, document, words) => {
    const [complaint] = await complaintsOf(() => load(document));
    expect(complaint?.code).toBe("IEC2009");
    expect(complaint?.summary).toContain(words);
  });

  it("all that is wrong is told at once", async () => {
    const complaints = await complaintsOf(() =>
      load({ module: {}, import: [], resource: { iec_vpc: { a: { count: 1 }, b: { for_each: {} } } } }),
    );
    expect(complaints).toHaveLength(4);
  });

  it.each<[string, unknown, string, string]>([
    ["a list", [], "IEC2002", "must be an object"],
    ["resources that are no objects", { resource: { iec_vpc: { a: "x" } } }, "IEC2002", "resource.iec_vpc.a"],
    ["an output without a value", { output: { o: {} } }, "IEC2002", 'has no "value"'],
    ["text cut off", '{"resource": {', "IEC2001", "cut off"],
    ["no JSON", '{"resource": {},\n nonsense}', "IEC2001", "line 2"],
    ["nothing", "", "IEC2001", "cut off"],
  ])("%s: refused", async (_name, document, code, words) => {
    const [complaint] = await complaintsOf(() => load(document));
    expect(complaint?.code).toBe(code);
    expect(complaint?.detail).toContain(words);
  });
});

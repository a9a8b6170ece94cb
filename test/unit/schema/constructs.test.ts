import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { number, string, type Attributes } from "../../../schema/attributes.js";
import { providerAttributes } from "../../../schema/provider-block.js";
import { providerSchemas } from "../../../schema/provider-schema.js";
import { generateConstructs } from "../../../scripts/generate/constructs.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const node = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, args, { cwd: ROOT })).stdout;

const CLASSES = [
  "IecProvider",
  "Vpc",
  "VpcSubnet",
  "SecurityGroup",
  "SecurityGroupRule",
  "Keypair",
  "Eip",
  "Server",
  "DataIecSites",
  "DataIecFlavors",
  "DataIecImages",
];

beforeAll(() => node("scripts/build.mjs"));

describe("the package's classes can be imported by name", () => {
  const print = `console.log([${CLASSES.join(", ")}].map((c) => typeof c).join());`;
  const all = `${CLASSES.map(() => "function").join()}\n`;
  it("from an ES module", async () => {
    const code = `import { ${CLASSES.join(", ")} } from "iec-cdk"; ${print}`;
    expect(await node("--input-type=module", "-e", code)).toBe(all);
  });
  it("from a CommonJS module", async () => {
    const code = `const { ${CLASSES.join(", ")} } = require("iec-cdk"); ${print}`;
    expect(await node("--input-type=commonjs", "-e", code)).toBe(all);
  });
});

describe("the declarations, under strict NodeNext", () => {
  const vpc = (config: string) => `new Vpc(undefined as never, "main", { ${config} });`;
  const rows: [string, string, string[]][] = [
    ["a right configuration", vpc('name: "a", cidr: "10.0.0.0/16", mode: "CUSTOMER"'), []],
    ["an enum takes a token", vpc('name: "a", cidr: "10.0.0.0/16", mode: "SYSTEM" as string'), []],
    [
      "an attribute of one resource in another",
      `const x: string = ${vpc('name: "a", cidr: "b"').slice(0, -1)}.id;`,
      [],
    ],
    ["a missing attribute", vpc('name: "a"'), ["Property 'cidr' is missing"]],
    ["an unknown attribute", vpc('name: "a", cidr: "b", size: 1'), ["'size' does not exist"]],
    ["a wrong type", vpc('name: 1, cidr: "b"'), ["Type 'number' is not assignable to type 'string'"]],
    ["a computed attribute", vpc('name: "a", cidr: "b", subnetNum: 1'), ["'subnetNum' does not exist"]],
  ];
  const diagnostics = new Map<string, string[]>();
  const file = (i: number, extension: string) =>
    path.join(ROOT, "test/unit/schema", `consumer-${i}.${extension}`);

  beforeAll(() => {
    const sources = new Map(
      rows.flatMap(([, code], i) =>
        ["mts", "cts"].map(
          (extension) => [file(i, extension), `import { Vpc } from "iec-cdk"; ${code} export {};`] as const,
        ),
      ),
    );
    const options: ts.CompilerOptions = {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    };
    const disk = ts.createCompilerHost(options);
    const host: ts.CompilerHost = {
      ...disk,
      fileExists: (name) => sources.has(name) || disk.fileExists(name),
      readFile: (name) => sources.get(name) ?? disk.readFile(name),
      getSourceFile: (name, language, ...rest) => {
        const text = sources.get(name);
        return text === undefined
          ? disk.getSourceFile(name, language, ...rest)
          : ts.createSourceFile(name, text, language);
      },
    };
    for (const d of ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, host))) {
      const name = d.file?.fileName ?? "";
      const text = ts.flattenDiagnosticMessageText(d.messageText, "\n");
      diagnostics.set(name, [...(diagnostics.get(name) ?? []), text]);
    }
  });

  it.each(
    rows.flatMap(([name, , expected], i) => ["mts", "cts"].map((e) => [name, e, i, expected] as const)),
  )("%s, .%s", (_name, extension, i, expected) => {
    const found = diagnostics.get(file(i, extension)) ?? [];
    expect(found).toEqual(expected.map((text) => expect.stringContaining(text) as unknown));
  });
});

describe("the quickstart", () => {
  const synthesize = async (choice: string): Promise<string> => {
    const folder = await mkdtemp(path.join(tmpdir(), "iec-quickstart-"));
    try {
      const code = `import { synthesize } from "./examples/quickstart/network.ts"; synthesize(${JSON.stringify(folder)}, ${choice});`;
      await node("--import", "tsx", "--input-type=module", "-e", code);
      return await readFile(path.join(folder, "stacks/quickstart/cdk.tf.json"), "utf8");
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  interface Synthesized {
    data: Record<string, Record<string, Record<string, unknown>>>;
    resource: Record<string, Record<string, Record<string, unknown>>>;
  }

  it("is two sites x two networks, with a server and an address in each", async () => {
    const stack = JSON.parse(await synthesize("undefined")) as Synthesized;
    const counts = Object.entries(stack.resource).map(([type, all]) => [type, Object.keys(all).length]);
    expect(Object.fromEntries(counts)).toEqual({
      iec_eip: 4,
      iec_keypair: 1,
      iec_security_group: 2,
      iec_security_group_rule: 2,
      iec_server: 4,
      iec_vpc: 2,
      iec_vpc_subnet: 4,
    });
    expect(Object.values(stack.data["iec_sites"] ?? {}).map((site) => site["city"])).toEqual([
      "guangzhou",
      "xi'an",
    ]);
    expect(
      Object.values(stack.resource["iec_server"] ?? {}).map((s) => [s["subnet_ids"], s["coverage_sites"]]),
    ).toEqual(
      ["shop-guangzhou", "shop-xian", "video-guangzhou", "video-xian"].map((name) => [
        [`\${iec_vpc_subnet.${name}-subnet.id}`],
        { site_id: `\${data.iec_sites.site-${name.replace(/.*-/, "")}.sites[0].id}` },
      ]),
    );
  });
  it("holds no number token in text", async () => {
    expect(await synthesize("undefined")).not.toMatch(/e\+\d{3}|TfToken/);
  });
});

describe("what the generator says of an attribute", () => {
  const sourceOf = async (attributes: Attributes): Promise<string> => {
    const definition = { type: "iec_thing", description: "A thing.", api: [], attributes };
    const resources = new Map([[definition.type, definition]]);
    const files = await generateConstructs({
      schemas: providerSchemas(resources.values(), [], providerAttributes),
      resources,
      dataSources: new Map(),
      functions: new Map(),
      ephemerals: [],
    });
    return files.find(({ path }) => path === "constructs/generated/thing.ts")?.text ?? "";
  };

  it.each<[string, Attributes[string], RegExp]>([
    [
      "its unit, limits and default",
      number({ optional: true, default: 5, unit: "GB", minimum: 1, maximum: 9, description: "Size." }),
      /Size\. In GB\. 1 to 9\. Default `5`\.\n\s+\*\/\n\s+readonly x\?: number;/,
    ],
    [
      "its values, of which a token may be one",
      string({ optional: true, enum: ["a", "b"], description: "Kind." }),
      /readonly x\?: "a" \| "b" \| \(string & \{\}\);/,
    ],
    [
      "that it is deprecated",
      string({ optional: true, deprecated: "Use y.", description: "Old." }),
      /Old\.\n\s+\*\n\s+\* @deprecated Use y\.\n\s+\*\/\n\s+readonly x/,
    ],
    [
      "that it is a secret that is written only",
      string({ optional: true, sensitive: true, writeOnly: true, description: "Secret." }),
      /Sensitive: never shown\. Write-only: never stored\.\n\s+\* Text given here is written to cdk\.tf\.json as it is/,
    ],
    [
      "what the cloud sets",
      string({ computed: true, sensitive: true, description: "Key." }),
      /\/\*\*\n\s+\* Key\. Sensitive: never shown\.\n\s+\*\/\n\s+public get x\(\)/,
    ],
  ])("%s", async (_what, attribute, expected) => {
    expect(await sourceOf({ x: attribute })).toMatch(expected);
  });
  it("where its page is", async () => {
    expect(await sourceOf({})).toContain("iec_thing: see docs/resources/thing.md");
  });
});

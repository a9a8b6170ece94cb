import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { dataSources } from "../../../provider/data-sources/index.js";
import { decode } from "../../../schema/decode.js";
import { resources } from "../../../provider/resources/index.js";
import { allAttributes } from "../../../schema/definition.js";
import { formats, jsonSchema } from "../../../schema/json-schema.js";
import type { ObjectValue } from "../../../schema/unknown.js";
import {
  dataSourceExamples,
  Ref,
  resourceExamples,
  type ExampleObject,
} from "../../../scripts/generate/examples.js";
import { hclSnippet, typescriptSnippet } from "../../../scripts/generate/snippets.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

it("what is committed is what the definitions give", async () => {
  const check = promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "scripts/generate/index.ts", "--check"],
    { cwd: ROOT },
  );
  await expect(check).resolves.toEqual({ stdout: "", stderr: "" });
});

describe("the example of each page is a valid configuration", () => {
  const definitions = [
    ...[...resources.values()].map((d) => [d.type, d, resourceExamples[d.type]] as const),
    ...[...dataSources.values()].map((d) => [`data.${d.type}`, d, dataSourceExamples[d.type]] as const),
  ];
  it.each(definitions)("%s", (_type, definition, example) => {
    const attributes = allAttributes(definition);
    const { config } = decode(attributes, known(example ?? {}) as ObjectValue);
    const validate = new Ajv({ allErrors: true, strict: true, formats }).compile(jsonSchema(attributes));
    validate(config);
    expect(validate.errors).toBeNull();
    expect(Object.keys(example ?? {}).filter((name) => !(name in attributes))).toEqual([]);
  });

  /** What a reference gives is an id, most of the time. */
  const known = (value: unknown): unknown => {
    if (value instanceof Ref) return "00000000-0000-4000-8000-000000000000";
    if (Array.isArray(value)) return value.map(known);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, known(item)]));
  };
});

describe("an example's text", () => {
  const example: ExampleObject = {
    name: "a",
    port_id: new Ref("iec_server", "nics[0].port"),
    subnet_ids: [new Ref("iec_vpc_subnet", "id")],
    coverage_sites: { site_id: new Ref("iec_sites", "sites[0].id", true) },
  };
  it("in HCL", () => {
    const attributes = allAttributes(resources.get("iec_server") ?? { attributes: {} });
    expect(hclSnippet("iec_server", false, example, attributes)).toBe(
      [
        'resource "iec_server" "example" {',
        '  name       = "a"',
        "  port_id    = iec_server.example.nics[0].port",
        "  subnet_ids = [iec_vpc_subnet.example.id]",
        "",
        "  coverage_sites {",
        "    site_id = data.iec_sites.example.sites[0].id",
        "  }",
        "}",
      ].join("\n"),
    );
  });
  it("in TypeScript", () => {
    expect(typescriptSnippet("iec_server", false, example)).toBe(
      [
        'import { Server } from "iec-cdk";',
        "",
        'const server = new Server(stack, "example", {',
        '  name: "a",',
        "  portId: server.nics.get(0).port,",
        "  subnetIds: [vpcSubnet.id],",
        "  coverageSites: {",
        "    siteId: sites.sites.get(0).id,",
        "  },",
        "});",
      ].join("\n"),
    );
  });
});

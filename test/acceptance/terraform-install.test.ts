import { appendFileSync, cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { ROOT, start } from "../helpers/iec.js";
import { newFolder, temporaryFolder, type Json } from "../helpers/stack.js";
import { hasTerraform } from "../helpers/terraform.js";
import {
  fromMirror,
  installPacked,
  installUnpacked,
  Project,
  PROVIDER_FILE,
  PROVIDER_FOLDER,
  withTerraform,
} from "./terraform-project.js";

const STACK = { resource: { iec_vpc: { a: { name: "installed", cidr: "10.9.0.0/16" } } } };
const mirrors = newFolder();
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
  await installPacked(mirrors);
});
afterAll(() => cloud.close());

const mirror = (name: string) => fromMirror(join(mirrors, name));
const open = (installation?: string): Project => {
  const project = new Project(temporaryFolder(), cloud.env, installation);
  project.write(STACK);
  return project;
};

test("in CI, Terraform is installed", () => {
  expect(hasTerraform || process.env["CI"] !== "true").toBe(true);
});

withTerraform("getting the provider to Terraform", () => {
  test.each(["packed", "unpacked"])("from a mirror, %s", async (name) => {
    const project = open(mirror(name));
    expect(await project.succeed("init")).toContain("Installed iec-cdk/iec");
    expect(await project.succeed("plan")).toContain("Plan: 1 to add");
    // The lock file holds its hash: a second init finds the same.
    await project.succeed("init");
  });

  test("from terraform.d/plugins beside the configuration", async () => {
    const folder = temporaryFolder();
    installUnpacked(join(folder, "terraform.d/plugins"));
    const project = new Project(folder, cloud.env, "");
    project.write(STACK);
    await project.succeed("init");
    expect(await project.succeed("validate")).toContain("The configuration is valid.");
  });

  test("from a folder below a package of ES modules", async () => {
    const folder = temporaryFolder();
    cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
    const project = new Project(folder, cloud.env, mirror("unpacked"));
    project.write(STACK);
    await project.succeed("init");
    await project.succeed("validate");
  });

  test("a provider that was changed since init is not started", async () => {
    const own = temporaryFolder();
    const file = installUnpacked(own);
    const project = open(fromMirror(own));
    await project.succeed("init");
    appendFileSync(file, "\n// changed\n");
    expect(await project.fail("plan")).toContain("does not match any of the checksums");
  });
});

withTerraform("what Terraform knows of the provider", () => {
  test("its schema is the generated one", async () => {
    const project = open();
    const { code, stdout } = await project.run(["providers", "schema", "-json"]);
    expect(code).toBe(0);
    const printed = JSON.parse(stdout) as Json;
    const generated = JSON.parse(
      readFileSync(join(ROOT, "schema/generated/provider-schema.json"), "utf8"),
    ) as Json;
    const [address] = Object.keys(generated["provider_schemas"]!);
    const { provider, resource_schemas, data_source_schemas, functions, ephemeral_resource_schemas } =
      printed["provider_schemas"]![address!]!;
    expect({ provider, resource_schemas, data_source_schemas }).toEqual(
      generated["provider_schemas"]![address!],
    );
    expect(Object.keys(functions!)).toEqual(["cidr_free", "parse_id", "site_of"]);
    expect(Object.keys(ephemeral_resource_schemas!)).toEqual(["iec_token"]);
  });
});

withTerraform("one process for all", () => {
  test("Terraform attaches to a provider that runs already, and aliases keep apart", async () => {
    const other = await startCloud({ seed: 7 });
    const project = open();
    const { child, finished } = start(join(PROVIDER_FOLDER, PROVIDER_FILE), ["--debug"], {
      env: { ...cloud.env, TMPDIR: project.temporary },
    });
    try {
      const line = await new Promise<string>((resolve) => child.stdout?.once("data", resolve));
      const attach = { TF_REATTACH_PROVIDERS: /TF_REATTACH_PROVIDERS='(.*)'/.exec(line)?.[1] ?? "" };
      const second = { alias: "second", endpoints: { iec: other.url }, domain_id: other.domainId };
      project.write({
        provider: { iec: [{}, second] },
        resource: {
          iec_vpc: {
            here: { name: "here", cidr: "10.9.0.0/16" },
            there: { name: "there", cidr: "10.9.0.0/16", provider: "iec.second" },
          },
        },
      });
      for (let round = 0; round < 2; round++) {
        const { code, output } = await project.run(["apply", "-auto-approve"], attach);
        expect(code, output).toBe(0);
      }
      expect(cloud.snapshot().vpcs).toMatchObject([{ name: "here" }]);
      expect(other.snapshot().vpcs).toMatchObject([{ name: "there" }]);
    } finally {
      child.kill("SIGTERM");
      await finished;
      await other.close();
    }
    expect(project.leftovers()).toEqual([]);
  });
});

withTerraform("started by a person", () => {
  test("it says what it is", async () => {
    const { code, stdout, stderr } = await start(join(PROVIDER_FOLDER, PROVIDER_FILE), []).finished;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("This is a Terraform provider: Terraform starts it.");
  });
});

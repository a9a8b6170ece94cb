import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { newFolder, temporaryFolder } from "../helpers/stack.js";
import { ADMIN_PASS, edgeStack } from "./edge-stack.js";
import { Project, withTerraform } from "./terraform-project.js";

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

const open = (stack: object): Project => {
  const project = new Project(temporaryFolder(), cloud.env);
  project.write(stack);
  return project;
};
const vpc = (values: object = {}) => ({
  name: "lifecycle",
  cidr: "10.1.0.0/16",
  mode: "CUSTOMER",
  ...values,
});
const idOf = (kind: "vpcs" | "keypairs", name: string): string => {
  const found = cloud.snapshot()[kind].find((object) => object["name"] === name);
  return String(found?.["id"] ?? found?.["name"]);
};

withTerraform("the life of one resource, step by step", () => {
  let project: Project;
  beforeAll(() => void (project = new Project(newFolder(), cloud.env)));

  test("a plan is saved, applied as saved, and leaves nothing to do", async () => {
    project.write({ resource: { iec_vpc: { a: vpc() } }, output: { id: { value: "${iec_vpc.a.id}" } } });
    expect(await project.succeed("plan", "-out=saved")).toContain(
      "Plan: 1 to add, 0 to change, 0 to destroy.",
    );
    expect(await project.succeed("apply", "saved")).toContain("1 added, 0 changed, 0 destroyed");
    await project.expectNoChanges();
  });

  test("an update is made in place", async () => {
    project.write({ resource: { iec_vpc: { a: vpc({ name: "renamed" }) } } });
    const output = await project.apply();
    expect(output).toMatch(/~ name += "lifecycle" -> "renamed"/);
    expect(output).toContain("0 added, 1 changed, 0 destroyed");
    await project.expectNoChanges();
  });

  test("what changed behind its back is found and put right", async () => {
    cloud.mutate("vpcs", idOf("vpcs", "renamed"), { name: "drifted" });
    expect(await project.apply()).toMatch(/~ name += "drifted" -> "renamed"/);
    await project.expectNoChanges();
  });

  test("a replacement names the attribute that forces it", async () => {
    project.write({ resource: { iec_vpc: { a: vpc({ name: "renamed", mode: "SYSTEM" }) } } });
    const output = await project.apply();
    expect(output).toMatch(/~ mode .*# forces replacement/);
    expect(output).toContain("1 added, 0 changed, 1 destroyed");
    await project.expectNoChanges();
  });

  test("what is gone is made again", async () => {
    cloud.remove("vpcs", idOf("vpcs", "renamed"));
    expect(await project.apply()).toContain("1 added, 0 changed, 0 destroyed");
  });

  test("a destroy leaves nothing", async () => {
    expect(await project.succeed("destroy", "-auto-approve")).toContain("1 destroyed");
    expect(cloud.snapshot().vpcs).toEqual([]);
  });
});

withTerraform("a whole stack", () => {
  test("unknowns settle across resources, and no secret is printed", async () => {
    const project = open(edgeStack());
    const plan = await project.succeed("plan");
    expect(plan).toContain("(known after apply)");
    expect(plan).toContain("(sensitive value)");
    const applied = await project.apply();
    expect(applied).toContain("Apply complete!");
    expect(plan + applied).not.toContain(ADMIN_PASS);
    await project.expectNoChanges();
    const destroyed = await project.succeed("destroy", "-auto-approve");
    expect(destroyed).not.toContain(ADMIN_PASS);
    expect(cloud.invalid).toEqual([]);
  });

  test("a write-only password is in no plan, state or output", async () => {
    const stack = edgeStack();
    const { admin_pass: password, ...server } = stack["resource"]!["iec_server"]!["web"]!;
    stack["resource"]!["iec_server"]!["web"] = { ...server, admin_pass_wo: password! };
    const project = open(stack);
    const planned = await project.succeed("plan", "-out=saved");
    // What follows is the configuration, where it stands in plain text.
    const [told = ""] = (await project.succeed("show", "-json", "saved")).split('"configuration":');
    expect(told).toContain('"admin_pass_wo":null');
    const applied = await project.succeed("apply", "saved");
    await project.expectNoChanges();
    const outputs = await project.succeed("show", "-json");
    expect(planned + told + applied + outputs + project.stateText()).not.toContain(ADMIN_PASS);
    await project.succeed("destroy", "-auto-approve");
  });

  /** Only a VPC and a subnet in it. */
  const network = (subnet: object) => {
    const { provider, variable, locals, data, resource } = edgeStack();
    const { iec_vpc, iec_vpc_subnet } = resource!;
    return {
      provider,
      variable,
      locals,
      data,
      resource: { iec_vpc, iec_vpc_subnet: { subnet: { ...iec_vpc_subnet!["subnet"], ...subnet } } },
    };
  };

  test("longer timeouts change nothing in the cloud", async () => {
    const project = open(network({}));
    await project.apply();
    const updates = () => cloud.calls.filter(({ operationId }) => /^Update/.test(operationId)).length;
    const before = updates();
    project.write(network({ timeouts: { create: "20m" } }));
    expect(await project.apply()).toContain("0 added, 1 changed, 0 destroyed");
    expect(updates()).toBe(before);
    await project.expectNoChanges();
    await project.succeed("destroy", "-auto-approve");
  });

  test("a list that is left to the cloud by being empty stays in peace", async () => {
    const project = open(network({ dns_list: [] }));
    await project.apply();
    await project.expectNoChanges();
    await project.succeed("destroy", "-auto-approve");
  });
});

withTerraform("import", () => {
  test("an object is imported by its id, and stays as it is", async () => {
    const made = open({ resource: { iec_vpc: { a: vpc({ name: "imported" }) } } });
    await made.apply();
    const id = idOf("vpcs", "imported");
    const project = open({ resource: { iec_vpc: { b: vpc({ name: "imported" }) } } });
    expect(await project.succeed("import", "iec_vpc.b", id)).toContain("Import successful!");
    await project.expectNoChanges();
  });

  test("an import block writes its configuration", async () => {
    const id = idOf("vpcs", "imported");
    const project = open({ import: [{ to: "iec_vpc.c", id }] });
    await project.succeed("plan", "-generate-config-out=generated.tf");
    expect(existsSync(join(project.folder, "generated.tf"))).toBe(true);
    expect(readFileSync(join(project.folder, "generated.tf"), "utf8")).toMatch(/cidr += "10.1.0.0\/16"/);
    expect(await project.apply()).toContain("1 imported, 0 added, 0 changed, 0 destroyed");
    await project.expectNoChanges();
    await project.succeed("destroy", "-auto-approve");
  });

  test("what does not exist cannot be imported", async () => {
    const project = open({ resource: { iec_vpc: { d: vpc() } } });
    const output = await project.fail("import", "iec_vpc.d", "00000000-0000-0000-0000-000000000000");
    expect(output).toContain("IEC2019: There is no iec_vpc with the id");
  });
});

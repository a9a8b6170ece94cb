import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { newFolder, temporaryFolder, type Json } from "../helpers/stack.js";
import { put } from "./bad-configurations.js";
import { ADMIN_PASS, edgeStack } from "./edge-stack.js";
import { Project, withTerraform } from "./terraform-project.js";

/** What Terraform's user is told of mistakes: as early as it can be told, and where. */

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

const SERVER = "resource.iec_server.web";
const open = (
  stack: string | object,
  env: Readonly<Record<string, string>> = cloud.env,
  folder = temporaryFolder(),
): Project => {
  const project = new Project(folder, env);
  project.write(stack);
  return project;
};
const changed = (...changes: readonly ((stack: Json) => void)[]): Json => {
  const stack = edgeStack();
  for (const change of changes) change(stack);
  return stack;
};

withTerraform("mistakes in the configuration", () => {
  test("a wrong value in a nested block is shown where it stands", async () => {
    const project = open(`
terraform {
  required_providers {
    iec = { source = "iec-cdk/iec" }
  }
}
resource "iec_server" "web" {
  name             = "web"
  flavor_id        = "c6.large.2"
  image_id         = "image"
  vpc_id           = "vpc"
  subnet_ids       = ["subnet"]
  security_groups  = ["group"]
  system_disk_type = "SAS"
  system_disk_size = 40
  admin_pass       = "short"
  coverage_sites {
    site_id = "site"
  }
  data_disks {
    type = "SAS"
    size = 10
  }
  data_disks {
    type = "SAS"
    size = 9000
  }
}
`);
    const output = await project.fail("validate");
    expect(output).toContain("IEC2012: data_disks[1].size has a value the cloud does not take");
    expect(output).toContain('in resource "iec_server" "web": 26: size = 9000');
    expect(output).toContain("9000 must be at most 500 GB.");
    expect(output).toContain("The value (sensitive) must have at least 8 characters.");
  });

  const CASES: readonly [name: string, change: (stack: Json) => void, told: readonly string[]][] = [
    [
      "a flavor that the site does not offer",
      put(`${SERVER}.flavor_id`, "c9.huge.9"),
      ["Error: IEC2022", "c9.huge.9", "with iec_server.web"],
    ],
    [
      "a central-cloud id",
      put(`${SERVER}.vpc_id`, "11111111-2222-4333-8444-555555555555"),
      ["Error: IEC1011", "11111111-2222-4333-8444-555555555555"],
    ],
    [
      "attributes that contradict each other",
      put(`${SERVER}.key_pair`, "key"),
      ["Error: IEC2013: Both admin_pass and key_pair are set", "Remove one of the two."],
    ],
  ];
  test.each(CASES)("%s is refused by the plan", async (_, change, told) => {
    const output = await open(changed(change)).fail("plan");
    for (const text of told) expect(output).toContain(text);
    expect(output).not.toContain(ADMIN_PASS);
  });
});

withTerraform("isolation", () => {
  /** Another stack's network in Xi'an. */
  let ids: { vpc: string; subnet: string };
  beforeAll(async () => {
    const { provider, variable, locals, data, resource } = changed(put("data.iec_sites.site.city", "xi'an"));
    const { iec_vpc, iec_vpc_subnet } = resource!;
    const network = { provider, variable, locals, data, resource: { iec_vpc, iec_vpc_subnet } };
    await open(network, cloud.env, newFolder()).apply();
    const { vpcs, subnets } = cloud.snapshot();
    ids = { vpc: String(vpcs[0]!["id"]), subnet: String(subnets[0]!["id"]) };
  });
  const other = put("variable.environment.default", "other");

  test("a subnet of another site is refused by the plan, at its attribute", async () => {
    const stack = changed(other, put(`${SERVER}.vpc_id`, ids.vpc), put(`${SERVER}.subnet_ids`, [ids.subnet]));
    const output = await open(stack).fail("plan");
    expect(output).toContain("Error: IEC1002");
    expect(output).toMatch(/with iec_server\.web, on main\.tf\.json line \d+, in resource\.iec_server\.web/);
  });

  test("what only the apply tells is refused before the call", async () => {
    const elsewhere = put("data.iec_sites.later", { city: "xi'an", depends_on: ["iec_vpc.net"] });
    const onLater = put(`${SERVER}.coverage_sites.0.site_id`, "${data.iec_sites.later.sites[0].id}");
    const project = open(changed(other, elsewhere, onLater));
    await project.succeed("plan");
    expect(await project.fail("apply", "-auto-approve")).toContain("Error: IEC1002");
    expect(cloud.calls.map(({ operationId }) => operationId)).not.toContain("CreateInstance");
    expect(project.stateInstances().map(({ type }) => type)).toContain("iec_vpc_subnet");
  });
});

withTerraform("what the cloud refuses", () => {
  const VPC = { resource: { iec_vpc: { a: { name: "errors", cidr: "10.1.0.0/16" } } } };

  test("wrong keys: the key is not repeated", async () => {
    const secret = "wrong-secret-key-wrong-secret-key";
    const project = open(
      { ...VPC, data: { iec_sites: { all: {} } } },
      { ...cloud.env, HW_SECRET_KEY: secret },
    );
    const output = await project.fail("plan");
    expect(output).toContain("Error: IEC4001");
    expect(output).not.toContain(secret);
  });

  test("no keys: what to set is said", async () => {
    const { IEC_ENDPOINT, HW_AUTH_URL } = cloud.env;
    const output = await open(VPC, { IEC_ENDPOINT: IEC_ENDPOINT!, HW_AUTH_URL: HW_AUTH_URL! }).fail("plan");
    expect(output).toContain("Error: IEC4001: Credentials are missing");
    expect(output).toContain("HW_ACCESS_KEY (access_key)");
  });

  test("an error keeps the cloud's code, and leaves no trace in the state", async () => {
    const full = await startCloud({ faults: [{ operation: "CreateVpc", kind: "quotaFull" }] });
    const project = open(VPC, full.env);
    const output = await project.fail("apply", "-auto-approve");
    expect(output).toMatch(/Error: IEC4003: The cloud refused POST \/v1\/vpcs .*IEC\.\d{6}/);
    expect(project.stateInstances()).toEqual([]);
    await full.close();
  });

  test("a create whose answer was lost: what may be its object is named", async () => {
    const lossy = await startCloud({ faults: [{ operation: "CreateVpc", kind: "lostAnswer", times: 1 }] });
    const project = open(VPC, lossy.env);
    const output = await project.fail("apply", "-auto-approve");
    expect(output).toContain("Error: IEC4004");
    expect(output).toContain(String(lossy.snapshot().vpcs[0]!["id"]));
    expect(output).toContain("terraform import");
    await lossy.close();
  });
});

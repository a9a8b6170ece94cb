import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, Fn, TerraformLocal, TerraformOutput, TerraformStack } from "cdktf";
import { DataIecSites, EphemeralIecToken, IecFunctions, IecProvider, Vpc, VpcSubnet } from "iec-cdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { runIec, type Environment } from "../helpers/iec.js";
import { temporaryFolder } from "../helpers/stack.js";
import { synthesize } from "../../examples/quickstart/network.js";
import { edgeStack } from "./edge-stack.js";
import {
  override,
  Project,
  PROVIDER_FILE,
  PROVIDER_FOLDER,
  unwrapped,
  withTerraform,
} from "./terraform-project.js";

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

const open = (stack: string | object, env: Environment = cloud.env): Project => {
  const project = new Project(temporaryFolder(), env);
  project.write(stack);
  return project;
};

withTerraform("what the provider has beside resources", () => {
  test("functions are called without a cloud", async () => {
    const project = open(
      {
        output: {
          free: { value: '${provider::iec::cidr_free("10.0.0.0/16", ["10.0.0.0/24", "10.0.2.0/24"], 24)}' },
          id: { value: '${provider::iec::parse_id("iec_vpc", "some-id").id}' },
          site: {
            value: '${provider::iec::site_of({ coverage_sites = [{ site_id = "gz" }], name = "web" })}',
          },
        },
      },
      {},
    );
    await project.apply();
    const { stdout } = await project.run(["output", "-json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      free: { value: "10.0.1.0/24" },
      id: { value: "some-id" },
      site: { value: "gz" },
    });
  });

  test("a function's error names the argument", async () => {
    const call = '${provider::iec::cidr_free("10.0.0.0/16", ["10.0.0.0/16"], 24)}';
    const output = await open({ output: { free: { value: call } } }).fail("plan");
    expect(output).toContain('Invalid value for "used" parameter: No range of /24 is free in "10.0.0.0/16".');
  });

  test("functions mean the same to iec, of resources that are planned and that are there", async () => {
    const project = open({
      data: { iec_sites: { guangzhou: { city: "guangzhou" } } },
      resource: {
        iec_vpc: { v: { name: "functions", cidr: "10.7.0.0/16", mode: "CUSTOMER" } },
        iec_vpc_subnet: {
          s: {
            name: "functions",
            vpc_id: "${iec_vpc.v.id}",
            site_id: "${data.iec_sites.guangzhou.sites[0].id}",
            cidr: '${provider::iec::cidr_free(iec_vpc.v.cidr, ["10.7.0.0/24"], 24)}',
            gateway_ip: "10.7.1.1",
          },
        },
      },
      output: {
        site: { value: "${provider::iec::site_of(iec_vpc_subnet.s)}" },
        next: { value: "${provider::iec::cidr_free(iec_vpc.v.cidr, iec_vpc_subnet.s[*].cidr, 20)}" },
        id: { value: '${provider::iec::parse_id("iec_vpc", iec_vpc.v.id).id}' },
      },
    });
    const { code, output } = await runIec(["apply", "main.tf.json", "--auto-approve"], {
      cwd: project.folder,
      env: cloud.env,
    });
    expect(code, output).toBe(0);
    await project.expectNoChanges();
  });

  test("a function's error names the argument in iec too", async () => {
    const call = '${provider::iec::cidr_free("10.0.0.0/16", ["10.0.0.0/16"], 24)}';
    const project = open({ output: { free: { value: call } } });
    const { code, output } = await runIec(["plan", join(project.folder, "main.tf.json")], { env: cloud.env });
    expect({ code, text: unwrapped(output) }).toMatchObject({
      code: 1,
      text: expect.stringContaining(
        'The argument "used" of provider::iec::cidr_free() is wrong. No range of /24 is free in "10.0.0.0/16".',
      ) as unknown,
    });
  });

  test("constructs write calls of functions and ephemeral resources as Terraform reads them", async () => {
    const folder = temporaryFolder();
    const app = new App({ outdir: folder });
    const stack = new TerraformStack(app, "beside");
    const { HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey, HW_DOMAIN_ID: domainId, ...env } = cloud.env;
    new IecProvider(stack, "iec", { accessKey: accessKey!, secretKey: secretKey!, domainId: domainId! });
    const provider = new IecProvider(stack, "login", { alias: "login", token: "mine" });
    const token = new EphemeralIecToken(stack, "token", { provider });
    new TerraformLocal(stack, "length", Fn.lengthOf(token.token));
    const vpc = new Vpc(stack, "v", { name: "constructs", cidr: "10.8.0.0/16", mode: "CUSTOMER" });
    const subnet = new VpcSubnet(stack, "s", {
      name: "constructs",
      vpcId: vpc.id,
      siteId: new DataIecSites(stack, "guangzhou", { city: "guangzhou" }).sites.get(0).id,
      cidr: IecFunctions.cidrFree(vpc.cidr, ["10.8.0.0/24", Fn.cidrsubnet(vpc.cidr, 8, 1)], 24),
      gatewayIp: "10.8.2.1",
    });
    new TerraformOutput(stack, "cidr", { value: subnet.cidr });
    new TerraformOutput(stack, "site", { value: IecFunctions.siteOf(subnet) });
    new TerraformOutput(stack, "id", {
      value: Fn.lookup(IecFunctions.parseId("iec_vpc", "x"), "id", "") as string,
    });
    app.synth();
    const project = new Project(join(folder, "stacks/beside"), env);
    await project.run(["init"]);
    const { output } = await project.run(["plan"]);
    expect(output).toContain("ephemeral.iec_token.token: Opening complete");
    expect(unwrapped(output)).toContain('+ cidr = "10.8.2.0/24" + id = "x" + site = ');
  });

  test("a token lives in no state", async () => {
    const { IEC_ENDPOINT, HW_AUTH_URL } = cloud.env;
    const project = open(
      {
        ephemeral: { iec_token: { t: {} } },
        locals: { length: "${length(ephemeral.iec_token.t.token)}" },
        resource: { iec_vpc: { a: { name: "token", cidr: "10.3.0.0/16" } } },
      },
      { IEC_ENDPOINT: IEC_ENDPOINT!, HW_AUTH_URL: HW_AUTH_URL!, HW_AUTH_TOKEN: "a-token-of-mine" },
    );
    const { output } = await project.run(["apply", "-auto-approve"]);
    expect(output).toContain("ephemeral.iec_token.t: Opening complete");
    expect(output).not.toContain("a-token-of-mine");
  });

  test("terraform test with a mocked provider calls nothing", async () => {
    const project = open(edgeStack(), {});
    mkdirSync(join(project.folder, "tests"));
    writeFileSync(
      join(project.folder, "tests/mocked.tftest.hcl"),
      `mock_provider "iec" {
  override_data {
    target = data.iec_sites.site
    values = { sites = [{ id = "site" }] }
  }
  override_data {
    target = data.iec_images.ubuntu
    values = { images = [{ id = "image" }] }
  }
  override_resource {
    target = iec_server.web
    values = { nics = [{ address = "10.30.1.2" }] }
  }
}
run "applies" {
  assert {
    condition     = output.address == "10.30.1.2"
    error_message = "The address is not the mocked one."
  }
}
`,
    );
    // The folders of the mocked provider are only known after an init, which dev_overrides do without.
    expect(await project.succeed("test")).toContain("1 passed, 0 failed.");
  });

  test("a refresh of many takes few calls", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `many-${i}`);
    const vpcs = names.map((name, i) => [name, { name, cidr: `10.${i}.0.0/16` }]);
    const groups = names.map((name) => [name, { name }]);
    const many = await startCloud({ quotas: { vpc: 100, security_group: 100 } });
    const project = open(
      {
        resource: {
          iec_vpc: Object.fromEntries(vpcs) as object,
          iec_security_group: Object.fromEntries(groups) as object,
        },
      },
      many.env,
    );
    await project.apply();
    const before = many.calls.length;
    await project.expectNoChanges();
    expect(many.calls.length - before).toBeLessThan(10);
    await many.close();
  });
});

withTerraform("moving over from the public provider", () => {
  test("a moved block carries a VPC over without touching the cloud", async () => {
    const made = open({ resource: { iec_vpc: { a: { name: "moved", cidr: "10.4.0.0/16" } } } });
    await made.apply();
    const state = JSON.parse(made.stateText()) as {
      resources: { type: string; provider: string; instances: { attributes: Record<string, unknown> }[] }[];
    };
    for (const resource of state.resources) {
      resource.type = `huaweicloud_${resource.type}`;
      resource.provider = 'provider["registry.terraform.io/huaweicloud/huaweicloud"]';
      resource.instances[0]!.attributes["region"] = "cn-north-4";
    }
    // Terraform starts the provider that a state names, though nothing is asked of it but its schema.
    const stand = temporaryFolder();
    cpSync(join(PROVIDER_FOLDER, PROVIDER_FILE), join(stand, "terraform-provider-huaweicloud.cjs"));
    const project = new Project(
      temporaryFolder(),
      cloud.env,
      override({ "huaweicloud/huaweicloud": stand, "iec-cdk/iec": PROVIDER_FOLDER }),
    );
    project.write({
      moved: [{ from: "huaweicloud_iec_vpc.a", to: "iec_vpc.b" }],
      resource: { iec_vpc: { b: { name: "moved", cidr: "10.4.0.0/16" } } },
    });
    writeFileSync(join(project.folder, "terraform.tfstate"), JSON.stringify(state));
    const writes = () => cloud.calls.filter(({ operationId }) => !/^(Show|List)/.test(operationId)).length;
    const before = writes();
    const output = await project.apply();
    expect(output).toContain("huaweicloud_iec_vpc.a has moved to iec_vpc.b");
    expect(output).toContain("0 added, 0 changed, 0 destroyed");
    expect(writes()).toBe(before);
    await project.expectNoChanges();
  });
});

withTerraform("taking turns with iec", () => {
  const iec = (project: Project, file: string, ...args: string[]) =>
    runIec(
      [...args, join(project.folder, file), "--state", join(project.folder, "terraform.tfstate")],
      cloud,
    );

  test("what iec applied, terraform finds as it should be, and the other way round", async () => {
    const { provider, variable, locals, data, resource, output } = edgeStack();
    const project = open({ provider, variable, locals, data, resource, output });
    const applied = await iec(project, "main.tf.json", "apply", "--auto-approve");
    expect(applied.code, applied.output).toBe(0);
    await project.expectNoChanges();
    await project.apply("-var=environment=second");
    const second = ["plan", "--detailed-exitcode", "--var", "environment=second"];
    const planned = await iec(project, "main.tf.json", ...second);
    expect(planned.output).toContain("No changes.");
    expect(planned.code).toBe(0);
    await project.succeed("destroy", "-auto-approve");
    expect(project.stateInstances()).toEqual([]);
  });

  test("so it is with the quickstart, as cdktf writes it", async () => {
    const project = new Project(temporaryFolder(), cloud.env);
    synthesize(join(project.folder, "out"));
    const written = readFileSync(join(project.folder, "out/stacks/quickstart/cdk.tf.json"), "utf8");
    const stack = JSON.parse(written) as { terraform: { backend?: unknown } };
    delete stack.terraform.backend;
    writeFileSync(join(project.folder, "cdk.tf.json"), JSON.stringify(stack));
    expect(await project.apply()).toContain("19 added, 0 changed, 0 destroyed");
    const planned = await iec(project, "cdk.tf.json", "plan", "--detailed-exitcode");
    expect(planned.output).toContain("No changes.");
    const destroyed = await iec(project, "cdk.tf.json", "destroy", "--auto-approve");
    expect(destroyed.code, destroyed.output).toBe(0);
    const again = await iec(project, "cdk.tf.json", "apply", "--auto-approve");
    expect(again.code, again.output).toBe(0);
    await project.expectNoChanges();
  });
});

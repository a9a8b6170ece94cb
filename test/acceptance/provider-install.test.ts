import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { runIec, startIec, type Environment } from "../helpers/iec.js";
import { filesOf, temporaryFolder } from "../helpers/stack.js";
import { fromMirror, Project, soon, unwrapped, VERSION } from "./terraform-project.js";

const VPC = { resource: { iec_vpc: { a: { name: "installed", cidr: "10.9.0.0/16" } } } };
/** Ready after minutes: an apply is under way until it is interrupted. */
let slow: TestCloud;
let cloud: TestCloud;
beforeAll(async () => {
  slow = await startCloud({ timeScale: 5 });
  cloud = await startCloud();
});
afterAll(async () => {
  await cloud.close();
  await slow.close();
});

const open = (installation: string, stack: string | object = VPC): Project => {
  const project = new Project(temporaryFolder(), cloud.env, installation);
  project.write(stack);
  return project;
};

async function install(args: readonly string[], env: Environment = {}): Promise<string> {
  const { code, stdout, output } = await runIec(["provider", "install", ...args], { env });
  expect(code, output).toBe(0);
  return stdout;
}

/** What `iec provider install` prints goes into Terraform's own configuration. */
const installationOf = (printed: string): string => printed.slice(printed.indexOf("provider_installation {"));

describe("iec provider install", () => {
  test.each([[[]], [["--packed"]]])("init, apply and no changes from a mirror %s", async (options) => {
    const mirror = temporaryFolder();
    const printed = await install(["--dir", mirror, ...options]);
    const project = open(installationOf(printed));
    expect(await project.succeed("init")).toContain(`Installed iec-cdk/iec v${VERSION}`);
    await project.apply();
    await project.expectNoChanges();
    await project.succeed("destroy", "-auto-approve");
  });

  test("into the folder where Terraform looks by itself", async () => {
    const home = temporaryFolder();
    expect(await install([], { HOME: home })).not.toContain("provider_installation {");
    const project = open("");
    const { code, output } = await project.run(["init"], { HOME: home });
    expect(code, output).toBe(0);
  });

  test("what it prints for the configuration is one", async () => {
    const printed = await install(["--dir", temporaryFolder()]);
    const stack = printed.slice(printed.indexOf("terraform {"), printed.indexOf("\n}\n") + 3);
    const project = open(
      installationOf(printed),
      `${stack}\nresource "iec_vpc" "a" {\n  name = "a"\n  cidr = "10.9.0.0/16"\n}\n`,
    );
    await project.succeed("init");
    await project.succeed("validate");
  });

  test("again, and in the other form, it takes the place of what was there", async () => {
    const mirror = temporaryFolder();
    await install(["--dir", mirror, "--packed"]);
    const packed = filesOf(mirror);
    await install(["--dir", mirror]);
    const [file = "", ...others] = Object.keys(filesOf(mirror));
    expect(others).toEqual([]);
    const folder = join(mirror, file, "..");
    writeFileSync(join(folder, "terraform-provider-iec"), "of an older installation");
    await install(["--dir", mirror]);
    expect(readdirSync(folder)).toEqual([`terraform-provider-iec_v${VERSION}.cjs`]);
    expect(statSync(join(mirror, file)).mode & 0o777).toBe(0o755);
    await install(["--dir", mirror, "--packed"]);
    expect(filesOf(mirror)).toEqual(packed);
  });

  test("a folder that cannot be written is told", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const { code, output } = await runIec(["provider", "install", "--dir", join(file, "mirror")]);
    expect(code).toBe(1);
    expect(unwrapped(output)).toContain("IEC2017");
  });
});

describe("iec terraform", () => {
  const where = (project: Project, env: Environment = cloud.env) => ({
    cwd: project.folder,
    env: {
      ...env,
      TMPDIR: project.temporary,
      TF_CLI_CONFIG_FILE: join(project.folder, "cli.tfrc"),
      TF_CLI_ARGS: "-no-color",
    },
  });
  const terraform = (project: Project, ...args: readonly string[]) =>
    runIec(["terraform", "--", ...args], where(project));
  const expectNothingLeft = (project: Project): void => {
    expect(project.plugins()).toEqual([]);
    expect(project.leftovers()).toEqual([]);
  };

  test("init, apply, no changes, destroy with nothing installed, and nothing is left", async () => {
    const project = open(fromMirror("/nowhere"));
    for (const args of [["init"], ["apply", "-auto-approve"], ["plan", "-detailed-exitcode"]]) {
      const { code, output } = await terraform(project, ...args);
      expect(code, output).toBe(0);
      expectNothingLeft(project);
    }
    expect(project.stateInstances()).toMatchObject([{ type: "iec_vpc", tainted: false }]);
    expect((await terraform(project, "destroy", "-auto-approve")).code).toBe(0);
  });

  test("ends with Terraform's own exit code", async () => {
    const project = open(fromMirror("/nowhere"));
    await terraform(project, "init");
    expect((await terraform(project, "plan", "-detailed-exitcode")).code).toBe(2);
    project.write({ resource: { iec_vpc: { a: { name: "a", cidr: "no range" } } } });
    expect((await terraform(project, "plan")).code).toBe(1);
    expectNothingLeft(project);
  });

  test("keeps other providers attached", async () => {
    const project = open(fromMirror("/nowhere"));
    const { env, cwd } = where(project);
    const broken = await runIec(["terraform", "--", "version"], {
      cwd,
      env: { ...env, TF_REATTACH_PROVIDERS: "none" },
    });
    expect(broken.code).toBe(1);
    expect(unwrapped(broken.output)).toContain("TF_REATTACH_PROVIDERS is not a JSON object");
    writeFileSync(join(cwd, "terraform"), '#!/bin/sh\necho "$TF_REATTACH_PROVIDERS"\n', { mode: 0o755 });
    const { stdout } = await runIec(["terraform", "--", "version"], {
      cwd,
      env: { ...env, PATH: cwd, TF_REATTACH_PROVIDERS: '{"example.com/a/b":{}}' },
    });
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual([
      "example.com/a/b",
      "registry.terraform.io/iec-cdk/iec",
    ]);
    expectNothingLeft(project);
  });

  test("says so when Terraform is not on PATH, and leaves nothing", async () => {
    const project = open("");
    const { env, cwd } = where(project);
    const { code, output } = await runIec(["terraform", "--", "plan"], { cwd, env: { ...env, PATH: cwd } });
    expect(code).toBe(1);
    expect(unwrapped(output)).toContain('"terraform" cannot be started');
    expectNothingLeft(project);
  });

  test("leaves nothing when Terraform is killed", async () => {
    const project = open("");
    const { env, cwd } = where(project);
    writeFileSync(join(cwd, "terraform"), "#!/bin/sh\nkill -9 $$\n", { mode: 0o755 });
    const { code } = await runIec(["terraform"], { cwd, env: { ...env, PATH: cwd } });
    expect(code).toBe(128 + 9);
    expectNothingLeft(project);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s reaches Terraform, which ends in order", async (signal) => {
    const SUBNET = {
      data: { iec_sites: { here: { city: "guangzhou" } } },
      resource: {
        iec_vpc: { a: { name: signal.toLowerCase(), cidr: "10.9.0.0/16", mode: "CUSTOMER" } },
        iec_vpc_subnet: {
          a: {
            name: "a",
            cidr: "10.9.1.0/24",
            gateway_ip: "10.9.1.1",
            vpc_id: "${iec_vpc.a.id}",
            site_id: "${data.iec_sites.here.sites[0].id}",
          },
        },
      },
    };
    const project = open("", SUBNET);
    await runIec(["terraform", "--", "init"], where(project, slow.env));
    const before = slow.snapshot().subnets.length;
    const { child, finished } = startIec(
      ["terraform", "--", "apply", "-auto-approve"],
      where(project, slow.env),
    );
    expect(await soon(() => slow.snapshot().subnets.length > before, 20_000)).toBe(true);
    child.kill(signal);
    const { code, output } = await finished;
    expect(code, output).toBe(1);
    expect(project.stateInstances()).toContainEqual(
      expect.objectContaining({ type: "iec_vpc_subnet", tainted: false }),
    );
    expectNothingLeft(project);
  });
});

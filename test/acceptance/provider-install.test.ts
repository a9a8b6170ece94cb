import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
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

  test("as an executable it needs no Node.js", async () => {
    const mirror = temporaryFolder();
    const printed = await install(["--dir", mirror, "--packed", "--executable"]);
    const vpc = { name: "executable", cidr: "10.9.0.0/16" };
    const project = open(installationOf(printed), { resource: { iec_vpc: { a: vpc } } });
    const onlyTerraform = join(project.folder, "bin");
    mkdirSync(onlyTerraform);
    const found = execFileSync("sh", ["-c", "command -v terraform"], { encoding: "utf8" }).trim();
    symlinkSync(found, join(onlyTerraform, "terraform"));
    for (const args of [["init"], ["apply", "-auto-approve"], ["plan", "-detailed-exitcode"]]) {
      const { code, output } = await project.run(args, { PATH: onlyTerraform });
      expect(code, output).toBe(0);
    }
    expect(project.stateInstances()).toMatchObject([{ type: "iec_vpc", tainted: false }]);
    expect(project.leftovers()).toEqual([]);
  });

  test("for another platform it is the same script in its own folder", async () => {
    const mirror = temporaryFolder();
    for (const platform of ["darwin_arm64", "linux_arm64"]) {
      await install(["--dir", mirror, "--platform", platform]);
    }
    const files = filesOf(mirror);
    const folder = `registry.terraform.io/iec-cdk/iec/${VERSION}`;
    const name = `terraform-provider-iec_v${VERSION}.cjs`;
    expect(Object.keys(files)).toEqual([`${folder}/darwin_arm64/${name}`, `${folder}/linux_arm64/${name}`]);
    expect(new Set(Object.values(files)).size).toBe(1);
  });

  test.each([
    [["--platform", "windows_amd64"], "An executable for windows_amd64 cannot be made on"],
    [["--platform", "darwin_arm64", "--executable"], "There is no executable for darwin_arm64"],
    [["--platform", "plan9_386"], "The provider cannot be installed for plan9_386"],
  ])("%s is refused before anything is written", async (options, told) => {
    const mirror = temporaryFolder();
    const { code, output } = await runIec(["provider", "install", "--dir", mirror, ...options]);
    expect(code).toBe(1);
    expect(unwrapped(output)).toContain(told);
    expect(filesOf(mirror)).toEqual({});
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

  /** Starts an apply in a cloud and waits until the create of a subnet was sent. */
  const applying = async (name: string, within: TestCloud) => {
    const project = open("", {
      data: { iec_sites: { here: { city: "guangzhou" } } },
      resource: {
        iec_vpc: { a: { name, cidr: "10.9.0.0/16", mode: "CUSTOMER" } },
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
    });
    await runIec(["terraform", "--", "init"], where(project, within.env));
    const before = within.snapshot().subnets.length;
    const running = startIec(["terraform", "--", "apply", "-auto-approve"], where(project, within.env));
    expect(await soon(() => within.snapshot().subnets.length > before, 20_000)).toBe(true);
    return { project, ...running };
  };
  const SAVED = expect.objectContaining({ type: "iec_vpc_subnet", tainted: false }) as object;

  test.each(["SIGINT", "SIGTERM"] as const)("%s reaches Terraform, which ends in order", async (signal) => {
    const { project, child, finished } = await applying(signal.toLowerCase(), slow);
    child.kill(signal);
    const { code, output } = await finished;
    expect(code, output).toBe(1);
    expect(project.stateInstances()).toContainEqual(SAVED);
    expectNothingLeft(project);
  });

  test("when iec is killed, Terraform finishes, and then nothing is left", async () => {
    const brisk = await startCloud({ timeScale: 0.2 });
    const { project, child, finished } = await applying("orphan", brisk);
    child.kill("SIGKILL");
    // Terraform holds the output open.
    expect((await finished).output).toContain("Apply complete! Resources: 2 added");
    expect(project.stateInstances()).toContainEqual(SAVED);
    expect(await soon(() => project.plugins().length === 0, 5_000)).toBe(true);
    expectNothingLeft(project);
    await brisk.close();
  });

  test("when iec is killed and then Terraform, nothing is left", async () => {
    const { project, child, finished } = await applying("both-killed", slow);
    child.kill("SIGKILL");
    const [terraform = 0] = project.processes("terraform\0apply");
    process.kill(terraform, "SIGKILL");
    await finished;
    expect(await soon(() => project.plugins().length === 0, 5_000)).toBe(true);
    expectNothingLeft(project);
  });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { temporaryFolder } from "../helpers/stack.js";
import { edgeStack } from "./edge-stack.js";
import { Project, soon, withTerraform } from "./terraform-project.js";

/** Ready after a minute: long enough to be interrupted while it is waited for. */
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

const VPC = { resource: { iec_vpc: { a: { name: "process", cidr: "10.1.0.0/16" } } } };
const open = (stack: object, { env }: TestCloud = cloud): Project => {
  const project = new Project(temporaryFolder(), env);
  project.write(stack);
  return project;
};
const GONE_WITHIN_MS = 3_000;
const expectNothingLeft = async (project: Project) => {
  expect(await soon(() => project.plugins().length === 0, GONE_WITHIN_MS)).toBe(true);
  expect(project.leftovers()).toEqual([]);
};

withTerraform("no process and no socket is left", () => {
  test("after success", async () => {
    const project = open(VPC);
    await project.succeed("plan");
    await expectNothingLeft(project);
  });

  test("after failure", async () => {
    const project = open({ resource: { iec_vpc: { a: { name: "<>", cidr: "no range" } } } });
    await project.fail("plan");
    await expectNothingLeft(project);
  });

  /** Starts an apply and waits until the create of the subnet was sent. */
  const applying = async (environment: string) => {
    const { provider, variable, locals, data, resource } = edgeStack();
    const { iec_vpc, iec_vpc_subnet } = resource!;
    const project = open({ provider, variable, locals, data, resource: { iec_vpc, iec_vpc_subnet } }, slow);
    const running = project.start(["apply", "-auto-approve"], { TF_VAR_environment: environment });
    const creates = () => slow.snapshot().subnets.length;
    const before = creates();
    expect(await soon(() => creates() > before, 20_000)).toBe(true);
    expect(project.plugins()).toHaveLength(1);
    return { project, ...running };
  };

  test("after Ctrl-C, and what was created is in the state, not to be replaced", async () => {
    const { project, child, finished } = await applying("interrupted");
    const plugin = project.plugins()[0]!;
    // A terminal sends it to every process.
    child.kill("SIGINT");
    process.kill(plugin, "SIGINT");
    const { code, output } = await finished;
    expect(code).toBe(1);
    expect(output).toContain("Nobody waited until the iec_vpc_subnet was ready");
    await expectNothingLeft(project);
    const subnet = project.stateInstances().find(({ type }) => type === "iec_vpc_subnet");
    expect(subnet).toMatchObject({ id: expect.any(String) as string, tainted: false });
  });

  test("after Terraform was killed", async () => {
    const { project, child, finished } = await applying("killed");
    child.kill("SIGKILL");
    await finished;
    expect(await soon(() => project.plugins().length === 0, GONE_WITHIN_MS)).toBe(true);
    expect(project.leftovers()).toEqual([]);
  });
});

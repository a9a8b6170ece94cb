import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Snapshot } from "../../provider/simulator/index.js";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { eventsOf, ROOT, runIec, start, type Finished } from "../helpers/iec.js";
import { newFolder, type Json } from "../helpers/stack.js";
import { hasTerraform, runTerraform } from "../helpers/terraform.js";

/**
 * The whole job on the quickstart example, as a newcomer does it, with the built program and the simulated cloud.
 * Each test goes on from where the one before it left the cloud.
 */

const SERVERS = ["shop-guangzhou", "shop-xian", "video-guangzhou", "video-xian"];
const MANAGED = 19;

let cloud: TestCloud;
let home: string;
/** As it was before anything was made. */
let empty: Snapshot;

beforeAll(async () => {
  cloud = await startCloud();
  home = newFolder();
  empty = cloud.snapshot();
  const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
  const synthesized = await Promise.all(
    ["main", "broken"].map(
      (name) => start(process.execPath, [tsx, `examples/quickstart/${name}.ts`]).finished,
    ),
  );
  for (const { code, output } of synthesized) expect(code, output).toBe(0);
  for (const folder of ["cdktf.out", "cdktf.broken.out"])
    cpSync(join(ROOT, "examples/quickstart", folder), join(home, folder), { recursive: true });
});
afterAll(async () => {
  await cloud.close();
  rmSync(home, { recursive: true, force: true });
});

/** Runs a command on the stack in `cdktf.out`. */
const iec = (command: string, ...more: string[]): Promise<Finished> =>
  runIec([command, "--state", "quickstart.tfstate", ...more], { env: cloud.env, cwd: home });

async function succeed(command: string, ...more: string[]): Promise<Finished> {
  const result = await iec(command, ...more);
  expect(result.code, result.output).toBe(0);
  return result;
}

const applied = () => succeed("apply", "--auto-approve");
const stateText = () => readFileSync(join(home, "quickstart.tfstate"), "utf8");
const objects = (kind: keyof Snapshot) => cloud.snapshot()[kind];
const names = (kind: keyof Snapshot) =>
  objects(kind)
    .map(({ name }) => name)
    .sort();
/** The one object of a kind that has these values. */
function find(kind: keyof Snapshot, values: object): Readonly<Record<string, unknown>> & { id: string } {
  const found = objects(kind).filter((object) =>
    Object.entries(values).every(([name, value]) => String(object[name]) === String(value)),
  );
  expect(found, `${kind} ${JSON.stringify(values)}`).toHaveLength(1);
  return found[0] as { id: string };
}
const idOf = (kind: keyof Snapshot, values: object): string => find(kind, values).id;

/** Changes the synthesized stack, as another synth would. */
function edit(change: (resources: Json, stack: Json) => void): void {
  const file = join(home, "cdktf.out/stacks/quickstart/cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as Json;
  change(stack["resource"] as Json, stack);
  writeFileSync(file, JSON.stringify(stack));
}

test("the broken design: one message that a person can act on, and nothing is made", async () => {
  for (const command of [["plan"], ["apply", "--auto-approve"]]) {
    const [name = "", ...flags] = command;
    const { code, stdout, stderr } = await iec(name, "cdktf.broken.out", ...flags);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.match(/(?:Error|Warning) IEC\d+/g)).toEqual(["Error IEC1002"]);
    expect(stderr).toContain("resource:   iec_server.video-guangzhou\n");
    expect(stderr).toContain("attribute:  subnet_ids[0]\n");
    expect(stderr).toContain("construct:  quickstart/video-guangzhou\n");
    const text = stderr.replace(/\s*│ ?/g, " ");
    // What is wrong, and what would be right.
    for (const part of [
      "video-xian-subnet",
      "guangzhou",
      "xi'an",
      "Use iec_vpc_subnet.video-guangzhou-subnet",
    ])
      expect(text).toContain(part);
  }
  expect(cloud.snapshot()).toEqual(empty);
  expect(existsSync(join(home, "quickstart.tfstate"))).toBe(false);
});

test("plan: everything is to be made", async () => {
  const { code, stdout, stderr } = await iec("plan", "--detailed-exitcode");
  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  expect(stdout).toContain(`Plan: ${MANAGED} to add, 0 to change, 0 to destroy.`);
  expect(cloud.snapshot()).toEqual(empty);
  expect(existsSync(join(home, "quickstart.tfstate"))).toBe(false);
});

test("apply: everything is made, in order, and nothing else", async () => {
  const { stdout, stderr } = await applied();
  expect(stdout).toContain(`Apply complete! Resources: ${MANAGED} added, 0 changed, 0 destroyed.`);
  expect(stdout.match(/^\S+-address += "198\.18\.\d+\.\d+"$/gm)).toHaveLength(SERVERS.length);
  expect(stderr.match(/: Creation complete after/g)).toHaveLength(MANAGED);
  expect(names("servers")).toEqual(SERVERS);
  expect(names("subnets")).toEqual(SERVERS);
  expect(names("vpcs")).toEqual(["shop", "video"]);
  expect(objects("publicips").map(({ status }) => status)).toEqual(SERVERS.map(() => "ACTIVE"));
});

test("plan again: no changes, with fewer calls than resources, and the state as it was", async () => {
  const before = stateText();
  const { code, stdout, stderr } = await iec("plan", "--detailed-exitcode", "--stats");
  expect(code).toBe(0);
  expect(stdout).toBe("No changes. Your infrastructure matches the configuration.\n");
  const [, calls = "", resources] = /^API calls: (\d+) .* for (\d+) resources/m.exec(stderr) ?? [];
  expect(resources).toBe(String(MANAGED));
  expect(Number(calls)).toBeLessThan(MANAGED);
  expect(stateText()).toBe(before);
});

test("the servers cannot reach each other, and the Internet reaches tcp/443 only", () => {
  const ids = SERVERS.map((name) => idOf("servers", { name }));
  const addresses = objects("publicips").map((eip) => String(eip["public_ip_address"]));
  for (const from of ids) {
    for (const to of ids.filter((id) => id !== from)) {
      for (const port of [22, 443]) expect(cloud.probe({ from, to, port }).reachable).toBe(false);
    }
  }
  for (const to of addresses) {
    expect(cloud.probe({ from: "internet", to, port: 443 })).toEqual({ reachable: true, answered: true });
    expect(cloud.probe({ from: "internet", to, port: 22 })).toMatchObject({ stoppedBy: "ingress" });
  }
});

describe.runIf(hasTerraform)("terraform reads the state", () => {
  test("every address, and the outputs", async () => {
    const state = JSON.parse(stateText()) as {
      resources: { mode: string; type: string; name: string }[];
    };
    const addresses = state.resources.map(
      ({ mode, type, name }) => `${mode === "data" ? "data." : ""}${type}.${name}`,
    );
    expect(addresses.filter((address) => !address.startsWith("data."))).toHaveLength(MANAGED);
    const list = await runTerraform(["state", "list", "-state=quickstart.tfstate"], home);
    expect(list).toMatchObject({ code: 0, stdout: `${addresses.sort().join("\n")}\n` });
    const outputs = await runTerraform(["output", "-json", "-state=quickstart.tfstate"], home);
    expect(outputs.code, outputs.output).toBe(0);
    expect(Object.keys(JSON.parse(outputs.stdout) as object)).toEqual(
      SERVERS.map((name) => `${name}-address`),
    );
  });

  test("and writes it so that iec goes on from there", async () => {
    copyFileSync(join(home, "quickstart.tfstate"), join(home, "taken-over.tfstate"));
    const removed = await runTerraform(
      ["state", "rm", "-state=taken-over.tfstate", "iec_eip.shop-xian-eip"],
      home,
    );
    expect(removed.code, removed.output).toBe(0);
    const { code, stdout } = await runIec(["plan", "--state", "taken-over.tfstate", "--json"], {
      env: cloud.env,
      cwd: home,
    });
    expect(code).toBe(0);
    const planned = eventsOf(stdout).filter(({ type }) => type === "planned_change");
    expect(planned).toMatchObject([
      { change: { action: "create", resource: { addr: "iec_eip.shop-xian-eip" } } },
    ]);
  });
});

describe("changes behind the state's back", () => {
  test("drift tells of exactly those", async () => {
    const eip = find("publicips", { public_ip_address: "198.18.0.2" });
    const server = find("servers", { id: find("ports", { id: eip["port_id"] })["device_id"] });
    cloud.mutate("vpcs", idOf("vpcs", { name: "shop" }), { name: "renamed-by-hand" });
    cloud.remove(
      "security_group_rules",
      idOf("security_group_rules", {
        security_group_id: idOf("security_groups", { name: "video-web" }),
        port_range_min: 443,
      }),
    );
    cloud.mutate("publicips", eip.id, { port_id: "", private_ip_address: "", status: "DOWN" });

    const text = await succeed("drift");
    expect(text.stdout).toContain('~ name = "shop" -> "renamed-by-hand"');
    expect(text.stdout).toContain("# iec_security_group_rule.video-https has been deleted");
    expect(text.stdout).toContain(`# iec_eip.${String(server["name"])}-eip has changed`);
    expect(text.stdout).toContain("Drift: 3 objects changed outside of iec.\n");
    const { code, stdout } = await iec("drift", "--json", "--detailed-exitcode");
    expect(code).toBe(2);
    const told = eventsOf(stdout).filter(({ type }) => type === "resource_drift");
    expect(told.map(({ change }) => change)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: "update", changed: ["name"] }),
        expect.objectContaining({ action: "delete" }),
        expect.objectContaining({ action: "update", changed: ["port_id", "private_ip", "status"] }),
      ]),
    );
    expect(told).toHaveLength(3);
  });

  test("apply repairs it", async () => {
    const { stdout } = await applied();
    expect(stdout).toContain("Apply complete! Resources: 1 added, 2 changed, 0 destroyed.");
    expect(names("vpcs")).toEqual(["shop", "video"]);
    expect(objects("publicips").map(({ status }) => status)).toEqual(SERVERS.map(() => "ACTIVE"));
    expect((await iec("plan", "--detailed-exitcode")).code).toBe(0);
    expect((await succeed("drift")).stdout).toBe("No drift: the cloud matches the state.\n");
  });
});

describe("changes of the configuration", () => {
  test("a new name is an update in place", async () => {
    const before = idOf("vpcs", { name: "video" });
    edit((resources) => void (resources["iec_vpc"]!["video"]!["name"] = "film" as unknown as Json));
    const plan = await succeed("plan");
    expect(plan.stdout).toContain('~ name = "video" -> "film"');
    expect(plan.stdout).toContain("Plan: 0 to add, 1 to change, 0 to destroy.");
    await applied();
    expect(idOf("vpcs", { name: "film" })).toBe(before);
  });

  test("a new range replaces the subnet, and what stands in it", async () => {
    const before = {
      subnet: idOf("subnets", { name: "video-xian" }),
      server: idOf("servers", { name: "video-xian" }),
    };
    edit((resources) =>
      Object.assign(resources["iec_vpc_subnet"]!["video-xian-subnet"]!, {
        cidr: "10.20.9.0/24",
        gateway_ip: "10.20.9.1",
      }),
    );
    const plan = await succeed("plan");
    expect(plan.stdout).toMatch(/~ cidr += "10\.20\.2\.0\/24" -> "10\.20\.9\.0\/24" # forces replacement/);
    expect(plan.stdout).toContain("# iec_server.video-xian must be replaced");
    expect(plan.stdout).toContain("Plan: 2 to add, 1 to change, 2 to destroy.");
    await applied();
    expect(idOf("subnets", { name: "video-xian", cidr: "10.20.9.0/24" })).not.toBe(before.subnet);
    expect(idOf("servers", { name: "video-xian" })).not.toBe(before.server);
    expect(objects("publicips").map(({ status }) => status)).toEqual(SERVERS.map(() => "ACTIVE"));
    expect((await iec("plan", "--detailed-exitcode")).code).toBe(0);
  });

  test("what is no longer in the configuration is destroyed, and its output goes", async () => {
    edit((resources, stack) => {
      Reflect.deleteProperty(resources["iec_eip"]!, "shop-xian-eip");
      Reflect.deleteProperty(stack["output"]!, "shop-xian-address");
    });
    const plan = await succeed("plan");
    expect(plan.stdout).toContain("# (because it is no longer in the configuration)");
    expect(plan.stdout).toContain("Plan: 0 to add, 0 to change, 1 to destroy.");
    const { stdout } = await applied();
    expect(stdout.split("Outputs:")[1]).not.toContain("shop-xian-address");
    expect(objects("publicips")).toHaveLength(SERVERS.length - 1);
  });
});

test("destroy leaves nothing but bandwidths, which outlive their addresses", async () => {
  const { stdout } = await succeed("destroy", "--auto-approve");
  expect(stdout).toContain(`Destroy complete! Resources: ${MANAGED - 1} destroyed.`);
  expect({ ...cloud.snapshot(), bandwidths: [] }).toEqual({ ...empty, bandwidths: [] });
  expect(JSON.parse(stateText())).toMatchObject({ resources: [], outputs: {} });
  expect((await succeed("show")).stdout).toBe("The state is empty.\n");
});

test("every call and every answer kept to the published contract", () => {
  expect(cloud.invalid).toEqual([]);
});

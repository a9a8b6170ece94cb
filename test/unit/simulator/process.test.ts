import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { simulateOptions } from "../../../provider/simulator/command.js";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../provider/simulator/index.js";
import { addSubnet, addVpc, createWorld } from "./harness.js";

const folder = mkdtempSync(join(tmpdir(), "simulator-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function withServer(options: SimulatorOptions, use: (sim: Simulator) => Promise<void>): Promise<void> {
  const sim = await startSimulator({ checkSignatures: false, ...options });
  try {
    await use(sim);
  } finally {
    await sim.close();
  }
}

const create = (sim: Simulator, name: string): Promise<Response> =>
  fetch(`${sim.url}/v1/vpcs`, {
    method: "POST",
    body: JSON.stringify({ vpc: { name, cidr: "10.0.0.0/16", mode: "CUSTOMER" } }),
  });

describe("over HTTP", () => {
  test("serves, counts, resets", () =>
    withServer({}, async (sim) => {
      expect(sim.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect((await create(sim, "a")).status).toBe(200);
      const read = async (path: string): Promise<unknown> => (await fetch(sim.url + path)).json();
      expect(await read("/_sim/stats")).toEqual({ calls: { CreateVpc: 1 }, total: 1, invalid: [] });
      expect((await fetch(`${sim.url}/_sim/stats/reset`, { method: "POST" })).status).toBe(204);
      expect(await read("/_sim/stats")).toEqual({ calls: {}, total: 0, invalid: [] });
      expect(await read("/_sim/state")).toEqual(sim.snapshot());
    }));

  test("an object is changed and removed out of band", () =>
    withServer({}, async (sim) => {
      await create(sim, "a");
      const [vpc] = sim.snapshot().vpcs;
      const path = `${sim.url}/_sim/objects/vpcs/${String(vpc!["id"])}`;
      const patch = (url: string) =>
        fetch(url, { method: "PATCH", body: JSON.stringify({ name: "drifted" }) });
      expect((await patch(path)).status).toBe(204);
      expect(sim.snapshot().vpcs).toEqual([{ ...vpc, name: "drifted" }]);
      expect((await fetch(path, { method: "DELETE" })).status).toBe(204);
      expect(sim.snapshot().vpcs).toEqual([]);
      expect((await patch(path)).status).toBe(404);
      expect((await patch(`${sim.url}/_sim/objects/nothing/x`)).status).toBe(404);
    }));

  test("a lost answer and a reset cut the connection; the next call goes through", () =>
    withServer(
      {
        faults: [
          { operation: "CreateVpc", kind: "reset", times: 1 },
          { operation: "CreateVpc", kind: "lostAnswer", times: 1, afterCalls: 1 },
        ],
      },
      async (sim) => {
        await expect(create(sim, "reset")).rejects.toThrow("fetch failed");
        await expect(create(sim, "lost")).rejects.toThrow("fetch failed");
        expect((await create(sim, "fine")).status).toBe(200);
        expect(sim.snapshot().vpcs.map((vpc) => vpc["name"])).toEqual(["lost", "fine"]);
      },
    ));

  test("close ends at once with a connection kept alive and an answer under way", async () => {
    const sim = await startSimulator({ latencyMs: 60_000, checkSignatures: false });
    await (await fetch(`${sim.url}/_sim/stats`)).text();
    const waiting = expect(fetch(`${sim.url}/v1/vpcs`)).rejects.toThrow();
    await sim.close();
    await waiting;
    await expect(fetch(sim.url)).rejects.toThrow();
  });

  test("a port that is taken rejects", () =>
    withServer({}, async (sim) => {
      await expect(startSimulator({ port: Number(new URL(sim.url).port) })).rejects.toThrow("EADDRINUSE");
    }));
});

describe("data file", () => {
  test("a cloud comes back with its objects, their lives and no id used twice", async () => {
    const dataFile = join(folder, "cloud.json");
    const first = createWorld({ dataFile });
    const vpc = await addVpc(first, "a");
    const subnet = await addSubnet(first, vpc);
    await first.call("DELETE", `/v1/subnets/${subnet}`);
    first.app.flush();

    const second = createWorld({ dataFile });
    expect(second.app.snapshot()).toEqual(first.app.snapshot());
    expect(await addVpc(second, "b")).not.toBe(vpc);
    second.pass(300 + 400);
    expect(second.app.snapshot()).toMatchObject({
      vpcs: [{ name: "a", subnet_num: 0 }, { name: "b" }],
      subnets: [],
    });
  });

  test("changes are written soon, whole, and at the end", async () => {
    const dataFile = join(folder, "written.json");
    await withServer({ dataFile }, async (sim) => {
      await create(sim, "soon");
      const deadline = Date.now() + 10_000;
      while (!readdirSync(folder).includes("written.json") && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(readFileSync(dataFile, "utf8")).toContain("soon");
      await create(sim, "last");
    });
    expect(readFileSync(dataFile, "utf8")).toContain("last");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test.each([
    ["another version", '{"version": 99}', "not a data file of this simulator"],
    ["no JSON", "x", "JSON"],
  ])("%s is refused", (name, content, message) => {
    const dataFile = join(folder, `${name}.json`);
    writeFileSync(dataFile, content);
    expect(() => createWorld({ dataFile })).toThrow(message);
  });
});

describe("ids", () => {
  test("one seed, one course; another seed, other ids", async () => {
    const id = (seed: number): Promise<string> => addVpc(createWorld({ seed }));
    expect(await id(1)).toBe(await id(1));
    expect(await id(2)).not.toBe(await id(1));
    expect(await id(1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("time scale 0 makes everything happen at once", async () => {
    const world = createWorld({ timeScale: 0 });
    const vpc = await addVpc(world);
    const body = { name: "s", cidr: "10.0.1.0/24", gateway_ip: "10.0.1.1", vpc_id: vpc };
    const site_id = "c5f8bfb3-2b78-5ffe-babd-9b03afc6c351";
    await world.call("POST", "/v1/subnets", { subnet: { ...body, site_id } });
    expect(world.app.snapshot().subnets).toMatchObject([{ status: "ACTIVE" }]);
  });
});

describe("arguments of the command", () => {
  const faultFile = join(folder, "faults.json");
  writeFileSync(faultFile, '[{"operation":"*","kind":"slow","ms":5}]');
  const good: [args: Parameters<typeof simulateOptions>[0], options: object][] = [
    [{}, {}],
    [{ latency: "50ms" }, { latencyMs: 50 }],
    [{ latency: "1.5s" }, { latencyMs: 1500 }],
    [
      { seed: "7", port: "0" },
      { seed: 7, port: 0 },
    ],
    [{ quota: ["instance=5", "vpc=1000"] }, { quotas: { instance: 5, vpc: 1000 } }],
    [{ data: "cloud.json" }, { dataFile: "cloud.json" }],
    [{ faults: faultFile }, { faults: [{ operation: "*", kind: "slow", ms: 5 }] }],
  ];
  test.each(good)("%j", (args, options) => {
    expect(simulateOptions(args)).toEqual(options);
  });

  const bad: [args: Parameters<typeof simulateOptions>[0], message: string][] = [
    [{ latency: "50" }, "--latency must be a duration such as 50ms or 1.5s"],
    [{ seed: "x" }, "--seed must be a whole number"],
    [{ port: "65536" }, "--port must be a whole number from 0 to 65535"],
    [{ quota: ["instance"] }, "--quota must look like instance=5"],
    [{ quota: ["instance=many"] }, "--quota instance must be a whole number"],
    [{ quota: ["instances=5"] }, "--quota: there is no quota named instances"],
    [{ faults: "missing.json" }, "--faults missing.json"],
  ];
  test.each(bad)("%j: %s", (args, message) => {
    expect(() => simulateOptions(args)).toThrow(message);
  });
});

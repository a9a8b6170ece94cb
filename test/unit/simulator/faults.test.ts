import { describe, expect, test } from "vitest";
import { type FaultRule } from "../../../provider/simulator/index.js";
import { parseFaultRules } from "../../../provider/simulator/faults.js";
import { addServer, addSubnet, addVpc, createWorld, verdict, type World } from "./harness.js";

const vpcBody = { vpc: { name: "net", cidr: "10.0.0.0/16", mode: "CUSTOMER" } };
const faulty = (...faults: FaultRule[]): World => createWorld({ faults });
const create = (world: World) => world.call("POST", "/v1/vpcs", vpcBody);
const count = (world: World): number => world.app.snapshot().vpcs.length;

describe("faults", () => {
  test("throttle: 429 with Retry-After and no effect", async () => {
    const world = faulty({ operation: "CreateVpc", kind: "throttle", times: 1, ms: 2500 });
    const reply = await create(world);
    expect([verdict(reply), reply.headers.get("retry-after"), count(world)]).toEqual([
      "429 APIGW.0308",
      "3",
      0,
    ]);
    expect((await create(world)).status).toBe(200);
  });

  test("error500: no effect", async () => {
    const world = faulty({ operation: "CreateVpc", kind: "error500", times: 1 });
    expect([verdict(await create(world)), count(world)]).toEqual(["500 IEC.000001", 0]);
  });

  test("lostAnswer: the effect stays, the connection is cut", async () => {
    const world = faulty({ operation: "CreateVpc", kind: "lostAnswer" });
    await expect(create(world)).rejects.toThrow("fetch failed");
    expect([count(world), world.app.calls]).toMatchObject([1, [{ operationId: "CreateVpc", status: 0 }]]);
  });

  test("reset: the connection is cut before any effect", async () => {
    const world = faulty({ operation: "CreateVpc", kind: "reset" });
    await expect(create(world)).rejects.toThrow("fetch failed");
    expect(count(world)).toBe(0);
  });

  test("slow: the effect comes at once, the answer later", async () => {
    let wake: () => void = () => undefined;
    const slept: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      slept.push(ms);
      return new Promise((resolve) => {
        wake = resolve;
      });
    };
    const clock = { now: () => 0, sleep };
    const world = createWorld({ clock, latencyMs: 50, faults: [{ operation: "*", kind: "slow", ms: 700 }] });
    const answer = create(world);
    while (slept.length === 0) await new Promise(setImmediate);
    expect([slept, count(world)]).toEqual([[750], 1]);
    wake();
    expect((await answer).status).toBe(200);
  });

  test("staleRead: what is younger is not seen, what was read is seen again", async () => {
    const rule = { operation: "ListVpcs", kind: "staleRead", ms: 1000, afterCalls: 1, times: 2 } as const;
    const world = createWorld({
      faults: [rule, { operation: "ShowVpc", kind: "staleRead", ms: 1000, times: 1 }],
    });
    const id = await addVpc(world, "a");
    const listed = async () => (await world.call("GET", "/v1/vpcs")).body["count"];
    const shown = async () => (await world.call("GET", `/v1/vpcs/${id}`)).status;
    expect([await shown(), await shown()]).toEqual([404, 200]);
    expect(await listed()).toBe(1);
    await addVpc(world, "b");
    expect([await listed(), await listed(), await listed()]).toEqual([1, 1, 2]);
  });

  test("staleRead never answers a change with old facts", async () => {
    const world = faulty({ operation: "*", kind: "staleRead" });
    expect((await create(world)).status).toBe(200);
    expect(verdict(await create(world))).toBe("400 IEC.020114");
  });

  test("quotaFull: a POST is refused, with no effect; a GET passes", async () => {
    const world = faulty({ operation: "*", kind: "quotaFull", times: 1 });
    expect((await world.call("GET", "/v1/vpcs")).status).toBe(200);
    expect([verdict(await create(world)), count(world)]).toEqual(["400 IEC.000032", 0]);
    expect((await create(world)).status).toBe(200);
  });

  test("jobFailed: the instance is accepted and ends in ERROR, with its fault; it can be deleted", async () => {
    const world = faulty({ operation: "*", kind: "jobFailed", times: 1 });
    const vpc = await addVpc(world);
    const id = await addServer(world, { vpc, subnets: [await addSubnet(world, vpc)] });
    const read = async () => (await world.call("GET", `/v1/cloudservers/${id}`)).body["server"];
    expect(await read()).toMatchObject({
      status: "ERROR",
      fault: { code: 500 },
      "OS-SRV-USG:launched_at": "",
    });
    expect(world.app.snapshot().ports).toMatchObject([{ status: "DOWN" }]);
    expect((await world.call("POST", "/v1/cloudservers/delete", { servers: [{ id }] })).status).toBe(202);
    world.pass(600);
    expect([world.app.snapshot().servers, world.app.snapshot().ports]).toEqual([[], []]);
  });

  test("afterCalls, times and operation choose the calls", async () => {
    const world = faulty({ operation: "ListVpcs", kind: "error500", afterCalls: 1, times: 2 });
    const statuses: number[] = [];
    while (statuses.length < 4) statuses.push((await world.call("GET", "/v1/vpcs")).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect((await world.call("GET", "/v1/subnets")).status).toBe(200);
  });

  test("probability is seeded: one seed, one course", async () => {
    const course = async (seed: number): Promise<string> => {
      const world = createWorld({ seed, faults: [{ operation: "*", kind: "error500", probability: 0.5 }] });
      let text = "";
      for (let n = 0; n < 40; n += 1)
        text += (await world.call("GET", "/v1/vpcs")).status === 500 ? "x" : ".";
      return text;
    };
    const first = await course(7);
    expect(await course(7)).toBe(first);
    expect(await course(8)).not.toBe(first);
    expect(first.replaceAll(".", "").length).toBeGreaterThan(8);
    expect(first.replaceAll("x", "").length).toBeGreaterThan(8);
  });
});

describe("fault files", () => {
  const rows: [value: unknown, message: string][] = [
    [{}, "must be a JSON array"],
    [[1], "fault rule 1: must be an object"],
    [[{ kind: "slow" }], "fault rule 1: operation"],
    [
      [
        { operation: "*", kind: "slow" },
        { operation: "*", kind: "fire" },
      ],
      "fault rule 2: kind must be one of",
    ],
    [[{ operation: "*", kind: "slow", ms: "9" }], "fault rule 1: ms must be a number"],
    [[{ operation: "Nothing", kind: "slow" }], "fault rule 1: there is no operation Nothing"],
  ];
  test.each(rows)("%j: %s", (value, message) => {
    expect(() => parseFaultRules(value)).toThrow(message);
  });
  test("a good one", () => {
    const rules = [{ operation: "CreateVpc", kind: "slow", ms: 9 }];
    expect(parseFaultRules(rules)).toEqual(rules);
  });
});

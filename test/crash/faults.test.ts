import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FaultRule } from "../../provider/simulator/index.js";
import { Bench, codesOf, errorsOf } from "./session.js";
import { filesOf } from "../helpers/stack.js";
import { EMPTY, expectExactly, SITES, type Design } from "./stack.js";

/** Twenty-five resources, whose keys are given: making one takes real time. */
const SMALL: Design = {
  vpcs: ["blue", "green"],
  groups: { web: 3, db: 2, twin: 0 },
  keys: { alice: false, bob: false },
  servers: {
    "blue-1": ["blue", "guangzhou", "web", "alice", "front"],
    "green-1": ["green", "beijing", "db", "bob"],
  },
  spare: { guangzhou: 3, beijing: 2 },
};

const CREATES = [
  "CreateVpc",
  "CreateSubnet",
  "CreateSecurityGroup",
  "CreateSecurityGroupRule",
  "CreateKeypair",
  "CreateInstance",
  "CreatePublicIp",
];
const everyCreate = (rule: Omit<FaultRule, "operation">): FaultRule[] =>
  CREATES.map((operation) => ({ operation, ...rule }));

const FAULTS: Readonly<Record<string, readonly FaultRule[]>> = {
  "lost answers of creates": everyCreate({ kind: "lostAnswer", probability: 0.4 }),
  "every first answer of a kind of create lost": everyCreate({ kind: "lostAnswer", times: 1 }),
  "lost answers of everything": [{ operation: "*", kind: "lostAnswer", probability: 0.15 }],
  "connections that break before anything happened": [{ operation: "*", kind: "reset", probability: 0.15 }],
  "internal errors": [{ operation: "*", kind: "error500", probability: 0.15 }],
  throttling: [{ operation: "*", kind: "throttle", probability: 0.3 }],
  "stale reads": [{ operation: "*", kind: "staleRead", probability: 0.2, ms: 1500 }],
  "stale reads and lost answers": [
    { operation: "*", kind: "staleRead", probability: 0.15, ms: 1000 },
    ...everyCreate({ kind: "lostAnswer", probability: 0.3 }),
  ],
  "all at once": [
    { operation: "*", kind: "throttle", probability: 0.1 },
    { operation: "*", kind: "error500", probability: 0.1 },
    { operation: "*", kind: "reset", probability: 0.05 },
    { operation: "*", kind: "lostAnswer", probability: 0.1 },
    { operation: "*", kind: "slow", probability: 0.1, ms: 3000 },
  ],
};
const SEEDS = [1, 2, 3];

describe("a cloud that misbehaves", () => {
  const rows = Object.entries(FAULTS).flatMap(([name, faults]) =>
    SEEDS.map((seed) => [name, seed, faults] as const),
  );

  it.each(rows)("%s, seed %i: nothing is orphaned or doubled", async (_name, seed, faults) => {
    const bench = new Bench(SMALL, { seed, latencyMs: 20, faults });
    const first = await bench.run();
    expect(codesOf(first)).not.toContain("IEC5005");
    bench.setFaults([]);
    const last = await bench.run();
    expect(errorsOf(last)).toEqual([]);
    // What a stale read made an apply believe done comes to its end by itself.
    await bench.clock.sleep(10_000);
    expectExactly(SMALL, bench.cloud.snapshot(), bench.statePath);
    expect(bench.hasJournal).toBe(false);
    const { plan } = await bench.run({ operation: "plan" });
    expect(plan?.changes.filter(({ action }) => action !== "no-op")).toEqual([]);
  });

  it.each(SEEDS)("fails again and again, and goes on each time (seed %i)", async (seed) => {
    const bench = new Bench(SMALL, { seed, latencyMs: 20 });
    for (let i = 0; i < 4; i++) {
      bench.setFaults([
        { operation: "*", kind: "lostAnswer", probability: 0.35 },
        { operation: "*", kind: "error500", probability: 0.35 },
      ]);
      expect(codesOf(await bench.run())).not.toContain("IEC5005");
    }
    bench.setFaults([]);
    expect(errorsOf(await bench.run())).toEqual([]);
    expectExactly(SMALL, bench.cloud.snapshot(), bench.statePath);
  });

  it.each(SEEDS)("also destroys in the end (seed %i)", async (seed) => {
    const bench = new Bench(SMALL, { seed, latencyMs: 20 });
    expect(errorsOf(await bench.run())).toEqual([]);
    bench.setFaults(FAULTS["all at once"] ?? []);
    expect(codesOf(await bench.run({ destroy: true }))).not.toContain("IEC5005");
    bench.setFaults([]);
    expect(errorsOf(await bench.run({ destroy: true }))).toEqual([]);
    expectExactly(EMPTY, bench.cloud.snapshot(), bench.statePath);
  });
});

describe("creates that fail", () => {
  it("a server that ends in ERROR is tainted, and the next apply replaces it", async () => {
    const bench = new Bench(SMALL);
    bench.onCall = (request) => {
      if (request.method !== "GET" || !request.url.includes("/v1/cloudservers")) return;
      for (const { id, name, status } of bench.cloud.snapshot().servers)
        if (name === "blue-1" && status === "BUILD")
          bench.cloud.mutate("servers", String(id), { status: "ERROR" });
    };
    const first = await bench.run();
    expect(errorsOf(first)).toMatchObject([{ code: "IEC5001", address: "iec_server.blue-1" }]);
    // Its EIP needs it.
    expect(first.result?.skipped).toEqual(["iec_eip.blue-1"]);
    const [failed] = bench.cloud.snapshot().servers.filter(({ name }) => name === "blue-1");

    bench.onCall = () => undefined;
    const second = await bench.run();
    expect(errorsOf(second)).toEqual([]);
    expect(second.plan?.changes.find(({ address }) => address === "iec_server.blue-1")).toMatchObject({
      action: "replace",
      reason: "tainted",
    });
    expectExactly(SMALL, bench.cloud.snapshot(), bench.statePath);
    expect(bench.cloud.snapshot().servers.map(({ id }) => id)).not.toContain(failed?.["id"]);
  });

  it("a refused create says why, and stops what needs it only", async () => {
    const bench = new Bench(SMALL);
    const vpc = { name: "green", cidr: "10.9.0.0/16", mode: "CUSTOMER" } as const;
    await bench.connect().post("/v1/vpcs", { body: { vpc } });
    const { result } = await bench.run();
    expect(result?.diagnostics).toMatchObject([{ code: "IEC4003", address: "iec_vpc.green" }]);
    expect(result?.skipped).toEqual([
      "iec_vpc_subnet.green-guangzhou",
      "iec_vpc_subnet.green-beijing",
      "iec_server.green-1",
      "iec_eip.green-1",
    ]);
    expect(result?.created).toBe(20);
    expect(bench.hasJournal).toBe(false);
  });

  it("a generated key pair whose answer is lost is replaced: its private key is gone for good", async () => {
    const design = { ...EMPTY, keys: { alice: true } };
    const faults: FaultRule[] = [{ operation: "CreateKeypair", kind: "lostAnswer", times: 1 }];
    const bench = new Bench(design, { realTime: true, faults });
    const first = await bench.run();
    expect(errorsOf(first)).toMatchObject([
      { code: "IEC4004", address: "iec_keypair.alice", path: ["private_key"] },
    ]);
    const second = await bench.run();
    expect(errorsOf(second)).toEqual([]);
    expect(second.plan?.changes).toMatchObject([{ action: "replace", reason: "tainted" }]);
    expectExactly(design, bench.cloud.snapshot(), bench.statePath);
  });
});

describe("an apply that is interrupted", () => {
  it.each([1, 4, 9, 15, 20])("stopped after %i resources it ends in good order", async (limit) => {
    const bench = new Bench(SMALL, { latencyMs: 20 });
    const stop = new AbortController();
    const done: string[] = [];
    const started: string[] = [];
    const { result } = await bench.run({
      stop: stop.signal,
      onEvent: (event) => {
        if (event.kind === "start") started.push(event.address);
        if (event.kind === "done" && done.push(event.address) === limit) stop.abort();
      },
    });
    // What ran is finished, nothing else was begun.
    expect(done.sort()).toEqual(started.sort());
    expect(result?.created).toBe(done.length);
    expect(result?.skipped).toHaveLength(25 - done.length);
    expect(result?.diagnostics).toMatchObject([{ code: "IEC5004" }]);
    expect(bench.hasJournal).toBe(false);
    const second = await bench.run();
    expect(second.result?.created).toBe(25 - done.length);
    expectExactly(SMALL, bench.cloud.snapshot(), bench.statePath);
  });

  it("stopped when the last resource is on its way, it is complete", async () => {
    const bench = new Bench({ ...EMPTY, vpcs: ["blue"] });
    const stop = new AbortController();
    const { result } = await bench.run({
      stop: stop.signal,
      onEvent: (event) => {
        if (event.kind === "start" && event.address === "iec_vpc_subnet.blue-beijing") stop.abort();
      },
    });
    expect(result).toMatchObject({ created: 3, skipped: [], diagnostics: [] });
  });

  it.each([6, 12, 20, 30, 45, 60, 75])("aborted at call %i, the next apply goes on", async (call) => {
    const bench = new Bench(SMALL, { latencyMs: 20 });
    const abort = new AbortController();
    bench.onCall = (_request, count) => {
      if (count === call) abort.abort(new Error("interrupted"));
    };
    const first = await bench.run({ signal: abort.signal });
    expect(codesOf(first).filter((code) => code !== "IEC5004")).toEqual([]);
    bench.onCall = () => undefined;
    const second = await bench.run();
    expect(errorsOf(second)).toEqual([]);
    // Nothing that was begun is thrown away.
    expect(second.plan?.changes.filter(({ action }) => action === "replace")).toEqual([]);
    expectExactly(SMALL, bench.cloud.snapshot(), bench.statePath);
    expect(bench.hasJournal).toBe(false);
  });
});

describe("an EIP whose create was cut off", () => {
  const ADDRESS = "iec_eip.guangzhou-0";
  const ONE: Design = { ...EMPTY, spare: { guangzhou: 1, beijing: 0 } };
  const site_id = SITES.guangzhou;
  const addresses = (bench: Bench) => bench.cloud.snapshot().publicips.map(({ id }) => String(id));
  const makeOther = async (bench: Bench) => {
    const { publicip } = await bench
      .connect()
      .post("/v1/publicips", { body: { publicip: { site_id, ip_version: "4" } } });
    return String(publicip?.id);
  };
  /** Applies ONE and cuts its create off, before or after it arrives. */
  const cutOff = async (bench: Bench, when: "before" | "after") => {
    const abort = new AbortController();
    const existed = addresses(bench);
    bench.onCall = (request) => {
      if (request.method !== "POST") return;
      abort.abort(new Error("interrupted"));
      if (when === "before") throw new Error("cut off");
    };
    await bench.run({ signal: abort.signal });
    bench.onCall = () => undefined;
    return addresses(bench).find((id) => !existed.includes(id));
  };
  const stored = (bench: Bench) => readFileSync(bench.statePath, "utf8");

  it("is adopted when it is the only one that fits, and others that were there before are not", async () => {
    const bench = new Bench(ONE);
    const others = [await makeOther(bench), await makeOther(bench)];
    const mine = await cutOff(bench, "after");
    const { result, diagnostics } = await bench.run();
    expect(diagnostics).toMatchObject([{ code: "IEC3007", severity: "warning", address: ADDRESS }]);
    expect(result?.created).toBe(0);
    expect(addresses(bench)).toEqual([...others, mine]);
    expect(stored(bench)).toContain(mine);
  });

  it("is made when it never arrived, and what was there before is left alone", async () => {
    const bench = new Bench(ONE);
    const other = await makeOther(bench);
    expect(await cutOff(bench, "before")).toBeUndefined();
    const { result, diagnostics } = await bench.run();
    expect(diagnostics).toEqual([]);
    expect(result?.created).toBe(1);
    expect(addresses(bench)).toHaveLength(2);
    expect(stored(bench)).not.toContain(other);
  });

  describe("while somebody else made one like it", () => {
    const doubtful = async () => {
      const bench = new Bench(ONE);
      const mine = (await cutOff(bench, "after")) ?? "";
      return { bench, mine, other: await makeOther(bench) };
    };

    it("is asked about, and nothing is changed", async () => {
      const { bench, mine, other } = await doubtful();
      const before = filesOf(bench.folder);
      const asked = await bench.run();
      expect(asked.diagnostics).toMatchObject([{ code: "IEC3006", address: ADDRESS }]);
      const { detail } = asked.diagnostics[0]!;
      for (const text of [mine, other, `--adopt ${ADDRESS}=`]) expect(detail).toContain(text);
      expect(addresses(bench)).toEqual([mine, other]);
      expect(filesOf(bench.folder)).toEqual(before);
    });

    it.each(["mine", "other"] as const)("is taken from the user: %s", async (choice) => {
      const cloud = await doubtful();
      const { bench } = cloud;
      const { result, diagnostics } = await bench.run({ adopt: new Map([[ADDRESS, cloud[choice]]]) });
      expect(diagnostics.map(({ code }) => code)).toEqual(["IEC3007"]);
      expect(result?.created).toBe(0);
      expect(addresses(bench)).toHaveLength(2);
      expect(stored(bench)).toContain(cloud[choice]);
    });

    it("is made when the user says that it is none of them", async () => {
      const { bench } = await doubtful();
      const { result, diagnostics } = await bench.run({ adopt: new Map([[ADDRESS, "none"]]) });
      expect(diagnostics).toEqual([]);
      expect(result?.created).toBe(1);
      expect(addresses(bench)).toHaveLength(3);
    });

    it("is asked about again when the answer names nothing that fits", async () => {
      const { bench } = await doubtful();
      const asked = await bench.run({ adopt: new Map([[ADDRESS, "11111111-1111-4111-8111-111111111111"]]) });
      expect(codesOf(asked)).toEqual(["IEC3006"]);
      expect(addresses(bench)).toHaveLength(2);
    });
  });
});

import { describe, expect, test } from "vitest";
import { openBench, SITE, type Bench, type Blocks } from "./resource-bench.js";

const bandwidthOf = (bench: Bench) => bench.cloud.snapshot().bandwidths[0];
const ID = "${iec_eip.e.bandwidth_id}";
const eip = { e: { site_id: SITE } };

describe("a bandwidth", () => {
  const adopted = (more: object): Blocks => ({
    iec_eip: eip,
    iec_bandwidth: { b: { bandwidth_id: ID, ...more } },
  });

  test("that an EIP brought along is taken over, named and sized", async () => {
    const bench = openBench();
    const { values } = await bench.settle(adopted({ keep: true }));
    expect(values["iec_bandwidth.b"]).toMatchObject({ size: 300, site_id: SITE, status: "NORMAL" });
    expect((await bench.settle(adopted({ name: "shop", size: 500, keep: true }))).actions).toEqual({
      "iec_bandwidth.b": "update",
    });
    expect(bandwidthOf(bench)).toMatchObject({ name: "shop", size: 500 });
    bench.cloud.mutate("bandwidths", String(bandwidthOf(bench)?.["id"]), { size: 2000 });
    expect((await bench.settle(adopted({ name: "shop", size: 500, keep: true }))).actions).toEqual({
      "iec_bandwidth.b": "update",
    });
    const { diagnostics, values: left } = await bench.run({}, "destroy");
    expect([diagnostics, left]).toEqual([[], {}]);
    expect(bench.cloud.snapshot().bandwidths).toHaveLength(1);
  });

  test("is sized as it is taken over, and deleted when it is empty", async () => {
    const bench = openBench();
    await bench.settle({ iec_eip: eip });
    const id = String(bandwidthOf(bench)?.["id"]);
    const literal = { iec_bandwidth: { b: { bandwidth_id: id, size: 700 } } };
    await bench.settle({ iec_eip: eip, ...literal });
    expect(bandwidthOf(bench)).toMatchObject({ size: 700 });
    // Both go at once: the bandwidth waits for the EIP.
    const { diagnostics } = await bench.run({}, "destroy");
    expect(diagnostics).toEqual([]);
    expect(bench.cloud.snapshot().bandwidths).toEqual([]);
  });

  test("says what is in its way", async () => {
    const bench = openBench();
    await bench.settle(adopted({}));
    const { diagnostics, values } = await bench.run({}, "destroy");
    expect(diagnostics).toMatchObject([{ code: "IEC5002", address: "iec_bandwidth.b" }]);
    expect(diagnostics[0]?.detail).toContain("keep = true");
    expect(Object.keys(values).sort()).toEqual(["iec_bandwidth.b", "iec_eip.e"]);
  });

  test.each([
    ["too small", { size: 299 }, { code: "IEC2012", path: ["size"] }],
    ["too large", { size: 2001 }, { code: "IEC2012", path: ["size"] }],
    ["angle brackets", { name: "<b>" }, { code: "IEC2012", path: ["name"] }],
  ])("is refused: %s", async (_name, more, diagnostic) => {
    const { diagnostics } = await openBench().run(adopted(more));
    expect(diagnostics).toMatchObject([{ address: "iec_bandwidth.b", ...diagnostic }]);
  });
});

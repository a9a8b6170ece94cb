import { describe, expect, test } from "vitest";
import type { FaultRule } from "../../provider/simulator/index.js";
import { network, openBench, server, serverNeeds, type Bench, type Blocks } from "./resource-bench.js";

const IMAGE = "iec_image.golden";
const stack = (...named: readonly string[]): Blocks => ({
  ...network(),
  ...serverNeeds,
  iec_server: { web: server("web") },
  iec_image: Object.fromEntries(named.map((name) => [name, { name, server_id: "${iec_server.web.id}" }])),
});
const failing = (operation: string, times: number): { faults: readonly FaultRule[] } => ({
  faults: [{ operation, kind: "jobFailed", times }],
});
/** But for the one that every simulated account begins with. */
const imagesIn = (bench: Bench) =>
  bench.cloud
    .snapshot()
    .images.map((image) => image["name"])
    .filter((name) => name !== "golden-web-2024");

test("a server's disk becomes an image that other servers boot from", async () => {
  const bench = openBench();
  const { values } = await bench.settle(stack("golden"));
  expect(values[IMAGE]).toMatchObject({ status: "active", visibility: "private", os_type: "Linux" });
  const second = { ...server("second"), image_id: "${iec_image.golden.id}" };
  await bench.settle({ ...stack("golden"), iec_server: { web: server("web"), second } });
  const images = bench.cloud.snapshot().servers.map((s) => (s["image"] as { readonly id: string }).id);
  expect(images).toContain((values[IMAGE] as { readonly id: string }).id);
});

describe("a job that fails", () => {
  test("once is tried again, and all is well", async () => {
    const bench = openBench(failing("CreateImage", 1));
    const { values } = await bench.settle(stack("golden"));
    expect(values[IMAGE]).toMatchObject({ status: "active" });
    expect(imagesIn(bench)).toEqual(["golden"]);
  });

  test("twice is given up: it is told, tainted, and replaced", async () => {
    const bench = openBench({
      faults: [...failing("CreateImage", 1).faults, ...failing("RebuildImage", 1).faults],
    });
    const broken = await bench.run(stack("golden"));
    expect(broken.diagnostics).toMatchObject([
      {
        code: "IEC5001",
        summary: expect.stringContaining("reached the status killed") as string,
        detail: expect.stringContaining("so did another try") as string,
      },
    ]);
    expect(broken.tainted).toEqual([IMAGE]);
    expect((await bench.settle(stack("golden"))).actions).toEqual({ [IMAGE]: "replace" });
    expect(imagesIn(bench)).toEqual(["golden"]);
  });
});

test.each(["CreateImage", "DeleteImage"])("an answer to %s that is lost: one image", async (operation) => {
  const bench = openBench({ faults: [{ operation, kind: "lostAnswer", times: 1 }] });
  await bench.settle(stack("golden", "silver"));
  expect(imagesIn(bench).sort()).toEqual(["golden", "silver"]);
  await bench.settle(stack());
  expect(imagesIn(bench)).toEqual([]);
});

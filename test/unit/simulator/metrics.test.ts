import { describe, expect, test } from "vitest";
import {
  addServer,
  addSubnet,
  addVpc,
  createWorld,
  epoch,
  ids,
  type Json,
  verdict,
  type World,
} from "./harness.js";

const hour = 3_600_000;

async function world(seed = 1): Promise<{ world: World; server: string }> {
  const made = createWorld({ seed });
  const vpc = await addVpc(made);
  const server = await addServer(made, { vpc, subnets: [await addSubnet(made, vpc)] });
  made.pass(2 * hour);
  return { world: made, server };
}

const metric = (value: string, metric_name = "cpu_util"): object => ({
  namespace: "SYS.IEC",
  metric_name,
  dimensions: [{ name: "instance_id", value }],
});

async function read(world: World, metrics: object[], more: object = {}): Promise<Json[][]> {
  const query = { metrics, period: "300", filter: "average", from: epoch, to: epoch + hour, ...more };
  const { body, status } = await world.call("POST", "/v1/batch-query-metric-data", query);
  expect(status).toBe(200);
  return (body["metrics"] as unknown as Json[]).map((entry) => entry["datapoints"] as unknown as Json[]);
}
const times = (points: Json[]): number[] => points.map((point) => point["timestamp"] as unknown as number);

describe("metric data", () => {
  test("points at multiples of the period, under the name of the filter", async () => {
    const { world: w, server } = await world();
    const [points = []] = await read(w, [metric(server)]);
    expect(times(points)).toEqual(Array.from({ length: 11 }, (_, n) => epoch + (n + 1) * 300_000));
    expect(points.every((point) => Object.keys(point).sort().join() === "average,timestamp")).toBe(true);
    expect(points.every((point) => Number(point["average"]) >= 0 && Number(point["average"]) <= 100)).toBe(
      true,
    );
  });

  test("the answer repeats what was asked, with a unit", async () => {
    const { world: w, server } = await world();
    const query = { metrics: [metric(server)], period: "3600", filter: "max", from: epoch, to: epoch + hour };
    const { body } = await w.call("POST", "/v1/batch-query-metric-data", query);
    expect(body["metrics"]).toMatchObject([{ ...metric(server), unit: "%" }]);
  });

  test("one cloud, one course: two reads agree, and overlap agrees", async () => {
    const [a, b] = [await world(), await world()];
    const [first] = await read(a.world, [metric(a.server)]);
    expect((await read(b.world, [metric(b.server)]))[0]).toEqual(first);
    const [later] = await read(a.world, [metric(a.server)], { from: epoch + hour / 2 });
    expect(first?.slice(-(later?.length ?? 0))).toEqual(later);
    expect((await read(a.world, [metric(a.server, "mem_util")]))[0]).not.toEqual(first);
  });

  const lengths: [name: string, more: object, length: number][] = [
    ["a minute is the finest period", { period: "1" }, 59],
    ["five minutes", { period: "300" }, 11],
    ["an hour", { period: "3600", to: epoch + 3 * hour }, 2],
    ["nothing before the object was made", { from: epoch - 100 * hour, to: epoch }, 0],
    ["nothing after now", { to: epoch + 50 * hour }, 24],
  ];
  test.each(lengths)("%s", async (_name, more, length) => {
    const { world: w, server } = await world();
    expect((await read(w, [metric(server)], more))[0]).toHaveLength(length);
  });

  test("an object that does not exist has no points", async () => {
    const { world: w } = await world();
    expect(await read(w, [metric(ids.nobody), { metric_name: "cpu_util" }])).toEqual([[], []]);
  });

  test("3000 points at most over all metrics: the range starts later", async () => {
    const { world: w, server } = await world();
    w.pass(5000 * 60_000);
    const range = { period: "1", from: epoch, to: epoch + 5000 * 60_000 };
    const [one = []] = await read(w, [metric(server)], range);
    expect([one.length, times(one).at(-1)]).toEqual([3000, epoch + 4999 * 60_000]);
    const many = await read(w, Array<object>(500).fill(metric(server)), range);
    expect(many.map((points) => points.length)).toEqual(Array<number>(500).fill(6));
  });

  const refused: [name: string, change: object, verdict: string][] = [
    ["500 metrics", { metrics: Array<object>(500).fill(metric(ids.nobody)) }, "200"],
    ["501 metrics", { metrics: Array<object>(501).fill(metric(ids.nobody)) }, "400 IEC.000007"],
    ["no metric", { metrics: [] }, "200"],
    ["a metric without a name", { metrics: [{ namespace: "SYS.IEC" }] }, "400 IEC.000007"],
    ["an empty range", { to: epoch }, "400 IEC.000007"],
    ["period of a minute as a number", { period: 60 }, "400 IEC.000007"],
    ["period of a minute", { period: "60" }, "400 IEC.000007"],
    ["unknown filter", { filter: "median" }, "400 IEC.000007"],
    ["no filter", { filter: undefined }, "400 IEC.000007"],
  ];
  test.each(refused)("%s: %j", async (_name, change, expected) => {
    const query = { metrics: [], period: "300", filter: "average", from: epoch, to: epoch + hour, ...change };
    expect(verdict(await createWorld().call("POST", "/v1/batch-query-metric-data", query))).toBe(expected);
  });
});

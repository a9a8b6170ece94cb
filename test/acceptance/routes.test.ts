import { describe, expect, test } from "vitest";
import { network, openBench, server, serverNeeds, type Bench, type Blocks } from "./resource-bench.js";

const TABLE = "${iec_route_table.t.id}";
const table = (more: object): Blocks => ({
  ...network(["a", "b", "c"]),
  iec_route_table: { t: { vpc_id: "${iec_vpc.net.id}", ...more } },
});
const subnets = (...names: readonly string[]) => names.map((name) => `\${iec_vpc_subnet.${name}.id}`);

interface CloudTable {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly default: boolean;
  readonly subnets: readonly { readonly id: string }[];
}
const tablesOf = (bench: Bench) => bench.cloud.snapshot().routetables as unknown as readonly CloudTable[];
const tableOf = (bench: Bench, isDefault = false) => tablesOf(bench).find((t) => t.default === isDefault);
const namesIn = (bench: Bench, found = tableOf(bench)) =>
  bench.cloud
    .snapshot()
    .subnets.filter((s) => found?.subnets.some(({ id }) => id === s["id"]))
    .map((s) => s["name"]);

describe("a route table", () => {
  test("changes in place, with its subnets, and lets go of them before it goes", async () => {
    const bench = openBench();
    await bench.settle(table({ name: "one", subnet_ids: subnets("b", "a") }));
    expect(namesIn(bench)).toEqual(["a", "b"]);
    const changed = table({ name: "two", description: "new", subnet_ids: subnets("b", "c") });
    expect((await bench.settle(changed)).actions).toEqual({ "iec_route_table.t": "update" });
    expect(tableOf(bench)).toMatchObject({ name: "two", description: "new" });
    expect(namesIn(bench)).toEqual(["b", "c"]);
    await bench.settle(table({ name: "two" }));
    expect([tableOf(bench)?.description, namesIn(bench)]).toEqual(["", []]);
    await bench.settle(table({ name: "two", subnet_ids: subnets("a") }));
    const { values, diagnostics } = await bench.run({}, "destroy");
    expect([values, diagnostics]).toEqual([{}, []]);
  });

  test("gets back the subnet that somebody took, and is made again after somebody deleted it", async () => {
    const bench = openBench();
    const wanted = table({ name: "one", subnet_ids: subnets("a", "b") });
    await bench.settle(wanted);
    const taken = bench.cloud.snapshot().subnets.find((s) => s["name"] === "a");
    bench.cloud.mutate("subnets", String(taken?.["id"]), { routetable_id: null });
    expect((await bench.settle(wanted)).actions).toEqual({ "iec_route_table.t": "update" });
    expect(namesIn(bench)).toEqual(["a", "b"]);
    bench.cloud.remove("routetables", tableOf(bench)?.id ?? "");
    expect((await bench.settle(wanted)).actions).toEqual({ "iec_route_table.t": "create" });
  });

  test("is replaced in another VPC", async () => {
    const bench = openBench();
    const elsewhere = { far: { name: "far", cidr: "10.20.0.0/16", mode: "CUSTOMER" } };
    const wanted = (vpc: string): Blocks => ({
      ...table({ name: "one", vpc_id: `\${iec_vpc.${vpc}.id}` }),
      iec_vpc: { ...network()["iec_vpc"], ...elsewhere },
    });
    await bench.settle(wanted("net"));
    expect((await bench.settle(wanted("far"))).actions).toEqual({ "iec_route_table.t": "replace" });
  });

  test("the default one is taken over as it is, described, and left behind", async () => {
    const bench = openBench();
    const { values } = await bench.settle(table({ default: true }));
    const before = tableOf(bench, true);
    expect(values["iec_route_table.t"]).toMatchObject({ id: before?.id, name: before?.name });
    await bench.settle(table({ default: true, name: "main", description: "ours" }));
    expect(tableOf(bench, true)).toMatchObject({ id: before?.id, name: "main", description: "ours" });
    await bench.settle(network(["a", "b", "c"]));
    expect(tableOf(bench, true)?.name).toBe("main");
  });

  test.each<[string, object, object]>([
    ["a table without a name", {}, { code: "IEC2006", path: ["name"] }],
    [
      "subnets of the default table",
      { default: true, subnet_ids: subnets("a") },
      { code: "IEC2013", path: ["subnet_ids"] },
    ],
  ])("is refused: %s", async (_name, more, diagnostic) => {
    const { diagnostics } = await openBench().run(table(more));
    expect(diagnostics).toMatchObject([{ address: "iec_route_table.t", ...diagnostic }]);
  });
});

describe("a route", () => {
  const base: Blocks = {
    ...network(),
    ...serverNeeds,
    iec_server: { gate: server("gate") },
    iec_vip: { v: { subnet_id: "${iec_vpc_subnet.a.id}" } },
    iec_route_table: {
      t: { vpc_id: "${iec_vpc.net.id}", name: "one" },
      main: { vpc_id: "${iec_vpc.net.id}", default: true },
    },
  };
  const viaServer = { type: "ecs", nexthop: "${iec_server.gate.id}" };
  const viaVip = { type: "vip", nexthop: "${iec_vip.v.ip_address}" };
  const routed = (more: object, destination = "192.168.0.0/16"): Blocks => ({
    ...base,
    iec_route: { r: { route_table_id: TABLE, destination, ...viaServer, ...more } },
  });
  const routesOf = async (bench: Bench) =>
    (
      await bench.connect().list(
        "/v1/routetables/{routetable_id}/routes",
        {},
        {
          path: { routetable_id: tableOf(bench)?.id ?? "" },
        },
      )
    ).filter((route) => route.type !== "local");

  test("changes its next hop in place, its destination by another, and comes back", async () => {
    const bench = openBench();
    const { values } = await bench.settle(routed({}));
    expect(values["iec_route.r"]?.["id"]).toBe(`${tableOf(bench)?.id}/192.168.0.0/16`);
    const changed = routed({ ...viaVip, description: "by the VIP" });
    expect((await bench.settle(changed)).actions).toEqual({ "iec_route.r": "update" });
    expect(await routesOf(bench)).toMatchObject([{ type: "vip", description: "by the VIP" }]);
    expect((await bench.settle(routed(viaVip))).actions).toEqual({ "iec_route.r": "update" });
    expect(await routesOf(bench)).toMatchObject([{ description: "" }]);

    expect((await bench.settle(routed({}, "192.168.0.0/24"))).actions).toEqual({ "iec_route.r": "replace" });
    bench.cloud.mutate("routetables", tableOf(bench)?.id ?? "", { routes: [] });
    expect((await bench.settle(routed({}, "192.168.0.0/24"))).actions).toEqual({ "iec_route.r": "create" });
    expect(await routesOf(bench)).toMatchObject([{ type: "ecs", destination: "192.168.0.0/24" }]);
    const { values: left, diagnostics } = await bench.run({}, "destroy");
    expect([left, diagnostics]).toEqual([{}, []]);
  });

  test("in the default table, many at once", async () => {
    const bench = openBench();
    const many = Object.fromEntries(
      Array.from({ length: 8 }, (_, i): [string, Readonly<Record<string, unknown>>] => [
        `r${i}`,
        { route_table_id: "${iec_route_table.main.id}", destination: `192.168.${i}.0/24`, ...viaVip },
      ]),
    );
    await bench.settle({ ...base, iec_route: many });
    const { values } = await bench.settle(base);
    expect(Object.keys(values).filter((address) => address.startsWith("iec_route."))).toEqual([]);
  });

  test.each<[string, Blocks, object]>([
    ["the system's range", routed({}, "100.64.3.0/24"), { code: "IEC2012", path: ["destination"] }],
    ["no range", routed({}, "everywhere"), { code: "IEC2012", path: ["destination"] }],
    ["a subnet of the VPC", routed({}, "10.10.1.0/28"), { code: "IEC1025", path: ["destination"] }],
    ["an address for a server", routed({ nexthop: "10.10.1.9" }), { code: "IEC2013", path: ["nexthop"] }],
    [
      "a name for an address",
      routed({ type: "vip", nexthop: "gate" }),
      { code: "IEC2013", path: ["nexthop"] },
    ],
    ["another kind of hop", routed({ type: "igw" }), { code: "IEC2012", path: ["type"] }],
  ])("is refused: %s", async (_name, blocks, diagnostic) => {
    const { diagnostics } = await openBench().run(blocks);
    expect(diagnostics).toMatchObject([{ address: "iec_route.r", ...diagnostic }]);
  });
});

import { describe, expect, test } from "vitest";
import { network, openBench, server, serverNeeds, type Bench, type Blocks } from "./resource-bench.js";

const nic = (name: string) => `\${iec_server.${name}.nics[0].port}`;
const servers = {
  ...network(),
  ...serverNeeds,
  iec_server: { one: server("one"), two: server("two") },
} satisfies Blocks;
const vips = (...members: readonly object[]): Blocks => ({
  ...servers,
  iec_vip: Object.fromEntries(
    members.map((more, i) => [`v${i + 1}`, { subnet_id: "${iec_vpc_subnet.a.id}", ...more }]),
  ),
});
const eip = (more: object) => ({
  iec_eip: { e: { site_id: "c5f8bfb3-2b78-5ffe-babd-9b03afc6c351", ...more } },
});

interface CloudPort {
  readonly id: string;
  readonly device_owner: string;
  readonly device_id: string;
  readonly fixed_ips: readonly { readonly ip_address: string }[];
  readonly allowed_address_pairs: readonly { readonly ip_address: string }[];
  readonly security_groups: readonly string[];
}
const portsOf = (bench: Bench) => bench.cloud.snapshot().ports as unknown as readonly CloudPort[];
const pairs = (port: CloudPort | undefined) => port?.allowed_address_pairs.map((pair) => pair.ip_address);
const vipOf = (bench: Bench) => portsOf(bench).find((port) => port.device_owner === "neutron:VIP_PORT");
/** The NIC of a server by name. */
function nicOf(bench: Bench, name: string): CloudPort | undefined {
  const owner = bench.cloud.snapshot().servers.find((s) => s["name"] === name);
  return portsOf(bench).find((port) => port.device_id === owner?.["id"]);
}
const addressOf = (bench: Bench, name: string) => nicOf(bench, name)?.fixed_ips[0]?.ip_address;
const OPEN = ["1.1.1.1/0"];

describe("a virtual IP", () => {
  test("binds NICs, lets go of those it no longer has, and of all before it goes", async () => {
    const bench = openBench();
    const { values } = await bench.settle(vips({ port_ids: [nic("one"), nic("two")] }));
    const [one, two] = ["one", "two"].map((name) => addressOf(bench, name));
    expect(pairs(vipOf(bench))).toEqual([one, two]);
    expect(values["iec_vip.v1"]).toMatchObject({
      ip_version: 4,
      allowed_addresses: [one, two],
      status: "DOWN",
    });
    expect([nicOf(bench, "one"), nicOf(bench, "two")].map(pairs)).toEqual([OPEN, OPEN]);

    expect((await bench.settle(vips({ port_ids: [nic("two")] }))).actions).toEqual({
      "iec_vip.v1": "update",
    });
    expect(pairs(vipOf(bench))).toEqual([two]);
    expect([nicOf(bench, "one"), nicOf(bench, "two")].map(pairs)).toEqual([[], OPEN]);

    await bench.settle(vips());
    expect([vipOf(bench), pairs(nicOf(bench, "two"))]).toEqual([undefined, []]);
    const { values: left, diagnostics } = await bench.run({}, "destroy");
    expect([left, diagnostics]).toEqual([{}, []]);
  });

  test("leaves alone what another virtual IP or somebody else needs of a NIC", async () => {
    const bench = openBench();
    await bench.settle(vips());
    const other = { ip_address: "10.9.0.0/16" };
    bench.cloud.mutate("ports", nicOf(bench, "one")?.id ?? "", { allowed_address_pairs: [other] });
    await bench.settle(vips({ port_ids: [nic("one")] }, { port_ids: [nic("one")] }));
    expect(pairs(nicOf(bench, "one"))).toEqual([other.ip_address, ...OPEN]);
    await bench.settle(vips({ port_ids: [nic("one")] }, {}));
    expect(pairs(nicOf(bench, "one"))).toEqual([other.ip_address, ...OPEN]);
    await bench.settle(vips({}, {}));
    expect(pairs(nicOf(bench, "one"))).toEqual([other.ip_address]);
  });

  test.each<[string, (bench: Bench) => string | undefined, object]>([
    ["the VIP's pairs", (bench) => vipOf(bench)?.id, { allowed_address_pairs: [] }],
    ["the NIC's pair", (bench) => nicOf(bench, "one")?.id, { allowed_address_pairs: [] }],
  ])("is bound again after somebody removed %s", async (_name, port, patch) => {
    const bench = openBench();
    const wanted = vips({ port_ids: [nic("one")] });
    await bench.settle(wanted);
    bench.cloud.mutate("ports", port(bench) ?? "", { ...patch });
    expect((await bench.settle(wanted)).actions).toEqual({ "iec_vip.v1": "update" });
    expect(pairs(vipOf(bench))).toEqual([addressOf(bench, "one")]);
    expect(pairs(nicOf(bench, "one"))).toEqual(OPEN);
  });

  test("is made again after somebody deleted it, and where its address changes", async () => {
    const bench = openBench();
    const at = (ip_address: string) => vips({ ip_address });
    await bench.settle(at("10.10.1.77"));
    expect(vipOf(bench)?.fixed_ips[0]?.ip_address).toBe("10.10.1.77");
    bench.cloud.remove("ports", vipOf(bench)?.id ?? "");
    expect((await bench.settle(at("10.10.1.77"))).actions).toEqual({ "iec_vip.v1": "create" });
    expect((await bench.settle(at("10.10.1.78"))).actions).toEqual({ "iec_vip.v1": "replace" });
  });

  test("follows a server that is replaced", async () => {
    const bench = openBench();
    const wanted = (size: number): Blocks => ({
      ...vips({ port_ids: [nic("one")] }),
      iec_server: { one: { ...server("one"), system_disk_size: size } },
    });
    await bench.settle(wanted(40));
    const { actions } = await bench.settle(wanted(60));
    expect(actions).toEqual({ "iec_server.one": "replace", "iec_vip.v1": "update" });
    expect(pairs(vipOf(bench))).toEqual([addressOf(bench, "one")]);
  });

  test("has security groups, and an EIP that leaves before it", async () => {
    const bench = openBench();
    const wanted = {
      ...vips({ port_ids: [nic("one")], security_groups: ["${iec_security_group.web.id}"] }),
      ...eip({ port_id: "${iec_vip.v1.id}" }),
    };
    const { values } = await bench.settle(wanted);
    expect(vipOf(bench)?.security_groups).toEqual([values["iec_security_group.web"]?.["id"]]);
    expect(values["iec_eip.e"]).toMatchObject({ status: "ACTIVE", port_id: vipOf(bench)?.id });
    const { values: left, diagnostics } = await bench.run({}, "destroy");
    expect([left, diagnostics]).toEqual([{}, []]);
  });

  test.each<[string, object, object]>([
    ["a port of nothing", { port_ids: ["no-port"] }, { code: "IEC2013", path: ["port_ids"] }],
    ["an IPv6 address without IPv6", { ip_version: 6 }, { code: "IEC1035", path: ["subnet_id"] }],
    ["text for an address", { ip_address: "ten" }, { code: "IEC2012", path: ["ip_address"] }],
    [
      "another IP version",
      { ip_address: "10.10.1.9", ip_version: 6 },
      { code: "IEC2012", path: ["ip_address"] },
    ],
    [
      "a server for a port",
      { port_ids: ["${iec_server.one.id}"] },
      { code: "IEC1010", path: ["port_ids", 0] },
    ],
  ])("is refused: %s", async (_name, more, diagnostic) => {
    const { diagnostics } = await openBench().run(vips(more));
    expect(diagnostics).toMatchObject([{ address: "iec_vip.v1", ...diagnostic }]);
  });
});

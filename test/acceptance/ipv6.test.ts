import { describe, expect, test } from "vitest";
import { IMAGE, network, openBench, SITE, type Bench, type Blocks } from "./resource-bench.js";

/** The IPv6 line of the site, and its bandwidth type. */
const LINE = "cf4927bb-d0f1-5f79-8c1e-d480333daad2";
const TYPE = "CT_cn-south-guangzhou-v6";

const subnet6: Blocks = {
  ...network(),
  iec_vpc_subnet: { a: { ...network()["iec_vpc_subnet"]?.["a"], ipv6_enable: true, pool_id: LINE } },
};

/** A network with IPv6, and a server there whose NIC brought an IPv6 bandwidth along. */
async function withIpv6(): Promise<{ bench: Bench; nic: string; bandwidth: string }> {
  const bench = openBench();
  await bench.settle(subnet6);
  const api = bench.connect();
  const { subnets, vpcs } = bench.cloud.snapshot();
  const subnet_id = String(subnets[0]?.["id"]);
  await api.post("/v1/cloudservers", {
    body: {
      server: {
        name: "six",
        image_ref: IMAGE,
        flavor_ref: "c6.large.2",
        net_config: {
          vpc_id: String(vpcs[0]?.["id"]),
          subnets: [
            {
              id: subnet_id,
              ipv6_enable: true,
              ipv6_bandwidth_enable: true,
              ipv6_bandwidth: { bandwidth_type: TYPE },
            },
          ],
        },
        security_groups: [],
        root_volume: { size: 40, volume_type: "SAS" },
        data_volumes: [],
        count: 1,
        admin_pass: "Correct-Horse-7-Battery",
        coverage: {
          coverage_policy: "centralize",
          coverage_level: "site",
          coverage_sites: [{ site: SITE, demands: [{}] }],
        },
      },
    },
  });
  await bench.clock.sleep(10_000);
  await api.list("/v1/cloudservers");
  const nic = bench.cloud.snapshot().ports.find((port) => port["device_id"] !== "");
  return { bench, nic: String(nic?.["id"]), bandwidth: String(nic?.["ipv6_bandwidth_id"]) };
}

const shared = (more: object, vip: object = { ip_version: 6 }): Blocks => ({
  ...subnet6,
  iec_vip: { v: { subnet_id: "${iec_vpc_subnet.a.id}", ...vip } },
  iec_ipv6_bandwidth_attachment: { six: { port_id: "${iec_vip.v.id}", ...more } },
});
const portOf = (bench: Bench) => bench.cloud.snapshot().ports.find((port) => port["device_id"] === "");

describe("a virtual IP with IPv6", () => {
  test("is public as long as it has a bandwidth", async () => {
    const { bench, nic, bandwidth } = await withIpv6();
    const wanted = shared({ bandwidth_id: bandwidth }, { ip_version: 6, port_ids: [nic] });
    const { values } = await bench.settle(wanted);
    expect(values["iec_vip.v"]).toMatchObject({
      ip_version: 6,
      ip_address: expect.stringContaining(":") as string,
    });
    expect(values["iec_ipv6_bandwidth_attachment.six"]).toMatchObject({ bandwidth_id: bandwidth });
    expect(portOf(bench)).toMatchObject({ ipv6_bandwidth_id: bandwidth });

    bench.cloud.mutate("ports", String(portOf(bench)?.["id"]), { ipv6_bandwidth_id: null });
    expect((await bench.settle(wanted)).actions).toEqual({ "iec_ipv6_bandwidth_attachment.six": "create" });
    await bench.settle({ ...wanted, iec_ipv6_bandwidth_attachment: {} });
    expect(portOf(bench)).not.toHaveProperty("ipv6_bandwidth_id");
  });

  test("finds a bandwidth by its type", async () => {
    const { bench, bandwidth } = await withIpv6();
    const { values } = await bench.settle(shared({ bandwidth_type: TYPE }));
    expect(values["iec_ipv6_bandwidth_attachment.six"]).toMatchObject({ bandwidth_id: bandwidth });
  });

  test.each([
    [
      "both ways to say it",
      { bandwidth_id: "x", bandwidth_type: "y" },
      { code: "IEC2013", path: ["bandwidth_type"] },
    ],
    ["neither", {}, { code: "IEC2013", path: ["bandwidth_id"] }],
    ["a type that is not there", { bandwidth_type: "none" }, { code: "IEC2019", path: ["bandwidth_type"] }],
  ])("is refused: %s", async (_name, more, diagnostic) => {
    const { bench } = await withIpv6();
    const { diagnostics } = await bench.run(shared(more));
    expect(diagnostics).toMatchObject([{ address: "iec_ipv6_bandwidth_attachment.six", ...diagnostic }]);
  });
});

import { describe, expect, test } from "vitest";
import { IMAGE, network, openBench, server, serverNeeds, SITE, type Blocks } from "./resource-bench.js";

/** What the cloud would refuse is said at plan, before the first call that changes anything. */

const withServer = (patch: object): Blocks => ({
  ...network(),
  ...serverNeeds,
  iec_server: { it: { ...server("it"), ...patch } },
});
const withService = (patch: object, template: object = {}): Blocks => ({
  ...serverNeeds,
  iec_vpc: { edge: { name: "edge", cidr: "10.0.0.0/8", mode: "SYSTEM" } },
  iec_edge_service: {
    it: {
      name: "it",
      coverage_level: "city",
      coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 1 }] }],
      admin_pass: "Correct-Horse-7-Battery",
      stack_resources: [
        {
          name: "web",
          image_id: IMAGE,
          flavor_id: "c6.large.2",
          vpc_id: "${iec_vpc.edge.id}",
          security_groups: ["${iec_security_group.web.id}"],
          system_disk_type: "SAS",
          system_disk_size: 40,
          ...template,
        },
      ],
      ...patch,
    },
  },
});
const eip = (patch: object): Blocks => ({ iec_eip: { it: { site_id: SITE, ...patch } } });
const NOWHERE = "00000000-0000-4000-8000-000000000000";

describe("a plan says", () => {
  test.each([
    [
      "a flavor the site lacks",
      withServer({ flavor_id: "g9.huge" }),
      ["flavor_id"],
      /"g9\.huge".*c6\.large\.2/,
    ],
    ["an image that does not exist", withServer({ image_id: NOWHERE }), ["image_id"], /Ubuntu 20\.04/],
    [
      "a line of another site",
      withServer({ coverage_sites: [{ site_id: SITE, pool_ids: ["5_bgp_site6"] }], bind_eip: true }),
      ["coverage_sites", 0, "pool_ids", 0],
      /"5_bgp_site6".*5_sbgp_site12/,
    ],
    ["a site that does not exist", eip({ site_id: NOWHERE }), ["site_id"], /iec_sites/],
    ["a line the site lacks", eip({ line_id: "5_bgp_site6" }), ["line_id"], /5_mobile_site12/],
    [
      "a bandwidth type the line lacks",
      eip({ line_id: "5_sbgp_site12", bandwidth_type: "CU_cn-south-guangzhou" }),
      ["bandwidth_type"],
      /CT_cn-south-guangzhou/,
    ],
    [
      "a city without a site",
      withService({ coverage_sites: [{ site: "Guangzhou", demands: [{ demand_count: 1 }] }] }),
      ["coverage_sites", 0, "site"],
      /case matters.*guangzhou/,
    ],
    [
      "a flavor the city lacks",
      withService({}, { flavor_id: "g9.huge" }),
      ["stack_resources", 0, "flavor_id"],
      /not offered in guangzhou/,
    ],
  ])("%s", async (_name, blocks, path, detail) => {
    const bench = openBench();
    const { diagnostics } = await bench.run(blocks);
    const found = diagnostics.filter((d) => d.code === "IEC2022" || d.code === "IEC1008");
    expect(found.length, JSON.stringify(diagnostics)).toBeGreaterThan(0);
    expect(
      found.some((d) => JSON.stringify(d.path) === JSON.stringify(path) && detail.test(d.detail ?? "")),
    ).toBe(true);
    expect(bench.cloud.snapshot().vpcs).toEqual([]);
  });

  test.each([
    [
      "vpc",
      { vpc: 2 },
      {
        iec_vpc: Object.fromEntries(
          [1, 2, 3].map((n) => [`v${n}`, { name: `v${n}`, cidr: `10.${n}.0.0/16` }]),
        ),
      },
    ],
    ["securityGroup", { securityGroup: 1 }, { iec_security_group: { a: { name: "a" }, b: { name: "b" } } }],
    ["publicIp", { publicIp: 1 }, { iec_eip: { a: { site_id: SITE }, b: { site_id: SITE } } }],
    ["edgeclouds", { edgeclouds: 0 }, withService({})],
  ])("that the quota %s would be exceeded", async (kind, quotas, blocks) => {
    const bench = openBench({ quotas });
    const { diagnostics } = await bench.run(blocks);
    expect(diagnostics.filter((d) => d.severity === "error")).toMatchObject([{ code: "IEC2021" }]);
    expect(diagnostics[0]?.summary).toContain(`"${kind}"`);
    expect(bench.cloud.snapshot().vpcs).toEqual([]);
  });

  test("nothing where all is offered and the quota is just enough", async () => {
    const bench = openBench({ quotas: { vpc: 1, instance: 1, subnet: 1 } });
    expect((await bench.run(withServer({}), "plan")).diagnostics).toEqual([]);
  });
});

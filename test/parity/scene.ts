import { createClient } from "../../provider/client/index.js";
import catalog from "../../schema/api/catalog.json" with { type: "json" };
import { systemClock } from "../../schema/clock.js";
import { IMAGE, SITE } from "../acceptance/resource-bench.js";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import type { Scene } from "./stack.js";

const LINE = catalog.sites.flatMap((site) => site.pools).find((pool) => pool.pool_id === "5_sbgp_site12_v6");
const IPV6 = "CT_cn-south-guangzhou-v6";

/**
 * A cloud with room for every case at once, that takes no time, and in it a server with IPv6: no stack can make one.
 * Two such clouds are alike to the last id.
 */
export async function openScene(): Promise<{ readonly cloud: TestCloud; readonly scene: Scene }> {
  const quotas = Object.fromEntries(catalog.quotas.resources.map(({ type }) => [type, 1_000_000]));
  const cloud = await startCloud({ quotas, seed: 7, timeScale: 0 });
  const api = createClient({
    endpoint: cloud.url,
    authUrl: `${cloud.url}/v3`,
    credentials: { kind: "keys", accessKey: cloud.accessKey, secretKey: cloud.secretKey },
    domainId: cloud.domainId,
    clock: systemClock,
    random: () => 0.5,
  });
  const range = { cidr: "10.66.1.0/24", gateway_ip: "10.66.1.1" };
  const { vpc } = await api.post("/v1/vpcs", {
    body: { vpc: { name: "six", mode: "CUSTOMER", cidr: "10.66.0.0/16" } },
  });
  const vpc_id = String(vpc?.id);
  const { subnet } = await api.post("/v1/subnets", {
    body: { subnet: { name: "six", vpc_id, site_id: SITE, ...range } },
  });
  const subnet_id = String(subnet?.id);
  await api.put("/v1/subnets/{subnet_id}", {
    params: { path: { subnet_id } },
    body: { subnet: { name: "six", ipv6_enable: true, pool_id: String(LINE?.id) } },
  });
  const ipv6 = { ipv6_enable: true, ipv6_bandwidth_enable: true, ipv6_bandwidth: { bandwidth_type: IPV6 } };
  await api.post("/v1/cloudservers", {
    body: {
      server: {
        name: "six",
        image_ref: IMAGE,
        flavor_ref: "c6.large.2",
        net_config: { vpc_id, subnets: [{ id: subnet_id, ...ipv6 }] },
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
  return { cloud, scene: { subnet_id, bandwidth_type: IPV6 } };
}

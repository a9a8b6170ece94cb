import { afterAll, beforeAll, expect, test } from "vitest";
import { rmSync } from "node:fs";
import { createClient, type Api } from "../../provider/client/index.js";
import { dataSources } from "../../provider/data-sources/index.js";
import { openSession } from "../../provider/reconciler/session.js";
import { resources } from "../../provider/resources/index.js";
import { createSimulatorApp } from "../../provider/simulator/index.js";
import { systemClock, VirtualClock } from "../../schema/clock.js";
import type { ObjectValue } from "../../schema/unknown.js";
import { newFolder, writeStack } from "../helpers/stack.js";

const SITE = "c5f8bfb3-2b78-5ffe-babd-9b03afc6c351";
const ELSEWHERE = "00000000-0000-4000-8000-000000000000";
const IMAGE = "2ef42ce4-3c65-5f1e-b149-be8d2390395f";
const PASSWORD = "Correct-Horse-7-Battery";

/** The cloud's time; nothing here waits for it. */
const clock = new VirtualClock({ auto: false });
const cloud = createSimulatorApp({ clock, checkSignatures: false });
const connect = (): Api =>
  createClient({
    endpoint: "http://cloud.test",
    authUrl: "http://cloud.test/v3",
    credentials: { kind: "keys", accessKey: cloud.accessKey, secretKey: cloud.secretKey },
    domainId: cloud.domainId,
    clock: systemClock,
    random: () => 0.5,
    fetch: (input, init) => cloud.fetch(new Request(input, init)),
  });

/** Ids of what is in the cloud, by name. */
const ids: Record<string, string> = {};
const folder = newFolder();

/** One of everything that data sources tell of; two where a choice must be made. */
beforeAll(async () => {
  const api = connect();
  const keep = (name: string, id: string | undefined) => (ids[name] = id ?? "");
  const vpc = (name: string, mode: "SYSTEM" | "CUSTOMER", cidr: string) =>
    api.post("/v1/vpcs", { body: { vpc: { name, mode, cidr } } });
  keep("system", (await vpc("system", "SYSTEM", "10.8.0.0/16")).vpc?.id);
  keep("net", (await vpc("net", "CUSTOMER", "10.9.0.0/16")).vpc?.id);
  for (const [i, name] of ["front", "back"].entries()) {
    const range = { cidr: `10.9.${i}.0/24`, gateway_ip: `10.9.${i}.1` };
    const subnet = { name, vpc_id: ids["net"]!, site_id: SITE, ...range };
    keep(name, (await api.post("/v1/subnets", { body: { subnet } })).subnet?.id);
  }
  for (const name of ["web", "twin", "twin"]) {
    const { security_group } = await api.post("/v1/security-groups", { body: { security_group: { name } } });
    keep(name, security_group.id);
  }
  const rule = {
    security_group_id: ids["web"]!,
    direction: "ingress",
    protocol: "tcp",
    port_range_min: 443,
    port_range_max: 443,
    remote_ip_prefix: "0.0.0.0/0",
  } as const;
  await api.post("/v1/security-group-rules", { body: { security_group_rule: rule } });
  await api.post("/v1/os-keypairs", { body: { name: "operator" } });
  await clock.advance(60_000);

  const settings = {
    name: "web",
    with_prefix: false,
    image_ref: IMAGE,
    flavor_ref: "c6.large.2",
    admin_pass: PASSWORD,
    user_data: "c2VjcmV0",
    root_volume: { size: 40, volume_type: "SAS" },
    data_volumes: [{ size: 10, volume_type: "SAS" }],
    count: 1,
    security_groups: [{ id: ids["web"]! }],
    bandwidth: { sharetype: "WHOLE" },
  } as const;
  const server = await api.post("/v1/cloudservers", {
    body: {
      server: {
        ...settings,
        data_volumes: [...settings.data_volumes],
        security_groups: [...settings.security_groups],
        net_config: { vpc_id: ids["net"]!, subnets: [{ id: ids["front"]! }] },
        coverage: {
          coverage_policy: "centralize",
          coverage_level: "site",
          coverage_sites: [{ site: SITE, demands: [{}] }],
        },
      },
    },
  });
  keep("server", server.server_ids?.[0]);
  const vip = { device_owner: "neutron:VIP_PORT", network_id: ids["front"]! } as const;
  keep("vip", (await api.post("/v1/ports", { body: { port: vip } })).port?.id);
  const publicip = { site_id: SITE, ip_version: "4" } as const;
  keep("eip", (await api.post("/v1/publicips", { body: { publicip } })).publicip?.id);
  const { firewall } = await api.post("/v1/firewalls", { body: { firewall: { name: "edge" } } });
  keep("acl", firewall.id);
  await api.put("/v1/firewalls/{firewall_id}", {
    params: { path: { firewall_id: ids["acl"]! } },
    body: { firewall: { name: "edge", subnets: [{ id: ids["front"]!, vpc_id: ids["net"]! }] } },
  });
  const { routetable } = await api.post("/v1/routetables", {
    body: { routetable: { name: "custom", vpc_id: ids["net"]! } },
  });
  keep("table", routetable?.id);
  await api.post("/v1/routetables/{routetable_id}/associate-subnets", {
    params: { path: { routetable_id: ids["table"]! } },
    body: { subnet_ids: [ids["back"]!] },
  });
  const planned = await api.post("/v1/deployments", {
    body: {
      edgecloud: {
        name: "cdn",
        coverage: {
          coverage_policy: "centralize",
          coverage_level: "city",
          coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 1 }] }],
        },
        stack: {
          name: "cache",
          resources: [
            {
              ...settings,
              name: "cache",
              data_volumes: [...settings.data_volumes],
              security_groups: [...settings.security_groups],
              net_config: { vpc_id: ids["system"]!, nic_num: 1 },
            },
          ],
        },
      },
    },
  });
  keep("plan", planned.id);
  await clock.advance(60_000);
  await api.post("/v1/deployments/{deployment_id}/deploy", {
    params: { path: { deployment_id: ids["plan"]! } },
  });
  await clock.advance(3_600_000);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function planStack(stack: object) {
  writeStack(folder, stack, "cdk.tf.json");
  const session = await openSession({
    path: folder,
    lock: false,
    lockTimeoutMs: 0,
    variables: new Map(),
    parallelism: 10,
    operation: "plan",
    signal: new AbortController().signal,
    runtime: {
      resources,
      dataSources,
      clock: systemClock,
      random: () => 0.5,
      environment: {},
      connect: () => ({ api: connect(), diagnostics: [] }),
    },
  });
  try {
    return { ...(await session.plan()), called: Object.keys(session.stats().byOperation) };
  } finally {
    await session.close();
  }
}

/** Plans a stack of one data source. */
async function readData(type: string, body: ObjectValue) {
  const { changes, ...plan } = await planStack({ provider: { iec: [{}] }, data: { [type]: { it: body } } });
  return { ...plan, value: changes[0]?.after ?? {} };
}

const any = expect.anything() as unknown;
const containing = (...items: object[]) =>
  expect.arrayContaining(items.map((item) => expect.objectContaining(item) as unknown)) as unknown;

interface Row {
  readonly type: string;
  readonly ask: () => ObjectValue;
  readonly told: () => object;
}
const row = (type: string, ask: () => ObjectValue, told: () => object): Row => ({ type, ask, told });
const NIC = { port: any, mac: any, address: any };

const ROWS: readonly Row[] = [
  row(
    "iec_bandwidth_types",
    () => ({ site_id: SITE }),
    () => ({ bandwidth_types: containing({ bandwidth_type: any, site_id: SITE }) }),
  ),
  row(
    "iec_bandwidths",
    () => ({ site_id: SITE }),
    () => ({
      site_info: any,
      bandwidths: containing({ site_id: SITE, share_type: "WHOLE", eips: containing({ id: ids["eip"] }) }),
    }),
  ),
  row(
    "iec_cloud_images",
    () => ({ region: "cn-north-4", visibility: "private" }),
    () => ({ images: containing({ id: any, name: any, visibility: "private", status: "active" }) }),
  ),
  row(
    "iec_deployment_plans",
    () => ({ status: "closed" }),
    () => ({
      deployment_plans: [
        {
          id: ids["plan"],
          edgecloud_name: "cdn",
          coverage_level: "city",
          locations: [{ city: "guangzhou", stack_count: 1 }],
        },
      ],
    }),
  ),
  row(
    "iec_deployment_plans",
    () => ({ status: "open" }),
    () => ({ deployment_plans: [] }),
  ),
  row(
    "iec_edge_services",
    () => ({ name: "cdn" }),
    () => ({
      edge_services: [
        {
          name: "cdn",
          status: "inService",
          success_num: 1,
          failed_num: 0,
          coverage_sites: [{ site: "guangzhou", demands: [{ demand_count: 1 }] }],
        },
      ],
    }),
  ),
  row(
    "iec_eips",
    () => ({ site_id: SITE }),
    () => ({ site_info: any, eips: containing({ id: ids["eip"], port_id: null, status: "DOWN" }) }),
  ),
  row(
    "iec_eips",
    () => ({ site_id: ELSEWHERE }),
    () => ({ site_info: null, eips: [] }),
  ),
  row(
    "iec_flavors",
    () => ({ id: "c6.large.2" }),
    () => ({ flavors: [{ id: "c6.large.2", vcpus: 2, memory: 4096 }] }),
  ),
  row(
    "iec_images",
    () => ({ id: IMAGE, image_type: "gold", os_type: "Linux" }),
    () => ({ images: [{ id: IMAGE, os_type: "Linux", status: "active" }] }),
  ),
  row(
    "iec_images",
    () => ({ supports: ["arm", "gpu_t4"] }),
    () => ({ images: [] }),
  ),
  row(
    "iec_keypair",
    () => ({ name: "operator" }),
    () => ({ id: "operator", name: "operator", public_key: any, fingerprint: any }),
  ),
  row(
    "iec_keypairs",
    () => ({}),
    () => ({ keypairs: [{ id: "operator" }] }),
  ),
  row(
    "iec_metric_data",
    () => ({
      metrics: [
        { namespace: "SYS.ECS", metric_name: "cpu_util", dimensions: { instance_id: ids["server"]! } },
      ],
      period: "300",
      filter: "average",
      from: clock.now() - 1_800_000,
      to: clock.now(),
    }),
    () => ({
      series: [
        {
          metric_name: "cpu_util",
          dimensions: { instance_id: ids["server"] },
          unit: "%",
          datapoints: containing({ timestamp: any, value: any }),
        },
      ],
    }),
  ),
  row(
    "iec_network_acl",
    () => ({ name: "edge" }),
    () => ({
      id: ids["acl"],
      networks: [{ vpc_id: ids["net"], subnet_id: ids["front"] }],
      inbound_rules: any,
      outbound_rules: any,
    }),
  ),
  row(
    "iec_network_acls",
    () => ({}),
    () => ({ network_acls: [{ id: ids["acl"], name: "edge" }] }),
  ),
  row(
    "iec_port",
    () => ({ id: ids["vip"]! }),
    () => ({ subnet_id: ids["front"], site_id: SITE, fixed_ip: any, device_owner: "neutron:VIP_PORT" }),
  ),
  row(
    "iec_ports",
    () => ({ device_owner: "neutron:VIP_PORT", subnet_id: ids["front"]! }),
    () => ({ ports: [{ id: ids["vip"] }] }),
  ),
  row(
    "iec_ports",
    () => ({ security_group_id: ids["web"]!, device_id: ids["server"]! }),
    () => ({ ports: [{ device_id: ids["server"], security_groups: [ids["web"]] }] }),
  ),
  row(
    "iec_quotas",
    () => ({ type: "vpc" }),
    () => ({ quotas: [{ type: "vpc", quota: 50, used: 2 }] }),
  ),
  row(
    "iec_route_tables",
    () => ({ vpc_id: ids["net"]! }),
    () => ({
      route_tables: containing(
        { name: "custom", default: false, subnet_ids: [ids["back"]], routes: containing({ type: "local" }) },
        { default: true, subnet_ids: [ids["front"]] },
      ),
    }),
  ),
  row(
    "iec_route_tables",
    () => ({ subnet_id: ids["back"]! }),
    () => ({ route_tables: [{ id: ids["table"] }] }),
  ),
  row(
    "iec_security_group",
    () => ({ name: "web" }),
    () => ({
      id: ids["web"],
      security_group_rules: [{ direction: "ingress", protocol: "tcp", port_range_min: 443, priority: 1 }],
    }),
  ),
  row(
    "iec_security_group",
    () => ({ id: ids["twin"]! }),
    () => ({ name: "twin" }),
  ),
  row(
    "iec_security_groups",
    () => ({ name: "twin" }),
    () => ({ security_groups: [{ name: "twin" }, { name: "twin" }] }),
  ),
  row(
    "iec_server",
    () => ({ name: "web" }),
    () => ({
      id: ids["server"],
      status: "ACTIVE",
      flavor_id: "c6.large.2",
      vpc_id: ids["net"],
      subnet_ids: [ids["front"]],
      security_groups: [ids["web"]],
      system_disk_size: 40,
      public_ip: any,
      nics: [{ ...NIC, subnet_id: ids["front"] }],
      volume_attached: [{ size: 40 }, { size: 10 }],
      coverage_sites: [{ site_id: SITE, site_info: any }],
    }),
  ),
  row(
    "iec_servers",
    () => ({ city: "guangzhou" }),
    () => ({ servers: containing({ id: ids["server"], name: "web", nics: [NIC] }) }),
  ),
  row(
    "iec_servers",
    () => ({ city: "beijing" }),
    () => ({ servers: [] }),
  ),
  row(
    "iec_sites",
    () => ({ id: SITE, operator: "CTCC" }),
    () => ({
      sites: [
        { id: SITE, city: "guangzhou", lines: containing({ operator: "chinatelecom" }), distance_km: null },
      ],
      unlocated_cities: [],
    }),
  ),
  row(
    "iec_sites",
    () => ({ name: "jinan" }),
    () => ({ sites: [{ name: "jinan", province: "shandong" }] }),
  ),
  row(
    "iec_sites",
    // Shenzhen.
    () => ({ nearest: [{ latitude: 22.54, longitude: 114.06, operator: "chinaunicom", count: 2 }] }),
    () => ({
      sites: [
        { city: "zhongshan", distance_km: 69 },
        { city: "guangzhou", distance_km: 105 },
      ],
      unlocated_cities: [],
    }),
  ),
  row(
    "iec_volume_types",
    () => ({}),
    () => ({ volume_types: containing({ name: "SAS", status: "normal" }) }),
  ),
  row(
    "iec_volumes",
    () => ({ server_id: ids["server"]! }),
    () => ({
      volumes: containing({ size: 40, volume_type: "SAS", bootable: true }, { size: 10, bootable: false }),
    }),
  ),
  row(
    "iec_vpc",
    () => ({ id: ids["net"]! }),
    () => ({ name: "net", mode: "CUSTOMER", subnet_num: 2 }),
  ),
  row(
    "iec_vpc",
    () => ({ name: "net" }),
    () => ({ id: ids["net"] }),
  ),
  row(
    "iec_vpc_subnet",
    () => ({ name: "front", vpc_id: ids["net"]! }),
    () => ({ id: ids["front"] }),
  ),
  row(
    "iec_vpc_subnets",
    () => ({ vpc_id: ids["net"]!, site_id: SITE }),
    () => ({
      subnets: [
        { id: ids["back"], cidr: "10.9.1.0/24" },
        { id: ids["front"], cidr: "10.9.0.0/24" },
      ],
    }),
  ),
  row(
    "iec_vpcs",
    () => ({ mode: "CUSTOMER" }),
    () => ({ vpcs: [{ id: ids["net"] }] }),
  ),
];

/** Operations that were called, by data source. */
const called = new Map<string, Set<string>>();

test.each(ROWS.map((r, i) => [`${r.type} ${i}`, r] as const))("%s", async (_name, { type, ask, told }) => {
  const { value, diagnostics, called: operations } = await readData(type, ask());
  expect(diagnostics).toEqual([]);
  expect(value).toMatchObject(told());
  expect(JSON.stringify(value)).not.toMatch(/Correct-Horse|c2VjcmV0|PRIVATE KEY/);
  called.set(type, new Set([...(called.get(type) ?? []), ...operations]));
  expect(cloud.invalid).toEqual([]);
});

test("each data source is read above, and calls just what it says", () => {
  const sorted = (operations: Iterable<string>) => [...operations].sort();
  expect(Object.fromEntries([...called].map(([type, operations]) => [type, sorted(operations)]))).toEqual(
    Object.fromEntries([...dataSources].map(([type, { api }]) => [type, sorted(api)])),
  );
});

const NOT_ONE: readonly [name: string, type: string, ask: ObjectValue, says: RegExp][] = [
  ["nobody", "iec_vpc", { name: "nett" }, /No VPC was found.*Asked for: name "nett"\. 0 were found/s],
  ["several", "iec_security_group", { name: "twin" }, /2 security groups were found.*twin \(.*\), twin \(/s],
  ["everybody", "iec_vpc", {}, /2 VPCs were found.*Nothing in particular.*net \(.*\), system \(/s],
  ["a key pair", "iec_keypair", { name: "nobody" }, /No key pair was found/],
  ["an ACL by a part of its name", "iec_network_acl", { name: "edg" }, /No network ACL was found/],
  ["a server", "iec_server", { name: "web", status: "SHUTOFF" }, /name "web", status "SHUTOFF"/],
  ["a port", "iec_port", { fixed_ip: "10.9.0.254" }, /No port was found/],
  ["a subnet", "iec_vpc_subnet", { site_id: ELSEWHERE }, /No subnet was found/],
];
test.each(NOT_ONE)("not exactly one: %s", async (_name, type, ask, says) => {
  const { diagnostics } = await readData(type, ask);
  expect(diagnostics).toMatchObject([{ severity: "error", code: "IEC2019", address: `data.${type}.it` }]);
  expect(`${diagnostics[0]?.summary ?? ""}\n${diagnostics[0]?.detail ?? ""}`).toMatch(says);
});

test("what is found can be built upon, and is checked for isolation", async () => {
  const plan = async (subnet: ObjectValue) => {
    const stack = {
      provider: { iec: [{}] },
      data: {
        iec_vpc: { net: { name: "net" } },
        iec_vpc_subnet: { front: { name: "front" } },
        iec_security_group: { web: { name: "web" } },
      },
      resource: { iec_vpc_subnet: { more: { name: "more", site_id: SITE, ...subnet } } },
    };
    const { diagnostics } = await planStack(stack);
    return diagnostics.map(({ code }) => code);
  };
  const range = { cidr: "10.9.7.0/24", gateway_ip: "10.9.7.1" };
  expect(await plan({ ...range, vpc_id: "${data.iec_vpc.net.id}" })).toEqual([]);
  expect(await plan({ ...range, vpc_id: "${data.iec_security_group.web.id}" })).toEqual(["IEC1010"]);
  const outside = { cidr: "10.7.7.0/24", gateway_ip: "10.7.7.1" };
  expect(await plan({ ...outside, vpc_id: "${data.iec_vpc.net.id}" })).toEqual(["IEC1004"]);
});

import { describe, expect, test } from "vitest";
import {
  addGroup,
  addRule,
  addServer,
  addSubnet,
  addVpc,
  asText,
  createWorld,
  ids,
  siteId,
  verdict,
  type World,
} from "./harness.js";

describe("VPC ranges by mode", () => {
  const rows: [mode: string, cidr: string, verdict: string][] = [
    ["SYSTEM", "10.0.0.0/8", "200"],
    ["SYSTEM", "10.255.0.0/16", "200"],
    ["SYSTEM", "172.16.0.0/12", "200"],
    ["SYSTEM", "172.31.0.0/16", "200"],
    ["SYSTEM", "192.168.0.0/16", "200"],
    ["SYSTEM", "192.168.0.0/17", "400 IEC.000007"],
    ["SYSTEM", "10.0.0.0/17", "400 IEC.000007"],
    ["CUSTOMER", "10.0.0.0/24", "200"],
    ["CUSTOMER", "192.168.7.0/24", "200"],
    ["CUSTOMER", "10.0.0.0/25", "400 IEC.000007"],
    ["CUSTOMER", "172.32.0.0/16", "400 IEC.000007"],
    ["CUSTOMER", "8.8.8.0/24", "400 IEC.000007"],
    ["CUSTOMER", "0.0.0.0/0", "400 IEC.000007"],
    ["CUSTOMER", "10.0.0.1/16", "400 IEC.020108"],
    ["CUSTOMER", "10.0.0.300/16", "400 IEC.020108"],
    ["OTHER", "10.0.0.0/16", "400 IEC.000007"],
  ];
  test.each(rows)("%s %s: %s", async (mode, cidr, expected) => {
    const reply = await createWorld().call("POST", "/v1/vpcs", { vpc: { name: "n", cidr, mode } });
    expect(verdict(reply)).toBe(expected);
  });
});

describe("VPC", () => {
  test("its name is unique in the account, and is free again after a delete", async () => {
    const world = createWorld();
    const first = await addVpc(world, "net");
    const again = { vpc: { name: "net", cidr: "10.1.0.0/16", mode: "CUSTOMER" } };
    expect(verdict(await world.call("POST", "/v1/vpcs", again))).toBe("400 IEC.020114");
    await world.call("DELETE", `/v1/vpcs/${first}`);
    expect((await world.call("POST", "/v1/vpcs", again)).status).toBe(200);
  });

  test("a read shows the number of its subnets", async () => {
    const world = createWorld();
    const vpc = await addVpc(world);
    await addSubnet(world, vpc);
    expect((await world.call("GET", `/v1/vpcs/${vpc}`)).body).toEqual({
      vpc: { id: vpc, name: "net", cidr: "10.0.0.0/16", mode: "CUSTOMER", subnet_num: 1 },
    });
  });

  test("name and range can change, but no subnet may fall outside", async () => {
    const world = createWorld();
    const vpc = await addVpc(world);
    await addSubnet(world, vpc, "10.0.1.0/24");
    const put = (change: object) => world.call("PUT", `/v1/vpcs/${vpc}`, { vpc: change });
    expect((await put({ name: "new", cidr: "10.0.0.0/23" })).body["vpc"]).toMatchObject({
      name: "new",
      cidr: "10.0.0.0/23",
    });
    expect(verdict(await put({ cidr: "10.0.2.0/23" }))).toBe("400 IEC.000007");
    expect((await put({ name: "" })).body["vpc"]).toMatchObject({ name: "new" });
  });

  test("it cannot go while it has subnets, even ones that are being deleted", async () => {
    const world = createWorld();
    const vpc = await addVpc(world);
    const subnet = await addSubnet(world, vpc);
    const remove = async () => verdict(await world.call("DELETE", `/v1/vpcs/${vpc}`));
    expect(await remove()).toBe("400 IEC.020113");
    await world.call("DELETE", `/v1/subnets/${subnet}`);
    expect(await remove()).toBe("400 IEC.020113");
    world.pass(400);
    expect(await remove()).toBe("204");
    expect(await remove()).toBe("404 IEC.000022");
  });
});

describe("subnet refusals", () => {
  const rows: [name: string, change: Record<string, unknown>, verdict: string][] = [
    ["fits", {}, "200"],
    ["as large as the VPC", { cidr: "10.0.0.0/16", gateway_ip: "10.0.0.1" }, "200"],
    ["outside the VPC", { cidr: "10.1.0.0/24", gateway_ip: "10.1.0.1" }, "400 IEC.000007"],
    ["larger than the VPC", { cidr: "10.0.0.0/15", gateway_ip: "10.0.0.1" }, "400 IEC.000007"],
    ["prefix of 29", { cidr: "10.0.1.0/29" }, "400 IEC.000007"],
    ["prefix of 28", { cidr: "10.0.1.0/28" }, "200"],
    ["host bits", { cidr: "10.0.1.7/24" }, "400 IEC.020108"],
    ["gateway outside", { gateway_ip: "10.0.2.1" }, "400 IEC.000007"],
    ["gateway is no address", { gateway_ip: "10.0.1" }, "400 IEC.000007"],
    ["no such VPC", { vpc_id: ids.nobody }, "400 IEC.000007"],
    ["no such site", { site_id: ids.nobody }, "400 IEC.000007"],
    ["IPv6 DNS server", { dnsList: ["fe80::1"] }, "400 IEC.000007"],
    ["secondary DNS server only", { secondary_dns: "8.8.8.8" }, "400 IEC.020010"],
    ["bad name", { name: "a b" }, "400 IEC.000007"],
  ];
  test.each(rows)("%s: %j: %s", async (_name, change, expected) => {
    const world = createWorld();
    const vpc_id = await addVpc(world);
    const subnet = {
      name: "s",
      cidr: "10.0.1.0/24",
      gateway_ip: "10.0.1.1",
      vpc_id,
      site_id: ids.guangzhou,
      ...change,
    };
    expect(verdict(await world.call("POST", "/v1/subnets", { subnet }))).toBe(expected);
  });

  test("no subnet of one's own in a SYSTEM VPC", async () => {
    const world = createWorld();
    const vpc_id = await addVpc(world, "sys", "10.0.0.0/16", "SYSTEM");
    const subnet = { name: "s", cidr: "10.0.1.0/24", gateway_ip: "10.0.1.1", vpc_id, site_id: ids.guangzhou };
    expect(verdict(await world.call("POST", "/v1/subnets", { subnet }))).toBe("400 IEC.020107");
  });

  const siblings: [cidr: string, city: string, verdict: string][] = [
    ["10.0.1.128/25", "guangzhou", "400 IEC.020011"],
    ["10.0.0.0/22", "guangzhou", "400 IEC.020011"],
    ["10.0.1.0/24", "wuhan", "400 IEC.020011"],
    ["10.0.2.0/24", "guangzhou", "200"],
  ];
  test.each(siblings)("beside 10.0.1.0/24 comes %s at %s: %s", async (cidr, city, expected) => {
    const world = createWorld();
    const vpc_id = await addVpc(world);
    await addSubnet(world, vpc_id, "10.0.1.0/24");
    const gateway_ip = cidr.replace(/\.(\d+)\/.*/, (_all, last) => `.${Number(last) + 1}`);
    const subnet = { name: "t", cidr, gateway_ip, vpc_id, site_id: await siteId(world, city) };
    expect(verdict(await world.call("POST", "/v1/subnets", { subnet }))).toBe(expected);
  });

  test("another VPC may use the same range", async () => {
    const world = createWorld();
    await addSubnet(world, await addVpc(world, "a"));
    const other = await addSubnet(world, await addVpc(world, "b"));
    expect((await world.call("GET", `/v1/subnets/${other}`)).status).toBe(200);
  });
});

describe("subnet", () => {
  const dns: [name: string, given: object, read: object][] = [
    [
      "none",
      {},
      { dnsList: ["114.114.114.114", "8.8.8.8"], primary_dns: "114.114.114.114", secondary_dns: "8.8.8.8" },
    ],
    [
      "first only",
      { primary_dns: "1.1.1.1" },
      { dnsList: ["1.1.1.1"], primary_dns: "1.1.1.1", secondary_dns: null },
    ],
    [
      "both and a list",
      { primary_dns: "1.1.1.1", secondary_dns: "2.2.2.2", dnsList: ["3.3.3.3", "1.1.1.1"] },
      { dnsList: ["1.1.1.1", "2.2.2.2", "3.3.3.3"], primary_dns: "1.1.1.1", secondary_dns: "2.2.2.2" },
    ],
    [
      "list only",
      { dnsList: ["3.3.3.3", "4.4.4.4"] },
      { dnsList: ["3.3.3.3", "4.4.4.4"], primary_dns: "3.3.3.3", secondary_dns: "4.4.4.4" },
    ],
  ];
  test.each(dns)("DNS servers: %s", async (_name, given, read) => {
    const world = createWorld();
    const vpc_id = await addVpc(world);
    const base = { name: "s", cidr: "10.0.1.0/24", gateway_ip: "10.0.1.1", vpc_id, site_id: ids.guangzhou };
    const { body } = await world.call("POST", "/v1/subnets", { subnet: { ...base, ...given } });
    expect(body["subnet"]).toMatchObject(read);
  });

  test("it is UNKNOWN first, ACTIVE after a while, and stays until it is gone", async () => {
    const world = createWorld();
    const vpc_id = await addVpc(world);
    const subnet = { name: "s", cidr: "10.0.1.0/24", gateway_ip: "10.0.1.1", vpc_id, site_id: ids.guangzhou };
    const made = (await world.call("POST", "/v1/subnets", { subnet })).body["subnet"]!;
    expect(made).toMatchObject({ status: "UNKNOWN", neutron_network_id: made["id"], dhcp_enable: true });
    expect(made["neutron_subnet_id"]).not.toBe(made["id"]);
    expect(made["site_info"]).toBe("China/south/guangdong/guangzhou");
    const status = async () => {
      const reply = await world.call("GET", `/v1/subnets/${asText(made["id"])}`);
      return reply.body["subnet"]?.["status"] ?? reply.status;
    };
    world.pass(299);
    expect(await status()).toBe("UNKNOWN");
    world.pass(1);
    expect(await status()).toBe("ACTIVE");
    expect((await world.call("DELETE", `/v1/subnets/${asText(made["id"])}`)).status).toBe(204);
    expect(await status()).toBe("ACTIVE");
    world.pass(400);
    expect(await status()).toBe(404);
  });

  test("IPv6 is turned on with an IPv6 line of the site, and never off", async () => {
    const world = createWorld();
    const subnet = await addSubnet(world, await addVpc(world));
    const pools = (await world.call("GET", "/v1/sites?city=guangzhou")).body["sites"]![0]![
      "pools"
    ] as unknown as {
      id: string;
      ip_version: string;
    }[];
    const put = (change: object) => world.call("PUT", `/v1/subnets/${subnet}`, { subnet: change });
    const line = (version: string) => pools.find((pool) => pool.ip_version === version)!.id;
    expect(verdict(await put({ ipv6_enable: true }))).toBe("400 IEC.000007");
    expect(verdict(await put({ ipv6_enable: true, pool_id: line("4") }))).toBe("400 IEC.000007");
    expect((await put({ ipv6_enable: true, pool_id: line("6") })).body["subnet"]).toMatchObject({
      ipv6_enable: true,
    });
    expect((await world.call("GET", `/v1/subnets/${subnet}`)).body["subnet"]!["cidr_v6"]).toMatch(/::\/64$/);
    expect(verdict(await put({ ipv6_enable: false }))).toBe("400 IEC.000007");
  });

  test("it cannot go while an instance or a virtual IP uses it", async () => {
    const world = createWorld();
    const vpc = await addVpc(world);
    const [one, two] = [
      await addSubnet(world, vpc, "10.0.1.0/24"),
      await addSubnet(world, vpc, "10.0.2.0/24"),
    ];
    await addServer(world, { vpc, subnets: [one] });
    await world.call("POST", "/v1/ports", { port: { device_owner: "neutron:VIP_PORT", network_id: two } });
    expect(verdict(await world.call("DELETE", `/v1/subnets/${one}`))).toBe("400 IEC.020008");
    expect(verdict(await world.call("DELETE", `/v1/subnets/${two}`))).toBe("400 IEC.020009");
  });
});

describe("security group", () => {
  test("a new one has no rules; the account's default one has the catalog's", async () => {
    const world = createWorld();
    const group = await addGroup(world);
    const { body } = await world.call("GET", `/v1/security-groups/${group}`);
    expect(body).toEqual({
      security_group: { id: group, name: "web", description: "", security_group_rules: [] },
    });
    const groups = (await world.call("GET", "/v1/security-groups")).body["security_groups"]!;
    expect(groups[0]).toMatchObject({ name: "default" });
    expect(groups[0]!["security_group_rules"]).toHaveLength(2);
  });

  const names: [name: string, input: object, verdict: string][] = [
    ["a name used twice", { name: "twin" }, "200"],
    ["the default group's name", { name: "default" }, "400 IEC.020310"],
    ["angle brackets", { name: "a<b" }, "400 IEC.000007"],
    ["brackets in the text", { name: "a", description: ">" }, "400 IEC.000007"],
    ["65 characters", { name: "x".repeat(65) }, "400 IEC.000007"],
  ];
  test.each(names)("create with %s", async (_name, input, expected) => {
    const world = createWorld();
    await addGroup(world, "twin");
    expect(verdict(await world.call("POST", "/v1/security-groups", { security_group: input }))).toBe(
      expected,
    );
  });

  const users: [name: string, use: (world: World, group: string) => Promise<unknown>, verdict: string][] = [
    ["nothing", () => Promise.resolve(), "204"],
    [
      "its own rule",
      (world, group) =>
        addRule(world, { security_group_id: group, direction: "ingress", remote_group_id: group }),
      "204",
    ],
    [
      "another group's rule",
      async (world, group) =>
        addRule(world, {
          security_group_id: await addGroup(world, "other"),
          direction: "ingress",
          remote_group_id: group,
        }),
      "409 IEC.020309",
    ],
    [
      "a network card",
      async (world, group) => {
        const vpc = await addVpc(world);
        return addServer(world, { vpc, subnets: [await addSubnet(world, vpc)], groups: [group] });
      },
      "409 IEC.020309",
    ],
  ];
  test.each(users)("delete while used by %s", async (_name, use, expected) => {
    const world = createWorld();
    const group = await addGroup(world);
    await use(world, group);
    expect(verdict(await world.call("DELETE", `/v1/security-groups/${group}`))).toBe(expected);
    const left = world.app
      .snapshot()
      .security_group_rules.filter((rule) => rule["security_group_id"] === group);
    expect(left).toEqual([]);
  });
});

describe("security group rules", () => {
  const any = { remote_ip_prefix: "0.0.0.0/0" };
  const rows: [name: string, rule: object, verdict: string][] = [
    ["everything", any, "200"],
    ["tcp with ports", { ...any, protocol: "tcp", port_range_min: 80, port_range_max: 90 }, "200"],
    ["protocol number", { ...any, protocol: "132" }, "200"],
    ["protocol 256", { ...any, protocol: "256" }, "400 IEC.000007"],
    ["unknown protocol", { ...any, protocol: "http" }, "400 IEC.000007"],
    [
      "ports upside down",
      { ...any, protocol: "tcp", port_range_min: 90, port_range_max: 80 },
      "400 IEC.000007",
    ],
    ["half a port range", { ...any, protocol: "tcp", port_range_min: 80 }, "400 IEC.000007"],
    ["port 0", { ...any, protocol: "tcp", port_range_min: 0, port_range_max: 80 }, "400 IEC.000007"],
    ["ports for icmp", { ...any, protocol: "icmp", port_range_min: 1, port_range_max: 1 }, "400 IEC.000007"],
    ["icmp with null ports", { ...any, protocol: "icmp", port_range_min: null, port_range_max: null }, "200"],
    ["icmp on IPv6", { remote_ip_prefix: "::/0", ethertype: "IPv6", protocol: "icmp" }, "400 IEC.000007"],
    ["icmpv6 on IPv4", { ...any, protocol: "icmpv6" }, "400 IEC.000007"],
    ["icmpv6 on IPv6", { remote_ip_prefix: "::/0", ethertype: "IPv6", protocol: "icmpv6" }, "200"],
    ["family differs", { remote_ip_prefix: "::/0" }, "400 IEC.020307"],
    ["no peer", {}, "400 IEC.020306"],
    ["both peers", { ...any, remote_group_id: "self" }, "400 IEC.000007"],
    ["peer group", { remote_group_id: "self" }, "200"],
    ["unknown peer group", { remote_group_id: ids.nobody }, "400 IEC.000007"],
    ["peer address", { remote_ip_prefix: "10.0.0.7" }, "200"],
    ["peer is no address", { remote_ip_prefix: "10.0.0" }, "400 IEC.000007"],
    ["priority 101", { ...any, priority: 101 }, "400 IEC.000007"],
  ];
  test.each(rows)("%s: %j: %s", async (_name, rule, expected) => {
    const world = createWorld();
    const security_group_id = await addGroup(world);
    const own = Object.fromEntries(
      Object.entries(rule).map(([key, value]) => [
        key,
        value === "self" ? security_group_id : (value as unknown),
      ]),
    );
    const security_group_rule = { security_group_id, direction: "ingress", ...own };
    expect(verdict(await world.call("POST", "/v1/security-group-rules", { security_group_rule }))).toBe(
      expected,
    );
  });

  test("what is left out reads back empty, ports as text", async () => {
    const world = createWorld();
    const group = await addGroup(world);
    const base = { security_group_id: group, direction: "ingress", ...any };
    const open = await addRule(world, base);
    const https = await addRule(world, {
      ...base,
      protocol: "tcp",
      port_range_min: 443,
      port_range_max: 443,
    });
    const read = async (id: string) =>
      (await world.call("GET", `/v1/security-group-rules/${id}`)).body["security_group_rule"];
    const empty = {
      protocol: "",
      port_range_min: "",
      port_range_max: "",
      remote_group_id: "",
      action: "allow",
      priority: 1,
    };
    expect(await read(open)).toMatchObject(empty);
    expect(await read(https)).toMatchObject({
      protocol: "tcp",
      port_range_min: "443",
      port_range_max: "443",
    });
  });
});

describe("quotas", () => {
  const rows: [
    kind: string,
    path: string,
    body: (world: World, n: number) => Promise<object>,
    verdict: string,
  ][] = [
    [
      "vpc",
      "/v1/vpcs",
      (_world, n) => Promise.resolve({ vpc: { name: `n${n}`, cidr: "10.0.0.0/16", mode: "CUSTOMER" } }),
      "400 IEC.000032",
    ],
    [
      "publicIp",
      "/v1/publicips",
      () => Promise.resolve({ publicip: { site_id: ids.guangzhou } }),
      "400 IEC.000032",
    ],
    [
      "shareBandwidthIP",
      "/v1/publicips",
      () => Promise.resolve({ publicip: { site_id: ids.guangzhou } }),
      "400 IEC.000032",
    ],
    [
      "securityGroupContainRuleQuota",
      "/v1/security-group-rules",
      async (world, n) => {
        const found = world.app.snapshot().security_groups.find((group) => group["name"] === "g");
        const security_group_id = n === 0 ? await addGroup(world, "g") : found!["id"];
        return {
          security_group_rule: { security_group_id, direction: "egress", remote_ip_prefix: "0.0.0.0/0" },
        };
      },
      "400 IEC.020305",
    ],
  ];
  test.each(rows)("%s of 2", async (kind, path, body, expected) => {
    const world = createWorld({ quotas: { [kind]: 2 } });
    const verdicts: string[] = [];
    for (const n of [0, 1, 2]) verdicts.push(verdict(await world.call("POST", path, await body(world, n))));
    expect(verdicts).toEqual(["200", "200", expected]);
  });

  test("the list shows limit and use", async () => {
    const world = createWorld({ quotas: { vpc: 7 } });
    await addVpc(world);
    const resources = (await world.call("GET", "/v1/edgeclouds/quotas")).body["quotas"]!["resources"];
    expect(resources).toContainEqual({ type: "vpc", used: 1, quota: 7, min: 0, max: 100000 });
    expect(resources).toContainEqual({ type: "instance", used: 0, quota: 50, min: 0, max: 20480 });
  });
});

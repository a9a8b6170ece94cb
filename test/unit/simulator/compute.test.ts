import { describe, expect, test } from "vitest";
import {
  addServer,
  addSubnet,
  addVpc,
  asText,
  createWorld,
  ids,
  type Json,
  lines,
  serverBody,
  type ServerSpec,
  siteId,
  verdict,
  type World,
} from "./harness.js";

interface Ground {
  readonly world: World;
  readonly vpc: string;
  readonly subnet: string;
}

async function ground(options: Parameters<typeof createWorld>[0] = {}): Promise<Ground> {
  const world = createWorld(options);
  const vpc = await addVpc(world);
  return { world, vpc, subnet: await addSubnet(world, vpc) };
}

async function show({ call }: World, id: string): Promise<Json> {
  return (await call("GET", `/v1/cloudservers/${id}`)).body["server"]!;
}

describe("instance refusals", () => {
  type Change = (ground: Ground) => Promise<Partial<ServerSpec>> | Partial<ServerSpec>;
  const more = (fields: Record<string, unknown>): Partial<ServerSpec> => ({ more: fields });
  const disk = (size: number, volume_type = "SAS"): object => ({ size, volume_type });
  const refused = "400 IEC.000007";
  const rows: [name: string, change: Change, verdict: string][] = [
    ["plain", () => ({}), "202"],
    ["no such VPC", () => ({ vpc: ids.nobody }), refused],
    ["no such subnet", () => ({ subnets: [ids.nobody] }), refused],
    [
      "subnet of another VPC",
      async ({ world }) => ({ subnets: [await addSubnet(world, await addVpc(world, "other"))] }),
      refused,
    ],
    [
      "subnet of another site",
      async ({ world, vpc }) => ({
        subnets: [await addSubnet(world, vpc, "10.0.9.0/24", await siteId(world, "wuhan"))],
      }),
      refused,
    ],
    ["site that is sold out", async ({ world }) => ({ site: await siteId(world, "harbin") }), refused],
    ["no such site", () => ({ site: ids.nobody }), refused],
    ["flavor that no site offers", () => more({ flavor_ref: "c9.large.2" }), refused],
    [
      "disk type that the site lacks",
      async ({ world, vpc }) => {
        const site = await siteId(world, "xi'an");
        return {
          site,
          subnets: [await addSubnet(world, vpc, "10.0.9.0/24", site)],
          ...more({ root_volume: disk(40, "SSD") }),
        };
      },
      refused,
    ],
    ["no such image", () => more({ image_ref: ids.nobody }), refused],
    ["system disk below the image's", () => more({ image_ref: ids.windows }), refused],
    ["system disk of 39 GB", () => more({ root_volume: disk(39) }), refused],
    ["system disk of 101 GB", () => more({ root_volume: disk(101) }), refused],
    ["two data disks", () => more({ data_volumes: [disk(1), disk(500)] }), "202"],
    ["three data disks", () => more({ data_volumes: [disk(1), disk(1), disk(1)] }), refused],
    ["count of 0", () => more({ count: 0 }), refused],
    ["count of 51", () => more({ count: 51 }), refused],
    ["no such key pair", () => more({ key_name: "none" }), refused],
    ["weak password", () => more({ admin_pass: "abcdefgh1" }), refused],
    ["strong password", () => more({ admin_pass: "Abcdefgh1" }), "202"],
    ["user data that is not base64", () => more({ user_data: "#!/bin/sh" }), refused],
    ["no such group", () => ({ groups: [ids.nobody] }), refused],
    ["line of another site", () => ({ eip: true, line: lines.xian }), refused],
    ["IPv6 line", () => ({ eip: true, line: "5_sbgp_site12_v6" }), refused],
    [
      "IPv6 on a subnet without",
      ({ vpc, subnet }) =>
        more({ net_config: { vpc_id: vpc, subnets: [{ id: subnet, ipv6_enable: true }] } }),
      refused,
    ],
    [
      "address pair for everything",
      ({ vpc, subnet }) =>
        more({
          net_config: {
            vpc_id: vpc,
            subnets: [{ id: subnet, allowed_address_pairs: [{ ip_address: "0.0.0.0/0" }] }],
          },
        }),
      refused,
    ],
    [
      "more EIPs than cards",
      ({ subnet }) => ({
        subnets: [subnet],
        eip: true,
        ...more({
          coverage: {
            coverage_policy: "centralize",
            coverage_level: "site",
            coverage_sites: [
              { site: ids.guangzhou, demands: [{ pool_ids: ["5_sbgp_site12", "5_unicon_site12"] }] },
            ],
          },
        }),
      }),
      refused,
    ],
  ];
  test.each(rows)("%s", async (_name, change, expected) => {
    const base = await ground();
    const spec = { vpc: base.vpc, subnets: [base.subnet], ...(await change(base)) };
    const before = base.world.app.snapshot();
    const reply = await base.world.call("POST", "/v1/cloudservers", serverBody(spec));
    expect(verdict(reply)).toBe(expected);
    if (expected === refused) expect(base.world.app.snapshot()).toEqual(before);
  });

  test("a subnet that is not ready or on its way out", async () => {
    const { world, vpc, subnet } = await ground();
    await world.call("DELETE", `/v1/subnets/${subnet}`);
    expect(
      verdict(await world.call("POST", "/v1/cloudservers", serverBody({ vpc, subnets: [subnet] }))),
    ).toBe(refused);
    const cidr = {
      name: "s",
      cidr: "10.0.2.0/24",
      gateway_ip: "10.0.2.1",
      vpc_id: vpc,
      site_id: ids.guangzhou,
    };
    const young = (await world.call("POST", "/v1/subnets", { subnet: cidr })).body["subnet"]!;
    const spec = serverBody({ vpc, subnets: [asText(young["id"])] });
    expect(verdict(await world.call("POST", "/v1/cloudservers", spec))).toBe(refused);
  });

  test.each([
    ["instance", 2, "400 IEC.000032"],
    ["vcpu", 5, "400 IEC.000032"],
    ["ram", 3 * 4096 - 1, "400 IEC.000032"],
    ["gigabyte", 119, "400 IEC.000032"],
    ["volume", 2, "400 IEC.000032"],
    ["instance", 3, "202"],
  ])("three instances with a %s quota of %i: %s", async (kind, limit, expected) => {
    const { world, vpc, subnet } = await ground({ quotas: { [kind]: limit } });
    const spec = serverBody({ vpc, subnets: [subnet], more: { count: 3 } });
    expect(verdict(await world.call("POST", "/v1/cloudservers", spec))).toBe(expected);
  });
});

describe("instance life", () => {
  test("create: 404, DELETED, BUILD, ACTIVE; lists show it from BUILD on", async () => {
    const { world, vpc, subnet } = await ground();
    const made = await world.call("POST", "/v1/cloudservers", serverBody({ vpc, subnets: [subnet] }));
    const id = asText(made.body["server_ids"]![0]);
    const seen: unknown[] = [];
    for (const ms of [0, 60, 60, 1079, 1]) {
      world.pass(ms);
      const reply = await world.call("GET", `/v1/cloudservers/${id}`);
      const list = (await world.call("GET", "/v1/cloudservers")).body["count"];
      seen.push([reply.body["server"]?.["status"] ?? reply.status, list]);
    }
    expect(seen).toEqual([
      [404, 0],
      ["DELETED", 0],
      ["BUILD", 1],
      ["BUILD", 1],
      ["ACTIVE", 1],
    ]);
  });

  test("delete: ACTIVE, then DELETED and out of lists, then 404; cards, disks and EIPs go along", async () => {
    const { world, vpc, subnet } = await ground();
    const id = await addServer(world, { vpc, subnets: [subnet], eip: true });
    expect(verdict(await world.call("POST", "/v1/cloudservers/delete", { servers: [{ id }] }))).toBe("202");
    const seen: unknown[] = [];
    for (const ms of [0, 399, 1, 200]) {
      world.pass(ms);
      const reply = await world.call("GET", `/v1/cloudservers/${id}`);
      const left = world.app.snapshot();
      seen.push([
        reply.body["server"]?.["status"] ?? reply.status,
        left.servers.length + left.ports.length + left.volumes.length + left.publicips.length,
      ]);
    }
    expect(seen).toEqual([
      ["ACTIVE", 4],
      ["ACTIVE", 4],
      ["DELETED", 0],
      [404, 0],
    ]);
    expect(world.app.snapshot().bandwidths).toHaveLength(1);
  });

  test("an EIP bound later goes with the instance as well", async () => {
    const { world, vpc, subnet } = await ground();
    const id = await addServer(world, { vpc, subnets: [subnet] });
    const ip = (await world.call("POST", "/v1/publicips", { publicip: { site_id: ids.guangzhou } })).body[
      "publicip"
    ]!;
    world.pass(300);
    const port_id = (await world.call("GET", `/v1/ports?device_id=${id}`)).body["ports"]![0]!["id"];
    await world.call("PUT", `/v1/publicips/${asText(ip["id"])}`, { publicip: { port_id } });
    await world.call("POST", "/v1/cloudservers/delete", { servers: [{ id }] });
    world.pass(400);
    expect(verdict(await world.call("GET", `/v1/publicips/${asText(ip["id"])}`))).toBe("404 IEC.000022");
  });

  test("deleting an unknown instance is refused with the code of a missing resource", async () => {
    const reply = await createWorld().call("POST", "/v1/cloudservers/delete", {
      servers: [{ id: ids.nobody }],
    });
    expect(verdict(reply)).toBe("400 IEC.000022");
  });

  const actions: [name: string, stopped: boolean, action: object, statuses: string[]][] = [
    ["stop", false, { "os-stop": {} }, ["ACTIVE", "SHUTOFF"]],
    ["start", true, { "os-start": {} }, ["SHUTOFF", "ACTIVE"]],
    ["start a running one", false, { "os-start": {} }, ["ACTIVE", "ACTIVE"]],
    ["soft reboot", false, { reboot: { type: "SOFT" } }, ["REBOOT", "ACTIVE"]],
    ["hard reboot", false, { reboot: { type: "HARD" } }, ["HARD_REBOOT", "ACTIVE"]],
  ];
  test.each(actions)("%s", async (_name, stopped, action, statuses) => {
    const { world, vpc, subnet } = await ground();
    const id = await addServer(world, { vpc, subnets: [subnet] });
    const act = (wanted: object) => {
      const [[key, options] = ["", {}]] = Object.entries(wanted) as [string, object][];
      return world.call("POST", "/v1/cloudservers/action", { [key]: { servers: [{ id }], ...options } });
    };
    if (stopped) {
      await act({ "os-stop": {} });
      world.pass(300);
    }
    const reply = await act(action);
    expect(reply.body["jobs"]).toHaveLength(1);
    const first = asText((await show(world, id))["status"]);
    world.pass(300);
    expect([first, asText((await show(world, id))["status"])]).toEqual(statuses);
  });

  test("a reboot needs a type and a running instance", async () => {
    const { world, vpc, subnet } = await ground();
    const id = await addServer(world, { vpc, subnets: [subnet] });
    const act = async (body: object) => verdict(await world.call("POST", "/v1/cloudservers/action", body));
    expect(await act({ reboot: { servers: [{ id }] } })).toBe("400 IEC.000007");
    await act({ "os-stop": { servers: [{ id }] } });
    world.pass(300);
    expect(await act({ reboot: { servers: [{ id }], type: "SOFT" } })).toBe("400 IEC.000007");
  });
});

describe("instance names", () => {
  const rows: [input: object, names: string[]][] = [
    [{}, ["IEC-GZ01-web"]],
    [{ with_prefix: true }, ["IEC-GZ01-web"]],
    [{ with_prefix: false }, ["web"]],
    [{ with_prefix: false, count: 2 }, ["web-0001", "web-0002"]],
  ];
  test.each(rows)("%j: %j", async (input, names) => {
    const { world, vpc, subnet } = await ground();
    await addServer(world, { vpc, subnets: [subnet], more: { with_prefix: undefined, ...input } });
    expect(world.app.snapshot().servers.map((server) => server["name"])).toEqual(names);
  });
});

describe("instance reads", () => {
  test("addresses by VPC: fixed and floating of the same card", async () => {
    const { world, vpc, subnet } = await ground();
    const id = await addServer(world, { vpc, subnets: [subnet], eip: true, line: lines.guangzhou });
    const server = await show(world, id);
    const [port] = world.app.snapshot().ports;
    const card = {
      "OS-EXT-IPS:port_id": port!["id"],
      "OS-EXT-IPS-MAC:mac_addr": port!["mac_address"],
      version: "4",
    };
    expect(server["addresses"]).toEqual({
      [vpc]: [
        { ...card, "OS-EXT-IPS:type": "fixed", addr: "10.0.1.2" },
        { ...card, "OS-EXT-IPS:type": "floating", addr: "198.18.0.1" },
      ],
    });
    expect(server).toMatchObject({
      flavor: { id: "c6.large.2", ram: "4096", vcpus: "2" },
      image: { id: ids.ubuntu },
      metadata: { vpc_id: vpc, image_name: "Ubuntu 20.04 server 64bit", eip_type: lines.guangzhou },
      security_groups: [{ name: "default" }],
      geolocation: { id: ids.guangzhou, city: "guangzhou" },
      "os-extended-volumes:volumes_attached": [{ bootIndex: "0", device: "/dev/vda" }],
    });
    expect(server).not.toHaveProperty("site_id");
  });

  test("an update answers a flat object with empty fields; the read tells", async () => {
    const { world, vpc, subnet } = await ground();
    const id = await addServer(world, { vpc, subnets: [subnet] });
    const change = { name: "new.name", description: "text" };
    const { body } = await world.call("PUT", `/v1/cloudservers/${id}`, { server: change });
    expect(body).toMatchObject({ ...change, status: null });
    expect(body).not.toHaveProperty("server");
    expect(await show(world, id)).toMatchObject({ ...change, status: "ACTIVE" });
  });

  test("disks are read only and name their instance", async () => {
    const { world, vpc, subnet } = await ground();
    const data_volumes = [{ size: 10, volume_type: "SSD" }];
    const id = await addServer(world, { vpc, subnets: [subnet], more: { data_volumes } });
    const volumes = (await world.call("GET", "/v1/cloudvolumes")).body["volumes"]!;
    expect(volumes).toMatchObject([
      { size: 40, volume_type: "SAS", status: "in-use", bootable: "true", attachments: [{ server_id: id }] },
      { size: 10, volume_type: "SSD", bootable: "false", attachments: [{ device: "/dev/vdb" }] },
    ]);
    const one = await world.call("GET", `/v1/cloudvolumes/${asText(volumes[1]!["id"])}`);
    expect(one.body["volume"]).toEqual(volumes[1]);
  });

  const filters: [query: string, count: number][] = [
    ["", 1],
    ["?status=ACTIVE", 1],
    ["?status=SHUTOFF", 0],
    ["?status=NO_SUCH_STATUS", 0],
    ["?name=web", 1],
    ["?name=we", 0],
    [`?site_id=${ids.guangzhou}`, 1],
    ["?city=wuhan", 0],
    ["?area=south&province=guangdong", 1],
  ];
  test.each(filters)("list%s: %i", async (query, count) => {
    const { world, vpc, subnet } = await ground();
    await addServer(world, { vpc, subnets: [subnet] });
    const reply = await world.call("GET", `/v1/cloudservers${query}`);
    expect([reply.status, reply.body["count"], reply.body["err_sites"]]).toEqual([200, count, []]);
  });

  test("a status filter finds the statuses of its group", async () => {
    const { world, vpc, subnet } = await ground();
    const id = await addServer(world, { vpc, subnets: [subnet] });
    await world.call("POST", "/v1/cloudservers/action", { reboot: { servers: [{ id }], type: "HARD" } });
    expect((await world.call("GET", "/v1/cloudservers?status=ACTIVE")).body["servers"]).toMatchObject([
      { status: "HARD_REBOOT" },
    ]);
  });
});

describe("network cards", () => {
  test("one per subnet, with the lowest address that is free", async () => {
    const { world, vpc, subnet } = await ground();
    const second = await addSubnet(world, vpc, "10.0.2.0/28");
    await addServer(world, { vpc, subnets: [subnet, second] });
    await addServer(world, { vpc, subnets: [second] });
    expect(world.app.snapshot().ports).toMatchObject([
      {
        network_id: subnet,
        fixed_ips: [{ ip_address: "10.0.1.2" }],
        site_id: ids.guangzhou,
        status: "ACTIVE",
      },
      { network_id: second, fixed_ips: [{ ip_address: "10.0.2.2" }] },
      { network_id: second, fixed_ips: [{ ip_address: "10.0.2.3" }] },
    ]);
  });

  test("network, gateway, DHCP and broadcast address are left out, and a full subnet refuses", async () => {
    const { world, vpc } = await ground();
    const small = await addSubnet(world, vpc, "10.0.2.0/28");
    await addServer(world, { vpc, subnets: [small], more: { count: 12 } });
    const taken = world.app
      .snapshot()
      .ports.map((port) => (port["fixed_ips"] as [{ ip_address: string }])[0].ip_address);
    expect([taken[0], taken.at(-1), taken.length]).toEqual(["10.0.2.2", "10.0.2.13", 12]);
    expect(verdict(await world.call("POST", "/v1/cloudservers", serverBody({ vpc, subnets: [small] })))).toBe(
      "400 IEC.000007",
    );
  });

  const updates: [name: string, change: object, verdict: string][] = [
    ["groups", { security_groups: [] }, "200"],
    ["unknown group", { security_groups: [ids.nobody] }, "400 IEC.000007"],
    ["no source check", { allowed_address_pairs: [{ ip_address: "1.1.1.1/0" }] }, "200"],
    ["everything", { allowed_address_pairs: [{ ip_address: "0.0.0.0/0" }] }, "400 IEC.000007"],
  ];
  test.each(updates)("update: %s", async (_name, change, expected) => {
    const { world, vpc, subnet } = await ground();
    await addServer(world, { vpc, subnets: [subnet] });
    const id = asText(world.app.snapshot().ports[0]!["id"] as Json);
    expect(verdict(await world.call("PUT", `/v1/ports/${id}`, { port: change }))).toBe(expected);
    if (expected === "200")
      expect((await world.call("GET", `/v1/ports/${id}`)).body["port"]).toMatchObject(change);
  });

  test("a card is found by instance, subnet, address and group; it cannot be deleted by itself", async () => {
    const { world, vpc, subnet } = await ground();
    const id = await addServer(world, { vpc, subnets: [subnet] });
    await addServer(world, { vpc, subnets: [subnet] });
    const neutron = asText(
      (await world.call("GET", `/v1/subnets/${subnet}`)).body["subnet"]!["neutron_subnet_id"],
    );
    const count = async (query: string) => (await world.call("GET", `/v1/ports?${query}`)).body["count"];
    expect(await count(`device_id=${id}`)).toBe(1);
    expect(await count(`network_id=${subnet}`)).toBe(2);
    expect(await count(`fixed_ips=ip_address=10.0.1.3&fixed_ips=subnet_id=${neutron}`)).toBe(1);
    expect(await count(`fixed_ips=ip_address=10.0.1.9`)).toBe(0);
    expect(await count(`security_groups=${ids.nobody}`)).toBe(0);
    const port = asText(world.app.snapshot().ports[0]!["id"] as Json);
    expect(verdict(await world.call("DELETE", `/v1/ports/${port}`))).toBe("400 IEC.020205");
  });

  test("a virtual IP: BUILD, DOWN, deleted", async () => {
    const { world, subnet } = await ground();
    const port = {
      device_owner: "neutron:VIP_PORT",
      network_id: subnet,
      fixed_ips: [{ ip_address: "10.0.1.9" }],
    };
    const made = (await world.call("POST", "/v1/ports", { port })).body["port"]!;
    expect(made).toMatchObject({ status: "BUILD", fixed_ips: [{ ip_address: "10.0.1.9" }] });
    expect(verdict(await world.call("POST", "/v1/ports", { port }))).toBe("400 IEC.000007");
    world.pass(200);
    const path = `/v1/ports/${asText(made["id"])}`;
    expect((await world.call("GET", path)).body["port"]!["status"]).toBe("DOWN");
    expect(verdict(await world.call("DELETE", path))).toBe("204");
    expect(verdict(await world.call("GET", path))).toBe("404 IEC.000022");
  });
});

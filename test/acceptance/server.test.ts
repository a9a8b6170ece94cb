import { describe, expect, test } from "vitest";
import type { ObjectValue } from "../../schema/unknown.js";
import { network, openBench, server, serverNeeds, SITE, type Bench, type Blocks } from "./resource-bench.js";

const OTHER_IMAGE = "06b21a6f-8e8f-5a79-b9ab-14aac7090b9b";
const WEB = "iec_server.web";
const subnet = (name: string) => `\${iec_vpc_subnet.${name}.id}`;
const group = (name: string) => `\${iec_security_group.${name}.id}`;
const groups = { iec_security_group: { web: { name: "web" }, db: { name: "db" } } };

/** A server with changes, in one of three subnets, and what else there is. */
const stack = (changes: object = {}, more: Blocks = {}): Blocks => ({
  ...network(["a", "b", "c"]),
  ...serverNeeds,
  ...groups,
  iec_server: { web: { ...server("web"), ...changes } },
  ...more,
});
const nic = (subnetName: string, changes: object = {}): Blocks => ({
  iec_server_nic: {
    extra: {
      server_id: "${iec_server.web.id}",
      subnet_id: subnet(subnetName),
      security_groups: [group("web")],
      ...changes,
    },
  },
});

interface Cloud {
  readonly status: string;
  readonly image: { readonly id: string };
}
const inCloud = (bench: Bench) => bench.cloud.snapshot().servers[0] as unknown as Cloud;
const cards = (bench: Bench) => bench.cloud.snapshot().ports.filter((port) => port["device_id"] !== "");
const nicsOf = (values: ObjectValue | undefined) =>
  (values?.["nics"] ?? []) as readonly Record<string, unknown>[];
const idOf = (values: ObjectValue | undefined) => (values as { readonly id: string } | undefined)?.id ?? "";

describe("a change of a server", () => {
  test.each([
    { name: "name and description", change: { name: "web-2", description: "front" } },
    { name: "a second NIC", change: { subnet_ids: [subnet("a"), subnet("b")] }, cards: 2 },
    { name: "two NICs more", change: { subnet_ids: [subnet("c"), subnet("a"), subnet("b")] }, cards: 3 },
    { name: "another group", change: { security_groups: [group("db")] } },
    { name: "a group more", change: { security_groups: [group("db"), group("web")] } },
    { name: "a stop", change: { power_state: "SHUTOFF" }, status: "SHUTOFF" },
    { name: "another image", change: { image_id: OTHER_IMAGE } },
    {
      name: "all of it at once",
      change: {
        name: "web-2",
        subnet_ids: [subnet("a"), subnet("c")],
        security_groups: [group("db")],
        image_id: OTHER_IMAGE,
        power_state: "SHUTOFF",
      },
      status: "SHUTOFF",
      cards: 2,
    },
  ])("in place, and back: $name", async ({ change, status = "ACTIVE", cards: count = 1 }) => {
    const bench = openBench();
    const before = (await bench.settle(stack())).values[WEB];
    const changed = await bench.settle(stack(change));
    expect(changed.actions).toEqual({ [WEB]: "update" });
    expect(changed.values[WEB]).toMatchObject({ id: idOf(before), status, power_state: status });
    expect(inCloud(bench)).toMatchObject({
      status,
      ...("image_id" in change && { image: { id: OTHER_IMAGE } }),
    });
    expect(cards(bench)).toHaveLength(count);
    expect(nicsOf(changed.values[WEB])).toHaveLength(count);
    const wanted = (changed.values[WEB] as { security_groups: readonly string[] }).security_groups;
    for (const card of cards(bench)) expect(card["security_groups"]).toEqual(wanted);
    const back = await bench.settle(stack({ power_state: "ACTIVE" }));
    expect(back.actions).toEqual({ [WEB]: "update" });
    expect(back.values[WEB]).toMatchObject({ id: idOf(before), status: "ACTIVE" });
    expect(cards(bench)).toHaveLength(1);
  });

  test("a stopped server gets another image without being started", async () => {
    const bench = openBench();
    await bench.settle(stack({ power_state: "SHUTOFF" }));
    await bench.settle(stack({ power_state: "SHUTOFF", image_id: OTHER_IMAGE }));
    expect(inCloud(bench)).toMatchObject({ status: "SHUTOFF", image: { id: OTHER_IMAGE } });
  });

  test.each([
    { name: "its first NIC goes", blocks: stack({ subnet_ids: [subnet("b")] }) },
    {
      name: "a group it drops is replaced",
      blocks: stack({}, { iec_security_group: { web: { name: "new" }, db: { name: "db" } } }),
    },
    {
      name: "its write-only password has a new version",
      blocks: stack({ admin_pass: null, admin_pass_wo: "Other-Horse-8", admin_pass_wo_version: 2 }),
    },
  ])("replaces where $name", async ({ blocks }) => {
    const bench = openBench();
    const before = (await bench.settle(stack())).values[WEB];
    const { actions, values } = await bench.settle(blocks);
    expect(actions[WEB]).toBe("replace");
    expect(idOf(values[WEB])).not.toBe(idOf(before));
    expect(JSON.stringify(values)).not.toContain("Other-Horse-8");
  });

  test("an image that fails to install is tried again", async () => {
    const bench = openBench({ faults: [{ operation: "ChangeOs", kind: "jobFailed", times: 1 }] });
    const before = (await bench.settle(stack())).values[WEB];
    const broken = await bench.run(stack({ image_id: OTHER_IMAGE }));
    expect(broken.diagnostics).toMatchObject([{ code: "IEC5001" }]);
    expect(broken.tainted).toEqual([]);
    const mended = await bench.settle(stack({ image_id: OTHER_IMAGE }));
    expect(mended.actions).toEqual({ [WEB]: "update" });
    expect(mended.values[WEB]).toMatchObject({ id: idOf(before), status: "ACTIVE" });
    expect(inCloud(bench)).toMatchObject({ status: "ACTIVE", image: { id: OTHER_IMAGE } });
  });

  test.each(["AddNics", "DeleteNics", "ChangeOs", "UpdatePort", "BatchInstanceAction"])(
    "an answer to %s that is lost leaves nothing done twice",
    async (operation) => {
      const bench = openBench({ faults: [{ operation, kind: "lostAnswer", times: 1 }] });
      await bench.settle(stack({ subnet_ids: [subnet("a"), subnet("c")] }));
      const change = {
        subnet_ids: [subnet("a"), subnet("b")],
        security_groups: [group("db")],
        image_id: OTHER_IMAGE,
        power_state: "ACTIVE",
      };
      await bench.run(stack(change));
      // What a job began comes to its end.
      await bench.clock.sleep(600_000);
      await bench.run(stack(change));
      await bench.settle(stack(change));
      expect(cards(bench)).toHaveLength(2);
      expect(inCloud(bench)).toMatchObject({ status: "ACTIVE", image: { id: OTHER_IMAGE } });
    },
  );
});

test("a server that failed is replaced", async () => {
  const bench = openBench({ faults: [{ operation: "CreateInstance", kind: "jobFailed", times: 1 }] });
  const broken = await bench.run(stack());
  expect(broken.tainted).toEqual([WEB]);
  expect((await bench.settle(stack())).actions).toEqual({ [WEB]: "replace" });
  expect(bench.cloud.snapshot().servers).toHaveLength(1);
});

test("what somebody else did to a server is put right", async () => {
  const bench = openBench();
  const two = { subnet_ids: [subnet("a"), subnet("b")], power_state: "ACTIVE" };
  const { values } = await bench.settle(stack(two));
  const id = idOf(values[WEB]);
  const api = bench.connect();
  const [, second] = nicsOf(values[WEB]);
  await api.post("/v1/cloudservers/{instance_id}/nics/delete", {
    params: { path: { instance_id: id } },
    body: { nics: [{ id: second?.["port"] as string }] },
  });
  await api.put("/v1/ports/{port_id}", {
    params: { path: { port_id: nicsOf(values[WEB])[0]?.["port"] as string } },
    body: { port: { security_groups: [] } },
  });
  await api.post("/v1/cloudservers/action", { body: { "os-stop": { servers: [{ id }] } } });
  await bench.clock.sleep(600_000);
  expect((await bench.settle(stack(two))).actions).toEqual({ [WEB]: "update" });
  expect(cards(bench)).toHaveLength(2);
  expect(inCloud(bench).status).toBe("ACTIVE");
});

describe("EIPs of a server", () => {
  test("one for each line, gone with it; others stay", async () => {
    const bench = openBench();
    const lines = {
      bind_eip: true,
      subnet_ids: [subnet("a"), subnet("b"), subnet("c")],
      coverage_sites: [{ site_id: SITE, pool_ids: ["5_sbgp_site12", "5_unicon_site12"] }],
    };
    const eip = { iec_eip: { own: { site_id: SITE, port_id: "${iec_server.web.nics[2].port}" } } };
    const { values } = await bench.settle(stack(lines, eip));
    expect(values[WEB]).toMatchObject({ public_ip: expect.any(String) as string });
    const before = await bench.settle(stack(lines, eip));
    expect(before.values[WEB]?.["public_ips"]).toHaveLength(3);
    await bench.settle({ ...stack(lines, { iec_eip: { own: { site_id: SITE } } }), iec_server: {} });
    const left = bench.cloud.snapshot().publicips.map((ip) => ip["id"]);
    expect(left).toEqual([idOf(values["iec_eip.own"])]);
  });

  test("more lines than NICs: said at plan", async () => {
    const bench = openBench();
    const lines = {
      bind_eip: true,
      coverage_sites: [{ site_id: SITE, pool_ids: ["5_sbgp_site12", "5_unicon_site12"] }],
    };
    const { diagnostics } = await bench.run(stack(lines), "plan");
    expect(diagnostics).toMatchObject([{ code: "IEC2013", path: ["coverage_sites", 0, "pool_ids"] }]);
  });
});

describe("a NIC on its own", () => {
  test("comes and goes without disturbing the server", async () => {
    const bench = openBench();
    const { values } = await bench.settle(stack({}, nic("b")));
    const extra = values["iec_server_nic.extra"];
    expect(extra).toMatchObject({
      port_id: idOf(extra),
      address: expect.stringMatching(/^10\.10\.2\./) as string,
      mac: expect.any(String) as string,
    });
    expect(cards(bench)).toHaveLength(2);
    expect(nicsOf(values[WEB])).toHaveLength(1);
    const seen = await bench.run(stack({}, nic("b")), "plan");
    expect(seen.drift).toEqual([]);
    const gone = await bench.settle(stack());
    expect(gone.actions).toEqual({ "iec_server_nic.extra": "delete" });
    expect(cards(bench)).toHaveLength(1);
  });

  test("has groups of its own, that change in place", async () => {
    const bench = openBench();
    const before = await bench.settle(stack({}, nic("b")));
    const after = await bench.settle(stack({}, nic("b", { security_groups: [group("db")] })));
    expect(after.actions).toEqual({ "iec_server_nic.extra": "update" });
    expect(idOf(after.values["iec_server_nic.extra"])).toBe(idOf(before.values["iec_server_nic.extra"]));
    expect(cards(bench).map((card) => card["security_groups"])).toEqual([
      after.values[WEB]?.["security_groups"],
      after.values["iec_server_nic.extra"]?.["security_groups"],
    ]);
  });

  test("may even share a subnet with the server", async () => {
    const bench = openBench();
    const { values } = await bench.settle(stack({}, nic("a")));
    expect(cards(bench)).toHaveLength(2);
    expect(nicsOf(values[WEB]).map(({ port }) => port)).not.toContain(idOf(values["iec_server_nic.extra"]));
    expect((await bench.settle(stack({ description: "new" }, nic("a")))).actions).toEqual({
      [WEB]: "update",
    });
    await bench.settle(stack());
    expect(cards(bench)).toHaveLength(1);
  });

  test("eight at once get eight ids", async () => {
    const bench = openBench();
    const many = Object.fromEntries(
      Array.from({ length: 7 }, (_, i) => [
        `n${i}`,
        nic(["b", "c"][i % 2] ?? "")["iec_server_nic"]?.["extra"] ?? {},
      ]),
    );
    const { values } = await bench.settle(stack({}, { iec_server_nic: many }));
    const ids = Object.keys(many).map((name) => idOf(values[`iec_server_nic.${name}`]));
    expect(new Set(ids).size).toBe(7);
    expect(cards(bench)).toHaveLength(8);
    await bench.run(stack(), "destroy");
    expect(bench.cloud.snapshot().servers).toEqual([]);
  });

  test("that somebody removed is made again", async () => {
    const bench = openBench();
    const { values } = await bench.settle(stack({}, nic("b")));
    await bench.connect().post("/v1/cloudservers/{instance_id}/nics/delete", {
      params: { path: { instance_id: idOf(values[WEB]) } },
      body: { nics: [{ id: idOf(values["iec_server_nic.extra"]) }] },
    });
    await bench.clock.sleep(600_000);
    expect((await bench.settle(stack({}, nic("b")))).actions).toEqual({ "iec_server_nic.extra": "create" });
  });

  test.each(["AddNics", "DeleteNics"])("an answer to %s that is lost", async (operation) => {
    const bench = openBench({ faults: [{ operation, kind: "lostAnswer", times: 1 }] });
    await bench.settle(stack({}, nic("b")));
    expect(cards(bench)).toHaveLength(2);
    await bench.settle(stack());
    expect(cards(bench)).toHaveLength(1);
  });
});

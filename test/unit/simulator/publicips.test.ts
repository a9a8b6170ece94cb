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
  siteId,
  verdict,
  type World,
} from "./harness.js";

async function addEip(world: World, more: object = {}, bandwidth?: object): Promise<Json> {
  const publicip = { site_id: ids.guangzhou, ...more };
  const reply = await world.call("POST", "/v1/publicips", { publicip, ...(bandwidth ? { bandwidth } : {}) });
  expect(reply.status).toBe(200);
  world.pass(300);
  return reply.body["publicip"]!;
}

async function addPort(world: World, name = "net", site = ids.guangzhou): Promise<string> {
  const vpc = await addVpc(world, name);
  const server = await addServer(world, {
    vpc,
    subnets: [await addSubnet(world, vpc, "10.0.1.0/24", site)],
    site,
  });
  return asText((await world.call("GET", `/v1/ports?device_id=${server}`)).body["ports"]![0]!["id"]);
}

const bind = (world: World, eip: Json, port_id: unknown) =>
  world.call("PUT", `/v1/publicips/${asText(eip["id"])}`, {
    publicip: port_id === undefined ? {} : { port_id },
  });
const read = async (world: World, eip: Json) =>
  (await world.call("GET", `/v1/publicips/${asText(eip["id"])}`)).body["publicip"]!;

describe("EIP create", () => {
  const rows: [name: string, publicip: object, bandwidth: object | undefined, verdict: string][] = [
    ["the first line of the site", {}, undefined, "200"],
    ["a line of the site", { type: "5_unicon_site12" }, undefined, "200"],
    ["a line of another site", { type: lines.xian }, undefined, "400 IEC.000007"],
    ["an IPv6 line", { type: "5_sbgp_site12_v6" }, undefined, "400 IEC.000007"],
    ["IP version 6", { ip_version: "6" }, undefined, "400 IEC.000007"],
    ["no such site", { site_id: ids.nobody }, undefined, "400 IEC.000007"],
    ["a bandwidth type of the line", {}, { bandwidth_type: "CT_cn-south-guangzhou" }, "200"],
    ["a bandwidth type of another line", {}, { bandwidth_type: "CU_cn-south-guangzhou" }, "400 IEC.000007"],
    ["no such bandwidth", {}, { id: ids.nobody }, "400 IEC.000007"],
  ];
  test.each(rows)("%s", async (_name, more, bandwidth, expected) => {
    const world = createWorld();
    const publicip = { site_id: ids.guangzhou, ...more };
    const body = { publicip, ...(bandwidth ? { bandwidth } : {}) };
    expect(verdict(await world.call("POST", "/v1/publicips", body))).toBe(expected);
  });

  test("the answer lacks the bandwidth; the read after DOWN has it", async () => {
    const world = createWorld();
    const made = await addEip(world);
    expect(made).toMatchObject({ status: "PENDING_CREATE", bandwidth_size: 0, type: lines.guangzhou });
    expect(made).not.toHaveProperty("bandwidth_id");
    const [bandwidth] = world.app.snapshot().bandwidths;
    expect(await read(world, made)).toMatchObject({
      status: "DOWN",
      port_id: "",
      private_ip_address: "",
      bandwidth_id: bandwidth!["id"],
      bandwidth_name: bandwidth!["name"],
      bandwidth_share_type: "WHOLE",
      bandwidth_size: 300,
    });
  });
});

describe("EIP binding", () => {
  test("BINDING, ACTIVE, and back over PENDING_UPDATE to DOWN", async () => {
    const world = createWorld();
    const [eip, port] = [await addEip(world), await addPort(world)];
    const seen = [(await bind(world, eip, port)).body["publicip"]!["status"]];
    world.pass(200);
    const bound = await read(world, eip);
    seen.push(bound["status"], (await bind(world, eip, "")).body["publicip"]!["status"]);
    world.pass(200);
    const free = await read(world, eip);
    seen.push(free["status"]);
    expect(seen).toEqual(["BINDING", "ACTIVE", "PENDING_UPDATE", "DOWN"]);
    expect([bound["port_id"], bound["private_ip_address"]]).toEqual([port, "10.0.1.2"]);
    expect([free["port_id"], free["private_ip_address"]]).toEqual(["", ""]);
  });

  test.each([
    ["empty", ""],
    ["null", null],
    ["absent", undefined],
  ])("%s port unbinds", async (_name, port_id) => {
    const world = createWorld();
    const [eip, port] = [await addEip(world), await addPort(world)];
    await bind(world, eip, port);
    world.pass(200);
    expect((await bind(world, eip, port_id)).body["publicip"]!["port_id"]).toBe("");
  });

  test("refusals: other site, taken port, unknown port, bound already, not ready", async () => {
    const world = createWorld();
    const wuhan = await siteId(world, "wuhan");
    const [here, there] = [await addPort(world, "a"), await addPort(world, "b", wuhan)];
    const [one, two] = [await addEip(world), await addEip(world)];
    const refusal = async (eip: Json, port: string) => verdict(await bind(world, eip, port));
    expect(await refusal(one, there)).toBe("400 IEC.000007");
    expect(await refusal(one, ids.nobody)).toBe("400 IEC.000007");
    expect(await refusal(one, here)).toBe("200");
    expect(await refusal(two, here)).toBe("400 IEC.000007");
    expect(await refusal(one, there)).toBe("400 IEC.020203");
    const young = await world.call("POST", "/v1/publicips", { publicip: { site_id: ids.guangzhou } });
    expect(await refusal(young.body["publicip"]!, here)).toBe("400 IEC.000007");
  });

  test("a bound one cannot be deleted; a free one is PENDING_DELETE until it is gone", async () => {
    const world = createWorld();
    const [eip, port] = [await addEip(world), await addPort(world)];
    const path = `/v1/publicips/${asText(eip["id"])}`;
    await bind(world, eip, port);
    expect(verdict(await world.call("DELETE", path))).toBe("400 IEC.020203");
    await bind(world, eip, "");
    world.pass(200);
    expect(verdict(await world.call("DELETE", path))).toBe("204");
    expect((await read(world, eip))["status"]).toBe("PENDING_DELETE");
    world.pass(400);
    expect(verdict(await world.call("GET", path))).toBe("404 IEC.000022");
  });
});

describe("bandwidth", () => {
  test("made with the first EIP of its type, shared by the next ones, one for each line", async () => {
    const world = createWorld();
    const first = await addEip(world);
    await addEip(world);
    await addEip(world, { type: "5_unicon_site12" });
    expect(world.app.snapshot().bandwidths).toMatchObject([
      {
        size: 300,
        status: "NORMAL",
        charge_mode: "95peak_plus",
        share_type: "WHOLE",
        bandwidth_type: "CT_cn-south-guangzhou",
        pool_id: lines.guangzhou,
        site_id: ids.guangzhou,
        publicip_info: [{ publicip_id: first["id"], publicip_type: lines.guangzhou }, {}],
      },
      { bandwidth_type: "CU_cn-south-guangzhou", publicip_info: [{}] },
    ]);
  });

  test("by id only on its own line", async () => {
    const world = createWorld();
    await addEip(world);
    const id = asText(world.app.snapshot().bandwidths[0]!["id"] as Json);
    await addEip(world, {}, { id });
    const other = { publicip: { site_id: ids.guangzhou, type: "5_unicon_site12" }, bandwidth: { id } };
    expect(verdict(await world.call("POST", "/v1/publicips", other))).toBe("400 IEC.000007");
  });

  test("it outlives its last EIP, and cannot go before", async () => {
    const world = createWorld();
    const eip = await addEip(world);
    const path = `/v1/bandwidths/${asText(world.app.snapshot().bandwidths[0]!["id"] as Json)}`;
    expect(verdict(await world.call("DELETE", path))).toBe("400 IEC.020204");
    await world.call("DELETE", `/v1/publicips/${asText(eip["id"])}`);
    world.pass(400);
    expect((await world.call("GET", path)).body["bandwidth"]!["publicip_info"]).toEqual([]);
    expect(verdict(await world.call("DELETE", path))).toBe("204");
    expect(verdict(await world.call("GET", path))).toBe("404 IEC.000022");
  });

  const updates: [change: object, verdict: string][] = [
    [{ name: "wide", size: 2000 }, "200"],
    [{ size: 299 }, "400 IEC.000007"],
    [{ size: 2001 }, "400 IEC.000007"],
    [{ name: "" }, "400 IEC.000007"],
  ];
  test.each(updates)("update %j: %s", async (change, expected) => {
    const world = createWorld();
    await addEip(world);
    const path = `/v1/bandwidths/${asText(world.app.snapshot().bandwidths[0]!["id"] as Json)}`;
    const reply = await world.call("PUT", path, { bandwidth: change });
    expect(verdict(reply)).toBe(expected);
    if (expected !== "200") return;
    expect(reply.body["bandwidth"]!["update_time"]).toBe("0001-01-01T00:00:00Z");
    expect((await world.call("GET", path)).body["bandwidth"]).toMatchObject({
      ...change,
      update_time: "2025-01-01 00:00:00",
    });
  });
});

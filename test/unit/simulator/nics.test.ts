import { beforeEach, describe, expect, test } from "vitest";
import {
  addGroup,
  addServer,
  addSubnet,
  addVpc,
  asText,
  createWorld,
  ids,
  type Json,
  siteId,
  verdict,
  type World,
} from "./harness.js";

let world: World;
let vpc: string;
let subnet: string;
let server: string;

beforeEach(async () => {
  world = createWorld();
  vpc = await addVpc(world);
  subnet = await addSubnet(world, vpc);
  server = await addServer(world, { vpc, subnets: [subnet] });
});

const addNics = (more: object = {}) => {
  const body = { vpc_id: vpc, subnet_id: subnet, nic_num: 1, security_groups: [], ...more };
  return world.call("POST", `/v1/cloudservers/${server}/nics`, JSON.parse(JSON.stringify(body)));
};
const deleteNics = (...nics: string[]) =>
  world.call("POST", `/v1/cloudservers/${server}/nics/delete`, { nics: nics.map((id) => ({ id })) });
const ports = async () =>
  (await world.call("GET", `/v1/ports?device_id=${server}`)).body["ports"] as unknown as Json[];
const portIds = async () => (await ports()).map((port) => asText(port["id"]));
const addresses = async () => {
  const read = (await world.call("GET", `/v1/cloudservers/${server}`)).body["server"]!;
  return ((read["addresses"]![vpc] ?? []) as unknown as Json[]).map((entry) => entry["addr"]);
};

describe("network cards added", () => {
  test("they appear after a while, in the instance and in the list of ports", async () => {
    const group = await addGroup(world);
    const reply = await addNics({ nic_num: 2, security_groups: [{ id: group }] });
    expect(verdict(reply)).toBe("200");
    expect(reply.body["job_id"]).toBeTruthy();
    expect([await addresses(), (await ports()).length]).toEqual([["10.0.1.2"], 1]);
    world.pass(300);
    expect(await addresses()).toEqual(["10.0.1.2", "10.0.1.3", "10.0.1.4"]);
    expect((await ports())[2]).toMatchObject({
      status: "ACTIVE",
      security_groups: [group],
      device_id: server,
    });
  });

  const rows: [name: string, more: object, verdict: string][] = [
    ["no subnet in a CUSTOMER VPC", { subnet_id: undefined }, "400 IEC.000007"],
    ["no such subnet", { subnet_id: ids.nobody }, "400 IEC.000007"],
    ["no such VPC", { vpc_id: ids.nobody }, "400 IEC.000007"],
    ["no such group", { security_groups: [{ id: ids.nobody }] }, "400 IEC.000007"],
    ["eight cards together", { nic_num: 7 }, "200"],
    ["nine cards together", { nic_num: 8 }, "400 IEC.000007"],
    ["none", { nic_num: 0 }, "400 IEC.000007"],
    ["IPv6 on a subnet without", { ipv6_enable: true }, "400 IEC.000007"],
  ];
  test.each(rows)("%s: %j: %s", async (_name, more, expected) => {
    expect(verdict(await addNics(more))).toBe(expected);
  });

  test("the subnet is of the instance's VPC and site", async () => {
    const other = await addVpc(world, "other", "10.1.0.0/16");
    const strange = await addSubnet(world, other, "10.1.1.0/24");
    const far = await addSubnet(world, vpc, "10.0.2.0/24", await siteId(world, "wuhan"));
    expect(verdict(await addNics({ subnet_id: strange }))).toBe("400 IEC.000007");
    expect(verdict(await addNics({ vpc_id: other, subnet_id: strange }))).toBe("400 IEC.000007");
    expect(verdict(await addNics({ subnet_id: far }))).toBe("400 IEC.000007");
  });

  test("a SYSTEM VPC needs no subnet named", async () => {
    world.app.mutate("vpcs", vpc, { mode: "SYSTEM" });
    expect(verdict(await addNics({ subnet_id: undefined }))).toBe("200");
    world.pass(300);
    expect((await ports())[1]!["network_id"]).toBe(subnet);
    world.app.mutate("subnets", subnet, { site_id: await siteId(world, "wuhan") });
    expect(verdict(await addNics({ subnet_id: undefined }))).toBe("200");
    world.pass(300);
    expect((await ports())[2]!["network_id"]).not.toBe(subnet);
  });

  test("cards on their way count already", async () => {
    expect(verdict(await addNics({ nic_num: 7 }))).toBe("200");
    expect(verdict(await addNics())).toBe("400 IEC.000007");
  });

  test("an instance that is being made has to wait; a stopped one has not", async () => {
    const action = { "os-stop": { servers: [{ id: server }] } };
    await world.call("POST", "/v1/cloudservers/action", action);
    world.pass(300);
    expect(verdict(await addNics())).toBe("200");
    await world.call("POST", "/v1/cloudservers/delete", { servers: [{ id: server }] });
    expect(verdict(await addNics())).toBe("400 IEC.000007");
  });
});

describe("network cards removed", () => {
  test("they go after a while, the first one never", async () => {
    await addNics({ nic_num: 2 });
    world.pass(300);
    const [first = "", second = "", third = ""] = await portIds();
    expect(verdict(await deleteNics(second, first))).toBe("400 IEC.020205");
    expect(verdict(await deleteNics(second, third))).toBe("200");
    expect(await portIds()).toEqual([first, second, third]);
    world.pass(300);
    expect([await portIds(), await addresses()]).toEqual([[first], ["10.0.1.2"]]);
    expect(verdict(await deleteNics(second))).toBe("404 IEC.000022");
  });

  test("not while an EIP is bound", async () => {
    await addNics();
    world.pass(300);
    const [, second = ""] = await portIds();
    const eip = (await world.call("POST", "/v1/publicips", { publicip: { site_id: ids.guangzhou } })).body[
      "publicip"
    ]!;
    const bind = (port_id: string) =>
      world.call("PUT", `/v1/publicips/${asText(eip["id"])}`, { publicip: { port_id } });
    world.pass(300);
    await bind(second);
    world.pass(200);
    expect(verdict(await deleteNics(second))).toBe("409 IEC.020205");
    await bind("");
    expect(verdict(await deleteNics(second))).toBe("200");
  });

  test("cards of other instances are unknown to it", async () => {
    const other = await addServer(world, { vpc, subnets: [subnet] });
    const [port] = world.app.snapshot().ports.filter((candidate) => candidate["device_id"] === other);
    expect(verdict(await deleteNics(port!["id"] as string))).toBe("404 IEC.000022");
  });
});

const centos = "6a39c38c-bb10-5b88-93d5-7d95fd08ae55";

describe("another operating system", () => {
  const read = async () => (await world.call("GET", `/v1/cloudservers/${server}`)).body["server"]!;
  const changeOs = (more: object = {}) =>
    world.call("POST", `/v1/cloudservers/${server}/change-os`, { image_id: centos, ...more });
  async function stop(): Promise<void> {
    await world.call("POST", "/v1/cloudservers/action", { "os-stop": { servers: [{ id: server }] } });
    world.pass(300);
  }
  const image = async () => (await read())["metadata"]!["image_name"];

  test("REBUILD, then SHUTOFF with the other image; addresses and disks stay", async () => {
    await stop();
    const [before, name] = [await read(), await image()];
    expect((await changeOs()).body["job_id"]).toBeTruthy();
    expect([(await read())["status"], await image()]).toEqual(["REBUILD", name]);
    const found = async (status: string) =>
      (await world.call("GET", `/v1/cloudservers?status=${status}`)).body["count"] as unknown;
    expect([await found("ACTIVE"), await found("SHUTOFF"), await found("BUILD")]).toEqual([1, 1, 0]);
    world.pass(600);
    const after = await read();
    expect([after["status"], after["image"]!["id"]]).toEqual(["SHUTOFF", centos]);
    expect(await image()).toContain("CentOS");
    for (const kept of ["addresses", "os-extended-volumes:volumes_attached", "flavor", "key_name"])
      expect(after[kept]).toEqual(before[kept]);
  });

  test("key pair and user data change with it, or stay", async () => {
    await world.call("POST", "/v1/os-keypairs", { name: "key" });
    await stop();
    const user_data = Buffer.from("#!/bin/sh").toString("base64");
    await changeOs({ image_id: ids.ubuntu, key_name: "key", metadata: { user_data } });
    world.pass(600);
    const kept = { key_name: "key", "OS-EXT-SRV-ATTR:user_data": user_data };
    expect(await read()).toMatchObject(kept);
    await changeOs({ image_id: ids.ubuntu });
    world.pass(600);
    expect(await read()).toMatchObject(kept);
  });

  const rows: [name: string, more: object, verdict: string][] = [
    ["nothing more", { image_id: ids.ubuntu }, "200"],
    ["an image that needs a larger system disk", { image_id: ids.windows }, "400 IEC.000007"],
    ["no such image", { image_id: ids.nobody }, "400 IEC.000007"],
    ["no such key pair", { image_id: ids.ubuntu, key_name: "none" }, "400 IEC.000007"],
    [
      "user data that is not base64",
      { image_id: ids.ubuntu, metadata: { user_data: "#!" } },
      "400 IEC.000007",
    ],
  ];
  test.each(rows)("change with %s", async (_name, more, expected) => {
    await stop();
    expect(verdict(await changeOs(more))).toBe(expected);
  });

  test("a running instance is refused", async () => {
    expect(verdict(await changeOs())).toBe("400 IEC.000007");
  });

  test("a failed change leaves the old image and ERROR, and may be tried again", async () => {
    world = createWorld({ faults: [{ operation: "ChangeOs", kind: "jobFailed", times: 1 }] });
    vpc = await addVpc(world);
    server = await addServer(world, { vpc, subnets: [await addSubnet(world, vpc)] });
    await stop();
    const name = await image();
    await changeOs();
    world.pass(600);
    expect([(await read())["status"], await image()]).toEqual(["ERROR", name]);
    expect(verdict(await changeOs())).toBe("200");
    world.pass(600);
    expect((await read())["status"]).toBe("SHUTOFF");
  });
});

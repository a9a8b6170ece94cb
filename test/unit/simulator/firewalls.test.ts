import { beforeEach, describe, expect, test } from "vitest";
import { addSubnet, addVpc, asText, createWorld, ids, type Json, verdict, type World } from "./harness.js";

let world: World;
let acl: Json;
const path = () => `/v1/firewalls/${asText(acl["id"])}`;
const read = async () => (await world.call("GET", path())).body["firewall"]!;
const update = (change: object) => world.call("PUT", path(), { firewall: { name: "acl", ...change } });

type Direction = "ingress" | "egress";
const allowWeb = {
  operate_type: "add",
  name: "web",
  action: "allow",
  protocol: "tcp",
  ip_version: 4,
  source_ip_address: "0.0.0.0/0",
  destination_ip_address: "0.0.0.0/0",
  source_port: "",
  destination_port: "443",
  enabled: true,
};
const policy = (direction: Direction, rule: object, more: object = {}) => ({
  [`${direction}_firewall_policy`]: {
    id: acl[`${direction}_firewall_policy`]!["id"],
    firewall_rules: [rule],
    ...more,
  },
});
const change = (direction: Direction, rule: object, more: object = {}) =>
  world.call("PUT", `${path()}/firewall-rules`, { firewall: policy(direction, rule, more) });
const rules = async (direction: Direction = "ingress") =>
  (await read())[`${direction}_firewall_policy`]!["firewall_rules"] as unknown as Json[];
const names = async () => (await rules()).map((rule) => rule["name"]);

beforeEach(async () => {
  world = createWorld();
  acl = (await world.call("POST", "/v1/firewalls", { firewall: { name: "acl" } })).body["firewall"]!;
});

describe("network ACL", () => {
  test("creation and lists show policy ids, only the read shows rules", async () => {
    await change("ingress", allowWeb);
    const listed = (await world.call("GET", "/v1/firewalls")).body["firewalls"]![0]!;
    for (const brief of [acl, listed]) {
      expect(Object.keys(brief["ingress_firewall_policy"]!)).toEqual(["id"]);
      expect(Object.keys(brief["egress_firewall_policy"]!)).toEqual(["id"]);
    }
    expect(await read()).toMatchObject({
      name: "acl",
      admin_state_up: true,
      status: "INACTIVE",
      ingress_firewall_rule_count: 1,
      egress_firewall_rule_count: 0,
      egress_firewall_policy: { firewall_rules: [] },
      subnets: [],
    });
  });

  test("the list finds names by a part of them", async () => {
    await world.call("POST", "/v1/firewalls", { firewall: { name: "front-acl" } });
    const count = async (query: string) =>
      (await world.call("GET", `/v1/firewalls?${query}`)).body["count"] as unknown;
    expect([await count("name=acl"), await count("name=front"), await count("name=back")]).toEqual([2, 1, 0]);
    expect(await count(`id=${asText(acl["id"])}`)).toBe(1);
  });

  test("the update needs the name, replaces the whole subnet list, and answers id and status", async () => {
    const vpc = await addVpc(world);
    const [one, two] = [
      await addSubnet(world, vpc, "10.0.1.0/24"),
      await addSubnet(world, vpc, "10.0.2.0/24"),
    ];
    const linked = async () => (await read())["subnets"];
    expect((await update({ subnets: [{ id: one, vpc_id: vpc }] })).body).toEqual({
      firewall: { id: acl["id"], status: "ACTIVE" },
    });
    await update({ subnets: [{ id: two }] });
    expect(await linked()).toEqual([{ id: two, vpc_id: vpc }]);
    expect((await update({ description: "d", admin_state_up: false })).body["firewall"]!["status"]).toBe(
      "ACTIVE",
    );
    expect(await read()).toMatchObject({ description: "d", admin_state_up: false, subnets: [{ id: two }] });
    expect((await update({ subnets: [] })).body["firewall"]!["status"]).toBe("INACTIVE");
    expect(await linked()).toEqual([]);
    expect(verdict(await world.call("PUT", path(), { firewall: { subnets: [] } }))).toBe("400 IEC.000007");
  });

  test("a subnet has at most one ACL, and must exist in the VPC named", async () => {
    const vpc = await addVpc(world);
    const [subnet, other] = [await addSubnet(world, vpc), await addVpc(world, "other", "10.1.0.0/16")];
    const second = (await world.call("POST", "/v1/firewalls", { firewall: { name: "b" } })).body["firewall"]!;
    const claim = () =>
      world.call("PUT", `/v1/firewalls/${asText(second["id"])}`, {
        firewall: { name: "b", subnets: [{ id: subnet }] },
      });
    await update({ subnets: [{ id: subnet }] });
    expect(verdict(await claim())).toBe("400 IEC.000007");
    await update({ subnets: [] });
    expect(verdict(await claim())).toBe("200");
    expect(verdict(await update({ subnets: [{ id: ids.nobody }] }))).toBe("400 IEC.000007");
    expect(verdict(await update({ subnets: [{ id: subnet, vpc_id: other }] }))).toBe("400 IEC.000007");
  });

  test("it cannot go while it has subnets, nor can they", async () => {
    const subnet = await addSubnet(world, await addVpc(world));
    await update({ subnets: [{ id: subnet }] });
    expect(verdict(await world.call("DELETE", path()))).toBe("500 IEC.020913");
    expect(verdict(await world.call("DELETE", `/v1/subnets/${subnet}`))).toBe("400 IEC.020009");
    await update({ subnets: [] });
    expect(verdict(await world.call("DELETE", path()))).toBe("204");
    expect(verdict(await world.call("GET", path()))).toBe("404 IEC.000022");
    expect(verdict(await world.call("DELETE", `/v1/subnets/${subnet}`))).toBe("204");
  });

  test("the number of ACLs has a quota", async () => {
    world = createWorld({ quotas: { firewall: 1 } });
    const make = () => world.call("POST", "/v1/firewalls", { firewall: { name: "a" } });
    expect([verdict(await make()), verdict(await make())]).toEqual(["200", "400 IEC.000032"]);
  });
});

describe("network ACL rules", () => {
  test("the answer to an addition has no id of the rule and an empty other direction", async () => {
    const { body } = await change("ingress", { ...allowWeb, protocol: "any", destination_port: "" });
    expect(body["firewall"]!["egress_firewall_policy"]).toEqual({});
    expect(body["firewall"]!["ingress_firewall_policy"]!["firewall_rules"]![0]).not.toHaveProperty("id");
    expect((await rules())[0]).toMatchObject({
      name: "web",
      protocol: "",
      operate_type: "normal",
      description: "",
      destination_port: "",
    });
    expect(await rules("egress")).toEqual([]);
  });

  test("rules stand where they are put, else last", async () => {
    const add = async (name: string, more: object = {}) => change("ingress", { ...allowWeb, name }, more);
    const idOf = async (name: string) => (await rules()).find((rule) => asText(rule["name"]) === name)!["id"];
    await add("b");
    await add("d");
    await add("a", { insert_before: await idOf("b") });
    await add("c", { insert_after: await idOf("b") });
    expect(await names()).toEqual(["a", "b", "c", "d"]);
    const both = { insert_before: await idOf("a"), insert_after: await idOf("a") };
    expect(verdict(await add("e", both))).toBe("400 IEC.000007");
    expect(verdict(await add("e", { insert_after: ids.nobody }))).toBe("400 IEC.000007");
    expect(await names()).toEqual(["a", "b", "c", "d"]);
  });

  test("modify replaces all but a description left out, in place; delete answers the policy id alone", async () => {
    await change("ingress", { ...allowWeb, name: "a", description: "first" });
    await change("ingress", { ...allowWeb, name: "b" });
    const [id, next] = (await rules()).map((rule) => rule["id"]);
    const modify = { ...allowWeb, operate_type: "modify", id, name: "x", action: "reject", enabled: false };
    expect(verdict(await change("ingress", modify, { insert_after: next }))).toBe("400 IEC.000007");
    expect((await change("ingress", modify)).status).toBe(200);
    expect((await rules())[0]).toMatchObject({
      id,
      name: "x",
      action: "reject",
      enabled: false,
      description: "first",
    });
    const remove = { operate_type: "delete", id };
    expect(verdict(await change("egress", remove))).toBe("404 IEC.000022");
    expect((await change("ingress", remove)).body["firewall"]!["ingress_firewall_policy"]).toEqual({
      id: acl["ingress_firewall_policy"]!["id"],
    });
    expect(await names()).toEqual(["b"]);
    expect(verdict(await change("ingress", remove))).toBe("404 IEC.000022");
  });

  test("exactly one direction and at most one rule a call", async () => {
    const put = async (firewall: object) =>
      verdict(await world.call("PUT", `${path()}/firewall-rules`, { firewall }));
    const [into, out] = [policy("ingress", allowWeb), policy("egress", allowWeb)];
    expect(await put({ ...into, ...out })).toBe("400 IEC.000007");
    expect(await put({})).toBe("400 IEC.000007");
    expect(await put(policy("ingress", allowWeb, { firewall_rules: [allowWeb, allowWeb] }))).toBe(
      "400 IEC.000007",
    );
    expect(await put(policy("ingress", allowWeb, { firewall_rules: [] }))).toBe("200");
    expect(await put(policy("ingress", allowWeb, { id: acl["egress_firewall_policy"]!["id"] }))).toBe(
      "400 IEC.000007",
    );
    expect(await names()).toEqual([]);
  });

  test("the older path does the same", async () => {
    const reply = await world.call("PUT", `${path()}/update_firewall_rules`, {
      firewall: policy("egress", allowWeb),
    });
    expect(reply.status).toBe(200);
    expect(await rules("egress")).toHaveLength(1);
    expect(world.app.calls.map((call) => call.operationId)).toContain("UpdateFirewallRule");
  });

  test("calls that overlap on one ACL clash", async () => {
    const replies = await Promise.all([change("ingress", allowWeb), change("egress", allowWeb)]);
    expect(replies.map(verdict)).toEqual(["200", "409 IEC.020914"]);
    expect(verdict(await change("egress", allowWeb))).toBe("200");
  });

  const v6 = { ip_version: 6, source_ip_address: "::/0", destination_ip_address: "fd00::1" };
  const rows: [name: string, change: object, verdict: string][] = [
    ["as it is", {}, "200"],
    ["a port range", { destination_port: "80-90" }, "200"],
    ["a source port", { source_port: "1024-65535" }, "200"],
    ["ports upside down", { destination_port: "90-80" }, "400 IEC.000007"],
    ["port 0", { destination_port: "0" }, "400 IEC.000007"],
    ["port 65536", { destination_port: "65536" }, "400 IEC.000007"],
    ["ports for icmp", { protocol: "icmp" }, "400 IEC.000007"],
    ["icmp", { protocol: "icmp", destination_port: "" }, "200"],
    ["icmpv6 on IPv4", { protocol: "icmpv6", destination_port: "" }, "400 IEC.000007"],
    ["icmpv6", { ...v6, protocol: "icmpv6", destination_port: "" }, "200"],
    ["icmp on IPv6", { ...v6, protocol: "icmp", destination_port: "" }, "400 IEC.000007"],
    ["IPv6 address on IPv4", { source_ip_address: "::/0" }, "400 IEC.000007"],
    ["IPv4 address on IPv6", { ip_version: 6 }, "400 IEC.000007"],
    ["no address", { source_ip_address: "10.0.0" }, "400 IEC.000007"],
    ["empty addresses", { source_ip_address: "", destination_ip_address: "" }, "200"],
    ["unknown protocol", { protocol: "gre" }, "400 IEC.000007"],
    ["unknown action", { action: "drop" }, "400 IEC.000007"],
    ["no name field", { name: undefined }, "400 IEC.000007"],
    ["empty name", { name: "" }, "200"],
  ];
  test.each(rows)("add with %s: %j: %s", async (_name, more, expected) => {
    expect(verdict(await change("ingress", { ...allowWeb, ...more }))).toBe(expected);
  });
});

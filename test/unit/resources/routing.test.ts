import { describe, expect, test } from "vitest";
import { changesOf, fromApi as bandwidthFromApi } from "../../../provider/resources/bandwidth.js";
import {
  checkBandwidth,
  fromApi as attachmentFromApi,
} from "../../../provider/resources/ipv6-bandwidth-attachment.js";
import { checkRoute, fromApi, importId, toApi } from "../../../provider/resources/route.js";
import { checkDefault, fromApi as tableFromApi } from "../../../provider/resources/route-table.js";
import { DiagnosticError } from "../../../schema/diagnostics.js";
import { Unknown, type ObjectValue } from "../../../schema/unknown.js";

const unknown = new Unknown();
const later = new Unknown({ address: "iec_bandwidth.b", path: ["id"] });

describe("a route", () => {
  const plan = { route_table_id: "t", destination: "10.9.0.0/16", type: "vip", nexthop: "10.0.0.9" } as const;

  test("there and back", () => {
    const sent = toApi({ ...plan, description: null });
    expect(sent).toEqual({ type: "vip", destination: "10.9.0.0/16", nexthop: "10.0.0.9", description: "" });
    expect(fromApi("t", sent)).toEqual({ ...plan, id: "t/10.9.0.0/16", description: null });
  });

  test("by what an import id says", () => {
    expect(importId("t/10.9.0.0/16")).toEqual({
      id: "t/10.9.0.0/16",
      route_table_id: "t",
      destination: "10.9.0.0/16",
    });
  });
  test.each(["", "t", "t/10.9.0.0", "/10.9.0.0/16"])("not by the import id %j", (text) =>
    expect(() => importId(text)).toThrow(DiagnosticError),
  );

  test.each<[string, ObjectValue, readonly string[]]>([
    ["by a virtual IP", plan, []],
    ["by a server", { ...plan, type: "ecs", nexthop: "0b3c" }, []],
    ["not known yet", { destination: unknown, type: unknown, nexthop: unknown }, []],
    ["everywhere", { ...plan, destination: "0.0.0.0/0" }, []],
    ["around a system range", { ...plan, destination: "100.0.0.0/8" }, []],
    ["in a system range", { ...plan, destination: "198.19.130.0/24" }, ["destination"]],
    ["a system range", { ...plan, destination: "127.0.0.0/8" }, ["destination"]],
    ["a server's id for an address", { ...plan, nexthop: "0b3c" }, ["nexthop"]],
    ["an address for a server's id", { ...plan, type: "ecs" }, ["nexthop"]],
  ])("checked: %s", (_name, config, paths) => {
    expect(checkRoute(config).map((d) => d.path?.join("."))).toEqual(paths);
  });
});

describe("a route table", () => {
  test.each([
    ["of its own", false, ["s"]],
    ["the default one, whose subnets are what is left over", true, null],
  ])("as the cloud tells it: %s", (_name, isDefault, subnet_ids) => {
    const table = {
      id: "t",
      name: "n",
      description: "",
      vpc_id: "v",
      subnets: [{ id: "s" }],
      default: isDefault,
    };
    expect(tableFromApi(table)).toEqual({
      ...table,
      description: null,
      subnet_ids,
      default: isDefault,
      subnets: undefined,
    });
  });

  test.each<[string, ObjectValue, readonly string[]]>([
    ["named", { name: "n", subnet_ids: [], default: null }, []],
    ["default", { name: null, subnet_ids: null, default: true }, []],
    ["not known whether default", { name: null, subnet_ids: ["s"], default: unknown }, []],
    ["without a name", { name: null, subnet_ids: null, default: null }, ["name"]],
    ["default with subnets", { name: null, subnet_ids: ["s"], default: true }, ["subnet_ids"]],
  ])("checked: %s", (_name, config, paths) => {
    expect(checkDefault(config).map((d) => d.path?.join("."))).toEqual(paths);
  });
});

describe("a bandwidth", () => {
  test.each([
    ["nothing asked for", { name: undefined, size: undefined }, {}],
    ["what is so already", { name: "n", size: 300 }, {}],
    ["another size", { name: "n", size: 500 }, { size: 500 }],
    ["another name", { name: "m", size: undefined }, { name: "m" }],
  ])("changes: %s", (_name, plan, changes) => {
    expect(changesOf({ name: "n", size: 300 }, plan)).toEqual(changes);
  });

  test("as the cloud tells it", () => {
    expect(bandwidthFromApi({ id: "b", name: "n", size: 300, pool_id: "line", site_id: "s" })).toMatchObject({
      id: "b",
      bandwidth_id: "b",
      line_id: "line",
    });
  });
});

describe("an IPv6 bandwidth attachment", () => {
  test.each([
    ["a port with one", { id: "p", ipv6_bandwidth_id: "b" }, { id: "p", port_id: "p", bandwidth_id: "b" }],
    ["a port without", { id: "p", ipv6_bandwidth_id: "" }, undefined],
    ["no port", undefined, undefined],
  ])("of %s", (_name, port, expected) => {
    expect(attachmentFromApi(port)).toEqual(expected);
  });

  test.each<[string, ObjectValue, readonly string[]]>([
    ["by id", { bandwidth_id: "b", bandwidth_type: null }, []],
    ["by type", { bandwidth_id: null, bandwidth_type: "t" }, []],
    ["by an id not known yet", { bandwidth_id: later, bandwidth_type: null }, []],
    ["by both", { bandwidth_id: later, bandwidth_type: "t" }, ["bandwidth_type"]],
    ["by neither", { bandwidth_id: null, bandwidth_type: null }, ["bandwidth_id"]],
  ])("checked: %s", (_name, config, paths) => {
    expect(checkBandwidth(config).map((d) => d.path?.join("."))).toEqual(paths);
  });
});

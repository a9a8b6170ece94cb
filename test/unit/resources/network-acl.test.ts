import { describe, expect, test } from "vitest";
import {
  fromApi as aclFromApi,
  inOrderOf,
  toApi as aclToApi,
} from "../../../provider/resources/network-acl.js";
import { checkRule, fromApi, importId, toApi } from "../../../provider/resources/network-acl-rule.js";
import { orderNow, place, type Order } from "../../../provider/resources/network-acl-rules.js";
import { DiagnosticError } from "../../../schema/diagnostics.js";
import { Unknown, type ObjectValue } from "../../../schema/unknown.js";

const letters = (text: string) => Array.from(text);

describe("the place of a rule among the others", () => {
  type Row = [string, Order, string, Readonly<Record<string, number>>, number | undefined, number];
  test.each<Row>([
    ["none stated, new: last", {}, "ab", {}, undefined, 2],
    ["none stated: stays", {}, "ab", {}, 0, 0],
    ["first", { position: 1 }, "ab", {}, undefined, 0],
    ["in between", { position: 2 }, "ab", {}, undefined, 1],
    ["beyond the end: last", { position: 9 }, "ab", {}, undefined, 2],
    ["before one made earlier that comes later", { position: 3 }, "e", { e: 5 }, undefined, 0],
    ["behind one made earlier that comes earlier", { position: 7 }, "ce", { c: 3, e: 5 }, undefined, 2],
    ["between two made earlier", { position: 4 }, "ce", { c: 3, e: 5 }, undefined, 1],
    ["moved up", { position: 1 }, "ab", {}, 2, 0],
    ["moved down", { position: 3 }, "ab", {}, 0, 2],
    ["behind another", { after: "a" }, "abc", {}, undefined, 1],
    ["behind another already, if not directly: stays", { after: "a" }, "abc", {}, 2, 2],
    ["before it, wanted behind", { after: "b" }, "abc", {}, 0, 2],
    ["before another", { before: "b" }, "abc", {}, undefined, 1],
    ["before another already: stays", { before: "c" }, "abc", {}, 0, 0],
    ["behind it, wanted before", { before: "a" }, "abc", {}, 3, 0],
  ])("%s", (_name, order, others, asked, at, expected) => {
    expect(place(order, letters(others), new Map(Object.entries(asked)), at)).toBe(expected);
  });

  test.each([{ after: "x" }, { before: "x" }])("beside one that is not there: %o", (order) => {
    expect(() => place(order, ["a"], new Map())).toThrow(DiagnosticError);
  });
});

describe("the order as it is, where this is wanted", () => {
  const nothing = { position: null, before: null, after: null };
  test.each<[string, Order, object]>([
    ["nothing", {}, nothing],
    ["its position", { position: 2 }, { ...nothing, position: 2 }],
    ["a position that others may still fill up to", { position: 5 }, { ...nothing, position: 5 }],
    ["a position that something pushed it from", { position: 1 }, { ...nothing, position: 2 }],
    ["behind one before it", { after: "a" }, { ...nothing, after: "a" }],
    ["behind one behind it", { after: "c" }, nothing],
    ["before one behind it", { before: "c" }, { ...nothing, before: "c" }],
    ["before one before it", { before: "a" }, nothing],
    ["before one that is gone", { before: "x" }, nothing],
  ])("%s", (_name, wanted, expected) => {
    expect(orderNow("b", ["a", "b", "c"], wanted)).toEqual(expected);
  });
});

describe("a rule", () => {
  const told = {
    id: "r",
    name: "",
    description: "",
    protocol: "",
    action: "deny",
    ip_version: 6,
    source_ip_address: "",
    destination_ip_address: "2001:db8::/32",
    source_port: "",
    destination_port: "80-90",
    enabled: false,
    operate_type: "normal",
  } as const;

  test("as the cloud tells it", () => {
    expect(fromApi(told)).toEqual({
      id: "r",
      name: null,
      description: null,
      protocol: "any",
      action: "deny",
      ip_version: 6,
      source_ip_address: "::/0",
      destination_ip_address: "2001:db8::/32",
      source_port: null,
      destination_port: "80-90",
      enabled: false,
    });
  });

  test("as the cloud is told", () => {
    const unset = {
      name: null,
      description: null,
      protocol: undefined,
      action: undefined,
      ip_version: undefined,
      source_ip_address: undefined,
      destination_ip_address: "10.0.0.0/8",
      source_port: null,
      destination_port: null,
      enabled: undefined,
    };
    const place = {
      network_acl_id: "a",
      direction: "ingress",
      position: 1,
      before: null,
      after: null,
    } as const;
    expect(toApi({ ...unset, ...place })).toEqual({
      name: "",
      description: "",
      protocol: "any",
      action: "allow",
      ip_version: 4,
      source_ip_address: "0.0.0.0/0",
      destination_ip_address: "10.0.0.0/8",
      source_port: "",
      destination_port: "",
      enabled: true,
    });
  });

  test("by what an import id says", () => {
    expect(importId("a/egress/r")).toEqual({ id: "r", network_acl_id: "a", direction: "egress" });
  });
  test.each(["", "r", "a/r", "a/out/r", "a/ingress/", "/ingress/r", "a/ingress/r/x"])(
    "not by the import id %j",
    (text) => expect(() => importId(text)).toThrow(DiagnosticError),
  );

  const rule = new Unknown({ address: "iec_network_acl_rule.r", path: ["id"] });
  const unknown = new Unknown();
  const nothing = {
    ip_version: null,
    protocol: null,
    source_ip_address: null,
    destination_ip_address: null,
    source_port: null,
    destination_port: null,
    position: null,
    before: null,
    after: null,
  };
  test.each<[string, ObjectValue, readonly string[]]>([
    ["nothing set", {}, []],
    ["position and before", { position: 1, before: "r" }, ["before"]],
    ["before and after, not known yet", { before: rule, after: rule }, ["after"]],
    ["a value that may turn out null", { position: 1, after: unknown }, []],
    ["icmp over IPv6", { protocol: "icmp", ip_version: 6 }, ["protocol"]],
    ["icmpv6 over IPv4", { protocol: "icmpv6" }, ["protocol"]],
    ["IP version 5", { ip_version: 5, source_ip_address: "x" }, ["ip_version"]],
    ["IP version not known", { ip_version: unknown, protocol: "icmp", source_ip_address: "x" }, []],
    ["an address, a range", { source_ip_address: "10.0.0.1", destination_ip_address: "10.0.0.0/8" }, []],
    [
      "an IPv6 address, a range",
      { ip_version: 6, source_ip_address: "::1", destination_ip_address: "::/0" },
      [],
    ],
    ["IPv6 in an IPv4 rule", { source_ip_address: "::/0" }, ["source_ip_address"]],
    [
      "IPv4 in an IPv6 rule",
      { ip_version: 6, destination_ip_address: "10.0.0.0/8" },
      ["destination_ip_address"],
    ],
    ["no address", { source_ip_address: "everywhere" }, ["source_ip_address"]],
    ["ports of tcp", { protocol: "tcp", source_port: "1", destination_port: "80-90" }, []],
    ["ports of every protocol", { destination_port: "80" }, ["destination_port"]],
    ["ports of icmp", { protocol: "icmp", source_port: "80" }, ["source_port"]],
    ["a range that runs backwards", { protocol: "udp", source_port: "90-80" }, ["source_port"]],
    ["a port that is none", { protocol: "udp", destination_port: "1-65536" }, ["destination_port"]],
  ])("checked: %s", (_name, config, paths) => {
    expect(checkRule({ ...nothing, ...config }).map((d) => d.path?.join("."))).toEqual(paths);
  });
});

describe("an ACL", () => {
  const networks = (...ids: readonly string[]) => ids.map((id) => ({ subnet_id: id, vpc_id: "v" }));

  test("as the cloud tells it", () => {
    expect(
      aclFromApi({
        id: "a",
        name: "n",
        description: "",
        admin_state_up: true,
        status: "ACTIVE",
        subnets: [{ id: "s", vpc_id: "v" }],
        ingress_firewall_policy: { id: "i", firewall_rules: [{ id: "r1" }, { id: "r2" }] },
        egress_firewall_policy: { id: "e" },
      }),
    ).toEqual({
      id: "a",
      name: "n",
      description: null,
      networks: networks("s"),
      admin_state_up: true,
      inbound_rules: ["r1", "r2"],
      outbound_rules: [],
      status: "ACTIVE",
    });
  });

  test("as the cloud is told: all of it, each time", () => {
    const plan = {
      id: "a",
      inbound_rules: [],
      outbound_rules: [],
      status: undefined,
      admin_state_up: undefined,
    };
    expect(aclToApi({ ...plan, name: "n", description: null, networks: networks("s") })).toEqual({
      name: "n",
      description: "",
      admin_state_up: true,
      subnets: [{ id: "s", vpc_id: "v" }],
    });
  });

  test.each([
    ["cab", "abc", "cab"],
    ["ba", "abc", "bac"],
    ["abc", "b", "b"],
    ["", "ab", "ab"],
  ])("in the order of %s: %s becomes %s", (known, told, expected) => {
    const ordered = inOrderOf(
      { networks: networks(...letters(known)) },
      { networks: networks(...letters(told)) },
    );
    expect(ordered.networks).toEqual(networks(...letters(expected)));
  });
});

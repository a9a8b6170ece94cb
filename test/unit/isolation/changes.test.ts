import { expect, test } from "vitest";
import { changesBetween, tellChange } from "../../../schema/isolation/reachability/changes.js";
import { safeOrder, tellLeak, tellOrder } from "../../../schema/isolation/reachability/order.js";
import { Transition } from "../../../schema/isolation/reachability/transition.js";
import { workBetween } from "../../../schema/isolation/reachability/work.js";
import { UNKNOWN, type ObjectValue, type Value } from "../../../schema/unknown.js";
import { eip, from, graphOf, idOf, server, subnet, tables, type Design } from "./design.js";

const rule = (security_group_id: Value, more: ObjectValue = {}): ObjectValue => ({
  security_group_id,
  direction: "ingress",
  ethertype: "IPv4",
  protocol: "tcp",
  port_range_min: 443,
  port_range_max: 443,
  remote_ip_prefix: "0.0.0.0/0",
  remote_group_id: null,
  action: "allow",
  priority: 1,
  ...more,
});
const machine = (i: number, where: string, group: string): ObjectValue => {
  const nic = { port: `p-${where}-${i}`, address: `10.0.${where === "web" ? 1 : 2}.${10 + i}` };
  return server("vpc", "gz", [where], {
    id: `${where}-${i}`,
    security_groups: [group],
    nics: [{ ...nic, subnet_id: where, security_groups: [group] }],
  });
};
/** Two web servers, of which one has a public address, and a database. */
const base: Design = {
  "iec_vpc.v": { id: "vpc", cidr: "10.0.0.0/16" },
  "iec_vpc_subnet.web": subnet("vpc", "gz", "10.0.1.0/24", { id: "web" }),
  "iec_vpc_subnet.db": subnet("vpc", "gz", "10.0.2.0/24", { id: "db" }),
  "iec_security_group.web": { id: "gw" },
  "iec_security_group.db": { id: "gd" },
  "iec_security_group_rule.out": rule("gw", {
    id: "r0",
    direction: "egress",
    protocol: null,
    port_range_min: null,
    port_range_max: null,
  }),
  "iec_server.web1": machine(1, "web", "gw"),
  "iec_server.web2": machine(2, "web", "gw"),
  "iec_server.db": machine(1, "db", "gd"),
  "iec_eip.web1": eip("gz", "p-web-1", { id: "e1", public_ip: "203.0.113.1" }),
};
/** The same, but it is not known yet which address a web server gets. */
const chosen: Design = {
  ...base,
  "iec_server.web2": {
    ...machine(2, "web", "gw"),
    nics: [{ port: "p-web-2", address: UNKNOWN, subnet_id: "web", security_groups: ["gw"] }],
  },
};
const closed = Object.fromEntries(Object.entries(base).filter(([address]) => address !== "iec_eip.web1"));
const inputOf = (design: Design) => ({ ...tables, graph: graphOf(design) });

const rows: readonly (readonly [name: string, before: Design, after: Design, told: readonly string[]])[] = [
  ["nothing", base, base, []],
  ["a name", base, { ...base, "iec_security_group.web": { id: "gw", name: "new" } }, []],
  [
    "a rule for the internet",
    base,
    { ...base, "iec_security_group_rule.in": rule("gw", { id: "r1", remote_ip_prefix: "203.0.113.0/24" }) },
    ["the internet can now reach iec_server.web1 on tcp/443 from 203.0.113.0/24"],
  ],
  [
    "a rule for a subnet that goes",
    {
      ...base,
      "iec_security_group_rule.in": rule("gd", {
        id: "r1",
        remote_group_id: "gw",
        remote_ip_prefix: null,
        port_range_min: 5432,
        port_range_max: 5432,
      }),
    },
    base,
    ["iec_vpc_subnet.web can no longer reach iec_server.db on tcp/5432"],
  ],
  [
    "a public address for a server",
    { ...closed, "iec_security_group_rule.in": rule("gw", { id: "r1" }) },
    { ...base, "iec_security_group_rule.in": rule("gw", { id: "r1" }) },
    [
      "the internet can now reach iec_server.web1 on tcp/443",
      "iec_server.web1 can now reach the internet on everything",
    ],
  ],
  [
    "a rule whose action is not known yet",
    base,
    { ...base, "iec_security_group_rule.in": rule("gw", { id: "r1", action: UNKNOWN }) },
    [
      "the internet may now reach iec_server.web1 on tcp/443",
      // Members of one group reach each other where no rule speaks; this one may deny.
      "iec_server.web1 may no longer reach iec_server.web2 on tcp/443",
      "iec_server.web2 may no longer reach iec_server.web1 on tcp/443",
    ],
  ],
  [
    "an address of a rule of one server only",
    base,
    { ...base, "iec_security_group_rule.in": rule("gd", { id: "r1", remote_ip_prefix: "10.0.1.12/32" }) },
    ["iec_server.web2 can now reach iec_server.db on tcp/443"],
  ],
  [
    "a rule for more of the addresses that the cloud may choose",
    { ...chosen, "iec_security_group_rule.in": rule("gd", { id: "r1", remote_ip_prefix: "10.0.1.12/32" }) },
    { ...chosen, "iec_security_group_rule.in": rule("gd", { id: "r1", remote_ip_prefix: "10.0.1.12/30" }) },
    ["iec_server.web2 may now reach iec_server.db on tcp/443"],
  ],
  [
    "a rule for other addresses that the cloud may choose",
    { ...chosen, "iec_security_group_rule.in": rule("gd", { id: "r1", remote_ip_prefix: "10.0.1.12/32" }) },
    { ...chosen, "iec_security_group_rule.in": rule("gd", { id: "r1", remote_ip_prefix: "10.0.1.13/32" }) },
    [
      "iec_server.web2 may now reach iec_server.db on tcp/443",
      "iec_server.web2 may no longer reach iec_server.db on tcp/443",
    ],
  ],
];

test.each(rows)("%s", (_name, before, after, told) => {
  expect(changesBetween(new Transition(inputOf(before), inputOf(after))).map(tellChange)).toEqual(told);
});

const nic = { port: "p", address: "10.0.1.11" };
const differences: readonly (readonly [was: Value, will: Value, differ: boolean])[] = [
  [[nic], [{ address: "10.0.1.11", port: "p" }], false],
  [[nic], [{ ...nic, mac: null }], false],
  [[nic], [{ port: "p", mac: "10.0.1.11" }], true],
  [[nic], [nic, nic], true],
  [[nic], null, true],
  [[nic], UNKNOWN, true],
  [from("iec_vip.a", "id"), from("iec_vip.a", "id"), false],
  [from("iec_vip.a", "id"), from("iec_vip.b", "id"), true],
];

test.each(differences)("%j and %j: whether they differ is %j", (was, will, differ) => {
  const designs = [was, will].map((nics) => inputOf({ ...base, "iec_server.db": { id: "db-1", nics } }));
  expect(new Transition(designs[0]!, designs[1]!).changed.size).toBe(Number(differ));
});

const everything = { protocol: null, port_range_min: null, port_range_max: null };
const orders: readonly (readonly [name: string, before: Design, after: Design, told: readonly string[]])[] = [
  [
    "what only opens needs no order",
    closed,
    { ...base, "iec_security_group_rule.in": rule("gw", { id: UNKNOWN }) },
    [],
  ],
  [
    "a rule goes before an address comes",
    { ...closed, "iec_security_group_rule.all": rule("gw", { ...everything, id: "r1" }) },
    { ...closed, "iec_eip.web1": eip("gz", from("iec_server.web1", "nics", 0, "port")) },
    [
      "deletes iec_security_group_rule.all before it creates iec_eip.web1: otherwise the internet could reach iec_server.web1 on everything in between",
    ],
  ],
  [
    "what denies comes before what allows",
    base,
    {
      ...base,
      "iec_security_group_rule.all": rule("gw", { ...everything, id: UNKNOWN, priority: 5 }),
      "iec_security_group_rule.ssh": rule("gw", {
        id: UNKNOWN,
        action: "deny",
        port_range_min: 22,
        port_range_max: 22,
      }),
    },
    [
      "creates iec_security_group_rule.ssh before it creates iec_security_group_rule.all: otherwise the internet could reach iec_server.web1 on tcp/22 in between",
    ],
  ],
];

function orderOf(before: Design, after: Design) {
  const transition = new Transition(inputOf(before), inputOf(after));
  return safeOrder(transition, workBetween(transition));
}

test.each(orders)("%s", (_name, before, after, told) => {
  const { edges, leaks, complete } = orderOf(before, after);
  expect({ complete, leaks, told: edges.slice(0, 1).map(tellOrder) }).toEqual({
    complete: true,
    leaks: [],
    told,
  });
});

test("a deny rule that is replaced leaves a gap that no order closes", () => {
  const open = {
    ...base,
    "iec_security_group_rule.all": rule("gw", { ...everything, id: "r1", priority: 5 }),
  };
  const deny = (id: Value, port: number) =>
    rule("gw", { id, action: "deny", port_range_min: 22, port_range_max: port });
  const before = { ...open, "iec_security_group_rule.ssh": deny("r2", 22) };
  const after = { ...open, "iec_security_group_rule.ssh": deny(idOf("iec_security_group_rule.ssh"), 23) };
  const { edges, leaks } = orderOf(before, after);
  expect(edges).toEqual([]);
  expect(leaks.map(tellLeak)).toContain("the internet could reach iec_server.web1 on tcp/22");
  expect(leaks[0]?.after).toMatchObject([{ address: "iec_security_group_rule.ssh", verb: "delete" }]);
});

import { describe, expect, test } from "vitest";
import type { ObjectValue } from "../../schema/unknown.js";
import { network, openBench, type Bench, type Blocks } from "./resource-bench.js";

const acl = { name: "front" };
const rule = (port: number, more: object = {}) => ({
  network_acl_id: "${iec_network_acl.acl.id}",
  direction: "ingress",
  protocol: "tcp",
  destination_port: String(port),
  ...more,
});
const behind = (...subnets: readonly string[]) =>
  subnets.map((name) => ({ vpc_id: "${iec_vpc.net.id}", subnet_id: `\${iec_vpc_subnet.${name}.id}` }));

interface CloudRule {
  readonly id: string;
  readonly destination_port: string;
}
interface CloudAcl {
  readonly id: string;
  readonly ingress_firewall_policy: { readonly id: string; readonly firewall_rules: readonly CloudRule[] };
  readonly subnets: readonly { readonly id: string }[];
}
const aclOf = (bench: Bench) => bench.cloud.snapshot().firewalls[0] as unknown as CloudAcl;
const rulesOf = (bench: Bench) => aclOf(bench).ingress_firewall_policy.firewall_rules;
const portsOf = (bench: Bench) => rulesOf(bench).map((r) => Number(r.destination_port));
const idsOf = (bench: Bench) => rulesOf(bench).map((r) => r.id);

/** Adds a rule as somebody else would: before all others. */
async function intrude(bench: Bench): Promise<void> {
  const { id, ingress_firewall_policy: ingress } = aclOf(bench);
  await bench.connect().put("/v1/firewalls/{firewall_id}/firewall-rules", {
    params: { path: { firewall_id: id } },
    body: {
      firewall: {
        ingress_firewall_policy: {
          id: ingress.id,
          insert_before: ingress.firewall_rules[0]?.id ?? "",
          firewall_rules: [
            {
              operate_type: "add",
              name: "",
              action: "allow",
              protocol: "any",
              ip_version: 4,
              source_ip_address: "0.0.0.0/0",
              destination_ip_address: "0.0.0.0/0",
              source_port: "",
              destination_port: "",
              enabled: true,
            },
          ],
        },
      },
    },
  });
}

describe("twenty rules made at once", () => {
  const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
  const shuffled = numbers.map((n) => (n * 8) % 21);
  const rules = (order: readonly number[]) => ({
    iec_network_acl: { acl },
    iec_network_acl_rule: Object.fromEntries(order.map((n) => [`r${n}`, rule(1000 + n, { position: n })])),
  });
  const expectAll = (bench: Bench, values: Readonly<Record<string, ObjectValue>>) => {
    expect(portsOf(bench)).toEqual(numbers.map((n) => 1000 + n));
    expect(numbers.map((n) => values[`iec_network_acl_rule.r${n}`]?.["id"])).toEqual(idsOf(bench));
    expect(new Set(idsOf(bench)).size).toBe(20);
  };

  test.each([
    ["in order", numbers],
    ["backwards", numbers.toReversed()],
    ["in any order", shuffled],
  ])("declared %s: twenty ids, the stated order, none orphaned", async (_name, order) => {
    const bench = openBench();
    expectAll(bench, (await bench.settle(rules(order))).values);
    const { values } = await bench.run({}, "destroy");
    expect(values).toEqual({});
    expect(bench.cloud.snapshot().firewalls).toEqual([]);
  });

  test("each behind the one before it", async () => {
    const bench = openBench();
    const chained = numbers.map((n): [string, Readonly<Record<string, unknown>>] => [
      `r${n}`,
      rule(1000 + n, n === 1 ? {} : { after: `\${iec_network_acl_rule.r${n - 1}.id}` }),
    ]);
    const blocks = { iec_network_acl: { acl }, iec_network_acl_rule: Object.fromEntries(chained) };
    expectAll(bench, (await bench.settle(blocks)).values);
  });

  test("some answers are lost", async () => {
    const bench = openBench({
      faults: [{ operation: "UpdateFirewallRule", kind: "lostAnswer", probability: 0.3, times: 4 }],
    });
    expectAll(bench, (await bench.settle(rules(shuffled))).values);
  });
});

describe("the order of rules", () => {
  const three = (order: readonly object[]): Blocks => ({
    iec_network_acl: { acl },
    iec_network_acl_rule: Object.fromEntries(order.map((o, i) => [`r${i + 1}`, rule(i + 1, o)])),
  });
  const at = (...positions: readonly number[]) => three(positions.map((position) => ({ position })));
  const first = (name: string) => ({ before: `\${iec_network_acl_rule.${name}.id}` });

  test.each<[string, Blocks, Blocks, readonly number[]]>([
    ["turned round", at(1, 2, 3), at(3, 2, 1), [3, 2, 1]],
    ["moved up", at(1, 2, 3), at(2, 3, 1), [3, 1, 2]],
    ["moved down", at(1, 2, 3), at(3, 1, 2), [2, 3, 1]],
    ["one in between", at(1, 2), at(1, 3, 2), [1, 3, 2]],
    ["one gone", at(1, 2, 3), at(1, 2), [1, 2]],
    ["one first", three([{}, {}]), three([{}, {}, { position: 1 }]), [3, 1, 2]],
    ["before another", three([{}, {}]), three([{}, {}, first("r2")]), [1, 3, 2]],
    ["now before another", at(1, 2, 3), three([{}, {}, first("r1")]), [3, 1, 2]],
  ])("%s", async (_name, before, after, ports) => {
    const bench = openBench();
    await bench.settle(before);
    const { values } = await bench.settle(after);
    expect(portsOf(bench)).toEqual(ports);
    expect(ports.map((n) => values[`iec_network_acl_rule.r${n}`]?.["id"])).toEqual(idsOf(bench));
  });

  test("somebody's rule before them is seen, and they are put before it again", async () => {
    const bench = openBench();
    await bench.settle(at(1, 2));
    await intrude(bench);
    const { actions, values } = await bench.settle(at(1, 2));
    expect(actions).toEqual({ "iec_network_acl_rule.r1": "update", "iec_network_acl_rule.r2": "update" });
    expect(portsOf(bench)).toEqual([1, 2, 0]);
    expect([1, 2].map((n) => values[`iec_network_acl_rule.r${n}`]?.["id"])).toEqual(idsOf(bench).slice(0, 2));
  });

  test("a neighbour that is of another direction is refused", async () => {
    const bench = openBench();
    const { diagnostics } = await bench.run(
      three([{ direction: "egress" }, { after: "${iec_network_acl_rule.r1.id}" }]),
    );
    expect(diagnostics).toMatchObject([
      { code: "IEC2019", address: "iec_network_acl_rule.r2", path: ["after"] },
    ]);
  });
});

describe("a rule", () => {
  const one = (more: object): Blocks => ({
    iec_network_acl: { acl },
    iec_network_acl_rule: { r: rule(80, more) },
  });
  test.each<[string, object, object]>([
    ["name", { name: "web" }, { name: "web" }],
    ["description", { description: "all of it" }, { description: "all of it" }],
    [
      "protocol and ports",
      { protocol: "icmp", destination_port: null },
      { protocol: "icmp", destination_port: "" },
    ],
    ["every protocol", { protocol: "any", destination_port: null }, { protocol: "", destination_port: "" }],
    ["action", { action: "reject" }, { action: "reject" }],
    ["source", { source_ip_address: "10.1.0.0/16" }, { source_ip_address: "10.1.0.0/16" }],
    ["destination", { destination_ip_address: "10.2.0.9" }, { destination_ip_address: "10.2.0.9" }],
    ["source port", { source_port: "1000-2000" }, { source_port: "1000-2000" }],
    ["switch", { enabled: false }, { enabled: false }],
    ["IP version", { ip_version: 6 }, { ip_version: 6, source_ip_address: "::/0" }],
  ])("changes in place: %s", async (_name, change, told) => {
    const bench = openBench();
    await bench.settle(one({}));
    const before = idsOf(bench);
    expect((await bench.settle(one(change))).actions).toEqual({ "iec_network_acl_rule.r": "update" });
    expect(rulesOf(bench)[0]).toMatchObject(told);
    expect(idsOf(bench)).toEqual(before);
    expect((await bench.settle(one({}))).actions).toEqual({ "iec_network_acl_rule.r": "update" });
  });

  test("is made again by another direction, and after somebody deleted it", async () => {
    const bench = openBench();
    await bench.settle(one({}));
    expect((await bench.settle(one({ direction: "egress" }))).actions).toEqual({
      "iec_network_acl_rule.r": "replace",
    });
    expect(idsOf(bench)).toEqual([]);
    bench.cloud.mutate("firewalls", aclOf(bench).id, { egress: { rules: [] } });
    expect((await bench.settle(one({ direction: "egress" }))).actions).toEqual({
      "iec_network_acl_rule.r": "create",
    });
  });
});

describe("a network ACL", () => {
  const blocks = (more: object, subnets: readonly string[] = []): Blocks => ({
    ...network(["a", "b", "c"]),
    iec_network_acl: { acl: { ...acl, networks: behind(...subnets), ...more } },
  });
  const subnetsOf = (bench: Bench) => {
    const behindIt = aclOf(bench).subnets.map(({ id }) => id);
    const { subnets } = bench.cloud.snapshot();
    return subnets.filter((s) => behindIt.includes(String(s["id"]))).map((s) => s["name"]);
  };

  test("changes in place, with the whole list of its subnets", async () => {
    const bench = openBench();
    await bench.settle(blocks({}, ["c", "a"]));
    expect(subnetsOf(bench)).toEqual(["a", "c"]);
    const { actions } = await bench.settle(
      blocks({ name: "rear", description: "new", admin_state_up: false }, ["b"]),
    );
    expect(actions).toEqual({ "iec_network_acl.acl": "update" });
    expect(subnetsOf(bench)).toEqual(["b"]);
    expect(aclOf(bench)).toMatchObject({ name: "rear", description: "new", admin_state_up: false });
    await bench.settle(blocks({}));
    expect(subnetsOf(bench)).toEqual([]);
    expect(aclOf(bench)).toMatchObject({ name: "front", description: "", admin_state_up: true });
  });

  test("gets back what somebody took from it, and lets go of its subnets before it goes", async () => {
    const bench = openBench();
    const wanted = blocks({}, ["a", "b"]);
    await bench.settle(wanted);
    const subnet = bench.cloud.snapshot().subnets.find((s) => s["name"] === "b");
    bench.cloud.mutate("subnets", String(subnet?.["id"]), { firewall_id: null });
    expect((await bench.settle(wanted)).actions).toEqual({ "iec_network_acl.acl": "update" });
    expect(subnetsOf(bench)).toEqual(["a", "b"]);
    const { values, diagnostics } = await bench.run({}, "destroy");
    expect([values, diagnostics]).toEqual([{}, []]);
  });
});

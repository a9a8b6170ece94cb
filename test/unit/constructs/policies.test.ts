import { App, DefaultTokenResolver, StringConcat, TerraformStack, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";
import { Eip, IecApp, IecProvider, inspectApp, Vpc, VpcSubnet } from "iec-cdk";
import { EdgeSite, IsolationPolicy, Port, type IsolationPolicyProps } from "iec-cdk/l2";
import { describe, expect, test } from "vitest";
import type { Policy } from "../../../schema/isolation/policies/policy.js";
import { temporaryFolder } from "../../helpers/stack.js";

/** An app of stacks, each with an EIP in a city. */
function newApp(
  cities: Readonly<Record<string, string>>,
  app: App = new IecApp({ outdir: temporaryFolder() }),
) {
  const stacks = Object.entries(cities).map(([name, city]) => {
    const stack = new TerraformStack(app, name);
    new IecProvider(stack, "iec");
    const { siteId } = EdgeSite.byCity(stack, "site", city);
    return { stack, eip: new Eip(stack, "ip", { siteId }) };
  });
  return { app, stacks, stack: stacks[0]!.stack, eip: stacks[0]!.eip };
}
/** What is written of them into cdk.tf.json. */
function carried(stack: TerraformStack): readonly Policy[] {
  const resolver = new DefaultTokenResolver(new StringConcat());
  const document = Tokenization.resolve(stack.toTerraform() as unknown, {
    scope: stack,
    resolver,
    preparing: false,
  }) as { readonly "//": { readonly metadata: { readonly iec?: { readonly policies: readonly Policy[] } } } };
  return document["//"].metadata.iec?.policies ?? [];
}
const south = { residency: { provinces: ["guangdong"] } };
const found = (app: App) =>
  inspectApp(app).diagnostics.map(({ code, origin }) => `${code} ${origin?.constructPath ?? ""}`);

describe("a policy", () => {
  test("is about all below its scope, and carried by the stack", () => {
    const { app, stack } = newApp({ gz: "guangzhou" });
    new IsolationPolicy(stack, "south", south);
    expect(found(app)).toEqual([]);
    const [policy, ...others] = carried(stack);
    expect(others).toEqual([]);
    expect(policy).toMatchObject({
      id: "gz/south",
      kind: "residency",
      on: ["iec_eip.ip"],
      provinces: ["guangdong"],
      origin: { constructPath: "gz/south", file: "test/unit/constructs/policies.test.ts" },
    });
  });

  test("holds what is made after it too", () => {
    const { app, stack } = newApp({ gz: "guangzhou" });
    new IsolationPolicy(stack, "south", south);
    new Eip(stack, "late", { siteId: EdgeSite.byCity(stack, "xian", "xi'an").siteId });
    expect(found(app)).toEqual(["IEC1052 gz/late"]);
    expect(carried(stack)[0]?.on).toEqual(["iec_eip.ip", "iec_eip.late"]);
  });

  test("of an app is held over all stacks, and each carries what concerns it", () => {
    const { app, stacks } = newApp({ gz: "guangzhou", xa: "xi'an" });
    new IsolationPolicy(app, "south", south);
    expect(found(app)).toEqual(["IEC1052 xa/ip"]);
    const right = newApp({ gz: "guangzhou", zs: "zhongshan" });
    new IsolationPolicy(right.app, "south", south);
    right.app.synth();
    expect(process.exitCode ?? 0).toBe(0);
    for (const { stack } of right.stacks)
      expect(carried(stack)).toMatchObject([{ id: "south", on: ["iec_eip.ip"] }]);
    expect(stacks).toHaveLength(2);
  });

  test("between stacks is held at synth, and carried by neither, which knows one side only", () => {
    const { app, stacks } = newApp({ a: "guangzhou", b: "guangzhou" });
    const [a, b] = stacks;
    new IsolationPolicy(app, "apart", { on: a!.eip, apartFrom: [{ other: b!.eip, by: "site" }] });
    expect(found(app)).toEqual(["IEC1053 a/ip"]);
    expect(stacks.map(({ stack }) => carried(stack))).toEqual([[], []]);
  });

  test("is carried by the stacks of a plain App as well", () => {
    const { stack } = newApp({ gz: "guangzhou" }, new App({ outdir: temporaryFolder() }));
    new IsolationPolicy(stack, "south", south);
    expect(carried(stack)).toHaveLength(1);
  });

  test("about nothing is carried nowhere", () => {
    const stack = new TerraformStack(new IecApp({ outdir: temporaryFolder() }), "empty");
    new IsolationPolicy(stack, "south", south);
    expect(carried(stack)).toEqual([]);
  });

  test("takes every kind of demand", () => {
    const { stack, eip } = newApp({ gz: "guangzhou" });
    const vpc = new Vpc(stack, "v", { name: "v", cidr: "10.0.0.0/16", mode: "CUSTOMER" });
    const subnet = new VpcSubnet(stack, "s", {
      name: "s",
      vpcId: vpc.id,
      siteId: EdgeSite.byCity(stack, "s-site", "guangzhou").siteId,
      cidr: "10.0.0.0/24",
      gatewayIp: "10.0.0.1",
    });
    new IsolationPolicy(stack, "all", {
      on: [eip, subnet],
      residency: { areas: ["south"], cities: [] },
      latency: { latitude: 23, longitude: 113, withinMs: 20 },
      internetPorts: [Port.tcp(443), Port.udp(5000, 5010), Port.icmp()],
      neverReachedFrom: ["10.9.0.0/16", vpc, { from: "internet", ports: [Port.tcp(22)] }],
      apartFrom: [{ other: vpc, by: "vpc" }],
    });
    const on = ["iec_eip.ip", "iec_vpc_subnet.s"];
    expect(carried(stack).map(({ id: _id, origin: _origin, ...policy }) => policy)).toEqual([
      { kind: "residency", on, areas: ["south"] },
      { kind: "latency", on, of: { latitude: 23, longitude: 113 }, withinMs: 20 },
      {
        kind: "internet-ports",
        on,
        traffic: [
          { protocol: "tcp", ports: ["443"] },
          { protocol: "udp", ports: ["5000-5010"] },
          { protocol: "icmp" },
        ],
      },
      { kind: "never-reach", on, from: ["10.9.0.0/16"] },
      { kind: "never-reach", on, from: ["iec_vpc.v"] },
      { kind: "never-reach", on, from: ["internet"], traffic: [{ protocol: "tcp", ports: ["22"] }] },
      { kind: "separation", on, from: ["iec_vpc.v"], by: "vpc" },
    ]);
  });
});

describe("a wrong demand is refused where it is written", () => {
  const rows: [string, IsolationPolicyProps, RegExp][] = [
    ["no place", { residency: { areas: [] } }, /^gz\/p: residency is .*Name areas, provinces or cities/],
    ["too near", { latency: { latitude: 0, longitude: 0, withinMs: 3 } }, /latency.withinMs is 3.*5 ms/],
    ["no latency", { latency: { latitude: 0, longitude: 0 } as never }, /latency.withinMs is undefined/],
    ["no place on earth", { latency: { latitude: 123, longitude: 0, withinMs: 9 } }, /latitude to 90/],
    ["no range", { neverReachedFrom: ["10.1.0.0/40"] }, /neverReachedFrom is "10.1.0.0\/40".*range/],
    ["no construct", { apartFrom: [{ other: {} as IConstruct, by: "site" }] }, /apartFrom.*construct/],
  ];
  test.each(rows)("%s", (_name, props, message) => {
    const { stack } = newApp({ gz: "guangzhou" });
    expect(() => new IsolationPolicy(stack, "p", props)).toThrow(message);
  });
});

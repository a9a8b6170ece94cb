import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { synthesize } from "../../examples/quickstart/network.js";
import { createClient } from "../../provider/client/index.js";
import { dataSources } from "../../provider/data-sources/index.js";
import { openSession } from "../../provider/reconciler/session.js";
import { resources } from "../../provider/resources/index.js";
import { createSimulatorApp } from "../../provider/simulator/index.js";
import { VirtualClock } from "../../schema/clock.js";
import type { ResourceGraph, ResourceNode } from "../../schema/graph.js";
import type { IsolationInput } from "../../schema/isolation/index.js";
import { holds } from "../../schema/isolation/packets/sets.js";
import { fieldsOf } from "../../schema/isolation/reachability/explain.js";
import {
  analyse,
  checkCertificate,
  judge,
  type End,
  type Reachability,
} from "../../schema/isolation/reachability/index.js";
import { getPath } from "../../schema/unknown.js";
import { inputOf } from "../helpers/construct-tree.js";
import { temporaryFolder } from "../helpers/stack.js";
import { graphOf, tables } from "../unit/isolation/design.js";
import { topologies, vipAddress, type Topology } from "../property/topology.js";
import { IMAGE, openBench, SITE, type Blocks } from "./resource-bench.js";

/** The quickstart as Terraform reads it, and as the tree of its constructs. */
async function quickstart(): Promise<{ readonly folder: string; readonly tree: IsolationInput }> {
  const folder = temporaryFolder();
  const synth = vi.spyOn(App.prototype, "synth");
  synthesize(folder);
  const [app] = synth.mock.contexts;
  synth.mockRestore();
  if (!(app instanceof App)) throw new Error("the quickstart makes no app");
  return { folder, tree: await inputOf(app) };
}

/** What an apply would make of it, sites looked up. */
async function plannedGraph(folder: string): Promise<ResourceGraph> {
  const clock = new VirtualClock();
  const cloud = createSimulatorApp({ clock, checkSignatures: false });
  const session = await openSession({
    path: join(folder, "stacks/quickstart/cdk.tf.json"),
    statePath: join(temporaryFolder(), "quickstart.tfstate"),
    lock: false,
    lockTimeoutMs: 0,
    variables: new Map(),
    parallelism: 10,
    operation: "plan",
    signal: new AbortController().signal,
    runtime: {
      resources,
      dataSources,
      clock,
      random: () => 0.5,
      environment: {},
      connect: (_arguments, { concurrency }) => ({
        diagnostics: [],
        api: createClient({
          endpoint: "http://cloud.test",
          authUrl: "http://cloud.test/v3",
          credentials: { kind: "keys", accessKey: cloud.accessKey, secretKey: cloud.secretKey },
          domainId: cloud.domainId,
          concurrency,
          clock,
          random: () => 0.5,
          fetch: (input, init) => cloud.fetch(new Request(input, init)),
        }),
      }),
    },
  });
  try {
    const plan = await session.plan({});
    expect(plan.diagnostics).toEqual([]);
    const nodes = plan.changes.flatMap(({ address, mode, type, after, origin }): [string, ResourceNode][] =>
      after === null ? [] : [[address, { address, mode, type, values: after, references: [], origin }]],
    );
    return { nodes: new Map(nodes) };
  } finally {
    await session.close();
  }
}

/** Four subnets, and that none reaches another is proved of each of the twelve pairs, by a certificate that holds. */
function expectApart(r: Reachability): void {
  const subnets = r.network.subnets.filter(({ node }) => node.mode === "managed");
  expect(subnets).toHaveLength(4);
  for (const from of subnets) {
    for (const to of subnets) {
      if (from === to) continue;
      const question = { from: r.endsIn(from), to: r.endsIn(to) };
      const { verdict, certificate, unknowns } = judge(r, question, { certificate: true });
      expect({ from: from.label, to: to.label, verdict, unknowns }).toMatchObject({
        verdict: "PROVED",
        unknowns: [],
      });
      expect(checkCertificate(r, question, certificate!)).toBeUndefined();
      expect(r.subnets(from, to).wall).toBeDefined();
    }
  }
}

test("of the quickstart's four subnets none reaches another: so says the tree of constructs, and so says the plan", async () => {
  const { folder, tree } = await quickstart();
  expectApart(analyse(tree));
  const planned = analyse({ ...tables, graph: await plannedGraph(folder) });
  expectApart(planned);
  const servers = planned.ends.filter((end) => end.kind === "nic");
  expect(servers).toHaveLength(4);
  for (const server of servers) {
    const [https, ssh] = ["443", "22"].map((port) =>
      judge(planned, { from: "internet", to: [server], traffic: { protocol: "tcp", ports: [port] } }),
    );
    expect([https?.verdict, ssh?.verdict]).toEqual(["REFUTED", "PROVED"]);
    expect(https?.counterexample?.packet).toMatchObject({ protocol: "tcp", port: 443 });
    expect(https?.counterexample?.trace.hops.at(-1)?.rule?.address).toMatch(
      /^iec_security_group_rule\..*https/,
    );
    expect(https?.counterexample?.trace.hops.at(-1)?.rule?.origin?.constructPath).toMatch(/https$/);
  }
});

const XIAN = (
  JSON.parse(readFileSync(new URL("../../schema/api/catalog.json", import.meta.url), "utf8")) as {
    readonly sites: readonly { readonly id: string }[];
  }
).sites
  .map(({ id }) => id)
  .find((id) => id !== SITE)!;

/** A random network as a configuration. */
function blocksOf(t: Topology): Blocks {
  const blocks: Record<string, Record<string, Record<string, unknown>>> = {};
  const add = (type: string, name: string, body: Record<string, unknown>) =>
    ((blocks[type] ??= {})[name] = body);
  const ref = (address: string, attribute = "id") => `\${${address}.${attribute}}`;
  const site = (subnet: number) => [SITE, XIAN][t.subnets[subnet]!.site];
  const set = (values: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null));
  for (const v of new Set(t.subnets.map(({ vpc }) => vpc)))
    add("iec_vpc", `v${v}`, { name: `v${v}`, cidr: "10.0.0.0/16", mode: "CUSTOMER" });
  for (const [i, { vpc }] of t.subnets.entries())
    add("iec_vpc_subnet", `s${i}`, {
      name: `s${i}`,
      vpc_id: ref(`iec_vpc.v${vpc}`),
      site_id: site(i),
      cidr: `10.0.${i}.0/24`,
      gateway_ip: `10.0.${i}.1`,
    });
  for (const g of [0, 1]) add("iec_security_group", `g${g}`, { name: `g${g}` });
  for (const [i, rule] of t.rules.entries())
    add(
      "iec_security_group_rule",
      `r${i}`,
      set({
        security_group_id: ref(`iec_security_group.g${rule.group}`),
        direction: rule.direction,
        ethertype: rule.family === 4 ? "IPv4" : "IPv6",
        protocol: rule.protocol,
        port_range_min: rule.ports?.[0] ?? null,
        port_range_max: rule.ports?.[1] ?? null,
        remote_ip_prefix: rule.prefix,
        remote_group_id: rule.prefix === null ? ref(`iec_security_group.g${rule.remote}`) : null,
        action: rule.action,
        priority: rule.priority,
      }),
    );
  for (const [i, nic] of t.nics.entries()) {
    add("iec_server", `n${i}`, {
      name: `n${i}`,
      flavor_id: "c6.large.2",
      image_id: IMAGE,
      vpc_id: ref(`iec_vpc.v${t.subnets[nic.subnet]!.vpc}`),
      subnet_ids: [ref(`iec_vpc_subnet.s${nic.subnet}`)],
      security_groups: nic.groups.map((g) => ref(`iec_security_group.g${g}`)),
      admin_pass: "Correct-Horse-7-Battery",
      system_disk_type: "SAS",
      system_disk_size: 40,
      coverage_sites: [{ site_id: site(nic.subnet) }],
      ...(nic.off ? { power_state: "SHUTOFF" } : {}),
    });
    if (nic.eip)
      add("iec_eip", `n${i}`, {
        site_id: site(nic.subnet),
        port_id: ref(`iec_server.n${i}`, "nics[0].port"),
      });
  }
  for (const [i, vip] of t.vips.entries()) {
    add("iec_vip", `p${i}`, {
      subnet_id: ref(`iec_vpc_subnet.s${vip.subnet}`),
      ip_address: vipAddress(vip, i),
      port_ids: vip.nics.map((n) => ref(`iec_server.n${n}`, "nics[0].port")),
    });
    if (vip.eip) add("iec_eip", `p${i}`, { site_id: site(vip.subnet), port_id: ref(`iec_vip.p${i}`) });
  }
  for (const [a, acl] of t.acls.entries()) {
    const vpc_id = ref(`iec_vpc.v${t.subnets[acl.subnet]!.vpc}`);
    add("iec_network_acl", `a${a}`, {
      name: `a${a}`,
      admin_state_up: acl.up,
      networks: [{ vpc_id, subnet_id: ref(`iec_vpc_subnet.s${acl.subnet}`) }],
    });
    const next = { ingress: 1, egress: 1 };
    for (const [i, rule] of acl.rules.entries())
      add(
        "iec_network_acl_rule",
        `a${a}_${i}`,
        set({
          network_acl_id: ref(`iec_network_acl.a${a}`),
          direction: rule.direction,
          protocol: rule.protocol,
          source_ip_address: rule.source,
          destination_ip_address: rule.destination,
          source_port: rule.sourcePort,
          destination_port: rule.port,
          action: rule.action,
          enabled: rule.enabled,
          position: next[rule.direction]++,
        }),
      );
  }
  for (const [i, route] of t.routes.entries()) {
    const table = `t${route.subnet}`;
    const vpc_id = ref(`iec_vpc.v${t.subnets[route.subnet]!.vpc}`);
    add("iec_route_table", table, {
      name: table,
      vpc_id,
      subnet_ids: [ref(`iec_vpc_subnet.s${route.subnet}`)],
    });
    add("iec_route", `x${i}`, {
      route_table_id: ref(`iec_route_table.${table}`),
      destination: route.destination,
      type: route.vip ? "vip" : "ecs",
      nexthop: route.vip ? ref("iec_vip.p0", "ip_address") : ref(`iec_server.n${route.hop}`),
    });
  }
  return blocks;
}

/** What the cloud would take: no IPv6, and next hops in the VPC of the table. */
const applicable = topologies.map((t): Topology => {
  const vpcOf = (subnet: number) => t.subnets[subnet]!.vpc;
  const nics = t.nics.map((nic) => ({ ...nic, v6: false }));
  const takes = t.rules.map((rule) => (rule.protocol === null ? { ...rule, ports: null } : rule));
  const rules = takes.filter(
    (rule, i) => takes.findIndex((other) => JSON.stringify(other) === JSON.stringify(rule)) === i,
  );
  const hopSubnet = (route: Topology["routes"][number]) =>
    route.vip ? t.vips[0]!.subnet : nics[route.hop]!.subnet;
  return {
    ...t,
    nics,
    rules,
    routes: t.routes.filter((route) => vpcOf(route.subnet) === vpcOf(hopSubnet(route))),
  };
});

const OUTSIDE = "192.0.2.7";
const PACKETS = [
  { protocol: "tcp", port: 80, sourcePort: 40_000 },
  { protocol: "tcp", port: 443, sourcePort: 443 },
  { protocol: "udp", port: 53, sourcePort: 40_000 },
  { protocol: "icmp" },
] as const;

test("after an apply the analysis and the cloud's packet probe agree on every pair", async () => {
  let reached = 0;
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(applicable, async (t) => {
      const bench = openBench();
      const { values, diagnostics } = await bench.run(blocksOf(t));
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      const r = analyse({ ...tables, graph: graphOf(values) });
      const text = (address: string, ...path: (string | number)[]): string => {
        const value = getPath(values[address] ?? null, path);
        return typeof value === "string" ? value : "";
      };
      interface Known {
        readonly end: End;
        readonly port: string;
        readonly address: string;
        readonly eip: string;
        readonly off: boolean;
      }
      const find = (key: string) => r.ends.find((end) => end.key === key)!;
      const nics = t.nics.map(({ off }, i): Known => ({
        end: find(`iec_server.n${i}#0`),
        port: text(`iec_server.n${i}`, "nics", 0, "port"),
        address: text(`iec_server.n${i}`, "nics", 0, "address"),
        eip: text(`iec_eip.n${i}`, "public_ip"),
        off,
      }));
      const vips = t.vips.map((_, i): Known => ({
        end: find(`iec_vip.p${i}`),
        port: text(`iec_vip.p${i}`, "id"),
        address: text(`iec_vip.p${i}`, "ip_address"),
        eip: text(`iec_eip.p${i}`, "public_ip"),
        off: false,
      }));
      const outside: Known = {
        end: r.endOf("internet")[0]!,
        port: OUTSIDE,
        address: OUTSIDE,
        eip: OUTSIDE,
        off: false,
      };
      const anyOff = t.nics.some(({ off }) => off);
      for (const from of [...nics, outside]) {
        for (const to of [...nics, ...vips, outside]) {
          if (from === to) continue;
          for (const via of ["private", "internet"] as const) {
            if (via === "private" ? from === outside || to === outside : to.eip === "") continue;
            if (
              to.end.kind === "vip" &&
              via === "internet" &&
              to.end.vip.backers.some(({ nic }) => from.end.kind === "nic" && nic === from.end.nic)
            )
              continue;
            const reach = r.reach(from.end, to.end, via);
            for (const packet of PACKETS) {
              const { reachable, answered = false } = bench.cloud.probe({
                from: from.port,
                to: via === "private" ? to.port : to.eip,
                ...packet,
              });
              const fields = fieldsOf({
                family: 4,
                ...packet,
                source: from.address,
                destination: to.address,
              });
              const said = [reach.may, reach.must, reach.answered().may, reach.answered().must].map((set) =>
                holds(set, fields),
              );
              const where = { from: from.end.key, to: to.end.key, via, packet };
              if (anyOff)
                expect({ ...where, between: (said[0] || !reachable) && (reachable || !said[1]) }).toEqual({
                  ...where,
                  between: true,
                });
              else
                expect({ ...where, said }).toEqual({
                  ...where,
                  said: [reachable, reachable, answered, answered],
                });
              compared++;
              if (reachable) reached++;
            }
          }
        }
      }
    }),
    { numRuns: 12 },
  );
  expect([compared > 200, reached > 0]).toEqual([true, true]);
});

/**
 * What the reachability analysis costs: the whole matrix of subnets and of servers, at three sizes, one group of
 * 100,000 rules, and a plan that changes one rule. Prints, and asserts nothing.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { resources } from "../provider/resources/index.js";
import type { ResourceNode } from "../schema/graph.js";
import { tablesOf, type IsolationInput } from "../schema/isolation/index.js";
import { changesBetween } from "../schema/isolation/reachability/changes.js";
import { analyse, judge } from "../schema/isolation/reachability/index.js";
import { safeOrder } from "../schema/isolation/reachability/order.js";
import { Transition } from "../schema/isolation/reachability/transition.js";
import { workBetween } from "../schema/isolation/reachability/work.js";
import { typeOfAddress } from "../schema/isolation/values.js";
import type { ObjectValue } from "../schema/unknown.js";
import { table } from "./measure.js";

interface Size {
  readonly servers: number;
  readonly subnets: number;
  readonly sites: number;
  readonly rules: number;
}
const SIZES: readonly Size[] = [
  { servers: 500, subnets: 50, sites: 5, rules: 1_250 },
  { servers: 1_000, subnets: 100, sites: 10, rules: 2_500 },
  { servers: 2_000, subnets: 200, sites: 20, rules: 5_000 },
];
const GROUPS = 50;
const PROTOCOLS = ["tcp", "udp", "icmp", null];

/** The same design for the same size: numbers are taken in turn, not at random. */
function designOf({ servers, subnets, sites, rules }: Size, groups = GROUPS): Map<string, ResourceNode> {
  const nodes = new Map<string, ResourceNode>();
  const add = (address: string, values: ObjectValue) =>
    nodes.set(address, { address, mode: "managed", type: typeOfAddress(address), values, references: [] });
  for (const v of [0, 1]) add(`iec_vpc.v${v}`, { id: `v${v}`, cidr: "10.0.0.0/8" });
  for (let g = 0; g < groups; g++) add(`iec_security_group.g${g}`, { id: `g${g}` });
  for (let s = 0; s < subnets; s++) {
    const where = {
      vpc_id: `v${s % 2}`,
      site_id: `site-${s % sites}`,
      cidr: `10.${s % 256}.${Math.floor(s / 256)}.0/24`,
    };
    add(`iec_vpc_subnet.s${s}`, { id: `s${s}`, ipv6_enable: false, ...where });
  }
  for (let i = 0; i < servers; i++) {
    const s = i % subnets;
    const nic = {
      port: `p${i}`,
      address: `10.${s % 256}.${Math.floor(s / 256)}.${5 + Math.floor(i / subnets)}`,
    };
    add(`iec_server.n${i}`, {
      id: `server-${i}`,
      vpc_id: `v${s % 2}`,
      subnet_ids: [`s${s}`],
      coverage_sites: [{ site_id: `site-${s % sites}` }],
      security_groups: [`g${(i * 7) % groups}`, `g${(i * 3 + 1) % groups}`],
      nics: [{ ...nic, subnet_id: `s${s}`, security_groups: null }],
    });
    if (i % 4 === 0)
      add(`iec_eip.e${i}`, {
        id: `e${i}`,
        site_id: `site-${s % sites}`,
        port_id: `p${i}`,
        public_ip: `203.0.${i % 256}.${Math.floor(i / 256)}`,
      });
  }
  for (let r = 0; r < rules; r++) {
    const protocol = PROTOCOLS[r % 4] ?? null;
    const first = ((r * 37) % 60_000) + 1;
    const ports =
      protocol === "tcp" || protocol === "udp"
        ? { port_range_min: first, port_range_max: first + (r % 90) }
        : {};
    const remote =
      r % 5 === 0
        ? { remote_group_id: `g${(r * 11) % groups}` }
        : { remote_ip_prefix: `10.${r % 256}.${(r * 13) % 256}.0/${16 + (r % 9)}` };
    add(`iec_security_group_rule.r${r}`, {
      id: `r${r}`,
      security_group_id: `g${Math.floor(r / 4) % groups}`,
      direction: (r >> 3) % 2 === 0 ? "ingress" : "egress",
      protocol,
      ...ports,
      ...remote,
      action: r % 9 === 0 ? "deny" : "allow",
      priority: 1 + (r % 20),
    });
  }
  return nodes;
}

const tables = tablesOf(resources.values());
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
const memory = (): string => `${Math.round(process.memoryUsage.rss() / 1_048_576)} MiB`;

/** CPU time, which other programs on the machine do not add to. */
const now = (): number => process.cpuUsage().user / 1_000;

function tellMatrix(): void {
  const rows = SIZES.map((size) => {
    const nodes = designOf(size);
    const [start, clock] = [now(), performance.now()];
    const r = analyse({ ...tables, graph: { nodes } });
    const read = now();
    let open = 0;
    for (const from of r.network.subnets)
      for (const to of r.network.subnets) if (from !== to && r.subnets(from, to).possible()) open++;
    const subnets = now();
    let reached = 0;
    for (const [from, to] of r.pairs()) if (r.reach(from, to, "private").possible()) reached++;
    const all = now();
    const { servers, rules } = size;
    return [
      String(servers),
      String(size.subnets),
      String(rules),
      seconds(read - start),
      seconds(subnets - read),
      String(open),
      seconds(all - subnets),
      String(reached),
      seconds(performance.now() - clock),
      memory(),
    ];
  });
  console.log("Reachability: everything to everything over private paths; times of CPU, but for one");
  console.log(
    table(
      [
        "servers",
        "subnets",
        "rules",
        "read",
        "subnet matrix",
        "pairs that may",
        "server matrix",
        "pairs that may",
        "all by the clock",
        "memory",
      ],
      rows,
    ),
  );

  const huge = designOf({ servers: 2, subnets: 1, sites: 1, rules: 100_000 }, 2);
  const start = now();
  const r = analyse({ ...tables, graph: { nodes: huge } });
  const { verdict } = judge(r, {
    from: "iec_server.n0",
    to: "iec_server.n1",
    traffic: { protocol: "tcp", ports: ["22"] },
  });
  console.log(`\n100,000 rules in two groups: ${verdict} after ${seconds(now() - start)}, ${memory()}`);
}

/** A plan that changes one rule: what it opens and closes, with all the reading of the network before and after. */
function tellChange(size: Size): void {
  const before = designOf(size);
  const after = new Map(before);
  const [address, rule] = [...before].find(
    ([, { type, values }]) =>
      type === "iec_security_group_rule" && values["action"] === "allow" && values["direction"] === "ingress",
  )!;
  after.set(address, {
    ...rule,
    values: { ...rule.values, remote_ip_prefix: "0.0.0.0/0", remote_group_id: null },
  });
  const inputOf = (nodes: typeof before): IsolationInput => ({ ...tables, graph: { nodes } });
  const [began, clock] = [now(), performance.now()];
  const transition = new Transition(inputOf(before), inputOf(after));
  const changes = changesBetween(transition);
  const [told, ended] = [now(), performance.now()];
  const order = safeOrder(transition, workBetween(transition));
  console.log(
    `${size.servers} servers, one rule changed: ${changes.length} changes after ${seconds(told - began)} ` +
      `(${seconds(ended - clock)} by the clock); order ${seconds(now() - told)}, ${order.edges.length} edges`,
  );
}

if (process.argv[2] === "change") {
  tellChange(SIZES.at(-1)!);
} else {
  tellMatrix();
  for (const size of SIZES) tellChange(size);
  console.log("The last in a new process:");
  const itself = [...process.execArgv, fileURLToPath(import.meta.url), "change"];
  execFileSync(process.execPath, itself, { stdio: "inherit" });
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { formatSet } from "../../schema/isolation/packets/format.js";
import { holds, NONE, PacketAlgebra, type PacketSet } from "../../schema/isolation/packets/sets.js";
import { differencesBetween, type Difference } from "../../schema/isolation/reachability/changes.js";
import { fieldsOf } from "../../schema/isolation/reachability/explain.js";
import { analyse } from "../../schema/isolation/reachability/index.js";
import {
  safeOrder,
  type OrderEdge,
  type SafeOrder,
  type Work,
} from "../../schema/isolation/reachability/order.js";
import { Transition } from "../../schema/isolation/reachability/transition.js";
import { isList, UNKNOWN, type ObjectValue } from "../../schema/unknown.js";
import type { TopologyInput } from "../../schema/isolation/topology.js";
import { graphOf, tables } from "../unit/isolation/design.js";
import { designOf, holesOf, nicAddress, OUTSIDE, topologies, type Topology } from "./topology.js";
import { walk, type WalkEnd, type WalkPacket } from "./walk.js";

type Design = Record<string, ObjectValue>;

const PACKETS: readonly WalkPacket[] = [
  { family: 4, protocol: "tcp", port: 80, sourcePort: 40_000 },
  { family: 4, protocol: "tcp", port: 443, sourcePort: 443 },
  { family: 4, protocol: "udp", port: 53, sourcePort: 40_000 },
  { family: 4, protocol: "icmp", port: 0, sourcePort: 0 },
];

/** Servers that run, with IPv4 only. */
const plain = topologies.map((t): Topology => ({
  ...t,
  nics: t.nics.map((nic) => ({ ...nic, off: false, v6: false })),
}));

/** Two networks of one plan: rules, addresses and groups come, go and change; the rest stays. */
const plans = plain.chain((t) =>
  fc
    .record({
      rules: fc.array(fc.constantFrom("both", "before", "after"), { minLength: 12, maxLength: 12 }),
      eips: fc.array(fc.constantFrom("same", "flip"), { minLength: 3, maxLength: 3 }),
      groups: fc.array(fc.constantFrom("same", "same", "flip"), { minLength: 3, maxLength: 3 }),
      acls: fc.array(fc.constantFrom("both", "before", "after"), { minLength: 2, maxLength: 2 }),
    })
    .map((how): readonly [Topology, Topology] => {
      const side = (wanted: "before" | "after"): Topology => ({
        ...t,
        rules: t.rules.filter((_, i) => ["both", wanted].includes(how.rules[i] ?? "both")),
        acls: t.acls.filter((_, i) => ["both", wanted].includes(how.acls[i] ?? "both")),
        nics: t.nics.map((nic, i) => ({
          ...nic,
          eip: nic.eip !== (how.eips[i] === "flip" && wanted === "after"),
          groups:
            how.groups[i] === "flip" && wanted === "after"
              ? nic.groups.map((group) => 1 - group)
              : nic.groups,
        })),
      });
      return [side("before"), side("after")];
    }),
);

/** The resources, named by what they are, so that the same rule has the same address in both. */
function namedDesign(t: Topology): Design {
  const design: Design = {};
  for (const [address, values] of Object.entries(designOf(t))) {
    if (!address.startsWith("iec_security_group_rule.") && !address.startsWith("iec_network_acl")) {
      design[address] = values;
      continue;
    }
    const acl = address.startsWith("iec_network_acl")
      ? `s${t.acls[Number(/\d+/.exec(address)?.[0])]?.subnet}`
      : "";
    const name = acl || Buffer.from(JSON.stringify({ ...values, id: null })).toString("base64url");
    const numbered = address.replace(/\.a\d+/, `.${acl}`).replace(/\.r\d+$/, `.${name}`);
    design[numbered] = {
      ...values,
      id: numbered,
      ...(acl && "network_acl_id" in values ? { network_acl_id: `iec_network_acl.${acl}` } : {}),
    };
  }
  return design;
}

const inputOf = (design: Design) => ({ ...tables, graph: graphOf(design) });

test("a network whose rules alone change is the same as one read anew", () => {
  let seen = 0;
  fc.assert(
    fc.property(topologies, fc.array(fc.nat(5), { minLength: 12, maxLength: 12 }), (t, how) => {
      const side = (present: (n: number) => boolean, flipped: (n: number) => boolean) =>
        inputOf(
          namedDesign({
            ...t,
            rules: t.rules.flatMap((rule, i) => {
              const n = how[i] ?? 0;
              if (!present(n)) return [];
              return flipped(n) ? { ...rule, action: rule.action === "allow" ? "deny" : "allow" } : rule;
            }),
          }),
        );
      const [was, will] = [
        side(
          (n) => n !== 4,
          () => false,
        ),
        side(
          (n) => n !== 5,
          (n) => n === 3,
        ),
      ];
      const transition = new Transition(was, will);
      const { algebra, before, after, onlyRules } = transition;
      expect(onlyRules).toBe(true);
      if (transition.changed.size > 0) seen++;
      for (const [told, input] of [
        [before, was],
        [after, will],
      ] as const) {
        const read = analyse(input, algebra);
        const ends = new Map(read.ends.map((end) => [end.key, end]));
        for (const from of told.ends) {
          for (const to of told.ends) {
            for (const via of ["private", "internet"] as const) {
              const [a, b] = [
                told.reach(from, to, via),
                read.reach(ends.get(from.key)!, ends.get(to.key)!, via),
              ];
              expect([a.may === b.may, a.must === b.must]).toEqual([true, true]);
              expect(a.unknowns()).toEqual(b.unknowns());
            }
          }
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(seen).toBeGreaterThan(20);
});

/** Looks at all packets, also at those that no rule that changed is about. */
class Thorough extends Transition {
  override get bounds(): Transition["bounds"] {
    return [this.before.bounds, this.after.bounds];
  }
}

/** For each pair of ends what opens or closes, one list whatever is said at once. */
function byPair(transition: Transition): Record<string, string> {
  const sets = new Map<string, PacketSet>();
  for (const { kind, sure, via, set, from, to } of differencesBetween(transition)) {
    for (const one of from) {
      for (const other of to) {
        if (one.key === other.key) continue;
        const key = [kind, sure, via, one.key, other.key].join(" ");
        sets.set(key, transition.algebra.union(sets.get(key) ?? NONE, set));
      }
    }
  }
  return Object.fromEntries([...sets].sort().map(([key, set]) => [key, formatSet(set)]));
}

test("where rules alone change, to look at what they are about is to look at everything", () => {
  let seen = 0;
  const partly = topologies.chain((t) => fc.tuple(fc.constant(t), fc.subarray(holesOf(t), { maxLength: 3 })));
  fc.assert(
    fc.property(partly, fc.array(fc.nat(7), { minLength: 12, maxLength: 12 }), ([t, holes], how) => {
      const design = designOf(t);
      for (const hole of holes) hole.design(design);
      const [was, will] = [new Map(Object.entries(design)), new Map(Object.entries(design))];
      for (const i of t.rules.keys()) {
        const address = `iec_security_group_rule.r${i}`;
        const rule = design[address]!;
        if (how[i] === 4) was.delete(address);
        if (how[i] === 5) will.delete(address);
        if (how[i] === 6)
          will.set(address, { ...rule, action: rule["action"] === "allow" ? "deny" : "allow" });
        if (how[i] === 7) will.set(address, { ...rule, security_group_id: UNKNOWN, priority: 2 });
      }
      const inputs = [was, will].map((side) => inputOf(Object.fromEntries(side))) as [
        TopologyInput,
        TopologyInput,
      ];
      const transition = new Transition(...inputs);
      expect(transition.onlyRules).toBe(true);
      const told = byPair(transition);
      expect(told).toEqual(byPair(new Thorough(...inputs)));
      if (Object.keys(told).length > 0) seen++;
    }),
    { numRuns: 100 },
  );
  expect(seen).toBeGreaterThan(20);
});

interface WalkedEnd {
  readonly walked: WalkEnd;
  readonly key: string;
  readonly at: string;
}
interface WalkedPair {
  readonly from: WalkedEnd;
  readonly to: WalkedEnd;
  readonly via: Difference["via"];
}

/** Every NIC and some of the internet, with every other. */
function pairsIn(t: Topology): readonly WalkedPair[] {
  const ends: readonly WalkedEnd[] = [
    ...t.nics.map((nic, n) => ({
      walked: { kind: "nic" as const, n },
      key: `iec_server.n${n}#0`,
      at: nicAddress(nic, n),
    })),
    ...OUTSIDE.map((address) => ({
      walked: { kind: "outside" as const, address },
      key: "internet",
      at: address,
    })),
  ];
  return ends.flatMap((from) =>
    ends.flatMap((to) => {
      const outside = [from, to].filter(({ key }) => key === "internet").length;
      if (from === to || outside === 2) return [];
      return [{ from, to, via: outside === 1 ? ("internet" as const) : ("private" as const) }];
    }),
  );
}

const isTold = (
  found: readonly Difference[],
  kind: Difference["kind"],
  { from, to, via }: WalkedPair,
  packet: WalkPacket,
): boolean =>
  found.some(
    (one) =>
      one.kind === kind &&
      one.via === via &&
      one.from.some(({ key }) => key === from.key) &&
      one.to.some(({ key }) => key === to.key) &&
      holds(one.set, fieldsOf({ ...packet, source: from.at, destination: to.at })),
  );

test("what opens and closes is what a walk finds after and not before, and the other way round", () => {
  let seen = 0;
  fc.assert(
    fc.property(plans, ([was, will]) => {
      const [before, after] = [was, will].map((t) => inputOf(namedDesign(t))) as [
        ReturnType<typeof inputOf>,
        ReturnType<typeof inputOf>,
      ];
      const found = differencesBetween(new Transition(before, after));
      for (const { from, to, via } of pairsIn(was)) {
        for (const packet of PACKETS) {
          const arrives = (t: Topology) => walk(t, from.walked, to.walked, via, packet).arrives;
          const [a, b] = [arrives(was), arrives(will)];
          const told = (kind: Difference["kind"]) => isTold(found, kind, { from, to, via }, packet);
          const said = [told("opened"), told("closed")];
          if (a !== b) seen++;
          if (said.join() !== [b && !a, a && !b].join())
            expect({ from: from.key, to: to.key, packet, a, b, said }).toBe("told");
        }
      }
    }),
    { numRuns: 50 },
  );
  expect(seen).toBeGreaterThan(10);
});

test("whatever address the cloud chooses, what opens or closes with it is told", () => {
  let seen = 0;
  const prefixes = fc.constantFrom(null, null, "0.0.0.0/0", "10.0.0.8/29", "10.0.0.10/32", "10.0.1.11/32");
  const others = fc.array(prefixes, { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(plain, others, fc.nat(2), (t, to, which) => {
      const rules = t.rules.map((rule, i) => ({
        ...rule,
        prefix: rule.family === 4 && rule.prefix !== null ? (to[i] ?? rule.prefix) : rule.prefix,
      }));
      const sides = [t, { ...t, rules }] as const;
      const n = which % Math.max(1, sides[0].nics.length);
      const inputs = sides.map((t) => {
        const design = namedDesign(t);
        const server = design[`iec_server.n${n}`];
        if (server && isList(server["nics"])) {
          const nics = server["nics"].map((nic) => ({ ...(nic as ObjectValue), address: UNKNOWN }));
          design[`iec_server.n${n}`] = { ...server, nics };
        }
        return inputOf(design);
      }) as [TopologyInput, TopologyInput];
      const found = differencesBetween(new Transition(...inputs));
      for (const shift of [0, 1, 40]) {
        const at = (t: Topology): Topology => ({
          ...t,
          nics: t.nics.map((nic, i) => (i === n ? { ...nic, shift } : nic)),
        });
        const [was, will] = [at(sides[0]), at(sides[1])];
        for (const { from, to, via } of pairsIn(was)) {
          for (const packet of PACKETS) {
            const [a, b] = [was, will].map((t) => walk(t, from.walked, to.walked, via, packet).arrives);
            if (a === b) continue;
            seen++;
            if (!isTold(found, b ? "opened" : "closed", { from, to, via }, packet))
              expect({ from: from.key, to: to.key, packet, shift, a, b }).toBe("told");
          }
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(seen).toBeGreaterThan(10);
});

/** Steps of a plan between two designs; what differs is made anew when its address says so. */
function workOf(before: Design, after: Design, waits: readonly (readonly [number, number])[]): Work {
  const steps = new Map<string, { address: string; does: "remove" | "bring" }>();
  const needs = new Map<string, Set<string>>();
  for (const address of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [a, b] = [before[address], after[address]];
    if (JSON.stringify(a) === JSON.stringify(b)) continue;
    if (b) steps.set(address, { address, does: "bring" });
    if (a && (!b || a["id"] !== b["id"])) {
      steps.set(`${address} (delete)`, { address, does: "remove" });
      if (b) needs.set(address, new Set([`${address} (delete)`]));
    }
    // Rules come after their ACL, and go before it.
    if (address.startsWith("iec_network_acl_rule")) {
      const acl = `iec_network_acl.${address.split(".")[1]?.split("_")[0]}`;
      if (b && !before[acl]) needs.set(address, new Set([acl]));
      if (!b && !after[acl])
        needs.set(
          `${acl} (delete)`,
          new Set([...(needs.get(`${acl} (delete)`) ?? []), `${address} (delete)`]),
        );
    }
  }
  const names = [...steps.keys()];
  for (const [i, j] of waits) {
    const [first, then] = [names[Math.min(i, j) % names.length], names[Math.max(i, j) % names.length]];
    if (first === undefined || then === undefined || names.indexOf(first) >= names.indexOf(then)) continue;
    if (!then.includes("acl") && !first.includes("acl"))
      needs.set(then, new Set([...(needs.get(then) ?? []), first]));
  }
  for (const name of names) needs.set(name, needs.get(name) ?? new Set());
  return { steps, needs };
}

/** Every set of steps that may be done at some time. */
function statesOf({ steps, needs }: Work, may: (done: ReadonlySet<string>) => boolean = () => true) {
  const all = new Map<string, ReadonlySet<string>>([["", new Set()]]);
  for (const done of all.values()) {
    for (const step of steps.keys()) {
      if (done.has(step) || ![...(needs.get(step) ?? [])].every((need) => done.has(need))) continue;
      const next = new Set([...done, step]);
      if (may(next)) all.set([...next].sort().join(), next);
    }
  }
  return [...all.values()];
}

function designAt(before: Design, after: Design, { steps }: Work, done: ReadonlySet<string>): Design {
  const nodes = new Map(Object.entries(before));
  for (const name of done) {
    const { address, does } = steps.get(name)!;
    if (does === "remove" && !done.has(address)) nodes.delete(address);
    const planned = after[address];
    if (does === "bring" && planned) nodes.set(address, planned);
  }
  return Object.fromEntries(nodes);
}

const withEdges = ({ steps, needs }: Work, edges: readonly OrderEdge[]): Work => {
  const more = new Map([...needs].map(([name, all]) => [name, new Set(all)]));
  for (const { first, then } of edges) more.get(then.step)?.add(first.step);
  return { steps, needs: more };
};

/** Tells whether a state leaks: asked of the whole analysis, of every pair of ends. */
function leakiness(before: Design, after: Design, work: Work): (done: ReadonlySet<string>) => boolean {
  const algebra = new PacketAlgebra();
  const reach = (design: Design) => {
    const r = analyse(inputOf(design), algebra);
    const ends = r.ends.filter(({ key }) => !key.includes("#new"));
    return new Map(
      ends.flatMap((from) =>
        ends.flatMap((to) => {
          const via = [from.key, to.key].includes("internet") ? "internet" : "private";
          return from === to ? [] : [[`${from.key} ${to.key}`, r.reach(from, to, via).may] as const];
        }),
      ),
    );
  };
  const [was, will] = [reach(before), reach(after)];
  const known = new Map<string, boolean>();
  return (done) => {
    const key = [...done].sort().join();
    let leaks = known.get(key);
    if (leaks === undefined) {
      leaks = [...reach(designAt(before, after, work, done))].some(([pair, set]) => {
        const either = algebra.union(was.get(pair) ?? NONE, will.get(pair) ?? NONE);
        return algebra.subtract(set, either) !== NONE;
      });
      known.set(key, leaks);
    }
    return leaks;
  };
}

const orders = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 3 });

test("an order is safe when no state that it allows leaks, and what leaks is told when no order is safe", () => {
  const counts = { mended: 0, open: 0 };
  fc.assert(
    fc.property(plans, orders, ([was, will], waits) => {
      const [before, after] = [namedDesign(was), namedDesign(will)];
      const work = workOf(before, after, waits);
      fc.pre(work.steps.size > 1 && work.steps.size <= 6);
      const order: SafeOrder = safeOrder(new Transition(inputOf(before), inputOf(after)), work);
      const leaks = leakiness(before, after, work);
      const [leaksAtAll, leaksStill] = [work, withEdges(work, order.edges)].map((one) =>
        statesOf(one).some(leaks),
      );
      const hasSafe = statesOf(work, (done) => !leaks(done)).some(({ size }) => size === work.steps.size);
      if (leaksAtAll && !leaksStill) counts.mended++;
      if (leaksStill) counts.open++;
      expect({
        complete: order.complete,
        tells: order.edges.length > 0 || order.leaks.length > 0,
        open: order.leaks.length > 0,
      }).toEqual({ complete: true, tells: leaksAtAll, open: leaksStill });
      expect(leaksStill).toBe(!hasSafe);
    }),
    { numRuns: 50 },
  );
  expect(counts.mended).toBeGreaterThan(0);
});

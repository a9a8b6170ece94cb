import fc from "fast-check";
import { expect, test } from "vitest";
import {
  analyse,
  checkCertificate,
  judge,
  type Certificate,
  type End,
  type Reachability,
} from "../../schema/isolation/reachability/index.js";
import { NONE } from "../../schema/isolation/packets/sets.js";
import type { ObjectValue } from "../../schema/unknown.js";
import { graphOf, tables } from "../unit/isolation/design.js";
import { designOf, topologies, type Topology } from "./topology.js";

const reachabilityOf = (design: Record<string, ObjectValue>): Reachability =>
  analyse({ ...tables, graph: graphOf(design) });

/** Questions from each NIC to each other end, about one port: those that are PROVED are many. */
function* proofs(r: Reachability) {
  for (const from of r.ends) {
    for (const to of r.ends) {
      const question = { from: [from], to: [to], traffic: { protocol: "tcp", ports: ["443"] } };
      const { verdict, certificate } = judge(r, question, { certificate: true });
      if (verdict === "PROVED" && certificate) yield { question, certificate };
    }
  }
}

test("a certificate of what is PROVED holds, and survives JSON", () => {
  let filtered = 0;
  fc.assert(
    fc.property(topologies, (t) => {
      const r = reachabilityOf(designOf(t));
      for (const { question, certificate } of proofs(r)) {
        const copy = JSON.parse(JSON.stringify(certificate)) as Certificate;
        expect(checkCertificate(r, question, copy)).toBeUndefined();
        if (copy.ways.some(({ stages }) => stages.length > 1)) filtered++;
      }
    }),
    { numRuns: 50 },
  );
  expect(filtered).toBeGreaterThan(0);
});

test("a certificate from which anything is taken away is refused", () => {
  let refused = 0;
  fc.assert(
    fc.property(topologies, (t) => {
      const r = reachabilityOf(designOf(t));
      for (const { question, certificate } of proofs(r)) {
        for (const [w, way] of certificate.ways.entries()) {
          const ways = certificate.ways.filter((_, i) => i !== w);
          expect(checkCertificate(r, question, { ...certificate, ways })).toMatch(/is not in it$/);
          for (const [s, stage] of way.stages.entries()) {
            if (stage.length === 0) continue;
            const stages = way.stages.map((one, i) => (i === s ? one.slice(1) : one));
            const mutant = { ...certificate, ways: [...ways, { ...way, stages }] };
            expect(checkCertificate(r, question, mutant)).toMatch(/lacks packets/);
            refused++;
          }
          const last = way.stages.findIndex((stage) => stage.length === 0);
          if (last > 0) {
            const mutant = { ...certificate, ways: [...ways, { ...way, stages: way.stages.slice(0, last) }] };
            expect(checkCertificate(r, question, mutant)).toMatch(/is missing|are left/);
          }
        }
      }
    }),
    { numRuns: 30 },
  );
  expect(refused).toBeGreaterThan(0);
});

type Mutation = (t: Topology) => Topology;
/** Every single change of one rule, of the order of two, or of one prefix. */
function mutationsOf(t: Topology): Mutation[] {
  const rules = t.rules.flatMap((rule, i): Mutation[] => {
    const change =
      (more: Partial<typeof rule>): Mutation =>
      (now) => ({ ...now, rules: now.rules.map((one, n) => (n === i ? { ...one, ...more } : one)) });
    return [
      (now) => ({ ...now, rules: now.rules.filter((_, n) => n !== i) }),
      change({ action: rule.action === "allow" ? "deny" : "allow" }),
      change({ priority: 4 - rule.priority }),
      ...(rule.prefix !== null && rule.family === 4
        ? [change({ prefix: "10.0.1.0/24" }), change({ prefix: "0.0.0.0/0" })]
        : []),
    ];
  });
  const acls = t.acls.flatMap((acl, a) =>
    acl.rules.flatMap((rule, i): Mutation[] => {
      const change =
        (make: (all: typeof acl.rules) => typeof acl.rules): Mutation =>
        (now) => ({
          ...now,
          acls: now.acls.map((one, n) => (n === a ? { ...one, rules: make(one.rules) } : one)),
        });
      return [
        change((all) => all.filter((_, n) => n !== i)),
        change((all) =>
          all.map((one, n) =>
            n === i ? { ...one, action: rule.action === "allow" ? "deny" : "allow" } : one,
          ),
        ),
        change((all) => [...all.slice(0, i), ...all.slice(i, i + 2).reverse(), ...all.slice(i + 2)]),
        change((all) => all.map((one, n) => (n === i ? { ...one, source: "10.0.0.0/24" } : one))),
      ];
    }),
  );
  return [...rules, ...acls];
}

/** The same, or a NIC and a virtual IP in front of it alone. */
function isItself(from: End, to: End): boolean {
  const nics = [from, to].map((end) =>
    end.kind === "nic" ? [end.nic] : end.kind === "vip" ? end.vip.backers.map(({ nic }) => nic) : [],
  );
  return from === to || (nics.every((some) => some.length > 0) && new Set(nics.flat()).size === 1);
}

/** Holds every mutation of a topology against what was PROVED of it; how many verdicts changed. */
function verdictsChanged(t: Topology): number {
  let changed = 0;
  const before = reachabilityOf(designOf(t));
  const proved = [...proofs(before)];
  for (const mutate of mutationsOf(t)) {
    const after = reachabilityOf(designOf(mutate(t)));
    for (const { question, certificate } of proved) {
      const ends = [question.from, question.to].map((all) =>
        all.map(({ key }) => after.ends.find((end) => end.key === key)!),
      );
      const asked = { ...question, from: ends[0]!, to: ends[1]! };
      const { verdict } = judge(after, asked);
      const open = (["private", "internet"] as const).some((via) => {
        const { algebra } = after.bounds;
        const { may } = after.reach(asked.from[0]!, asked.to[0]!, via);
        const tcp443 = algebra.unionOf(
          [6, 262].map((p) =>
            algebra.intersect(algebra.within("protocol", [p, p]), algebra.within("port", [443, 443])),
          ),
        );
        return algebra.intersect(may, tcp443) !== NONE;
      });
      expect(verdict === "PROVED").toBe(!open || isItself(asked.from[0]!, asked.to[0]!));
      // What is reachable now has no proof.
      if (verdict !== "PROVED") {
        changed++;
        expect(checkCertificate(after, asked, certificate)).toBeDefined();
      }
    }
  }
  return changed;
}

test("one change to a topology leaves what is PROVED as it was, or changes the verdict; an old certificate tells which", () => {
  fc.assert(
    fc.property(topologies, (t) => void verdictsChanged(t)),
    { numRuns: 20 },
  );
});

test("there are changes that change a verdict", () => {
  expect(fc.sample(topologies, 300).some((t) => verdictsChanged(t) > 0)).toBe(true);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { holds } from "../../schema/isolation/packets/sets.js";
import { analyse, type End, type Reachability } from "../../schema/isolation/reachability/index.js";
import { fieldsOf } from "../../schema/isolation/reachability/explain.js";
import type { ObjectValue } from "../../schema/unknown.js";
import { graphOf, tables } from "../unit/isolation/design.js";
import {
  designOf,
  holesOf,
  nicAddress,
  nicAddress6,
  OUTSIDE,
  OUTSIDE6,
  topologies,
  vipAddress,
  type Topology,
} from "./topology.js";
import { walk, type WalkEnd, type WalkPacket } from "./walk.js";

const PACKETS: readonly WalkPacket[] = [
  { family: 4, protocol: "tcp", port: 80, sourcePort: 40_000 },
  { family: 4, protocol: "tcp", port: 443, sourcePort: 40_000 },
  { family: 4, protocol: "tcp", port: 443, sourcePort: 443 },
  { family: 4, protocol: "udp", port: 53, sourcePort: 40_000 },
  { family: 4, protocol: "icmp", port: 0, sourcePort: 0 },
  { family: 6, protocol: "tcp", port: 443, sourcePort: 40_000 },
];

const reachabilityOf = (design: Record<string, ObjectValue>): Reachability =>
  analyse({ ...tables, graph: graphOf(design) });

/** The ends of a topology, as the walk and as the analysis know them. */
function endsOf(t: Topology, r: Reachability): { readonly walked: WalkEnd; readonly end: End }[] {
  const byKey = new Map(r.ends.map((end) => [end.key, end]));
  const nics = t.nics.map((nic, n) => ({
    walked: { kind: "nic", n } as const,
    end: byKey.get(nic.v6 ? `data.iec_port.n${n}` : `iec_server.n${n}#0`)!,
  }));
  const vips = t.vips.map((_, n) => ({
    walked: { kind: "vip", n } as const,
    end: byKey.get(`iec_vip.p${n}`)!,
  }));
  const outside = [...OUTSIDE, OUTSIDE6].map((address) => ({
    walked: { kind: "outside", address } as const,
    end: byKey.get("internet")!,
  }));
  return [...nics, ...vips, ...outside];
}

const parsed = new Map<string, ReturnType<typeof fieldsOf>>();
/** Parsing addresses takes longer than all the rest. */
function parse(packet: Parameters<typeof fieldsOf>[0]): ReturnType<typeof fieldsOf> {
  const key = Object.values(packet).join();
  let fields = parsed.get(key);
  if (fields === undefined) parsed.set(key, (fields = fieldsOf(packet)));
  return fields;
}

/** The packet as the analysis has it; undefined where an end has no address of the family. */
function fieldsFor(t: Topology, from: WalkEnd, to: WalkEnd, packet: WalkPacket) {
  const address = (end: WalkEnd, sending: boolean): string | undefined => {
    if (end.kind === "outside")
      return end.address.includes(":") === (packet.family === 6) ? end.address : undefined;
    if (end.kind === "vip" && !sending)
      return packet.family === 4 ? vipAddress(t.vips[end.n]!, end.n) : undefined;
    const n = end.kind === "vip" ? (t.vips[end.n]!.nics[0] ?? 0) : end.n;
    return packet.family === 4
      ? nicAddress(t.nics[n]!, n)
      : t.nics[n]!.v6
        ? nicAddress6(t.nics[n]!, n)
        : undefined;
  };
  const [source, destination] = [address(from, true), address(to, false)];
  return source === undefined || destination === undefined
    ? undefined
    : parse({ ...packet, source, destination });
}

/** Every pair of ends and path, with the packets that the ends have addresses for. */
function* questions(t: Topology, r: Reachability) {
  const ends = endsOf(t, r);
  for (const from of ends) {
    // A virtual IP sends as its NICs do, which are asked for themselves.
    if (from.walked.kind === "vip") continue;
    for (const to of ends) {
      if (from === to || (from.walked.kind === "outside" && to.walked.kind === "outside")) continue;
      const packets = PACKETS.flatMap((packet) => {
        const fields = fieldsFor(t, from.walked, to.walked, packet);
        return fields ? [{ packet, fields }] : [];
      });
      for (const via of ["private", "internet"] as const) yield { from, to, via, packets };
    }
  }
}

test("the analysis says of every packet what a walk from rule to rule says", () => {
  fc.assert(
    fc.property(topologies, (t) => {
      const r = reachabilityOf(designOf(t));
      // A server that is stopped may be started: isolation does not rest on it.
      const started = { ...t, nics: t.nics.map((nic) => ({ ...nic, off: false })) };
      for (const { from, to, via, packets } of questions(t, r)) {
        const reach = r.reach(from.end, to.end, via);
        const sets = [reach.may, reach.must, reach.answered().may, reach.answered().must];
        for (const { packet, fields } of packets) {
          const must = walk(t, from.walked, to.walked, via, packet);
          const may = t.nics.some(({ off }) => off)
            ? walk(started, from.walked, to.walked, via, packet)
            : must;
          const said = sets.map((set) => holds(set, fields));
          const walked = [may.arrives, must.arrives, may.answered, must.answered];
          if (said.join() !== walked.join())
            expect({ from: from.end.key, to: to.end.key, via, packet, said }).toEqual(walked);
        }
      }
    }),
    { numRuns: 5_000 },
  );
});

const partly = topologies.chain((t) => {
  const holes = holesOf(t);
  return fc.record({
    t: fc.constant(t),
    holes: holes.length === 0 ? fc.constant([]) : fc.subarray(holes, { minLength: 1, maxLength: 3 }),
  });
});

test("whatever unknowns become, the walk's answer lies between what must and what may", () => {
  let open = 0;
  fc.assert(
    fc.property(partly, ({ t, holes }) => {
      const design = designOf(t);
      for (const hole of holes) hole.design(design);
      const r = reachabilityOf(design);
      let completions: Topology[] = [t];
      for (const { becomes } of holes)
        completions = completions.flatMap((one) => becomes.map((become) => become(one)));
      for (const one of completions.slice(0, 27)) {
        for (const { from, to, via, packets } of questions(one, r)) {
          const reach = r.reach(from.end, to.end, via);
          for (const { packet, fields } of packets) {
            const { arrives } = walk(one, from.walked, to.walked, via, packet);
            const [may, must] = [holds(reach.may, fields), holds(reach.must, fields)];
            if ((arrives && !may) || (!arrives && must))
              expect({ from: from.end.key, to: to.end.key, via, packet, may, must, arrives }).toBe("between");
          }
          if (reach.may !== reach.must) {
            open++;
            if (reach.unknowns().length === 0) expect(from.end.key).toBe("open for a reason that has a name");
          }
        }
      }
    }),
    { numRuns: 150 },
  );
  expect(open).toBeGreaterThan(0);
});

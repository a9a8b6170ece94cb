import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse, judge, type Counterexample } from "../../schema/isolation/reachability/index.js";
import { graphOf, tables } from "../unit/isolation/design.js";
import {
  designOf,
  holesOf,
  nicAddress,
  nicEip,
  OUTSIDE,
  OUTSIDE6,
  topologies,
  vipAddress,
  vipEip,
  type Topology,
} from "./topology.js";
import { cardsAt, walk, type WalkEnd, type WalkPacket } from "./walk.js";

/** A name as a question has it, and what belongs to it once everything is known. */
interface Name {
  readonly name: string;
  readonly ends: (t: Topology) => readonly WalkEnd[];
}

const nicsOf = (t: Topology, belongs: (n: number) => boolean): WalkEnd[] =>
  [...t.nics.keys()].filter(belongs).map((n) => ({ kind: "nic", n }));
const vipsOf = (t: Topology, belongs: (n: number) => boolean): WalkEnd[] =>
  [...t.vips.keys()].filter(belongs).map((n) => ({ kind: "vip", n }));
/** NICs, and what is sent to the virtual IPs in front of them. */
const servers = (t: Topology, belongs: (n: number) => boolean): WalkEnd[] =>
  nicsOf(t, belongs).flatMap((end) => [
    end,
    ...[...t.vips.entries()].flatMap(([n, { nics }]) =>
      end.kind === "nic" && nics.includes(end.n) ? [{ kind: "vip", n, only: end.n } as const] : [],
    ),
  ]);
const inSubnets = (t: Topology, fits: (subnet: number) => boolean): WalkEnd[] => [
  ...nicsOf(t, (n) => fits(t.nics[n]!.subnet)),
  ...vipsOf(t, (n) => fits(t.vips[n]!.subnet)),
];

/** A range of IPv4 by how its addresses begin and the last numbers that are in it. */
const range = (name: string, begins: string, first: number, last: number): Name => ({
  name,
  ends: (t) => {
    const within = (address: string | undefined) => {
      const number = Number(address?.split(".")[3]);
      return address?.startsWith(begins) === true && first <= number && number <= last;
    };
    const nic = (n: number) => [
      nicAddress(t.nics[n]!, n),
      ...(t.nics[n]!.eip ? [nicEip(t.nics[n]!, n)] : []),
    ];
    const vip = (n: number) => [vipAddress(t.vips[n]!, n), ...(t.vips[n]!.eip ? [vipEip(n)] : [])];
    return [
      ...nicsOf(t, (n) => nic(n).some(within)),
      ...vipsOf(t, (n) => vip(n).some(within)),
      ...OUTSIDE.filter(within).map((address) => ({ kind: "outside", address }) as const),
    ];
  },
});

const NAMES: readonly Name[] = [
  {
    name: "internet",
    ends: () => [...OUTSIDE, OUTSIDE6].map((address) => ({ kind: "outside", address })),
  },
  ...[0, 1].flatMap((i): Name[] => [
    { name: `iec_vpc.v${i}`, ends: (t) => inSubnets(t, (s) => t.subnets[s]!.vpc === i) },
    { name: `site-${i}`, ends: (t) => inSubnets(t, (s) => t.subnets[s]!.site === i) },
    { name: `iec_vpc_subnet.s${i}`, ends: (t) => inSubnets(t, (s) => s === i) },
    { name: `iec_security_group.g${i}`, ends: (t) => servers(t, (n) => t.nics[n]!.groups.includes(i)) },
    { name: `iec_eip.n${i}`, ends: (t) => nicsOf(t, (n) => n === i && t.nics[n]!.eip) },
    { name: `iec_server.n${i}`, ends: (t) => servers(t, (n) => n === i && !t.nics[n]!.v6) },
    range(`10.0.${i}.0/24`, `10.0.${i}.`, 0, 255),
  ]),
  { name: "iec_vip.p0", ends: (t) => vipsOf(t, () => true) },
  range("10.0.0.8/30", "10.0.0.", 8, 11),
  range("10.0.0.96/28", "10.0.0.", 96, 111),
  range("203.0.113.100/31", "203.0.113.", 100, 101),
  range("203.0.113.200/32", "203.0.113.", 200, 200),
  range("203.0.113.0/26", "203.0.113.", 0, 63),
];

const PACKETS: readonly WalkPacket[] = [
  { family: 4, protocol: "tcp", port: 80, sourcePort: 40_000 },
  { family: 4, protocol: "tcp", port: 443, sourcePort: 443 },
  { family: 4, protocol: "udp", port: 53, sourcePort: 40_000 },
  { family: 4, protocol: "icmp", port: 0, sourcePort: 0 },
  { family: 6, protocol: "tcp", port: 443, sourcePort: 40_000 },
];

/** The same, or one NIC and a virtual IP in front of it alone. */
function isOne(t: Topology, a: WalkEnd, b: WalkEnd): boolean {
  if (JSON.stringify(a) === JSON.stringify(b)) return true;
  const cards = [cardsAt(t, a), cardsAt(t, b)];
  return cards.every((some) => some.length > 0) && new Set(cards.flat()).size === 1;
}

/** Whether one of the packets gets from something of one name to something of the other. */
const arrives = (
  t: Topology,
  from: readonly WalkEnd[],
  to: readonly WalkEnd[],
  packets: readonly WalkPacket[],
): boolean =>
  from.some((a) =>
    to.some(
      (b) =>
        !isOne(t, a, b) &&
        !(a.kind === "outside" && b.kind === "outside") &&
        (["private", "internet"] as const).some((via) =>
          packets.some(
            (packet) =>
              [a, b].every(
                (e) => e.kind !== "outside" || e.address.includes(":") === (packet.family === 6),
              ) && walk(t, a, b, via, packet).arrives,
          ),
        ),
    ),
  );

/** The packet of a counterexample, and what it names of the internet in place of some addresses of it. */
function evidence({ packet, from, to }: Counterexample) {
  const { family, protocol, port = 0, sourcePort = 0, source, destination } = packet;
  const same = { family, protocol, port, sourcePort } as WalkPacket;
  const outside = (kind: string, address: string) =>
    kind === "outside" ? [{ kind: "outside", address } as const] : undefined;
  return { packet: same, from: outside(from.kind, source), to: outside(to.kind, destination) };
}

const cases = topologies.chain((t) => {
  const holes = holesOf(t);
  return fc.record({
    t: fc.constant(t),
    holes: holes.length === 0 ? fc.constant([]) : fc.subarray(holes, { maxLength: 3 }),
    pairs: fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES)), {
      minLength: 12,
      maxLength: 12,
    }),
  });
});

test("of names, whatever unknowns become: PROVED lets nothing through, REFUTED always its packet", () => {
  const counts = { PROVED: 0, REFUTED: 0, CONDITIONAL: 0 };
  fc.assert(
    fc.property(cases, ({ t, holes, pairs }) => {
      const design = designOf(t);
      for (const hole of holes) hole.design(design);
      const r = analyse({ ...tables, graph: graphOf(design) });
      let completions: Topology[] = [t];
      for (const { becomes } of holes)
        completions = completions.flatMap((one) => becomes.map((become) => become(one)));
      for (const [from, to] of pairs) {
        // A site of which nothing is known to be is no name: who asks is told so.
        if ([from, to].some(({ name }) => name.startsWith("site-") && r.endOf(name).length === 0)) continue;
        const { verdict, unknowns, counterexample } = judge(r, { from: from.name, to: to.name });
        counts[verdict]++;
        const wrong = completions.slice(0, 27).find((one) => {
          const [a, b] = [from.ends(one), to.ends(one)];
          if (verdict === "CONDITIONAL") return unknowns.length === 0;
          if (counterexample === undefined) {
            const started = { ...one, nics: one.nics.map((nic) => ({ ...nic, off: false })) };
            return arrives(started, a, b, PACKETS);
          }
          const told = evidence(counterexample);
          return !arrives(one, told.from ?? a, told.to ?? b, [told.packet]);
        });
        if (wrong) expect({ from: from.name, to: to.name, verdict, unknowns, wrong }).toBe("sound");
      }
    }),
    { numRuns: 1_500 },
  );
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(100);
});

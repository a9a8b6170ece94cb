import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAddress, parseAddresses } from "../../schema/isolation/packets/addresses.js";
import type { Box, Interval, Point } from "../../schema/isolation/packets/fields.js";
import { ALL, boxesOf, holds, NONE, PacketAlgebra, TooLarge } from "../../schema/isolation/packets/sets.js";

/** A universe so small that every packet can be tried; bounds that only appear at its edges are kept apart. */
const SIZE = 3;
const values = [0, 1, 2];
const interval = fc
  .tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1))
  .map(([a, b]): Interval => [Math.min(a, b), Math.max(a, b)]);
const box: fc.Arbitrary<Box> = fc.record({
  protocol: interval,
  port: interval,
  sourcePort: interval,
  source: interval,
  destination: interval,
});
const universe: Box = {
  protocol: [0, 2],
  port: [0, 2],
  sourcePort: [0, 2],
  source: [0, 2],
  destination: [0, 2],
};
type Point5 = Record<keyof Box, Point>;
const packets: Point5[] = values.flatMap((protocol) =>
  values.flatMap((port) =>
    values.flatMap((sourcePort) =>
      values.flatMap((source) =>
        values.map((destination) => ({ protocol, port, sourcePort, source, destination })),
      ),
    ),
  ),
);
const inBox = (one: Box, packet: Point5) =>
  (Object.keys(one) as (keyof Box)[]).every((f) => one[f][0] <= packet[f] && packet[f] <= one[f][1]);

type Expression =
  { op: "box"; box: Box } | { op: "union" | "intersect" | "subtract"; a: Expression; b: Expression };
const expression = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    box.map((b): Expression => ({ op: "box", box: b })),
    fc.record({
      op: fc.constantFrom("union" as const, "intersect" as const, "subtract" as const),
      a: tie("any"),
      b: tie("any"),
    }),
  ),
})).any;

const evaluate = (e: Expression, algebra: PacketAlgebra): ReturnType<PacketAlgebra["box"]> =>
  e.op === "box" ? algebra.box(e.box) : algebra[e.op](evaluate(e.a, algebra), evaluate(e.b, algebra));
const naive = (e: Expression, packet: Point5): boolean => {
  if (e.op === "box") return inBox(e.box, packet);
  const [a, b] = [naive(e.a, packet), naive(e.b, packet)];
  return e.op === "union" ? a || b : e.op === "intersect" ? a && b : a && !b;
};

test("sets hold exactly the packets that their definition says", () => {
  fc.assert(
    fc.property(expression, (e) => {
      const set = evaluate(e, new PacketAlgebra());
      for (const packet of packets) expect(holds(set, packet)).toBe(naive(e, packet));
    }),
  );
});

test("equal sets are one object, however they are made", () => {
  fc.assert(
    fc.property(expression, expression, (a, b) => {
      const algebra = new PacketAlgebra();
      const whole = algebra.box(universe);
      const [x, y] = [a, b].map((e) => algebra.intersect(whole, evaluate(e, algebra))) as [
        typeof whole,
        typeof whole,
      ];
      const same = packets.every((packet) => naive(a, packet) === naive(b, packet));
      expect(x === y).toBe(same);
      expect(algebra.subtract(algebra.union(x, y), y)).toBe(algebra.subtract(x, y));
      expect(algebra.subtract(whole, algebra.subtract(whole, x))).toBe(x);
    }),
  );
});

test("boxes of a set are apart and cover it", () => {
  fc.assert(
    fc.property(expression, (e) => {
      const boxes = [...boxesOf(evaluate(e, new PacketAlgebra()), universe)];
      for (const packet of packets)
        expect(boxes.filter((one) => inBox(one, packet))).toHaveLength(naive(e, packet) ? 1 : 0);
    }),
  );
});

test("a projection asks for some or for every value of a field", () => {
  const field = fc.constantFrom(
    "protocol" as const,
    "port" as const,
    "source" as const,
    "destination" as const,
  );
  fc.assert(
    fc.property(
      expression,
      field,
      interval,
      fc.constantFrom("some" as const, "every" as const),
      (e, f, [first, last], how) => {
        const algebra = new PacketAlgebra();
        const set = algebra.project(evaluate(e, algebra), f, [first, last], how);
        const tried = values.filter((v) => first <= v && v <= last);
        for (const packet of packets) {
          const answers = tried.map((v) => naive(e, { ...packet, [f]: v }));
          expect(holds(set, packet)).toBe(how === "some" ? answers.includes(true) : !answers.includes(false));
        }
      },
    ),
  );
});

test("whole fields leave nothing over, for either family", () => {
  const algebra = new PacketAlgebra();
  const [v4, v6] = ["0.0.0.0/0", "::/0"].map((text) => parseAddresses(text)!.interval) as [
    Interval,
    Interval,
  ];
  expect(algebra.within("source", v4)).toBe(ALL);
  expect(algebra.within("destination", v6)).toBe(ALL);
  expect(algebra.subtract(ALL, algebra.within("port", [0, 65_535]))).toBe(NONE);
});

test("a bound on size ends the work", () => {
  const algebra = new PacketAlgebra(1_000);
  const scattered = Array.from({ length: 500 }, (_, i) =>
    algebra.box.bind(algebra, { ...universe, source: [i * 7, i * 7 + i], port: [i * 3, i * 5] }),
  );
  expect(() => algebra.unionOf(scattered.map((make) => make()))).toThrow(TooLarge);
});

test("addresses are read as they are written", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 128n - 1n), (value) => {
      expect(parseAddresses(formatAddress(6, value))).toEqual({ family: 6, interval: [value, value] });
    }),
  );
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const read = parseAddresses(text)!;
      expect(parseAddresses(formatAddress(6, read.interval[0]))).toEqual(read);
    }),
  );
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      expect(formatAddress(4, parseAddresses(text)!.interval[0])).toBe(text);
    }),
  );
  expect(parseAddresses("10.1.2.3/16")?.interval).toEqual([0x0a010000, 0x0a01ffff]);
  expect(formatAddress(6, 0x20010db8000000000000000000000001n)).toBe("2001:db8::1");
  for (const wrong of ["10.0.0", "10.0.0.256", "10.0.0.0/33", "::/129", "1::2::3", "fe80::1%eth0", "", "x"])
    expect(parseAddresses(wrong), wrong).toBeUndefined();
});

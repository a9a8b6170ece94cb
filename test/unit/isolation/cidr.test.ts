import { expect, test } from "vitest";
import {
  contains,
  formatRange,
  freeRange,
  overlaps,
  parseRange,
  type Range,
} from "../../../schema/isolation/cidr.js";

const range = (text: string): Range => parseRange(text)!;

test.each([
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["255.255.255.255/32", "255.255.255.255/32"],
  ["192.168.2.0/21", "192.168.0.0/21"],
])("%s is the range %s", (text, canonical) => expect(formatRange(range(text))).toBe(canonical));

test.each([
  "",
  "10.0.0.0",
  "10.0.0/8",
  "10.0.0.0/33",
  "10.0.0.0/08",
  "256.0.0.0/8",
  "010.0.0.0/8",
  "10.0.0.0/8 ",
  "::/0",
])("%j is no range", (text) => expect(parseRange(text)).toBeUndefined());

test.each([
  ["10.0.0.0/16", "10.0.255.0/24", true, true],
  ["10.0.0.0/16", "10.0.0.0/16", true, true],
  ["10.0.0.0/24", "10.0.0.0/16", false, true],
  ["10.0.0.0/16", "10.1.0.0/24", false, false],
])("%s and %s: contains %s, overlaps %s", (a, b, inside, touching) => {
  expect([contains(range(a), range(b)), overlaps(range(a), range(b))]).toEqual([inside, touching]);
});

test.each([
  ["10.0.0.0/16", 24, [], "10.0.0.0/24"],
  ["10.0.0.0/16", 24, ["10.0.1.0/24", "10.0.0.0/24"], "10.0.2.0/24"],
  ["10.0.0.0/16", 24, ["10.0.0.0/28"], "10.0.1.0/24"],
  ["10.0.0.0/16", 24, ["10.0.0.0/17", "10.0.3.0/24"], "10.0.128.0/24"],
  ["10.0.0.0/24", 24, ["10.0.0.0/28"], undefined],
  ["10.0.0.0/24", 16, [], undefined],
] as const)("the first free range of %s with /%s beside %j is %s", (outer, prefix, taken, expected) => {
  const free = freeRange(range(outer), 2 ** (32 - prefix), taken.map(range));
  expect(free && formatRange(free)).toBe(expected);
});

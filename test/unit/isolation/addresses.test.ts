import { expect, test } from "vitest";
import { formatAddresses, parseAddresses } from "../../../schema/isolation/packets/addresses.js";

test.each([
  ["10.0.0.1", "10.0.0.1"],
  ["10.1.2.255/24", "10.1.2.0/24"],
  ["255.255.255.255/31", "255.255.255.254/31"],
  ["010.0.0.1", "10.0.0.1"],
  ["1.2.3.4/0", "0.0.0.0/0"],
  ["2001:db8::1/32", "2001:db8::/32"],
  ["::ffff:1.2.3.4", "::ffff:102:304"],
])("%s is %s", (text, is) => {
  const found = parseAddresses(text);
  expect(found && formatAddresses(found)).toBe(is);
});

test.each([
  "",
  "1.2.3",
  "1.2.3.",
  ".1.2.3",
  "1..2.3",
  "1.2.3.4.5",
  "1.2.3.256",
  "0001.2.3.4",
  "1.2.3.4 ",
  "1,2.3.4",
  "a.b.c.d",
  "1.2.3.4/",
  "1.2.3.4/33",
  "1.2.3.4/-1",
  "1.2.3.4/8/8",
  "2001:db8::/129",
  "2001:db8::1%eth0",
])("%j is no address", (text) => {
  expect(parseAddresses(text)).toBeUndefined();
});

import { expect, test } from "vitest";
import { isObject, isUnknown, Unknown } from "../../../schema/unknown.js";

test("an unknown of another copy of the module is one here", async () => {
  // A query makes the runtime load the file a second time.
  const query = "../../../schema/unknown.js?copy";
  const copy = (await import(query)) as { Unknown: typeof Unknown };
  expect(copy.Unknown).not.toBe(Unknown);
  const foreign = new copy.Unknown({ address: "iec_vpc.a", path: ["id"] });
  expect([isUnknown(foreign), foreign instanceof Unknown, isObject(foreign)]).toEqual([true, true, false]);
});

test.each([null, undefined, 1, "x", [], {}, { source: undefined, derivedFrom: [] }])("%j is none", (value) =>
  expect(isUnknown(value)).toBe(false),
);

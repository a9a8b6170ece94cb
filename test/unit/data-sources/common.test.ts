import { describe, expect, test } from "vitest";
import { askable, byName, fits, shaped, theOnly } from "../../../provider/data-sources/common.js";
import { number, string } from "../../../schema/attributes.js";
import { DiagnosticError, type Diagnostic } from "../../../schema/diagnostics.js";

const shape = {
  id: string({ computed: true, description: "Id." }),
  name: string({ computed: true, description: "Name." }),
  size: number({ computed: true, description: "Size." }),
};

test("askable attributes are optional, the others are not", () => {
  const { id, name } = askable(shape, "name");
  expect(name).toEqual({ kind: "string", computed: true, optional: true, description: "Name." });
  expect(id).toEqual(shape.id);
  expect(shape.name).not.toHaveProperty("optional");
});

test("an object takes the shape, with null for what is not told", () => {
  expect(shaped(shape, { id: "a", size: undefined, ...{ secret: "s" } })).toEqual({
    id: "a",
    name: null,
    size: null,
  });
});

const FITS: readonly [asked: object, object: object, expected: boolean][] = [
  [{}, { name: "a" }, true],
  [{ name: null, id: undefined }, { name: "a" }, true],
  [{ name: "a" }, { name: "a" }, true],
  [{ name: "a" }, { name: "ab" }, false],
  [{ name: "a", mode: "X" }, { name: "a", mode: "Y" }, false],
  [{ name: "" }, { name: "a" }, false],
];
test.each(FITS)("%j fits %j: %s", (asked, object, expected) => {
  expect(fits(asked)(object)).toBe(expected);
});

test("by name, then id, with nameless ones first", () => {
  const items = [
    { id: "3", name: "b" },
    { id: "2", name: "a" },
    { id: "1", name: "b" },
    { id: "9", name: null },
  ];
  expect(items.sort(byName).map(({ id }) => id)).toEqual(["9", "2", "1", "3"]);
});

describe("the only object", () => {
  const told = (run: () => unknown): Diagnostic => {
    try {
      run();
    } catch (error) {
      if (error instanceof DiagnosticError) return error.diagnostics[0]!;
    }
    throw new Error("it found one");
  };
  const named = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `id${i}`, name: "web" }));

  test("one", () => expect(theOnly("VPC", {}, named(1))).toEqual({ id: "id0", name: "web" }));

  test("none", () =>
    expect(told(() => theOnly("VPC", { id: null, name: "web" }, []))).toMatchObject({
      code: "IEC2019",
      severity: "error",
      path: ["name"],
      summary: "No VPC was found",
      detail: 'Asked for: name "web". 0 were found. Correct what is asked for, or create the VPC first.',
    }));

  test("seven", () =>
    expect(told(() => theOnly("VPC", { name: "web" }, named(7)))).toMatchObject({
      code: "IEC2019",
      summary: "7 VPCs were found, and one is wanted",
      detail:
        'Asked for: name "web". Found: web (id0), web (id1), web (id2), web (id3), web (id4) and 2 more. Ask for the id of one.',
    }));

  test("two nameless ones, nothing asked for", () =>
    expect(told(() => theOnly("port", {}, [{ id: "a", name: null }, { id: "b" }]))).toMatchObject({
      path: [],
      detail: "Nothing in particular was asked for. Found: a, b. Ask for the id of one.",
    }));
});

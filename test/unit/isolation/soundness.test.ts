import fc from "fast-check";
import { expect, test } from "vitest";
import { examples, NETWORK, type Design } from "../../../schema/isolation/rules/examples/index.js";
import { rules } from "../../../schema/isolation/index.js";
import { isUnknown, leaves, Unknown, type Path, type Value } from "../../../schema/unknown.js";
import { check } from "./design.js";

/** Every example as a whole design, with each place in it whose value may be another. */
const designs = examples.flatMap(({ passes, fails }) =>
  [...passes, ...fails].map(({ design, missing = [] }) => {
    const whole: Design = { ...NETWORK, ...design };
    const places = Object.entries(whole).flatMap(([address, values]) =>
      address.startsWith("data.")
        ? []
        : [...leaves(values)]
            .filter(([, value]) => typeof value === "string" || isUnknown(value))
            .map(([path, value]) => ({ address, path, value })),
    );
    return { whole, missing, places: places.slice(0, 60) };
  }),
);
/** Values by the name of the attribute, as the examples have them. */
const values = new Map<string, Value[]>();
for (const { places } of designs) {
  for (const { path, value } of places) {
    const name = nameOf(path);
    const known = values.get(name) ?? [];
    values.set(name, known);
    if (!known.some((one) => JSON.stringify(one) === JSON.stringify(value))) known.push(value);
  }
}
function nameOf(path: Path): string {
  return path.filter((step) => typeof step === "string").at(-1) ?? "";
}

const put = (whole: Design, address: string, path: Path, value: Value): Design => ({
  ...whole,
  [address]: change(whole[address] ?? {}, path, value) as Design[string],
});
function change(old: Value, [step, ...rest]: Path, value: Value): Value {
  if (step === undefined) return value;
  if (Array.isArray(old)) return old.map((item: Value, i) => (i === step ? change(item, rest, value) : item));
  const object = old as Design[string];
  return { ...object, [step]: change(object[step] ?? null, rest, value) };
}

const OPEN = new Unknown(undefined, [{ address: "random_id.x", path: ["hex"] }]);
const cases = fc
  .record({ design: fc.constantFrom(...designs), place: fc.nat(), value: fc.nat() })
  .map(({ design: { whole, missing, places }, place, value }) => {
    const at = places[place % places.length]!;
    const candidates = values.get(nameOf(at.path)) ?? [];
    return { whole, missing, at, value: candidates[value % candidates.length]! };
  });
/** What is wrong with a value itself, wherever it is put: the other rules then have nothing to say of it. */
const OF_THE_VALUE = new Set<string>(["IEC1009", "IEC1010", "IEC1011"]);
const errors = new Set(rules.filter(({ severity }) => severity === "error").map(({ code }) => code));
const keyOf = ({ code, address = "" }: { readonly code: string; readonly address?: string | undefined }) =>
  `${code} ${address}`;

test("what is refuted with an unknown is refuted whatever it becomes; an error is never overlooked", () => {
  fc.assert(
    fc.property(cases, ({ whole, missing, at, value }) => {
      const open = check(put(whole, at.address, at.path, OPEN), { missing });
      const known = check(put(whole, at.address, at.path, value), { missing });
      fc.pre(!known.diagnostics.some(({ code }) => OF_THE_VALUE.has(code)));
      const refuted = new Set(known.diagnostics.map(keyOf));
      expect(open.diagnostics.map(keyOf).filter((key) => !refuted.has(key))).toEqual([]);
      // Of two that contradict each other the one with the unknown is told, whose call comes last.
      const told = new Set<string>([...open.diagnostics, ...open.conditional].map(({ code }) => code));
      const overlooked = known.diagnostics.filter(({ code }) => errors.has(code) && !told.has(code));
      expect(overlooked.map(keyOf)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test("no rule throws on a part of a design, or on values of a wrong shape", () => {
  const junk = fc.constantFrom<Value>(null, 5, true, "", "x", [], {}, [{}], [[null]], new Unknown());
  const parts = fc.record({ case: cases, without: fc.array(fc.nat(), { maxLength: 8 }), junk });
  fc.assert(
    fc.property(parts, ({ case: { whole, at }, without, junk: value }) => {
      const left = Object.entries(put(whole, at.address, at.path.slice(0, 1), value));
      for (const index of without) left.splice(index % left.length, 1);
      check(Object.fromEntries(left));
    }),
  );
});

import { describe, expect, onTestFinished, test } from "vitest";
import { resources } from "../../provider/resources/index.js";
import { isConfigurable, type Attribute } from "../../schema/attributes.js";
import { openBench } from "./resource-bench.js";
import { cases } from "./resource-cases.js";

/** Values that people, or broken scripts, give: of the wrong type, out of range, hostile. */
function wrongValues(attribute: Attribute): Readonly<Record<string, unknown>> {
  const hostile = {
    empty: "",
    "over-long": "x".repeat(300),
    "<script>": "<script>alert(1)</script>",
    Chinese: "边缘",
  };
  switch (attribute.kind) {
    case "string":
      return {
        ...hostile,
        "a list": ["a"],
        "an object": { a: 1 },
        "a deleted thing": "00000000-0000-4000-8000-000000000000",
      };
    case "number":
      return { text: "many", negative: -1, "a fraction": 1.5, huge: 2 ** 40, "a list": [1] };
    case "bool":
      return { text: "perhaps", "a number": 7 };
    case "list":
    case "set":
      return {
        text: "one",
        "an object": { a: 1 },
        "with <script>": ["<script>"],
        "with null": [null],
        "too many": Array.from({ length: 300 }, (_, i) => `10.0.0.${i}`),
      };
    case "map":
    case "object":
    case "block":
      return { text: "one", "an unknown member": [{ nonsense: 1 }], "an empty one": [{}] };
  }
}

const rows = Object.entries(cases).flatMap(([type, example]) =>
  Object.entries(resources.get(type)?.attributes ?? {})
    .filter(([, attribute]) => isConfigurable(attribute))
    .map(([name, attribute]) => ({ type, name, attribute, example })),
);

describe.each(rows)("$type", ({ type, name, attribute, example }) => {
  test(`${name}: a wrong value gets a diagnostic, and nothing is lost`, async () => {
    const bench = openBench();
    onTestFinished(() => bench.cloud.flush());
    const stack = (patch: object) => ({
      ...example.needs,
      [type]: { ...example.needs[type], it: { ...example.body, ...patch } },
    });
    for (const [what, value] of Object.entries(wrongValues(attribute))) {
      const outcome = await bench.run(stack({ [name]: value }));
      const errors = outcome.diagnostics.filter((d) => d.severity === "error");
      const label = `${name} ${what}: ${JSON.stringify(outcome.diagnostics)}`;
      // Never a bug of ours, and what was made is in the state whatever was wrong.
      expect(
        errors.map((d) => d.code),
        label,
      ).not.toContain("IEC5005");
      for (const error of errors) {
        expect(error.summary, label).not.toBe("");
        expect(error.detail ?? "", label).not.toBe("");
      }
    }
    expect((await bench.run({}, "destroy")).diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    for (const [kind, objects] of Object.entries(bench.cloud.snapshot())) {
      const own = objects.filter(
        (o) =>
          !LEFT.has(kind) &&
          o["name"] !== "default" &&
          o["visibility"] !== "public" &&
          o["name"] !== "golden-web-2024" &&
          o["security_group_id"] !== DEFAULT_GROUP,
      );
      expect(own, kind).toEqual([]);
    }
  });
});

/** Bandwidths outlive EIPs by design. */
const LEFT = new Set(["bandwidths"]);
const DEFAULT_GROUP = "b4c9172b-0040-5158-b4ff-2e727a2f2558";

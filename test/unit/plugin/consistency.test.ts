import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Attribute, Attributes, ElementAttribute } from "../../../schema/attributes.js";
import { isConfigurable } from "../../../schema/attributes.js";
import { allAttributes } from "../../../schema/definition.js";
import {
  isList,
  isObject,
  isUnknown,
  mapObject,
  UNKNOWN,
  type ObjectValue,
  type Path,
  type Value,
} from "../../../schema/unknown.js";
import { changedPaths } from "../../../provider/lifecycle/compare.js";
import { decode } from "../../../schema/decode.js";
import { planResource } from "../../../provider/lifecycle/plan.js";
import { conform } from "../../../provider/plugin/plan.js";
import { resources } from "../../../provider/resources/index.js";
import { createDriver } from "./driver.js";

/** Terraform's rules for plans and applies, held against every definition with whatever configuration. */

const scalar = (attribute: Attribute | ElementAttribute): fc.Arbitrary<Value> => {
  switch (attribute.kind) {
    case "string":
      return attribute.enum === undefined ? fc.string({ maxLength: 5 }) : fc.constantFrom(...attribute.enum);
    case "number":
      return fc.integer({ min: 0, max: 1_000 });
    case "bool":
      return fc.boolean();
    case "list":
      return fc.array(scalar(attribute.element), { maxLength: 3 });
    case "set":
      return fc.uniqueArray(scalar(attribute.element), { maxLength: 3, selector: (v) => JSON.stringify(v) });
    case "map":
      return fc.dictionary(fc.string(), scalar(attribute.element), { noNullPrototype: true, maxKeys: 3 });
    case "object":
      return body(attribute.attributes);
    case "block":
      return attribute.nesting === "single"
        ? fc.option(body(attribute.attributes))
        : fc.array(body(attribute.attributes), { maxLength: 2 });
  }
};
/** A configuration as Terraform hands it over: every attribute, blocks never null. */
const body = (attributes: Attributes): fc.Arbitrary<ObjectValue> =>
  fc.record(
    mapAttributes(attributes, (attribute): fc.Arbitrary<Value> => {
      if (!isConfigurable(attribute)) return fc.constant(null);
      if (attribute.kind === "block") return scalar(attribute);
      const value = fc.oneof(
        { weight: 6, arbitrary: scalar(attribute) },
        { weight: 1, arbitrary: fc.constant(UNKNOWN) },
      );
      return attribute.required === true ? value : fc.option(value);
    }),
    { noNullPrototype: true },
  );
const mapAttributes = <T>(attributes: Attributes, change: (a: Attribute) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(attributes).map(([name, a]) => [name, change(a)]));

/** Sets have no order. */
function canonical(attribute: Attribute | ElementAttribute | undefined, value: Value): Value {
  if (attribute === undefined) return value;
  if (isObject(value) && "attributes" in attribute) {
    return mapObject(value, (item, name) => canonical(attribute.attributes[name], item));
  }
  if (!isList(value)) return value;
  const items = value.map((item) => canonical("element" in attribute ? attribute.element : attribute, item));
  return attribute.kind === "set" ? items.sort((a, b) => (text(a) < text(b) ? -1 : 1)) : items;
}
const text = (value: Value): string => JSON.stringify(marked(value));
const same = (a: Value, b: Value): boolean => text(a) === text(b);

/** What Terraform refuses of a plan. Source: AssertPlanValid in its objchange package. */
function violations(
  attributes: Attributes,
  prior: ObjectValue | null,
  config: ObjectValue,
  planned: ObjectValue,
): string[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const of = (values: ObjectValue | null) => canonical(attribute, values?.[name] ?? null);
    const [p, c, b] = [of(planned), of(config), of(prior)];
    if (attribute.kind === "block" && attribute.nesting !== "single" && isList(p) && isList(c)) {
      if (p.length !== c.length) return [`${name} is planned with another number of blocks`];
      return p.flatMap((item, i) => {
        const before = isList(b) ? (b[i] ?? null) : null;
        return blockViolations(attribute.attributes, before, c[i] ?? null, item);
      });
    }
    if (attribute.kind === "block" && isObject(p) && isObject(c)) {
      return blockViolations(attribute.attributes, b, c, p);
    }
    if (attribute.writeOnly === true) return p === null ? [] : [`${name} is write-only and planned`];
    if (same(p, c)) return [];
    if (c === null) {
      return attribute.computed === true ? [] : [`${name} is neither computed nor configured, and planned`];
    }
    return b !== null && same(p, b) ? [] : [`${name} is ${text(c)} and planned as ${text(p)}`];
  });
}
const blockViolations = (attributes: Attributes, prior: Value, config: Value, planned: Value): string[] =>
  isObject(config) && isObject(planned)
    ? violations(attributes, isObject(prior) ? prior : null, config, planned)
    : same(config, planned)
      ? []
      : ["a block is planned as another"];
const marked = (value: Value): unknown =>
  isUnknown(value)
    ? "(unknown)"
    : isList(value)
      ? value.map(marked)
      : isObject(value)
        ? mapObject(value, (v) => marked(v) as Value)
        : value;

/** Where two plans differ, though an unknown is an unknown, and what is left to the cloud may be planned empty. */
const differences = (attributes: Attributes, ours: ObjectValue, planned: ObjectValue): Path[] => {
  const unknown = "(unknown)";
  const known = (values: ObjectValue) =>
    mapObject(values, (v) => (isUnknown(v) ? unknown : (marked(v) as Value)));
  const told = mapObject(known(planned), (v, name) =>
    isUnknown(ours[name]) && isList(v) && v.length === 0 ? unknown : v,
  );
  return changedPaths(attributes, known(ours), told);
};

/** The configuration with its unknowns known, as the plan at apply has it. */
const settledConfig = (value: Value): Value =>
  isUnknown(value)
    ? null
    : isList(value)
      ? value.map(settledConfig)
      : isObject(value)
        ? mapObject(value, settledConfig)
        : value;

describe.each([...resources.values()].map((definition) => [definition.type, definition] as const))(
  "%s",
  (type, definition) => {
    const attributes = allAttributes(definition);
    const driver = createDriver();
    const configs = body(attributes);
    /** As the reconciler plans. */
    const planAsIec = (config: ObjectValue, prior: ObjectValue | undefined) =>
      planResource({ definition, address: type, config: decode(attributes, config).config, prior }).planned ??
      {};
    beforeAll(async () => {
      await driver.configure({ access_key: UNKNOWN });
    });

    test("its plan of a create is one that Terraform takes", async () => {
      await fc.assert(
        fc.asyncProperty(configs, async (config) => {
          const { planned, diagnostics } = await driver.plan(type, null, config);
          expect(diagnostics).toEqual([]);
          expect(violations(attributes, null, config, planned as ObjectValue)).toEqual([]);
        }),
        { numRuns: 40 },
      );
    });

    test("its plan of a change is one that Terraform takes, and of no change is no change", async () => {
      await fc.assert(
        fc.asyncProperty(configs, configs, async (first, second) => {
          const before = settledConfig(first) as ObjectValue;
          const { planned: created } = await driver.plan(type, null, before);
          const state = conform(created, null) as ObjectValue;
          const again = await driver.plan(type, state, before);
          expect(violations(attributes, state, before, again.planned as ObjectValue)).toEqual([]);
          const changed = await driver.plan(type, state, second);
          expect(differences(attributes, planAsIec(second, state), changed.planned as ObjectValue)).toEqual(
            [],
          );
          expect(violations(attributes, state, second, changed.planned as ObjectValue)).toEqual([]);
        }),
        { numRuns: 40 },
      );
    });
  },
);

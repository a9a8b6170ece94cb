import { describe, expect, onTestFinished, test } from "vitest";
import { deleteObject } from "../../provider/lifecycle/apply.js";
import { createWaiter } from "../../provider/client/waiter.js";
import { resources } from "../../provider/resources/index.js";
import { isConfigurable } from "../../schema/attributes.js";
import { sameValue } from "../../provider/lifecycle/compare.js";
import { isList, isObject, type Value } from "../../schema/unknown.js";
import { openBench, type Blocks } from "./resource-bench.js";
import { cases, elsewhere, type ResourceCase } from "./resource-cases.js";

/** What must hold for every resource, whatever it is. The rows come from the definitions. */

const stackOf = (
  type: string,
  { needs, body }: ResourceCase,
  patch: Readonly<Record<string, unknown>> = {},
): Blocks => ({
  ...needs,
  [type]: { ...needs[type], it: { ...body, ...patch } },
});

test("every resource has a case, and every case tries every attribute that may be set", () => {
  for (const [type, definition] of resources) {
    if (type in elsewhere) continue;
    const example = cases[type];
    expect(example, `test/acceptance/resource-cases.ts lacks ${type}`).toBeDefined();
    const settable = Object.entries(definition.attributes).filter(([, a]) => isConfigurable(a));
    const tried = { ...example?.changes, ...example?.fixed };
    expect(
      settable.map(([name]) => name).filter((name) => !(name in tried)),
      type,
    ).toEqual([]);
  }
});

/** What is not set inside of a block may be told as the default that the cloud took for it. */
const withoutNulls = (value: Value): Value => {
  if (isList(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([k, v]) => (v === null ? [] : [[k, withoutNulls(v)]])),
  );
};

describe.each(Object.entries(cases))("%s", (type, example) => {
  const address = `${type}.it`;
  const definition = resources.get(type)!;
  const base = stackOf(type, example);

  test("is created, read back, and imported as it is", async () => {
    const bench = openBench();
    onTestFinished(() => bench.cloud.flush());
    const { values } = await bench.settle(base);

    const ids = Object.fromEntries(
      Object.entries(values)
        .filter(([name]) => !name.startsWith("data."))
        .map(([name, state]) => [
          name,
          name === address ? (example.importId?.(state) ?? state["id"]) : state["id"],
        ]),
    ) as Record<string, string>;
    const said = await bench.importAll(base, { [address]: ids[address] ?? "" });
    expect(said[address]?.filter((d) => d.severity === "error")).toEqual([]);
    const told = (await bench.run(base, "plan")).values[address] ?? {};
    for (const [name, attribute] of Object.entries(definition.attributes)) {
      const untold = example.untold?.includes(name) === true || attribute.volatile === true;
      const expected = withoutNulls(values[address]?.[name] ?? null);
      if (!untold)
        expect(
          sameValue(attribute, told[name] ?? null, expected),
          `${name}: ${JSON.stringify(told[name])}`,
        ).toBe(true);
    }
  });

  if (example.remains === undefined) {
    test("is recreated when somebody deletes it, and leaves nothing behind when destroyed", async () => {
      const bench = openBench();
      onTestFinished(() => bench.cloud.flush());
      const { values } = await bench.settle(base);
      const waiter = createWaiter({ clock: bench.clock, random: () => 0.5 });
      const gone = await deleteObject(definition, values[address] ?? {}, { api: bench.connect(), waiter });
      expect(gone.diagnostics).toEqual([]);
      const again = await bench.settle(base);
      expect(again.actions).toEqual({ [address]: "create" });
      expect((await bench.run(base, "destroy")).diagnostics).toEqual([]);
      const left = await definition.list?.(bench.connect());
      expect(left?.map((o) => o.id) ?? []).not.toContain(again.values[address]?.["id"]);
    });
  }

  test.each(Object.keys(example.changes).filter((name) => !(name in (example.fixed ?? {}))))(
    "takes another %s, in place or by a replacement, and then is as planned",
    async (name) => {
      const bench = openBench();
      onTestFinished(() => bench.cloud.flush());
      const before = await bench.settle(base);
      const changed = stackOf(type, example, { [name]: example.changes[name], ...example.with?.[name] });
      const after = await bench.settle(changed);
      const others = [name, ...Object.keys(example.with?.[name] ?? {})].map((n) => definition.attributes[n]);
      const replaced = definition.update === undefined || others.some((a) => a?.requiresReplace === true);
      if (definition.replaces === undefined)
        expect(after.actions).toEqual({ [address]: replaced ? "replace" : "update" });
      // A rule that moves is made again under another id.
      const keeps = definition.attributes["id"]?.changesWith === undefined;
      if (keeps && after.actions[address] === "update")
        expect(after.values[address]?.["id"]).toBe(before.values[address]?.["id"]);
    },
  );
});

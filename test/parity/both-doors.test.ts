import { afterAll, expect, test } from "vitest";
import { dataSources } from "../../provider/data-sources/index.js";
import { resources } from "../../provider/resources/index.js";
import { isList, isObject, mapObject, reveal, type Value } from "../../schema/unknown.js";
import { withTerraform } from "../acceptance/terraform-project.js";
import {
  comparable,
  plannedByIec,
  plannedByTerraform,
  UNKNOWN,
  Workplace,
  type PlannedStack,
} from "./doors.js";
import { openScene } from "./scene.js";
import { addressOf, changesStack, importIdOf, partsOf, questions, stackOf } from "./stack.js";

/**
 * One set of definitions is served by `iec` and, as a provider, by Terraform. The same configuration through both gives
 * the same plan, the same state, and nothing left to do for the other. All types stand in one stack.
 */

const [a, b] = [await openScene(), await openScene()];
const parts = partsOf(a.scene);
const base = { resource: stackOf(parts, () => undefined) };
const byIec = new Workplace(a.cloud);
const byTerraform = new Workplace(b.cloud);
const copies: Workplace[] = [];
afterAll(async () => {
  for (const place of [byIec, byTerraform, ...copies]) place.remove();
  await Promise.all([a.cloud.close(), b.cloud.close()]);
});

test("every resource and every data source has a case", () => {
  const uncovered = [...resources.keys()].filter((type) => !parts.some((part) => part.type === type));
  expect(uncovered).toEqual([]);
  expect([...dataSources.keys()].filter((type) => !(type in questions))).toEqual([]);
});

/** Ids of the stack's own are told by address; what the cloud made up, by what it looks like. */
function unspecific(state: ReturnType<Workplace["state"]>, planned: PlannedStack) {
  const addresses = new Map(
    Object.entries(state).map(([address, { values }]) => [values["id"], `<${address}>`]),
  );
  const strip = (value: Value, plan: unknown): Value => {
    if (typeof value === "string") return addresses.get(value) ?? (plan === UNKNOWN ? shapeOf(value) : value);
    const below = (key: string | number) =>
      typeof plan === "object" && plan !== null ? (plan as Record<string | number, unknown>)[key] : plan;
    if (isList(value)) return value.map((item, i) => strip(item, below(i)));
    return isObject(value) ? mapObject(value, (item, key) => strip(item, below(key))) : value;
  };
  return Object.fromEntries(
    Object.entries(state).map(([address, { values, sensitive }]) => [
      address,
      { values: strip(values, planned[address]?.after), sensitive },
    ]),
  );
}
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN[^]*-----END[^]*/g, "<key>"],
  [/SHA256:\S+/g, "<fingerprint>"],
  [/bandwidth-[0-9a-f]{4}/g, "<bandwidth>"],
  [/ssh-rsa \S+/g, "<public key>"],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>"],
  [/\b[0-9a-f]{32}\b/g, "<job>"],
  [/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, "<mac>"],
  [/\d+\.\d+\.\d+\.\d+/g, "<ipv4>"],
  [/[0-9a-f]{1,4}(:[0-9a-f]{0,4}){2,7}/g, "<ipv6>"],
];
const shapeOf = (text: string): string =>
  SHAPES.reduce((shaped, [pattern, name]) => shaped.replaceAll(pattern, name), text);

withTerraform("the same configuration", () => {
  let created: PlannedStack;
  /** What is planned for each change, by the address of the copy it is made to. */
  let changed: PlannedStack;

  test("is planned alike", async () => {
    for (const place of [byIec, byTerraform]) place.write(base);
    created = plannedByIec(await byIec.planByIec());
    expect(plannedByTerraform(await byTerraform.planByTerraform())).toEqual(created);
  });

  test("is applied alike", async () => {
    await byIec.applyByIec();
    await byTerraform.applyPlannedByTerraform();
    expect(unspecific(byTerraform.state(), created)).toEqual(unspecific(byIec.state(), created));
  });

  test("leaves nothing to do, whoever looks at the state of the other", async () => {
    await byIec.terraformFindsNothingToDo();
    await byTerraform.iecFindsNothingToDo();
  });

  test("is planned alike when it changes, whatever changes", async () => {
    const place = byIec.copy((stored) => {
      const made = new Map(stored.map((resource) => [`${resource.type}.${resource.name}`, resource]));
      return [
        ...stored,
        ...parts.flatMap((part) =>
          Object.keys(part.changes).map((change) => ({
            ...made.get(addressOf(part))!,
            name: addressOf(part, change).slice(part.type.length + 1),
          })),
        ),
      ].filter(({ type, name }) => !parts.some((part) => addressOf(part) === `${type}.${name}`));
    });
    copies.push(place);
    place.write({ resource: changesStack(parts) });
    changed = plannedByIec(await place.planByIec({ refresh: false }));
    const stack = plannedByTerraform(await place.planByTerraform("-refresh=false"));
    expect(stack).toEqual(changed);
    const idle = parts.flatMap((part) =>
      Object.keys(part.changes)
        .map((change) => addressOf(part, change))
        .filter((address) => changed[address]?.actions[0] === "no-op"),
    );
    expect(idle).toEqual([]);
  });

  /** The first change of each part's resource that is planned as this. */
  const changeOfAll = (...actions: string[]) => ({
    resource: stackOf(parts, (part) =>
      Object.keys(part.changes).find(
        (change) => changed[addressOf(part, change)]?.actions.join() === actions.join(),
      ),
    ),
  });

  test("updated in place by Terraform, leaves nothing to do for iec", async () => {
    byIec.write(changeOfAll("update"));
    await byIec.applyByTerraform();
    await byIec.iecFindsNothingToDo();
  });

  test("replaced by iec, leaves nothing to do for Terraform", async () => {
    byTerraform.write(changeOfAll("delete", "create"));
    await byTerraform.applyByIec();
    await byTerraform.terraformFindsNothingToDo();
  });

  test("is imported alike", async () => {
    const state = byIec.state();
    const ids = new Map(
      parts.map((part) => [addressOf(part), importIdOf(part, state[addressOf(part)]?.values ?? {})]),
    );
    const place = byIec.copy((stored) => stored.filter(({ type, name }) => !ids.has(`${type}.${name}`)));
    copies.push(place);
    const stack = changeOfAll("update");
    place.write({ ...stack, import: [...ids].map(([to, id]) => ({ to, id })) });
    const { resource_changes = [] } = await place.planByTerraform("-refresh=false");
    place.write(stack);
    await place.importByIec(ids);
    const imported = place.state();
    for (const address of ids.keys()) {
      const told = resource_changes.find((change) => change.address === address);
      expect
        .soft(comparable(told?.type ?? "", told?.change.before), address)
        .toEqual(imported[address]?.values);
    }
  });

  test("of data sources is read alike", async () => {
    const place = byIec.copy();
    copies.push(place);
    const output = Object.fromEntries(
      Object.keys(questions).map((type) => [type, { value: `\${data.${type}.it}`, sensitive: true }]),
    );
    const data = Object.fromEntries(Object.entries(questions).map(([type, body]) => [type, { it: body }]));
    place.write({ ...changeOfAll("update"), data, output });
    const plan = await place.planByIec({ refresh: false });
    const { output_changes } = await place.planByTerraform("-refresh=false");
    for (const { name, after } of plan.outputs) {
      const told: unknown = JSON.parse(JSON.stringify(reveal(after ?? null)));
      expect.soft(output_changes?.[name]?.after, name).toEqual(told);
    }
    expect(plan.outputs.map(({ name }) => name).sort()).toEqual(Object.keys(questions).sort());
  });
});

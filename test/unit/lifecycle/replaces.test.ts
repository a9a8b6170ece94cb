import { expect, it } from "vitest";
import { planResource } from "../../../provider/lifecycle/plan.js";
import { block, number, string } from "../../../schema/attributes.js";
import type { Resource } from "../../../schema/definition.js";
import type { ObjectValue } from "../../../schema/unknown.js";

const size = (values: ObjectValue) => Number(values["size"]);
const definition: Pick<Resource, "attributes" | "update" | "replaces"> = {
  attributes: {
    site: string({ required: true, requiresReplace: true, description: "" }),
    size: number({ required: true, description: "" }),
    status: string({ computed: true, description: "" }),
    disks: block({ optional: true, description: "", attributes: {} }),
  },
  update: () => Promise.resolve(undefined),
  replaces: (prior, planned) => [
    ...(size(planned) < size(prior) ? [["size"]] : []),
    ...(prior["status"] === "failed" ? [["status"]] : []),
  ],
};
const prior = { site: "a", size: 2, status: "ok", disks: [] };

it.each([
  { name: "nothing changes", action: "no-op", paths: [] },
  { name: "a change that values allow", config: { size: 3 }, action: "update", paths: [] },
  { name: "a change that values forbid", config: { size: 1 }, action: "replace", paths: [["size"]] },
  {
    name: "a change that the attribute forbids as well",
    config: { site: "b", size: 1 },
    action: "replace",
    paths: [["site"], ["size"]],
  },
  {
    name: "an object beyond repair, though nothing changes",
    prior: { status: "failed" },
    action: "replace",
    paths: [["status"]],
  },
])("$name: $action", ({ prior: was, config, action, paths }) => {
  const planned = planResource({
    definition,
    address: "iec_thing.a",
    config: { site: "a", size: 2, status: null, disks: [], ...config },
    prior: { ...prior, ...was },
  });
  expect([planned.action, planned.replacePaths]).toEqual([action, paths]);
});

import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../../schema/diagnostics.js";
import { formatSource } from "../../../schema/isolation/values.js";
import { readTerraformPlan } from "../../../schema/terraform-plan/index.js";
import { tables } from "../isolation/design.js";
import { getPath, isUnknown, type Json, type JsonObject, type Path } from "../../../schema/unknown.js";

/** Plans as Terraform prints them, cut down to what a case is about. Whole ones are in the acceptance tests. */

const refs = (...references: string[]): JsonObject => ({ references });
const create = (
  address: string,
  after: JsonObject,
  afterUnknown: Json,
  more: JsonObject = {},
): JsonObject => ({
  address,
  mode: "managed",
  type: address.replace(/^.*?(\w+)\.\w+(\[.*\])?$/, "$1"),
  change: { actions: ["create"], before: null, after, after_unknown: afterUnknown, ...more },
});
const plan = (resource_changes: Json, root_module: JsonObject = {}, more: JsonObject = {}): string =>
  JSON.stringify({ format_version: "1.2", resource_changes, configuration: { root_module }, ...more });
const resource = (address: string, expressions: JsonObject, more: JsonObject = {}): JsonObject => ({
  address,
  expressions,
  ...more,
});

/** `= a.b.id` for an exact source, `~ a, b` for what it is derived from, JSON for what is known. */
function at(text: string, address: string, path: Path): string {
  const value = getPath(
    readTerraformPlan(text, "plan.json", tables.refs).after.nodes.get(address)?.values ?? null,
    path,
  );
  if (!isUnknown(value)) return JSON.stringify(value ?? null);
  if (value.source !== undefined) return `= ${formatSource(value.source)}`;
  return `~ ${value.derivedFrom.map(formatSource).join(", ")}`;
}

const A = create("iec_vpc_subnet.a", {}, { id: true });
const B = create("iec_vpc_subnet.b", {}, { id: true });
const E = create("iec_eip.e", {}, { id: true });
const V = create("iec_vip.v", {}, { id: true, subnet_id: true });
const MADE = create("iec_vpc_subnet.made", { id: "made" }, {});

describe("an unknown attribute tells where it will come from", () => {
  const scalar = { subnet_id: true };
  const cases: readonly (readonly [string, Json, JsonObject | undefined, JsonObject, Path, string])[] = [
    [
      "one id",
      scalar,
      refs("iec_vpc_subnet.a.id", "iec_vpc_subnet.a"),
      {},
      ["subnet_id"],
      "= iec_vpc_subnet.a.id",
    ],
    [
      "the same id twice: at least one of them is computed with",
      scalar,
      refs("iec_vpc_subnet.a.id", "iec_vpc_subnet.a", "iec_vpc_subnet.a.id", "iec_vpc_subnet.a"),
      {},
      ["subnet_id"],
      "~ iec_vpc_subnet.a.id",
    ],
    [
      "the id of something else than a subnet, by which another is looked up",
      scalar,
      refs("iec_eip.e.id", "iec_eip.e"),
      {},
      ["subnet_id"],
      "~ iec_eip.e.id",
    ],
    [
      "the subnet that another resource names",
      scalar,
      refs("iec_vip.v.subnet_id", "iec_vip.v"),
      {},
      ["subnet_id"],
      "= iec_vip.v.subnet_id",
    ],
    [
      "another attribute of a resource that names one",
      scalar,
      refs("iec_vip.v.id", "iec_vip.v"),
      {},
      ["subnet_id"],
      "~ iec_vip.v.id",
    ],
    [
      "one of two",
      scalar,
      refs("iec_vpc_subnet.a.id", "iec_vpc_subnet.a", "iec_vpc_subnet.b.id", "iec_vpc_subnet.b"),
      {},
      ["subnet_id"],
      "~ iec_vpc_subnet.a.id, iec_vpc_subnet.b.id",
    ],
    [
      "an id that is known is not what is unknown",
      scalar,
      refs("iec_vpc_subnet.made.id", "iec_vpc_subnet.made"),
      {},
      ["subnet_id"],
      "~ iec_vpc_subnet.made.id",
    ],
    ["a local", scalar, refs("local.subnet"), {}, ["subnet_id"], "~ local.subnet"],
    [
      "chosen by a variable",
      scalar,
      refs("var.x", "iec_vpc_subnet.a.id", "iec_vpc_subnet.a"),
      {},
      ["subnet_id"],
      "~ var.x, iec_vpc_subnet.a.id",
    ],
    ["a function", scalar, {}, {}, ["subnet_id"], "~ iec_server_nic.x.subnet_id"],
    ["not written: the cloud's choice", scalar, undefined, {}, ["subnet_id"], "= iec_server_nic.x.subnet_id"],
    [
      "text computed out of an address",
      { subnet_id: true },
      refs("iec_eip.e.public_ip", "iec_eip.e"),
      {},
      ["subnet_id"],
      "~ iec_eip.e.public_ip",
    ],
    [
      "a list, item by item",
      { subnet_id: [true, true] },
      refs("iec_vpc_subnet.a.id", "iec_vpc_subnet.a", "iec_vpc_subnet.b.id", "iec_vpc_subnet.b"),
      { subnet_id: [null, null] },
      ["subnet_id", 1],
      "= iec_vpc_subnet.b.id",
    ],
    [
      "a list, one of it made already",
      { subnet_id: [false, true] },
      refs("iec_vpc_subnet.made.id", "iec_vpc_subnet.made", "iec_vpc_subnet.b.id", "iec_vpc_subnet.b"),
      { subnet_id: ["made", null] },
      ["subnet_id", 1],
      "= iec_vpc_subnet.b.id",
    ],
    [
      "a list whose items stand in another order",
      { subnet_id: [true, false] },
      refs("iec_vpc_subnet.made.id", "iec_vpc_subnet.made", "iec_vpc_subnet.b.id", "iec_vpc_subnet.b"),
      { subnet_id: [null, "made"] },
      ["subnet_id", 0],
      "= iec_vpc_subnet.b.id",
    ],
    [
      "a list with fewer items than references",
      { subnet_id: [true] },
      refs("iec_vpc_subnet.a.id", "iec_vpc_subnet.a", "iec_vpc_subnet.b.id", "iec_vpc_subnet.b"),
      { subnet_id: [null] },
      ["subnet_id", 0],
      "~ iec_vpc_subnet.a.id, iec_vpc_subnet.b.id",
    ],
    [
      "as many references as items, but one of them only chooses",
      { subnet_id: [true, true] },
      refs("local.both", "iec_vpc_subnet.a.id", "iec_vpc_subnet.a"),
      { subnet_id: [null, null] },
      ["subnet_id", 0],
      "~ local.both, iec_vpc_subnet.a.id",
    ],
    [
      "a literal beside a reference",
      { subnet_id: [true, false] },
      refs("iec_vpc_subnet.a.id", "iec_vpc_subnet.a"),
      { subnet_id: [null, "literal"] },
      ["subnet_id", 0],
      "= iec_vpc_subnet.a.id",
    ],
    [
      "sorted among others",
      { subnet_id: [true, true] },
      refs("iec_vpc_subnet.a.id", "iec_vpc_subnet.a"),
      { subnet_id: [null, null] },
      ["subnet_id", 0],
      "~ iec_vpc_subnet.a.id",
    ],
    [
      "a splat",
      { subnet_id: [true, true] },
      refs("iec_vpc_subnet.a"),
      { subnet_id: [null, null] },
      ["subnet_id", 0],
      "~ iec_vpc_subnet.a",
    ],
  ];
  test.each(cases)("%s", (_name, unknown, expression, after, path, expected) => {
    const written = expression === undefined ? {} : { subnet_id: expression };
    const text = plan([A, B, E, V, MADE, create("iec_server_nic.x", after, unknown)], {
      resources: [resource("iec_server_nic.x", written)],
    });
    expect(at(text, "iec_server_nic.x", path)).toBe(expected);
  });

  test.each<[string, string, Json, string]>([
    ["blocks in their order", "one", "two", "= iec_vpc_subnet.b.id"],
    ["blocks in another order", "two", "one", "~ iec_network_acl.x.networks[1].subnet_id"],
  ])("%s", (_name, first, second, expected) => {
    const networks = [{ vpc_id: first }, { vpc_id: second }];
    const unknown = { networks: [{ subnet_id: true }, { subnet_id: true }] };
    const block = (vpc: string, subnet: string) => ({
      vpc_id: { constant_value: vpc },
      subnet_id: refs(`iec_vpc_subnet.${subnet}.id`, `iec_vpc_subnet.${subnet}`),
    });
    const text = plan([A, B, create("iec_network_acl.x", { networks }, unknown)], {
      resources: [resource("iec_network_acl.x", { networks: [block("one", "a"), block("two", "b")] })],
    });
    expect(at(text, "iec_network_acl.x", ["networks", 1, "subnet_id"])).toBe(expected);
  });
});

test("what is taken from a reference is told as an assumption, and nothing else is", () => {
  const text = plan(
    [A, MADE, create("iec_server_nic.x", {}, { subnet_id: true, server_id: true, port_id: true })],
    {
      resources: [
        resource("iec_server_nic.x", {
          subnet_id: refs("iec_vpc_subnet.a.id", "iec_vpc_subnet.a"),
          server_id: refs("local.server"),
        }),
      ],
    },
  );
  expect(readTerraformPlan(text, "plan.json", tables.refs).assumptions).toEqual([
    { address: "iec_server_nic.x", attribute: "subnet_id", is: "iec_vpc_subnet.a.id" },
  ]);
});

describe("through modules", () => {
  const net = (argument: JsonObject, more: JsonObject = {}): JsonObject => ({
    resources: [resource("iec_server.s", { vpc_id: refs("module.net.vpc", "module.net") })],
    module_calls: {
      net: {
        expressions: { vpc: argument },
        module: {
          resources: [resource("iec_vpc_subnet.s", { vpc_id: refs("var.vpc.id", "var.vpc") })],
          outputs: { vpc: { expression: refs("var.vpc.id", "var.vpc") } },
        },
        ...more,
      },
    },
  });
  const changes = [
    create("iec_vpc.main", {}, { id: true }),
    create("module.net.iec_vpc_subnet.s", {}, { vpc_id: true }),
    create('module.net["x"].iec_vpc_subnet.s', {}, { vpc_id: true }),
    create("iec_server.s", {}, { vpc_id: true }),
  ];
  test.each<[string, JsonObject, string, string]>([
    ["an argument", refs("iec_vpc.main"), "module.net.iec_vpc_subnet.s", "= iec_vpc.main.id"],
    ["in an instance", refs("iec_vpc.main"), 'module.net["x"].iec_vpc_subnet.s', "= iec_vpc.main.id"],
    ["an output", refs("iec_vpc.main"), "iec_server.s", "= iec_vpc.main.id"],
    [
      "computed on the way",
      refs("iec_vpc.main.id", "iec_vpc.main", "local.x"),
      "iec_server.s",
      "~ iec_vpc.main.id, local.x",
    ],
    [
      "a part of what is one value",
      refs("iec_vpc.main.id", "iec_vpc.main"),
      "iec_server.s",
      "~ iec_vpc.main.id",
    ],
    ["out of each.value", refs("each.value"), "iec_server.s", "~ iec_vpc.main"],
  ])("%s", (_name, argument, address, expected) => {
    const text = plan(changes, net(argument, { for_each_expression: refs("iec_vpc.main") }));
    expect(at(text, address, ["vpc_id"])).toBe(expected);
  });
});

describe("what is in the graph", () => {
  const addresses = (text: string) => {
    const { before, after } = readTerraformPlan(text, "plan.json", tables.refs);
    return { before: [...before.nodes.keys()], after: [...after.nodes.keys()] };
  };
  const values = (...resources: JsonObject[]) => ({ root_module: { resources } });
  const stored = (address: string, mode = "managed", more: JsonObject = {}): JsonObject => ({
    address,
    mode,
    type: "iec_vpc",
    values: { id: address },
    ...more,
  });
  test("what is deleted is gone, what is forgotten stays, what is not targeted stays", () => {
    const gone = (address: string, action: string) =>
      create(address, {}, {}, { actions: [action], before: { id: address }, after: null });
    const text = plan(
      [
        gone("iec_vpc.deleted", "delete"),
        gone("iec_vpc.forgotten", "forget"),
        create("iec_vpc.new", {}, { id: true }),
      ],
      {},
      {
        planned_values: values(stored("iec_vpc.new"), stored("iec_vpc.left")),
        prior_state: {
          values: values(
            stored("data.iec_sites.all", "data"),
            stored("iec_vpc.deleted"),
            stored("iec_vpc.left"),
            stored("iec_vpc.left", "managed", { deposed_key: "0af1" }),
          ),
        },
      },
    );
    expect(addresses(text)).toEqual({
      before: ["data.iec_sites.all", "iec_vpc.deleted", "iec_vpc.left", "iec_vpc.left (deposed 0af1)"],
      after: ["data.iec_sites.all", "iec_vpc.new", "iec_vpc.left", "iec_vpc.forgotten"],
    });
    expect(at(text, "iec_vpc.forgotten", ["id"])).toBe('"iec_vpc.forgotten"');
  });
  test("what is sensitive is not read", () => {
    const text = plan([
      create(
        "iec_vpc.a",
        { cidr: "s3cret", name: null },
        {},
        { after_sensitive: { cidr: true, name: true } },
      ),
    ]);
    expect(at(text, "iec_vpc.a", ["cidr"])).toBe("~ iec_vpc.a.cidr");
    expect(at(text, "iec_vpc.a", ["name"])).toBe("null");
  });
});

describe("what is no plan is refused", () => {
  test.each<[string, string, string, string]>([
    ["no JSON", "hello", "IEC2036", "It is not JSON."],
    ["a binary plan", "PK\u0003\u0004", "IEC2036", "It is a plan in Terraform's binary form."],
    ["a list", "[]", "IEC2036", "It holds JSON, but no object."],
    [
      "a state file",
      '{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x","resources":[]}',
      "IEC2036",
      "It is a Terraform state file.",
    ],
    [
      "a shown state",
      '{"format_version":"1.0","terraform_version":"1.11.4","values":{}}',
      "IEC2036",
      "It shows a state, not a plan",
    ],
    ["an empty shown state", '{"format_version":"1.0"}', "IEC2036", "It shows a state, not a plan"],
    [
      "a log",
      '{"@level":"info"}\n{"@level":"info"}',
      "IEC2036",
      "It is the log that `terraform plan -json` prints.",
    ],
    [
      "schemas",
      '{"format_version":"1.0","provider_schemas":{}}',
      "IEC2036",
      "It holds the schemas of providers.",
    ],
    ["a configuration", '{"resource":{}}', "IEC2036", "It is a configuration."],
    ["no version", '{"resource_changes":[]}', "IEC2036", "It has no `format_version`"],
    [
      "a newer major",
      '{"format_version":"2.0","resource_changes":[]}',
      "IEC2037",
      'Its format_version is "2.0"; known is 1.x. Upgrade iec-cdk.',
    ],
    [
      "an older major",
      '{"format_version":"0.2","resource_changes":[]}',
      "IEC2037",
      "Write the plan with Terraform 1.1 or newer.",
    ],
    [
      "a failed plan",
      '{"format_version":"1.2","errored":true,"resource_changes":[]}',
      "IEC2039",
      "Planning ended with an error",
    ],
    [
      "another shape",
      '{"format_version":"1.2","resource_changes":[7]}',
      "IEC2036",
      "resource_changes[0] is 7 instead of an object.",
    ],
    [
      "no address",
      '{"format_version":"1.2","resource_changes":[{}]}',
      "IEC2036",
      "resource_changes[0].address is missing, or no text.",
    ],
  ])("%s", (_name, text, code, detail) => {
    const read = () => readTerraformPlan(text, "plan.json", tables.refs);
    expect(read).toThrow(DiagnosticError);
    try {
      read();
    } catch (error) {
      const [diagnostic] = (error as DiagnosticError).diagnostics;
      expect(diagnostic?.code).toBe(code);
      expect(diagnostic?.detail).toContain(detail);
    }
  });
  test("a newer minor is read, and a part of a plan is said to be one", () => {
    const part = plan([A], {}, { format_version: "1.9", complete: false, news: {} });
    expect(
      readTerraformPlan(part, "plan.json", tables.refs).diagnostics.map(({ code, severity }) => [
        code,
        severity,
      ]),
    ).toEqual([["IEC2039", "warning"]]);
  });
});

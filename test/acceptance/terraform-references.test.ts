import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatSource } from "../../schema/isolation/values.js";
import { readTerraformPlan } from "../../schema/terraform-plan/index.js";
import { isUnknown } from "../../schema/unknown.js";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { temporaryFolder, writeStack } from "../helpers/stack.js";
import { tables } from "../unit/isolation/design.js";
import { SITE } from "./resource-bench.js";
import { Project, withTerraform } from "./terraform-project.js";

/** How the real Terraform tells of expressions, and what is read out of it: an id as it is, or something made of it. */

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

const A = "iec_vpc_subnet.a.id";
/** By name an expression at `subnet_id`, and what is taken from it. */
const FORMS: Readonly<Record<string, readonly [expression: string, read: string]>> = {
  bare: [A, `= ${A}`],
  indexed: ["iec_vpc_subnet.c[1].id", "= iec_vpc_subnet.c[1].id"],
  "of-a-module": ["module.net.subnet", `= ${A}`],
  // Nothing tells these from the bare one: that is why it is an assumption.
  changed: [`replace(${A}, "x", "y")`, `= ${A}`],
  "one-of-two-literals": [`${A} == "x" ? "y" : "z"`, `= ${A}`],
  "looked-up": [`lookup({ x = "y" }, ${A}, "z")`, `= ${A}`],
  // These can be told.
  "itself-or-another": [`${A} == "x" ? "y" : ${A}`, `~ ${A}`],
  "looked-up-by-another-kind": [`lookup({ x = "y" }, iec_vpc.v.id, "z")`, "~ iec_vpc.v.id"],
  "one-of-two": [`${A} == "x" ? ${A} : iec_vpc_subnet.b.id`, `~ ${A}, iec_vpc_subnet.b.id`],
  "first-that-is-set": [`coalesce(var.none, ${A})`, `~ var.none, ${A}`],
  "index-that-is-computed": [`iec_vpc_subnet.c[length(${A})].id`, `~ iec_vpc_subnet.c, ${A}`],
  "of-a-list": [`sort([${A}, "x"])[0]`, `= ${A}`],
  splat: ["element(iec_vpc_subnet.c[*].id, 0)", "~ iec_vpc_subnet.c"],
  "for-expression": ["[for s in iec_vpc_subnet.c : s.id][0]", "~ iec_vpc_subnet.c"],
  local: ["local.subnet", "~ local.subnet"],
  "with-a-path": [`"\${path.module}\${${A}}"`, `~ path.module, ${A}`],
};

withTerraform("a reference in a plan", () => {
  test("is taken for the value where it may be, and then that is an assumption", async () => {
    const project = new Project(temporaryFolder(), cloud.env);
    const subnet = (number: string) => ({
      name: "s",
      vpc_id: "${iec_vpc.v.id}",
      site_id: SITE,
      cidr: `10.0.${number}.0/24`,
      gateway_ip: `10.0.${number}.1`,
    });
    project.write({
      variable: { none: { type: "string", default: null } },
      locals: { subnet: `\${${A}}` },
      module: { net: { source: "./net", subnet: `\${${A}}` } },
      resource: {
        iec_vpc: { v: { name: "v", cidr: "10.0.0.0/16", mode: "CUSTOMER" } },
        iec_vpc_subnet: { a: subnet("1"), b: subnet("2"), c: { ...subnet("1${count.index}"), count: 2 } },
        iec_vip: Object.fromEntries(
          Object.entries(FORMS).map(([name, [expression]]) => [name, { subnet_id: `\${${expression}}` }]),
        ),
      },
    });
    const net = join(project.folder, "net");
    mkdirSync(net);
    writeStack(
      net,
      { variable: { subnet: {} }, output: { subnet: { value: "${var.subnet}" } } },
      "main.tf.json",
    );
    await project.succeed("get");
    await project.succeed("plan", "-out", "plan.bin");
    const { stdout } = await project.run(["show", "-json", "plan.bin"]);
    const { after, assumptions } = readTerraformPlan(stdout, "plan.json", tables.refs);
    const read = Object.keys(FORMS).map((name) => {
      const value = after.nodes.get(`iec_vip.${name}`)?.values["subnet_id"];
      if (!isUnknown(value)) return [name, value];
      const { source, derivedFrom } = value;
      return [name, source ? `= ${formatSource(source)}` : `~ ${derivedFrom.map(formatSource).join(", ")}`];
    });
    const expected = Object.entries(FORMS).map(([name, [, told]]) => [name, told]);
    expect(read).toEqual(expected);
    const assumed = assumptions.filter(({ address }) => address.startsWith("iec_vip."));
    expect(assumed.map(({ address, is }) => [address.slice("iec_vip.".length), `= ${is}`]).sort()).toEqual(
      expected.filter(([, told]) => told?.startsWith("=") === true).sort(),
    );
  });
});

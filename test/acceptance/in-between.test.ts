import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Foresight, Plan } from "../../provider/reconciler/model.js";
import { renderPlan, plainPaint } from "../../provider/review/index.js";
import { Bench, errorsOf } from "../crash/session.js";
import type { Design } from "../crash/stack.js";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { callIec, eventsOf } from "../helpers/iec.js";
import { temporaryFolder, writeStack, type Json } from "../helpers/stack.js";
import { Project, withTerraform } from "./terraform-project.js";
import { put } from "./bad-configurations.js";
import { edgeStack } from "./edge-stack.js";

/** What the cloud itself says of a path, before every call of an apply and after the last. */

const RULE = "resource.iec_security_group_rule";
const everything = {
  security_group_id: "${iec_security_group.web.id}",
  direction: "ingress",
  remote_ip_prefix: "0.0.0.0/0",
};
const eip = {
  site_id: "${data.iec_sites.site.sites[0].id}",
  port_id: "${iec_server.web.nics[0].port}",
};

const EMPTY: Design = { vpcs: [], groups: {}, keys: {}, servers: {}, spare: { guangzhou: 0, beijing: 0 } };

interface Row {
  readonly name: string;
  readonly before: readonly ((stack: Json) => void)[];
  readonly after: readonly ((stack: Json) => void)[];
  readonly told: string;
  /** What the cloud is slow to do: the call that closes the path. */
  readonly slow: string;
}

const rows: readonly Row[] = [
  {
    name: "a rule that allows everything goes, an address comes",
    before: [put(`${RULE}.all`, everything)],
    after: [put("resource.iec_eip", { web: eip })],
    slow: "DeleteSecurityGroupRule",
    told: "iec deletes iec_security_group_rule.all before it creates iec_eip.web: otherwise the internet could reach iec_server.web on",
  },
  {
    name: "an address goes, a rule that allows everything comes",
    before: [put("resource.iec_eip", { web: eip })],
    after: [put(`${RULE}.all`, everything)],
    slow: "UpdatePublicIp",
    told: "iec deletes iec_eip.web before it creates iec_security_group_rule.all: otherwise the internet could reach iec_server.web on",
  },
];

async function apply(row: Row, revise: (plan: Plan) => Plan) {
  const bench = new Bench(EMPTY);
  const write = (changes: Row["before"]) => {
    const stack = edgeStack();
    for (const change of changes) change(stack);
    writeStack(bench.folder, stack, "cdk.tf.json");
  };
  write(row.before);
  expect(errorsOf(await bench.run())).toEqual([]);
  write(row.after);
  const seen: boolean[] = [];
  bench.setFaults([{ operation: row.slow, kind: "error500", times: 4 }]);
  const server = String(bench.cloud.snapshot().servers[0]?.["id"]);
  const look = () => seen.push(bench.cloud.probe({ from: "internet", to: server, port: 22 }).reachable);
  bench.onCall = look;
  const { plan, ...outcome } = await bench.run({ revise });
  look();
  expect(errorsOf({ plan, ...outcome })).toEqual([]);
  expect(seen.length).toBeGreaterThan(5);
  return {
    plan,
    opened: seen.includes(true),
    text: plan ? renderPlan(plan, { paint: plainPaint, width: 400 }) : "",
  };
}

describe.each(rows)("$name", (row) => {
  test("in the order that the plan tells, nothing is open in between", async () => {
    const { opened, text } = await apply(row, (plan) => plan);
    expect(text).toContain(row.told);
    expect(opened).toBe(false);
  });

  test("in the other order, something is", async () => {
    const turned = (order: Foresight["order"]) =>
      order.map(({ first, then, leak }) => ({ first: then, then: first, leak }));
    const { opened } = await apply(row, ({ reachability, ...plan }) => ({
      ...plan,
      reachability: { ...reachability, order: turned(reachability.order) },
    }));
    expect(opened).toBe(true);
  });
});

/** The stack once it is applied, and what is planned then. */
const [replaced] = rows;

describe("what opens and what waits is told", () => {
  let cloud: TestCloud;
  beforeEach(async () => void (cloud = await startCloud()));
  afterEach(() => cloud.close());
  const stackOf = (changes: Row["before"] = []) => {
    const stack = edgeStack();
    for (const change of changes) change(stack);
    return stack;
  };

  test("by iec plan and iec verify, as events and as text", async () => {
    const folder = temporaryFolder();
    const iec = (command: string, ...more: string[]) => callIec([command, folder, ...more], cloud);
    writeStack(folder, stackOf(replaced?.before), "cdk.tf.json");
    expect((await iec("apply", "--auto-approve")).code).toBe(0);
    writeStack(folder, stackOf(replaced?.after), "cdk.tf.json");
    const events = eventsOf((await iec("plan", "--json")).stdout);
    expect(events.filter(({ type }) => type === "reachability")).toMatchObject([
      {
        changes: [
          { kind: "opened", sure: true, message: "the internet can now reach iec_server.web on tcp/443" },
        ],
        order: [{ first: { address: "iec_security_group_rule.all" }, then: { address: "iec_eip.web" } }],
      },
    ]);
    expect((await iec("verify")).stdout).toContain(
      "With this plan\n  + the internet can now reach iec_server.web on tcp/443\n",
    );
    const { changes } = JSON.parse((await iec("verify", "--json")).stdout) as { changes: unknown };
    expect(changes).toMatchObject([{ kind: "opened", to: ["iec_server.web"], traffic: "tcp/443" }]);
  });

  withTerraform("of a plan of Terraform", () => {
    test("with two steps that keep it shut", async () => {
      const project = new Project(temporaryFolder(), cloud.env);
      project.write({ ...stackOf(replaced?.before) });
      await project.apply();
      project.write({ ...stackOf(replaced?.after) });
      await project.succeed("plan", "-out", "plan.bin");
      const file = join(project.folder, "plan.json");
      writeFileSync(file, (await project.run(["show", "-json", "plan.bin"])).stdout);
      const { stdout, stderr } = await callIec(["verify", file]);
      expect(stdout).toContain("+ the internet can now reach iec_server.web on tcp/443\n");
      expect(stderr).toContain("Warning IEC1047");
      expect(stderr).toContain("terraform apply -target='iec_security_group_rule.all'");
    });
  });
});

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "../../provider/review/index.js";
import { formatSource } from "../../schema/isolation/values.js";
import { readTerraformPlan } from "../../schema/terraform-plan/index.js";
import { getPath, isUnknown, type Path } from "../../schema/unknown.js";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { callIec, ROOT } from "../helpers/iec.js";
import { temporaryFolder, writeStack } from "../helpers/stack.js";
import { tables } from "../unit/isolation/design.js";
import { edgeStack } from "./edge-stack.js";
import { Project, withTerraform } from "./terraform-project.js";

/** `iec verify` as pipelines call it, and on what the real Terraform prints. */

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

withTerraform("a plan of Terraform with modules, count and for_each", () => {
  test("is followed before the first apply and known after it", async () => {
    const project = new Project(temporaryFolder(), cloud.env);
    cpSync(join(ROOT, "test/acceptance/modules"), project.folder, { recursive: true });
    await project.succeed("get");
    const planned = async () => {
      await project.succeed("plan", "-out", "plan.bin");
      return (await project.run(["show", "-json", "plan.bin"])).stdout;
    };
    const text = await planned();
    const { before, after } = readTerraformPlan(text, "plan.json", tables.refs);
    const at = (address: string, ...path: Path) => {
      const value = getPath(after.nodes.get(address)?.values ?? null, path);
      if (!isUnknown(value)) return value;
      return value.source
        ? `= ${formatSource(value.source)}`
        : `~ ${value.derivedFrom.map(formatSource).join()}`;
    };
    expect([
      at("iec_vpc_subnet.c[1]", "vpc_id"),
      at('module.net.iec_vpc_subnet.s["a"]', "vpc_id"),
      at('module.net.iec_vpc_subnet.s["a"]', "cidr"),
      at("iec_server.s", "subnet_ids", 1),
      at("iec_server.s", "security_groups", 0),
      at('iec_server.t["b"]', "vpc_id"),
      at('iec_server.t["b"]', "subnet_ids", 0),
      at("iec_eip.e", "port_id"),
      at('iec_security_group_rule.r["443"]', "security_group_id"),
      at("iec_network_acl.acl", "networks", 0, "subnet_id"),
    ]).toEqual([
      "= iec_vpc.main.id",
      "= iec_vpc.main.id",
      "10.1.1.0/24",
      "= iec_vpc_subnet.c[1].id",
      "= iec_security_group.g.id",
      "= iec_vpc.main.id",
      "~ module.net.iec_vpc_subnet.s",
      "= iec_server.s.nics[0].port",
      "= iec_security_group.g.id",
      "~ iec_network_acl.acl.networks[0].subnet_id",
    ]);
    expect([...before.nodes.keys()]).toEqual(["data.iec_images.ubuntu", "data.iec_sites.here"]);

    await project.apply();
    const file = join(project.folder, "plan.json");
    writeFileSync(file, await planned());
    // It has no credentials here: nothing could be asked.
    const applied = await callIec(["verify", file, "--json"]);
    expect(applied.code, applied.output).toBe(0);
    const { verdicts } = JSON.parse(applied.stdout) as { verdicts: readonly Finding[] };
    const open = verdicts.filter(({ kind, verdict }) => kind === "rule" && verdict === "CONDITIONAL");
    expect(open).toEqual([]);
    expect(verdicts.filter(({ kind }) => kind === "subnets")).toHaveLength(12);
  });
});

describe("exit codes and output", () => {
  const stack = () => writeStack(temporaryFolder(), edgeStack());
  /** Two subnets, whose sites only the cloud can tell. */
  const open = (): string =>
    writeStack(temporaryFolder(), {
      data: { iec_sites: { here: { city: "guangzhou" }, there: { city: "xian" } } },
      resource: {
        iec_vpc: { a: { name: "a", cidr: "10.0.0.0/16", mode: "CUSTOMER" } },
        iec_vpc_subnet: Object.fromEntries(
          ["here", "there"].map((place, i) => [
            place,
            {
              name: place,
              cidr: `10.0.${i}.0/24`,
              gateway_ip: `10.0.${i}.1`,
              vpc_id: "${iec_vpc.a.id}",
              site_id: `\${data.iec_sites.${place}.sites[0].id}`,
            },
          ]),
        ),
      },
    });
  const broken = (): string =>
    writeStack(temporaryFolder(), {
      resource: {
        iec_vpc: { a: { name: "a", cidr: "10.0.0.0/16", mode: "CUSTOMER" } },
        iec_vpc_subnet: {
          s: {
            name: "s",
            cidr: "10.9.0.0/24",
            gateway_ip: "10.9.0.1",
            vpc_id: "${iec_vpc.a.id}",
            site_id: "x",
          },
        },
      },
    });
  test.each<[string, () => string[], number]>([
    ["nothing broken", () => [stack(), "--offline"], 0],
    ["nothing open", () => [stack(), "--offline", "--detailed-exitcode"], 0],
    ["something open", () => [open(), "--offline"], 0],
    ["something open, and asked for", () => [open(), "--offline", "--detailed-exitcode"], 2],
    ["a broken rule", () => [broken(), "--offline"], 1],
    ["a broken rule, as JSON", () => [broken(), "--offline", "--json"], 1],
    ["no such path", () => [join(temporaryFolder(), "nowhere")], 1],
    ["two views", () => [stack(), "--json", "--sarif"], 1],
  ])("%s", async (_name, args, expected) => {
    // Offline there is no cloud and there are no credentials.
    const { code, output } = await callIec(["verify", ...args()]);
    expect(code, output).toBe(expected);
  });

  test("a broken rule is a verdict; a broken configuration is a diagnostic; both are one document", async () => {
    const parse = async (path: string) =>
      JSON.parse((await callIec(["verify", path, "--offline", "--json"])).stdout) as {
        verdicts: { code: string; verdict: string }[];
        diagnostics: { code: string }[];
      };
    const refuted = await parse(broken());
    expect(refuted.verdicts).toContainEqual(expect.objectContaining({ code: "IEC1004", verdict: "REFUTED" }));
    expect(refuted.diagnostics).toEqual([]);
    const wrong = await parse(writeStack(temporaryFolder(), { resource: { iec_vpc: { a: { nam: "a" } } } }));
    expect(wrong.verdicts).toEqual([]);
    expect(wrong.diagnostics.map(({ code }) => code)).toContain("IEC2004");
  });
});

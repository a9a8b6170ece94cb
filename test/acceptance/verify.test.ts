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

describe("a plan of Terraform as it is given", () => {
  interface Resource {
    readonly address: string;
    readonly values: object;
    readonly actions?: readonly string[];
  }
  /** Everything is there before; what is deleted is not there afterwards. */
  async function judged(resources: readonly Resource[], ...flags: string[]) {
    const of = ({ address, values }: Resource) => ({
      address,
      mode: address.startsWith("data.") ? "data" : "managed",
      type: address.replace("data.", "").split(".")[0],
      values,
    });
    const changes = resources.flatMap((resource) => {
      const { address, values, actions } = resource;
      if (actions === undefined) return [];
      const after = actions.includes("delete") ? null : values;
      return [{ ...of(resource), address, change: { actions, before: values, after, after_unknown: {} } }];
    });
    const file = join(temporaryFolder(), "plan.json");
    writeFileSync(
      file,
      JSON.stringify({
        format_version: "1.2",
        resource_changes: changes,
        prior_state: { values: { root_module: { resources: resources.map(of) } } },
        configuration: {},
      }),
    );
    const { stdout } = await callIec(["verify", file, "--json", ...flags]);
    return JSON.parse(stdout) as { verdicts: readonly Finding[]; diagnostics: readonly { code: string }[] };
  }
  const https = {
    id: "rule",
    security_group_id: "group",
    direction: "ingress",
    ethertype: "IPv4",
    protocol: "tcp",
    port_range_min: 443,
    port_range_max: 443,
    remote_ip_prefix: "0.0.0.0/0",
    action: "allow",
    priority: 1,
  };
  const rule = (actions?: readonly string[], more: object = {}): Resource => ({
    address: "iec_security_group_rule.https",
    values: { ...https, ...more },
    ...(actions && { actions }),
  });
  /** A port that was looked up, with an EIP; so was its group, which still has the rule. */
  const world: readonly Resource[] = [
    { address: "data.iec_security_group.g", values: { id: "group", security_group_rules: [https] } },
    {
      address: "data.iec_port.p",
      values: {
        id: "port",
        subnet_id: "subnet",
        site_id: "site",
        device_owner: "compute:x",
        fixed_ips: ["10.0.0.5"],
        security_groups: ["group"],
        allowed_addresses: [],
      },
    },
    {
      address: "iec_vpc_subnet.s",
      values: { id: "subnet", vpc_id: "vpc", site_id: "site", cidr: "10.0.0.0/24" },
      actions: ["no-op"],
    },
    {
      address: "iec_eip.e",
      values: { id: "eip", site_id: "site", port_id: "port", public_ip: "1.2.3.4" },
      actions: ["no-op"],
    },
  ];
  const reach = ["--reach", "internet:data.iec_port.p:tcp/443"];
  const answer = ({ verdicts }: { readonly verdicts: readonly Finding[] }) =>
    verdicts.find(({ kind }) => kind === "reach")?.verdict;

  test("a rule that it deletes does not count, though what was looked up before has it", async () => {
    expect(answer(await judged([...world, rule(["no-op"])], ...reach))).toBe("REFUTED");
    expect(answer(await judged([...world, rule(["delete"])], ...reach))).toBe("PROVED");
  });

  test("a rule that cannot be is told of", async () => {
    const backwards = rule(["create"], { id: "other", port_range_max: 80 });
    const { diagnostics } = await judged([...world, backwards]);
    expect(diagnostics).toMatchObject([{ code: "IEC1040", address: "iec_security_group_rule.https" }]);
  });
});

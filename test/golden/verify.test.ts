import { Ajv } from "ajv";
import { describe, expect, it, test } from "vitest";
import {
  plainPaint,
  renderMatrix,
  renderMermaid,
  renderSarif,
  renderVerification,
  verificationJson,
  verify,
} from "../../provider/review/index.js";
import { eip, from, graphOf, idOf, server, SITES, subnet, tables, vpc } from "../unit/isolation/design.js";
import { expectGolden } from "./golden.js";

/** Two sites; in one of them two subnets that are connected, one behind another VPC, and one whose site is open. */
const input = {
  ...tables,
  graph: graphOf({
    "data.iec_sites.all": SITES,
    "iec_vpc.shop": vpc(),
    "iec_vpc.video": vpc({ cidr: "10.9.0.0/16" }),
    "iec_vpc_subnet.web": subnet(idOf("iec_vpc.shop"), "gz", "10.0.1.0/24"),
    "iec_vpc_subnet.data": subnet(idOf("iec_vpc.shop"), "gz", "10.0.2.0/24"),
    "iec_vpc_subnet.video": subnet(idOf("iec_vpc.video"), "gz", "10.9.1.0/24"),
    "iec_vpc_subnet.xian": subnet(idOf("iec_vpc.shop"), "xa", "10.0.3.0/24"),
    'iec_vpc_subnet.later["a"]': subnet(idOf("iec_vpc.shop"), from("data.iec_sites.x", "id"), "10.0.4.0/24"),
    "iec_security_group.web": { id: from("iec_security_group.web", "id") },
    "iec_security_group_rule.https": {
      security_group_id: idOf("iec_security_group.web"),
      direction: "ingress",
      ethertype: "IPv4",
      protocol: "tcp",
      port_range_min: 443,
      port_range_max: 443,
      remote_ip_prefix: "0.0.0.0/0",
      remote_group_id: null,
      action: "allow",
      priority: 1,
    },
    "iec_server.web": server(idOf("iec_vpc.shop"), "gz", [idOf("iec_vpc_subnet.web")], {
      security_groups: [idOf("iec_security_group.web")],
    }),
    "iec_server.data": server(idOf("iec_vpc.shop"), "gz", [idOf("iec_vpc_subnet.data")], {
      security_groups: [idOf("iec_security_group.web")],
    }),
    "iec_server.wrong": server(idOf("iec_vpc.shop"), "xa", [idOf("iec_vpc_subnet.data")], {
      security_groups: [idOf("iec_security_group.web")],
    }),
    "iec_eip.web": eip("gz", from("iec_server.web", "nics", 0, "port")),
  }),
};
const all = verify("demo", input);
const asked = verify("demo", input, [
  "iec_server.web:iec_server.data:tcp/443",
  "internet:stack/iec_server.web",
  "iec_vpc_subnet.web:iec_vpc_subnet.xian",
]);
const options = { paint: plainPaint, width: 80 };
const sarif = () => renderSarif(all, { version: "1.0.0", file: "plan.json", diagnostics: [] });

describe("renderings match the files that were read by eye", () => {
  it.each<readonly [string, () => string]>([
    ["verify.txt", () => renderVerification(all, options)],
    ["verify-reach.txt", () => renderVerification(asked, options)],
    ["verify-matrix.txt", () => renderMatrix(all, options)],
    ["verify-matrix-40.txt", () => renderMatrix(all, { ...options, width: 40 })],
    ["verify.mmd", () => renderMermaid(all)],
    ["verify.sarif", sarif],
  ])("%s", (file, text) => expectGolden(file, text()));

  it("no line of the matrix is wider than the terminal", () => {
    const lines = renderMatrix(all, { ...options, width: 40 }).split("\n");
    const tables = lines.filter((line) => /^\s*\d/.test(line));
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});

/** What GitHub's code scanning asks of a SARIF file, of its documentation. */
const GITHUB = {
  type: "object",
  required: ["$schema", "version", "runs"],
  properties: {
    version: { const: "2.1.0" },
    runs: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["tool", "results"],
        properties: {
          tool: {
            type: "object",
            required: ["driver"],
            properties: {
              driver: {
                type: "object",
                required: ["name", "rules"],
                properties: {
                  rules: {
                    type: "array",
                    items: {
                      type: "object",
                      required: ["id", "shortDescription"],
                      properties: { shortDescription: { type: "object", required: ["text"] } },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: "array",
            minItems: 1,
            items: {
              type: "object",
              required: ["ruleId", "message", "locations", "partialFingerprints"],
              properties: {
                level: { enum: ["none", "note", "warning", "error"] },
                message: {
                  type: "object",
                  required: ["text"],
                  properties: { text: { type: "string", minLength: 1 } },
                },
                locations: {
                  type: "array",
                  minItems: 1,
                  items: {
                    type: "object",
                    required: ["physicalLocation"],
                    properties: {
                      physicalLocation: {
                        type: "object",
                        required: ["artifactLocation", "region"],
                        properties: {
                          artifactLocation: {
                            type: "object",
                            required: ["uri"],
                            properties: { uri: { type: "string", pattern: "^[^/\\\\ ]" } },
                          },
                          region: {
                            type: "object",
                            required: ["startLine"],
                            properties: { startLine: { type: "integer", minimum: 1 } },
                          },
                        },
                      },
                    },
                  },
                },
                partialFingerprints: { type: "object", additionalProperties: { type: "string" } },
              },
            },
          },
        },
      },
    },
  },
};

describe("for machines", () => {
  it("SARIF has what code scanning needs", () => {
    const document = JSON.parse(sarif()) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number; partialFingerprints: object }[];
      }[];
    };
    const check = new Ajv({ allErrors: true });
    expect(check.validate(GITHUB, document), check.errorsText()).toBe(true);
    const [run] = document.runs;
    for (const { ruleId, ruleIndex } of run?.results ?? []) {
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    }
    const prints = run?.results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints)) ?? [];
    expect(new Set(prints).size).toBe(prints.length);
  });
  it("JSON is one document in which every verdict has the same members", () => {
    const { format_version, verdicts } = JSON.parse(verificationJson(all, [])) as {
      format_version: string;
      verdicts: object[];
    };
    expect(format_version).toBe("1.2");
    const members = [
      "kind",
      "code",
      "verdict",
      "severity",
      "subject",
      "detail",
      "counterexample",
      "wall",
      "unknowns",
      "origin",
    ];
    for (const verdict of verdicts) expect(Object.keys(verdict).sort()).toEqual(members.toSorted());
    expect(new Set(verdicts.map((verdict) => (verdict as { verdict: string }).verdict))).toEqual(
      new Set(["PROVED", "REFUTED", "CONDITIONAL"]),
    );
  });
});

test("what is assumed is told in every view, and not when nothing is", () => {
  const subnets = ["one", "two", "three", "four", "five", "six"];
  const assumptions = subnets.map((name) => ({
    address: "iec_server.web",
    attribute: `${name}.subnet_id`,
    is: `iec_vpc_subnet.${name}.id`,
  }));
  const assuming = verify("demo", input, [], { assumptions });
  const views = (verification: typeof all) => [
    renderVerification(verification, options),
    renderMatrix(verification, options),
    renderMermaid(verification),
    renderSarif(verification, { version: "1.0.0", file: "plan.json", diagnostics: [] }),
    verificationJson(verification, []),
  ];
  const [text, ...others] = views(assuming);
  expect(text).toContain(
    [
      "Assumed, as the plan tells what an expression refers to and not what it makes of it",
      "  iec_server.web.one.subnet_id is iec_vpc_subnet.one.id itself",
    ].join("\n"),
  );
  expect(text).toContain("  and 1 more, which --json lists\n");
  expect(text).toMatch(/conditional, given 6 assumptions\.\n$/);
  for (const view of others) expect(view).toContain("assumption");
  expect(views(all).filter((view) => /assum/i.test(view))).toEqual([verificationJson(all, [])]);
});

describe("a question that cannot be answered says what is wrong with it", () => {
  it.each([
    ["iec_sever.web:internet", 'There is nothing called "iec_sever.web"', "Did you mean iec_server.web?"],
    [
      "stack/iec_server.wbe:internet",
      'There is nothing called "stack/iec_server.wbe"',
      "Did you mean stack/iec_server.web?",
    ],
    ["iec_server.web", '"iec_server.web" is no question', "Write it as from:to"],
    [
      "iec_security_group_rule.https:internet",
      "iec_security_group_rule.https sends and receives nothing",
      "Name a server",
    ],
    ["iec_server.web:internet:tpc/443", '"tpc/443" is no traffic', "Write it as tcp/443"],
    ["iec_server.web:internet:icmp/8", '"icmp/8" is no traffic', "tcp and udp have ports"],
    ["iec_server.web:internet:tcp/70000", '"tcp/70000" is no traffic', "from 0 to 65535"],
  ])("%s", (question, summary, fix) => {
    expect(() => verify("demo", input, [question])).toThrow(
      expect.objectContaining({
        diagnostics: [
          expect.objectContaining({
            code: "IEC2038",
            summary,
            detail: expect.stringContaining(fix) as string,
          }),
        ],
      }) as Error,
    );
  });
  it.each([
    "iec_server.web:10.0.2.7:tcp/443",
    "[2001:db8::1]:iec_server.web",
    '10.0.0.0/8:iec_vpc_subnet.later["a"]:udp/53',
    "guangzhou:xa:any",
  ])("%s is one", (question) =>
    expect(verify("demo", input, [question]).verdicts.at(-1)?.kind).toBe("reach"),
  );
});

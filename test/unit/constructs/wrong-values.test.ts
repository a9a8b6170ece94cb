import { readFileSync, rmSync } from "node:fs";
import {
  App,
  conditional,
  Fn,
  Lazy,
  TerraformCount,
  TerraformIterator,
  TerraformLocal,
  TerraformStack,
  TerraformVariable,
  Token,
} from "cdktf";
import { DataIecSites, Eip, IecApp, IecProvider, Server, validateApp, Vpc, VpcSubnet } from "iec-cdk";
import { afterAll, describe, expect, test } from "vitest";
import { formatPath } from "../../../schema/unknown.js";
import tables from "../../../schema/generated/attributes.json" with { type: "json" };
import { isConfigurable, type Attributes } from "../../../schema/attributes.js";
import { newFolder } from "../../helpers/stack.js";

const FILE = "test/unit/constructs/wrong-values.test.ts";
const OUT = newFolder();
afterAll(() => rmSync(OUT, { recursive: true }));

/** A construct, as somebody who writes JavaScript may make it. */
type Make = (scope: TerraformStack, id: string, props?: unknown) => unknown;
const make =
  (Type: new (scope: TerraformStack, id: string, props: never) => unknown): Make =>
  (scope, id, props) =>
    new Type(scope, id, props as never);
const [vpc, server, sites, provider, eip, subnet] = [
  make(Vpc),
  make(Server),
  make(DataIecSites),
  make(IecProvider),
  make(Eip),
  make(VpcSubnet),
];

const VPC = { name: "v", cidr: "10.0.0.0/16" };
const SERVER = {
  name: "s",
  flavorId: "c6.large.2",
  imageId: "ubuntu",
  vpcId: "v",
  subnetIds: ["s"],
  securityGroups: ["g"],
  systemDiskType: "SAS",
  systemDiskSize: 40,
  coverageSites: { siteId: "site" },
};

function found(draw: (stack: TerraformStack) => unknown, app: App = new IecApp({ outdir: OUT })) {
  const stack = new TerraformStack(app, "edge");
  draw(stack);
  return validateApp(app);
}

/** Code, attribute, and what the detail must hold. */
type Expected = readonly [code: string, attribute: string, ...says: string[]];

const WRONG: Readonly<Record<string, readonly [Make, unknown, ...Expected[]]>> = {
  "no configuration": [vpc, undefined, ["IEC2006", "name", "Set it."], ["IEC2006", "cidr", "Set it."]],
  "a configuration that is null": [vpc, null, ["IEC2006", "name"], ["IEC2006", "cidr"]],
  "a configuration that is text": [vpc, "x", ["IEC2006", "name"], ["IEC2006", "cidr"]],
  "a missing attribute": [vpc, { name: "v" }, ["IEC2006", "cidr", "Private IPv4 range."]],
  "a missing attribute whose prop has another name": [
    server,
    { ...SERVER, vpcId: undefined },
    ["IEC2006", "vpc_id", "Its prop is vpcId."],
  ],
  "a missing attribute, given as null": [vpc, { ...VPC, name: null }, ["IEC2006", "name"]],
  "a number for a range": [
    vpc,
    { name: 5, cidr: 7 },
    ["IEC2012", "cidr", '"7" is not an IPv4 range such as 10.0.0.0/16.'],
  ],
  "no range": [vpc, { ...VPC, cidr: "10.0.0.0" }, ["IEC2012", "cidr", '"10.0.0.0" is not an IPv4 range']],
  "a value that does not exist": [
    vpc,
    { ...VPC, mode: "MINE" },
    ["IEC2012", "mode", '"MINE" is not one of "SYSTEM", "CUSTOMER".'],
  ],
  "a value with another case of letters": [
    server,
    { ...SERVER, systemDiskType: "sas" },
    ["IEC2012", "system_disk_type", '"sas"', 'Did you mean "SAS"?', "Its prop is systemDiskType."],
  ],
  "a text that is too long": [
    vpc,
    { ...VPC, name: "n".repeat(65) },
    ["IEC2012", "name", "must have at most 64 characters."],
  ],
  "a text that is too short": [vpc, { ...VPC, name: "" }, ["IEC2012", "name", "at least 1 character."]],
  "a text of other characters": [vpc, { ...VPC, name: "a b" }, ["IEC2012", "name", '"a b" may only hold']],
  "a number that is too small": [
    server,
    { ...SERVER, systemDiskSize: 20 },
    ["IEC2012", "system_disk_size", "20 must be at least 40 GB."],
  ],
  "a number that is too large, given as text": [
    server,
    { ...SERVER, systemDiskSize: "400" },
    ["IEC2012", "system_disk_size", "400 must be at most 100 GB."],
  ],
  "a number that is not whole": [
    server,
    { ...SERVER, systemDiskSize: 40.5 },
    ["IEC2012", "system_disk_size", "40.5 must be a whole number."],
  ],
  "a text for a number": [
    server,
    { ...SERVER, systemDiskSize: "much" },
    ["IEC2005", "system_disk_size", 'It is "much".'],
  ],
  "a text for a bool": [server, { ...SERVER, bindEip: "yes" }, ["IEC2005", "bind_eip", 'It is "yes".']],
  "an object for a text": [vpc, { ...VPC, name: { a: 1 } }, ["IEC2005", "name", "It is an object."]],
  "a list for a text": [vpc, { ...VPC, name: ["v"] }, ["IEC2005", "name", "It is a list."]],
  "a text for a list": [server, { ...SERVER, subnetIds: "s" }, ["IEC2005", "subnet_ids", 'It is "s".']],
  "an object in a list": [server, { ...SERVER, subnetIds: ["s", {}] }, ["IEC2005", "subnet_ids[1]"]],
  "an empty list": [server, { ...SERVER, subnetIds: [] }, ["IEC2012", "subnet_ids", "At least 1"]],
  "a list that is too long": [
    server,
    { ...SERVER, subnetIds: Array.from("123456789") },
    ["IEC2012", "subnet_ids", "At most 8 may be given."],
  ],
  "too many blocks": [
    server,
    { ...SERVER, dataDisks: [1, 2, 3].map(() => ({ type: "SAS", size: 100 })) },
    ["IEC2012", "data_disks", "At most 2 may be given."],
  ],
  "a value in a block": [
    server,
    {
      ...SERVER,
      dataDisks: [
        { type: "SAS", size: 100 },
        { type: "TAPE", size: 100 },
      ],
    },
    ["IEC2012", "data_disks[1].type", '"TAPE" is not one of', "Its prop is dataDisks[1].type."],
  ],
  "a missing attribute of a block": [
    server,
    { ...SERVER, dataDisks: [{ type: "SAS" }] },
    ["IEC2006", "data_disks[0].size"],
  ],
  "a block that is left out": [
    server,
    { ...SERVER, coverageSites: undefined },
    ["IEC2012", "coverage_sites", "At least 1 must be given."],
  ],
  "a block that is null": [server, { ...SERVER, coverageSites: null }, ["IEC2012", "coverage_sites"]],
  "a text for a block": [
    server,
    { ...SERVER, coverageSites: "site" },
    ["IEC2005", "coverage_sites", 'It is "site".'],
  ],
  "a number for a block": [
    server,
    { ...SERVER, coverageSites: 5 },
    ["IEC2005", "coverage_sites", "It is 5."],
  ],
  "a list for the only block": [
    server,
    { ...SERVER, coverageSites: [{ siteId: "site" }] },
    ["IEC2005", "coverage_sites", "It is a list."],
  ],
  "a text for one of several blocks": [
    server,
    { ...SERVER, dataDisks: ["SAS"] },
    ["IEC2005", "data_disks[0]", 'It is "SAS".'],
  ],
  "a text for timeouts": [server, { ...SERVER, timeouts: "5m" }, ["IEC2005", "timeouts", 'It is "5m".']],
  "no duration": [
    server,
    { ...SERVER, timeouts: { create: "5 min" } },
    ["IEC2012", "timeouts.create", "a duration such as"],
  ],
  "a prop with a slip": [
    vpc,
    { name: "v", cdir: "10.0.0.0/16" },
    ["IEC2004", "cdir", 'Did you mean "cidr"?'],
  ],
  "the name of an attribute for a prop": [
    server,
    { ...SERVER, vpcId: undefined, vpc_id: "v" },
    ["IEC2004", "vpc_id", 'Did you mean "vpcId"?'],
  ],
  "a prop with a slip, in a block": [
    server,
    { ...SERVER, coverageSites: { sitId: "site" } },
    ["IEC2004", "coverage_sites[0].sitId", 'Did you mean "siteId"?'],
  ],
  "several at once": [
    vpc,
    { cidr: "x", mode: "y" },
    ["IEC2006", "name"],
    ["IEC2012", "cidr"],
    ["IEC2012", "mode"],
  ],
  "a list for an id": [eip, { siteId: "s", portId: [] }, ["IEC2005", "port_id"]],
  "an address that is none": [
    subnet,
    { name: "s", vpcId: "v", siteId: "s", cidr: "10.0.0.0/24", gatewayIp: "10.0.0" },
    ["IEC2012", "gateway_ip", '"10.0.0" is not an IPv4 address such as 10.0.0.1.'],
  ],
  "an id that is none": [
    subnet,
    { ...VPC, vpcId: "v", siteId: "s", gatewayIp: "10.0.0.1", poolId: "line" },
    ["IEC2012", "pool_id", '"line" is not a UUID.'],
  ],
  "a secret that is too short": [
    server,
    { ...SERVER, adminPass: "hunter2" },
    ["IEC2012", "admin_pass", "The value (sensitive) must have at least 8 characters."],
  ],
  "a secret of the wrong type": [
    server,
    { ...SERVER, adminPass: ["hunter2"] },
    ["IEC2005", "admin_pass", "a value of another type (sensitive)"],
  ],
  "a data source": [
    sites,
    { nearest: { longitude: 200, latitude: 1 } },
    ["IEC2012", "nearest[0].longitude", "200 must be at most 180"],
  ],
  "a provider": [
    provider,
    { maxRetries: -1, regoin: "x", insecure: "maybe", assumeRole: [{ agencyName: "a" }] },
    ["IEC2004", "regoin", 'Did you mean "region"?'],
    ["IEC2005", "assume_role", "It is a list."],
    ["IEC2005", "insecure", 'It is "maybe".'],
    ["IEC2012", "max_retries", "-1 must be at least 0."],
  ],
  "a secret in the place of a block of the provider": [
    provider,
    { assumeRoleWithOidc: "hunter2" },
    ["IEC2005", "assume_role_with_oidc", "(sensitive)"],
  ],
};

describe.each([
  ["IecApp", () => new IecApp({ outdir: OUT })],
  ["App", () => new App({ outdir: OUT })],
])("a wrong value is told at its line, with an app of %s", (_kind, newApp) => {
  test.each(Object.entries(WRONG))("%s", (_name, [construct, props, ...expected]) => {
    const problems = found((stack) => construct(stack, "culprit", props), newApp());
    expect(problems.map(({ code, path = [] }) => [code, formatPath(path)])).toEqual(
      expected.map(([code, attribute]) => [code, attribute]),
    );
    for (const [i, { severity, detail, address, origin }] of problems.entries()) {
      expect(severity).toBe("error");
      for (const text of (expected[i] ?? []).slice(2)) expect(detail).toContain(text);
      expect(detail).not.toContain("hunter2");
      expect(address).toMatch(/\.(culprit|iec)$/);
      expect(origin?.constructPath).toBe("edge/culprit");
    }
  });
});

describe("a wrong value is found, however it is written", () => {
  const WAYS: Readonly<Record<string, (stack: TerraformStack) => unknown>> = {
    "through a local": (stack) =>
      vpc(stack, "v", { ...VPC, cidr: new TerraformLocal(stack, "l", "10/8").asString }),
    "as Lazy": (stack) => vpc(stack, "v", { ...VPC, cidr: Lazy.stringValue({ produce: () => "10/8" }) }),
    "on the side of a known condition": (stack) =>
      vpc(stack, "v", { ...VPC, cidr: Token.asString(conditional(Fn.tobool("true"), "10/8", "10/8")) }),
    "by a setter": (stack) => {
      new Vpc(stack, "v", VPC).cidr = "10/8";
    },
    "by an override": (stack) => new Vpc(stack, "v", VPC).addOverride("cidr", "10/8"),
    "by count": (stack) => vpc(stack, "v", { ...VPC, cidr: "10/8", count: TerraformCount.of(3) }),
    "by for_each": (stack) => {
      const forEach = TerraformIterator.fromMap({ a: { cidr: "10/8" } });
      vpc(stack, "v", { ...VPC, cidr: forEach.getString("cidr"), forEach });
    },
  };
  test.each(Object.entries(WAYS))("%s", (_name, draw) => {
    expect(found(draw).map(({ code, path }) => [code, path])).toEqual([["IEC2012", ["cidr"]]]);
  });
  test("and where", () => {
    const [problem] = found((stack) => vpc(stack, "v", { name: "v" }));
    expect(problem?.origin).toMatchObject({ constructPath: "edge/v", file: FILE });
    expect(readFileSync(FILE, "utf8").split("\n")[(problem?.origin?.line ?? 0) - 1]).toContain("new Type(");
  });
  test("in one of two stacks, by its address in it", () => {
    const app = new IecApp({ outdir: OUT });
    new TerraformStack(app, "other");
    expect(found((stack) => vpc(stack, "v", { name: "v" }), app)).toMatchObject([{ address: "iec_vpc.v" }]);
  });
  test("an attribute that an override makes up", () => {
    const problems = found((stack) => new Vpc(stack, "v", VPC).addOverride("cdir", "10.0.0.0/8"));
    expect(problems).toMatchObject([{ code: "IEC2004", path: ["cdir"], detail: 'Did you mean "cidr"?' }]);
  });
  test("a computed attribute that an override sets", () => {
    const problems = found((stack) => new Vpc(stack, "v", VPC).addOverride("subnet_num", 3));
    expect(problems).toMatchObject([{ code: "IEC2014", path: ["subnet_num"] }]);
  });
});

describe("a right value has no message", () => {
  const text = (stack: TerraformStack) => new TerraformVariable(stack, "text", {}).stringValue;
  const list = (stack: TerraformStack) => new TerraformVariable(stack, "list", {}).listValue;
  const number = (stack: TerraformStack) => new TerraformVariable(stack, "number", {}).numberValue;
  const bool = (stack: TerraformStack) => new TerraformVariable(stack, "bool", {}).booleanValue;
  const RIGHT: Readonly<Record<string, (stack: TerraformStack) => unknown>> = {
    literals: (stack) => [vpc(stack, "v", VPC), server(stack, "s", SERVER), provider(stack, "iec")],
    "what Terraform converts": (stack) => [
      vpc(stack, "v", { ...VPC, name: 5 }),
      server(stack, "s", { ...SERVER, systemDiskSize: "40", bindEip: "true", name: true }),
    ],
    "a block without its list": (stack) =>
      server(stack, "s", { ...SERVER, dataDisks: { type: "SAS", size: 100 } }),
    null: (stack) => server(stack, "s", { ...SERVER, description: null, dataDisks: null, timeouts: null }),
    "a variable": (stack) =>
      server(stack, "s", {
        ...SERVER,
        name: text(stack),
        subnetIds: list(stack),
        systemDiskSize: number(stack),
        bindEip: bool(stack),
        coverageSites: { siteId: text(new TerraformStack(stack, "nested")) },
      }),
    "a variable inside of a text": (stack) => vpc(stack, "v", { ...VPC, name: `a ${text(stack)}` }),
    "an attribute of another construct": (stack) => {
      server(stack, "s", { ...SERVER, vpcId: new Vpc(stack, "v", VPC).id });
    },
    "one of two sides": (stack) =>
      vpc(stack, "v", { ...VPC, cidr: Token.asString(conditional(bool(stack), "10.0.0.0/16", "x")) }),
    "a function that only Terraform knows": (stack) =>
      vpc(stack, "v", { ...VPC, cidr: Fn.cidrsubnet("10.0.0.0/8", number(stack), 1), name: Fn.sha1("a b") }),
    "a list that only Terraform knows": (stack) =>
      server(stack, "s", { ...SERVER, subnetIds: Token.asList(Fn.split(",", text(stack))) }),
    "a block that only Terraform knows": (stack) =>
      server(stack, "s", { ...SERVER, dataDisks: Fn.jsondecode(text(stack)) as unknown }),
    "blocks for each of a list that only Terraform knows": (stack) =>
      server(stack, "s", {
        ...SERVER,
        dataDisks: TerraformIterator.fromList(list(stack)).dynamic({ type: "SAS", size: 100 }),
      }),
    "directives of a template": (stack) =>
      vpc(stack, "v", { name: "%{if true}v%{endif}", cidr: "%{if true}10.0.0.0/8%{endif}" }),
    "an escaped template": (stack) => eip(stack, "e", { siteId: "$${x}" }),
    "a secret": (stack) => vpc(stack, "v", { ...VPC, name: Token.asString(Fn.sensitive("a b")) }),
    "meta-arguments": (stack) =>
      vpc(stack, "v", {
        ...VPC,
        provider: new IecProvider(stack, "iec", { alias: "second" }),
        dependsOn: [new Vpc(stack, "first", VPC)],
        lifecycle: { preventDestroy: true },
      }),
    "an import": (stack) => new Vpc(stack, "v", VPC).importFrom("11111111-2222-3333-4444-555555555555"),
    "an import without a configuration": (stack) => Vpc.generateConfigForImport(stack, "v", "1"),
    "a wrong value that a setter mends": (stack) => {
      const made = new Vpc(stack, "v", { ...VPC, cidr: "x" });
      made.cidr = VPC.cidr;
    },
    "no instances": (stack) => vpc(stack, "v", { ...VPC, cidr: "x", count: TerraformCount.of(0) }),
    "a block as an object of a class": (stack) => {
      class Site {
        constructor(readonly siteId: string) {}
      }
      server(stack, "s", { ...SERVER, coverageSites: new Site("site") });
    },
  };
  test.each(Object.entries(RIGHT))("%s", (_name, draw) => {
    expect(found(draw)).toEqual([]);
  });

  test("but a prop that no other is near to is said to be left out", () => {
    const problems = found((stack) =>
      vpc(stack, "v", { ...VPC, colour: "red", modes: undefined, mod: null }),
    );
    expect(problems).toMatchObject([
      {
        severity: "warning",
        code: "IEC2004",
        path: ["colour"],
        detail: "It is left out. Known props: cidr, mode, name.",
      },
    ]);
  });
  test("and so is one that is near to one that is given", () => {
    const problems = found((stack) => vpc(stack, "v", { ...VPC, names: "v" }));
    expect(problems).toMatchObject([{ severity: "warning", code: "IEC2004", path: ["names"] }]);
  });
});

describe("every attribute that may be set has its prop", () => {
  const config = (file: string): string[] => {
    const source = readFileSync(`constructs/generated/${file}.ts`, "utf8");
    const [, body = ""] = /export interface \w+Config [^{]*\{\n(.*?)\n\}/s.exec(source) ?? [];
    return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => String(name)).sort();
  };
  const all = [
    ...Object.entries(tables.resources).map(([type, a]) => [type.slice(4), a] as const),
    ...Object.entries(tables.data_sources).map(([type, a]) => [`data-${type}`, a] as const),
  ];
  test.each(all)("%s", (name, attributes) => {
    const props = config(name.replaceAll("_", "-"));
    const settable = Object.entries(attributes as unknown as Attributes).filter(([, a]) => isConfigurable(a));
    // A message on it is the check's own: the names are told apart there.
    const known = settable.map(([key]) =>
      key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect(props).toEqual(known.sort());
  });
});

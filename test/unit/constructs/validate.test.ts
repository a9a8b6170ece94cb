import { existsSync, readFileSync, rmSync } from "node:fs";
import {
  Annotations,
  App,
  Aspects,
  conditional,
  Fn,
  Lazy,
  Op,
  TerraformCount,
  TerraformIterator,
  TerraformHclModule,
  TerraformLocal,
  TerraformStack,
  TerraformVariable,
  Token,
  type TerraformResource,
} from "cdktf";
import { Construct } from "constructs";
import {
  DataIecSites,
  DataIecVpcSubnet,
  Eip,
  IecApp,
  IecProvider,
  inspectApp,
  Keypair,
  validateApp,
  VpcSubnet,
} from "iec-cdk";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { formatPath } from "../../../schema/unknown.js";
import { filesOf, newFolder, temporaryFolder } from "../../helpers/stack.js";
import { server, siteOf, subnet, vpc, WRONG, type Design, type Writing } from "./designs.js";

interface Way {
  readonly via?: (own: Construct, value: string) => string;
  readonly nested?: boolean;
  readonly otherStack?: boolean;
  /** What else makes the culprit what it is, once it is there; and how its address ends then. */
  readonly finish?: (culprit: TerraformResource) => void;
  readonly instance?: string;
}

const only = (value: string) => TerraformIterator.fromMap({ only: { id: value, list: [value] } });
let iterator: TerraformIterator;
const eachOf = (read: (one: ReturnType<typeof only>) => string): Way => ({
  via: (_own, value) => {
    const one = only(value);
    iterator = one;
    return read(one);
  },
  finish: (culprit) => (culprit.forEach = iterator),
  instance: '["only"]',
});

/** Ways in which a reference keeps telling what it refers to. */
const WAYS: Readonly<Record<string, Way>> = {
  directly: {},
  "in a nested construct": { nested: true },
  "through a local": { via: (own, value) => new TerraformLocal(own, "local", value).asString },
  "through a local of a local": {
    via: (own, value) =>
      new TerraformLocal(own, "outer", new TerraformLocal(own, "inner", value).asString).asString,
  },
  "through an item of a local": {
    via: (own, value) =>
      Token.asString(
        Fn.lookupNested(new TerraformLocal(own, "local", { ids: [value] }).asAnyMap, ["ids", 0]),
      ),
  },
  "as Lazy": { via: (_own, value) => Lazy.stringValue({ produce: () => value }) },
  "as text": { via: (_own, value) => ["", value, ""].join("") },
  "from another stack": { otherStack: true },
  "through a local, from another stack": {
    otherStack: true,
    via: (own, value) => new TerraformLocal(own, "local", value).asString,
  },
  "as an element of a list": { via: (_own, value) => Token.asString(Fn.element(["x", value], 3)) },
  "as an element of a local's list": {
    via: (own, value) => Token.asString(Fn.element(new TerraformLocal(own, "ids", [value]).asList, 0)),
  },
  "as an element of joined lists": {
    via: (_own, value) => Token.asString(Fn.element(Fn.concat([["x"], [value]]), 1)),
  },
  "looked up in a map": { via: (_own, value) => Token.asString(Fn.lookup({ a: value }, "a", "x")) },
  "as the default of a map": { via: (_own, value) => Token.asString(Fn.lookup({ a: "x" }, "b", value)) },
  "as the first that is set": { via: (_own, value) => Token.asString(Fn.coalesce(["", value, "x"])) },
  "as the one of a list": { via: (_own, value) => Token.asString(Fn.one([value])) },
  "on both sides of a condition": {
    via: (own, value) =>
      Token.asString(conditional(new TerraformVariable(own, "v", {}).booleanValue, value, value)),
  },
  "on the side of a known condition": {
    via: (own, value) =>
      Token.asString(conditional(Op.eq(new TerraformLocal(own, "env", "prod").asString, "prod"), value, "x")),
  },
  "as a value of for_each": eachOf((one) => one.getString("id")),
  "in a list of for_each": eachOf((one) => Token.asString(Fn.element(one.getList("list"), 0))),
  "by count": {
    via: (_own, value) => Token.asString(Fn.element([value], TerraformCount.of(1).index)),
    finish: (culprit) => (culprit.count = TerraformCount.of(1)),
    instance: "[0]",
  },
};

/** Nothing is written here: the tables only validate. */
const OUT = newFolder();
afterAll(() => rmSync(OUT, { recursive: true }));

function draw(draw: Design["draw"], way: Way, app: App = new IecApp({ outdir: OUT })): App {
  const net = new TerraformStack(app, "net");
  const stack = way.otherStack === true ? new TerraformStack(app, "own") : net;
  const own = way.nested === true ? new Construct(new Construct(stack, "site"), "rack") : stack;
  const writing: Writing = { app, net, own, via: (value) => way.via?.(own, value) ?? value };
  draw(writing);
  way.finish?.(own.node.findChild("culprit") as TerraformResource);
  return app;
}

const DESIGNS = "test/unit/constructs/designs.ts";
const LINES = readFileSync(DESIGNS, "utf8").split("\n");

describe("a wrong design is found, however it is written", () => {
  const table = Object.entries(WRONG).flatMap(([design, what]) =>
    Object.entries(WAYS).map(([written, way]) => ({ design, written, what, way })),
  );
  test("the table is large", () => expect(Object.keys(WRONG).length).toBeGreaterThanOrEqual(40));

  test.each(table)("$design, $written", ({ what, way }) => {
    const app = draw(what.draw, way);
    const parent = way.otherStack === true ? "own" : way.nested === true ? "net/site/rack" : "net";
    const culprit = app.node.findAll().find(({ node }) => node.path === `${parent}/culprit`);
    // Some designs have no more of a resource than what is wrong.
    const diagnostics = inspectApp(app).diagnostics.filter(({ code }) => code.startsWith("IEC1"));
    expect(
      diagnostics.map(({ code, path, address, origin }) => ({
        code,
        attribute: formatPath(path ?? []),
        construct: origin?.constructPath,
        instance: /\[.*\]$/.exec(address ?? "")?.[0],
        file: origin?.file,
      })),
    ).toEqual([
      {
        code: what.code,
        attribute: what.attribute,
        construct: `${parent}/culprit`,
        instance: way.instance,
        file: DESIGNS,
      },
    ]);
    const [found] = diagnostics;
    expect(LINES[(found?.origin?.line ?? 0) - 1]).toContain(`new ${culprit?.constructor.name}(`);
    // With several stacks a message tells in which one its resources are.
    expect(
      found?.detail
        ?.split("\n")
        .at(-1)
        ?.replaceAll(/(?<=\.)(net|own)\//g, ""),
    ).toBe(what.fix);
  });
});

describe("what only Terraform can tell is left to the plan, and said", () => {
  const OPEN: Readonly<Record<string, Way>> = {
    "one side of a condition": {
      via: (own, value) =>
        Token.asString(conditional(new TerraformVariable(own, "v", {}).booleanValue, value, "other")),
    },
    "a changed text": { via: (_own, value) => Fn.lower(value) },
    "an element of unknown number": {
      via: (own, value) =>
        Token.asString(Fn.element([value, "x"], new TerraformVariable(own, "n", {}).numberValue)),
    },
    "a variable": { via: (own) => new TerraformVariable(own, "v", {}).stringValue },
    "an output of a module": {
      via: (own) => new TerraformHclModule(own, "m", { source: "example/m/iec" }).getString("id"),
    },
    "a template by hand": { via: (_own, value) => `\${replace(${value}, "a", "b")}` },
    "a resource that is nowhere": { via: () => "${iec_vpc_subnet.nowhere.id}" },
    "an imported object by its id": { via: () => "11111111-2222-3333-4444-555555555555" },
    "a data source": { via: (own) => new DataIecVpcSubnet(own, "read", { name: "n" }).id },
    "for_each over a variable": {
      via: () => Token.asString(iteratorOfVariable().value),
      finish: (culprit) => {
        culprit.forEach = TerraformIterator.fromList(new TerraformVariable(culprit, "list", {}).listValue);
      },
    },
  };
  const iteratorOfVariable = () => TerraformIterator.fromList(["a"]);
  test.each(Object.entries(OPEN))("%s", (_name, way) => {
    const { draw: design } = WRONG["a subnet of another site"] as Design;
    const { diagnostics, conditional: open } = inspectApp(draw(design, way));
    expect(diagnostics).toEqual([]);
    expect(open).toContainEqual(
      expect.objectContaining({ code: "IEC1002", address: "iec_server.culprit", verdict: "CONDITIONAL" }),
    );
  });
});

describe("a condition that only Terraform can decide", () => {
  const choose = (sites: readonly [string, string], same = false) =>
    inspectApp(
      draw(({ net, own }) => {
        const { id } = vpc(net, "a");
        const [yes, no] = sites.map((site, i) => subnet(net, `s${i}`, id, site, i).id);
        const flag = new TerraformVariable(net, "flag", {}).booleanValue;
        const place = same ? Token.asString(conditional(flag, ...sites)) : "here";
        server(own, "culprit", id, place, [Token.asString(conditional(flag, yes, no))]);
      }, {}),
    );
  test("both sides wrong: refuted", () => {
    const { diagnostics, conditional: open } = choose(["there", "elsewhere"]);
    expect(diagnostics).toMatchObject([{ code: "IEC1002", path: ["subnet_ids", 0] }]);
    expect(open).toEqual([]);
  });
  test("one side wrong: left open", () => {
    const { diagnostics, conditional: open } = choose(["here", "elsewhere"]);
    expect(diagnostics).toEqual([]);
    expect(open).toMatchObject([{ code: "IEC1002", path: ["subnet_ids", 0] }]);
  });
  test("both sides right: nothing to say", () => {
    expect(choose(["here", "here"])).toEqual({ diagnostics: [], conditional: [] });
  });
  test("the same condition twice goes the same way", () => {
    expect(choose(["here", "there"], true)).toEqual({ diagnostics: [], conditional: [] });
  });
});

describe("a right design gets no message", () => {
  const RIGHT: Readonly<Record<string, Design["draw"]>> = {
    "literal sites": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      server(own, "culprit", id, "site", [via(subnet(net, "sn", id, "site").id)]);
    },
    "sites by city": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const site = siteOf(net, "guangzhou");
      server(own, "culprit", id, via(site), [subnet(net, "sn", id, site).id]);
    },
    "two searches for one city": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const web = subnet(net, "sn", id, siteOf(new Construct(net, "x"), "guangzhou"));
      server(own, "culprit", id, via(siteOf(net, "guangzhou")), [web.id]);
    },
    "the same ranges in two VPCs": ({ net, own, via }) => {
      subnet(net, "a", vpc(net, "va").id, "site");
      subnet(own, "culprit", via(vpc(net, "vb").id), "site");
    },
    "a VPC that was imported, by its id": ({ net, own, via }) => {
      const main = vpc(net, "main");
      main.importFrom("vpc-1");
      server(own, "culprit", via("vpc-1"), "site", [subnet(net, "sn", main.id, "site").id]);
    },
    "an address for a server of its site": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const web = server(net, "web", id, "site", [subnet(net, "sn", id, "site").id]);
      new Eip(own, "culprit", { siteId: "site", portId: via(web.nics.get(0).port) });
    },
    "two NICs of one place": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const [a, b] = [subnet(net, "x", id, "site"), subnet(net, "y", id, "site", 2)];
      server(own, "culprit", id, "site", [a.id, via(b.id)]);
    },
    "ranges side by side": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      subnet(net, "x", id, "site", 1);
      subnet(own, "culprit", via(id), "site", 2);
    },
  };
  const table = Object.entries(RIGHT).flatMap(([design, what]) =>
    Object.entries(WAYS).map(([written, way]) => ({ design, written, what, way })),
  );
  test.each(table)("$design, $written", ({ what, way }) => {
    expect(inspectApp(draw(what, way))).toEqual({ diagnostics: [], conditional: [] });
  });
});

describe("traps of cdktf", () => {
  const TRAPS: Readonly<Record<string, { code: string; address?: string; draw: Design["draw"] }>> = {
    "ids that merge": {
      code: "IEC2023",
      address: "iec_vpc.ab",
      draw: ({ net }) => [vpc(net, "a.b"), vpc(net, "ab")],
    },
    "a number in a name": {
      code: "IEC2024",
      address: "iec_keypair.key",
      draw: ({ net }) => {
        const count = TerraformCount.of(2);
        new Keypair(net, "key", { name: `k-${count.index}`, count });
      },
    },
    "a number in a range": {
      code: "IEC2024",
      address: "iec_vpc_subnet.sn",
      draw: ({ net }) => {
        const n = new TerraformLocal(net, "n", 7).asNumber;
        const cidr = `10.0.${n}.0/24`;
        new VpcSubnet(net, "sn", { name: "sn", vpcId: "v", siteId: "s", cidr, gatewayIp: "10.0.7.1" });
      },
    },
    "a lost operand": {
      code: "IEC2025",
      address: "iec_keypair.key",
      draw: ({ net }) => {
        const n = new TerraformLocal(net, "n", 7).asNumber;
        new Keypair(net, "key", { name: Token.asString(conditional(Op.gt(n, 0), "a", "b")) });
      },
    },
    "an aspect of the app": {
      code: "IEC2026",
      draw: ({ app }) => Aspects.of(app).add({ visit: () => undefined }),
    },
  };
  test.each(Object.entries(TRAPS))("%s", (_name, trap) => {
    const found = validateApp(draw(trap.draw, {})).map(({ code, address }) => ({ code, address }));
    expect(found).toEqual([{ code: trap.code, address: trap.address }]);
  });

  test("numbers and words that only look like it are left alone", () => {
    const names = ["1.5e+300", "a undefined b", "5e+3"];
    const app = draw(({ net }) => names.map((city, i) => new DataIecSites(net, `s${i}`, { city })), {});
    expect(validateApp(app)).toEqual([]);
  });
});

describe("IecApp", () => {
  /** What synth() prints and leaves behind. */
  function synth(design: Design["draw"], report: "text" | "json" = "text") {
    const outdir = temporaryFolder();
    const printed: string[] = [];
    const write = (text: unknown) => printed.push(String(text)) > 0;
    const spies = [process.stderr, process.stdout].map((s) => vi.spyOn(s, "write").mockImplementation(write));
    const { exitCode } = process;
    onTestFinished(() => void (process.exitCode = exitCode));
    process.exitCode = undefined;
    draw(design, {}, new IecApp({ outdir, report })).synth();
    for (const spy of spies) spy.mockRestore();
    return { outdir, printed: printed.join(""), exitCode: process.exitCode };
  }
  const twice: Design["draw"] = (writing) => {
    WRONG["a subnet of another site"]?.draw(writing);
    const other = new TerraformStack(writing.app, "other");
    WRONG["subnets that overlap"]?.draw({ ...writing, net: other, own: other });
  };

  test("one report over all stacks, and nothing is written", () => {
    const { outdir, printed, exitCode } = synth(twice);
    expect(exitCode).toBe(1);
    expect(filesOf(outdir)).toEqual({});
    const text = readFileSync(DESIGNS, "utf8").split("\n");
    const line = text.findIndex((l) => l.includes("new Server(scope")) + 1;
    expect(printed).toContain(
      "Error IEC1002: A server's NIC lies in a subnet of another site\n" +
        "  construct:  net/culprit\n" +
        "  resource:   iec_server.culprit\n" +
        "  attribute:  subnet_ids[0]\n" +
        `  written at: ${DESIGNS}:${line}\n`,
    );
    expect(printed).toContain("  construct:  other/culprit\n");
    expect(printed).toMatch(/\n\n2 problems\. Nothing was written\.\n$/);
    expect(printed).not.toContain("    at ");
  });

  test("the same for machines", () => {
    const { printed, exitCode } = synth(twice, "json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(printed)).toMatchObject({
      diagnostics: [
        { code: "IEC1002", construct_path: "net/culprit", attribute: "subnet_ids[0]", file: DESIGNS },
        {
          code: "IEC1005",
          construct_path: "other/culprit",
          attribute: "cidr",
          address: "iec_vpc_subnet.culprit",
        },
      ],
      conditional: [],
    });
  });

  test("a right design is written, with the lines of its constructs", () => {
    const { outdir, printed, exitCode } = synth(({ net }) => {
      new IecProvider(net, "iec");
      vpc(net, "a");
    });
    expect({ printed, exitCode }).toEqual({ printed: "", exitCode: undefined });
    expect(existsSync(`${outdir}/manifest.json`)).toBe(true);
    const text = readFileSync(DESIGNS, "utf8").split("\n");
    expect(JSON.parse(readFileSync(`${outdir}/stacks/net/cdk.tf.json`, "utf8"))).toMatchObject({
      resource: {
        iec_vpc: {
          a: {
            "//": {
              metadata: {
                path: "net/a",
                source: { file: DESIGNS, line: text.findIndex((l) => l.includes("new Vpc(")) + 1 },
              },
            },
          },
        },
      },
    });
  });

  const FAILURES: Readonly<
    Record<
      string,
      { code: string; construct?: string; says: string; written?: boolean; draw: Design["draw"] }
    >
  > = {
    "two resources of one id": {
      code: "IEC2030",
      construct: "net/a",
      says: "Give one of them another id.",
      draw: ({ net }) => [vpc(net, "a"), vpc(net, "a")],
    },
    "two stacks of one id": {
      code: "IEC2030",
      construct: "net",
      says: "Give one of them another id.",
      draw: ({ app }) => new TerraformStack(app, "net"),
    },
    "a construct for a text": {
      code: "IEC2031",
      construct: "net/k",
      says: "one is of the wrong kind",
      draw: ({ net }) => new Keypair(net, "k", { name: vpc(net, "a") as unknown as string }),
    },
    "a failed validation": {
      code: "IEC2032",
      construct: "net/a",
      says: "no name",
      written: true,
      draw: ({ net }) => vpc(net, "a").node.addValidation({ validate: () => ["no name"] }),
    },
    "an error somebody attached": {
      code: "IEC2032",
      construct: "net/a",
      says: "too large",
      written: true,
      draw: ({ net }) => Annotations.of(vpc(net, "a")).addError("too large"),
    },
    "stacks that need each other": {
      code: "IEC2033",
      says: "circular dependency",
      written: true,
      draw: ({ app, net }) => {
        const other = new TerraformStack(app, "other");
        new IecProvider(other, "iec");
        new Keypair(net, "a", { name: vpc(other, "x").id });
        new Keypair(other, "b", { name: vpc(net, "y").id });
      },
    },
  };
  test.each(Object.entries(FAILURES))("%s is a message, not a stack", (_name, failure) => {
    const { printed, exitCode } = synth((writing) => {
      new IecProvider(writing.net, "iec");
      failure.draw(writing);
    });
    expect(exitCode).toBe(1);
    expect(printed).toContain(`Error ${failure.code}: `);
    if (failure.construct !== undefined) expect(printed).toContain(`construct:  ${failure.construct}\n`);
    expect(printed).toContain(failure.says);
    expect(printed).toContain(failure.written === true ? "do not deploy it" : "Nothing was written.");
    expect(printed).not.toMatch(/^\s+at /m);
  });

  test("what is left to the plan is said beside what is wrong", () => {
    const { printed } = synth((writing) => {
      twice(writing);
      subnet(writing.net, "open", new TerraformVariable(writing.net, "v", {}).stringValue, "site", 7);
    });
    expect(printed).toMatch(/checks of isolation cannot be decided yet and are left to the plan:\n {2}IEC1/);
    expect(printed).toContain("depends on var.net/v.");
  });

  test("stacks of one name in different scopes are kept apart", () => {
    const app = new IecApp({ outdir: temporaryFolder() });
    for (const region of ["north", "south"]) {
      const own = new TerraformStack(new Construct(app, region), "net");
      WRONG["subnets that overlap"]?.draw({ app, net: own, own, via: (value) => value });
    }
    expect(validateApp(app).map(({ origin }) => origin?.constructPath)).toEqual([
      "north/net/culprit",
      "south/net/culprit",
    ]);
  });

  test("an App of one's own is validated too", () => {
    const app = draw(twice, {}, new App({ outdir: temporaryFolder() }));
    expect(validateApp(app).map(({ code }) => code)).toEqual(["IEC1002", "IEC1005"]);
  });
});

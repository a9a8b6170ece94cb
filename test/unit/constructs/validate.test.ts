import { existsSync, readFileSync } from "node:fs";
import {
  App,
  Aspects,
  conditional,
  Fn,
  Lazy,
  Op,
  TerraformCount,
  TerraformIterator,
  TerraformLocal,
  TerraformStack,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { IecApp, IecProvider, inspectApp, Keypair, validateApp, VpcSubnet, type Validation } from "iec-cdk";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { formatPath } from "../../../schema/unknown.js";
import { filesOf, temporaryFolder } from "../../helpers/stack.js";
import { server, siteOf, subnet, vpc, WRONG, type Design, type Writing } from "./designs.js";

interface Way {
  readonly via?: (own: Construct, value: string) => string;
  readonly nested?: boolean;
  readonly otherStack?: boolean;
}

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
};

function draw(draw: Design["draw"], way: Way, app: App = new IecApp({ outdir: temporaryFolder() })): App {
  const net = new TerraformStack(app, "net");
  const stack = way.otherStack === true ? new TerraformStack(app, "own") : net;
  const own = way.nested === true ? new Construct(new Construct(stack, "site"), "rack") : stack;
  const writing: Writing = { app, net, own, via: (value) => way.via?.(own, value) ?? value };
  draw(writing);
  return app;
}

const DESIGNS = "test/unit/constructs/designs.ts";
const messages = ({ diagnostics }: Validation) =>
  diagnostics.map(({ code, path, origin }) => ({
    code,
    attribute: formatPath(path ?? []),
    construct: origin?.constructPath,
    file: origin?.file,
  }));

describe("a wrong design is found, however it is written", () => {
  const table = Object.entries(WRONG).flatMap(([design, what]) =>
    Object.entries(WAYS).map(([written, way]) => ({ design, written, what, way })),
  );
  test.each(table)("$design, $written", ({ what, way }) => {
    const found = messages(inspectApp(draw(what.draw, way)));
    const parent = way.otherStack === true ? "own" : way.nested === true ? "net/site/rack" : "net";
    expect(found).toContainEqual({
      code: what.code,
      attribute: what.attribute,
      construct: `${parent}/culprit`,
      file: DESIGNS,
    });
    expect(new Set(found.map(({ construct }) => construct))).toEqual(new Set([`${parent}/culprit`]));
  });
});

describe("what only Terraform can tell is left to the plan, and said", () => {
  const OPEN: Readonly<Record<string, (own: Construct, value: string) => string>> = {
    conditional: (own, value) =>
      Token.asString(conditional(new TerraformLocal(own, "flag", true).asBoolean, value, "other")),
    Fn: (_own, value) => Fn.lower(value),
    "an item of a function's list": (_own, value) => Token.asString(Fn.element([value], 0)),
    "an iterator": (own) =>
      Token.asString(TerraformIterator.fromList(new TerraformLocal(own, "list", ["a"]).asList).value),
    "a resource that is nowhere": () => "${iec_vpc_subnet.nowhere.id}",
  };
  test.each(Object.entries(OPEN))("%s", (_name, via) => {
    const { draw: design } = WRONG["a subnet of another site"] as Design;
    const { diagnostics, conditional: open } = inspectApp(draw(design, { via }));
    expect(diagnostics).toEqual([]);
    expect(open.map(({ code, address }) => `${code} ${address}`)).toContain("IEC1002 iec_server.culprit");
  });
});

describe("a right design gets no message", () => {
  const RIGHT: Readonly<Record<string, Design["draw"]>> = {
    "literal sites": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      server(own, "web", id, "site", [via(subnet(net, "sn", id, "site").id)]);
    },
    "sites by city": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const site = siteOf(net, "guangzhou");
      server(own, "web", id, via(site), [subnet(net, "sn", id, site).id]);
    },
    "two searches for one city": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      const web = subnet(net, "sn", id, siteOf(new Construct(net, "x"), "guangzhou"));
      server(own, "web", id, via(siteOf(net, "guangzhou")), [web.id]);
    },
    "the same ranges in two VPCs": ({ net, own, via }) => {
      subnet(net, "a", vpc(net, "va").id, "site");
      subnet(own, "b", via(vpc(net, "vb").id), "site");
    },
    "ranges side by side": ({ net, own, via }) => {
      const { id } = vpc(net, "a");
      subnet(net, "x", id, "site", 1);
      subnet(own, "y", via(id), "site", 2);
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
    const app = draw(({ net }) => names.map((name, i) => new Keypair(net, `k${i}`, { name })), {});
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

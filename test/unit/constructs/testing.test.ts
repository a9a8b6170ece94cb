import { App, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { EdgeSite, EdgeVpc } from "iec-cdk/l2";
import { matchers } from "iec-cdk/testing";
import { afterAll, describe, expect, test } from "vitest";
import { rmSync } from "node:fs";
import { newFolder } from "../../helpers/stack.js";
import { server, siteOf, subnet, vpc } from "./designs.js";

expect.extend(matchers);

const outdir = newFolder();
afterAll(() => rmSync(outdir, { recursive: true }));

function design() {
  const stack = new TerraformStack(new App({ outdir }), "net");
  const main = vpc(stack, "main");
  const site = siteOf(stack, "guangzhou");
  const rack = new Construct(stack, "rack");
  const web = server(rack, "web", main.id, site, [subnet(stack, "sn", main.id, site).id]);
  return { stack, main, site, rack, web };
}

describe("toPlace", () => {
  test("a resource, or what makes it", () => {
    const { stack, main, site, rack, web } = design();
    expect(web).toPlace({ site, city: "guangzhou", vpc: main });
    expect(rack).toPlace({ vpc: main.id });
    expect(web).not.toPlace({ city: "xian" });
    expect(web).not.toPlace({ site: "site-1" });
    expect(web).not.toPlace({ vpc: vpc(stack, "other") });
  });

  test("literal sites, and constructs that make a VPC", () => {
    const { stack } = design();
    const edge = new EdgeVpc(stack, "edge", { cidr: "10.0.0.0/16" });
    const web = server(stack, "b", edge.vpcId, EdgeSite.fromId(stack, "s", "site-1").siteId, []);
    expect(web).toPlace({ site: "site-1", vpc: edge });
    expect(web).not.toPlace({ city: "guangzhou" });
  });

  test("says what is where", () => {
    const { stack, rack } = design();
    expect(() => expect(rack).toPlace({ city: "xian", vpc: "vpc-1" })).toThrow(
      "net/rack is not placed as expected:\n  net/rack/web: city is guangzhou\n  net/rack/web: vpc is iec_vpc.main.id",
    );
    expect(() => expect(vpc(stack, "x")).toPlace({ city: "xian" })).toThrow(
      "holds no resource that has a site",
    );
    expect(() => expect("net/rack").toPlace({})).toThrow("takes a construct");
  });

  test("what only an apply tells is not as expected", () => {
    const { stack, main } = design();
    const { stringValue } = new TerraformVariable(stack, "site", {});
    const web = server(stack, "open", main.id, stringValue, []);
    expect(web).not.toPlace({ site: "site-1" });
    expect(web).toPlace({ site: stringValue });
  });
});

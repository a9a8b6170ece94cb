import fc from "fast-check";
import { expect, test } from "vitest";
import {
  check,
  eip,
  from,
  graphOf,
  idOf,
  server,
  subnet,
  tables,
  verdicts,
  vpc,
  type Design,
} from "./design.js";
import { checkIsolation } from "../../../schema/isolation/index.js";
import type { Value } from "../../../schema/unknown.js";

interface Shape {
  /** Per VPC, the site of each subnet. */
  readonly vpcs: readonly (readonly number[])[];
  /** Whether ids and sites are known already. */
  readonly known: boolean;
}
const SITE_COUNT = 4;
const shapes: fc.Arbitrary<Shape> = fc.record({
  vpcs: fc.array(fc.array(fc.nat(SITE_COUNT - 1), { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 4,
  }),
  known: fc.boolean(),
});
const siteId = (site: number, known: boolean): Value =>
  known ? `site-${site}` : from("data.iec_sites.all", "sites", site, "id");

/** Every subnet with a server in it, and every server with an EIP. */
function build({ vpcs, known }: Shape): Design {
  const design: Record<string, Design[string]> = {};
  const made = (address: string) => (known ? { id: `id of ${address}` } : {});
  const ref = (address: string) => (known ? `id of ${address}` : idOf(address));
  for (const [v, sites] of vpcs.entries()) {
    design[`iec_vpc.v${v}`] = vpc(made(`iec_vpc.v${v}`));
    for (const [s, site] of sites.entries()) {
      const name = `v${v}_s${s}`;
      const place = siteId(site, known);
      const nets = [ref(`iec_vpc_subnet.${name}`)];
      const ports = known ? { nics: [{ port: `port of ${name}` }] } : {};
      const port = known ? `port of ${name}` : from(`iec_server.${name}`, "nics", 0, "port");
      design[`iec_vpc_subnet.${name}`] = subnet(
        ref(`iec_vpc.v${v}`),
        place,
        `10.0.${s}.0/24`,
        made(`iec_vpc_subnet.${name}`),
      );
      design[`iec_server.${name}`] = server(ref(`iec_vpc.v${v}`), place, nets, ports);
      design[`iec_eip.${name}`] = eip(place, port);
    }
  }
  return design;
}

test("a generated design that holds gives no finding", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      expect(verdicts(check(build(shape)))).toEqual([]);
    }),
  );
});

const broken = fc
  .record({ shape: shapes, vpc: fc.nat(), subnet: fc.nat() })
  .map(({ shape, vpc: v, subnet: s }) => {
    const sites = shape.vpcs[v % shape.vpcs.length]!;
    return {
      design: build(shape),
      shape,
      name: `v${v % shape.vpcs.length}_s${s % sites.length}`,
      site: sites[s % sites.length]!,
    };
  });

test("a subnet moved to another site is refuted for exactly its server", () => {
  fc.assert(
    fc.property(broken, ({ design, shape, name, site }) => {
      const address = `iec_vpc_subnet.${name}`;
      const moved = { ...design[address], site_id: siteId((site + 1) % SITE_COUNT, shape.known) };
      const mark = shape.known ? "" : "?";
      expect(verdicts(check({ ...design, [address]: moved }))).toEqual([`${mark}IEC1002 iec_server.${name}`]);
    }),
  );
});

test("an EIP moved to another site is refuted alone", () => {
  fc.assert(
    fc.property(broken, ({ design, shape, name, site }) => {
      const moved = { ...design[`iec_eip.${name}`], site_id: siteId((site + 1) % SITE_COUNT, shape.known) };
      const mark = shape.known ? "" : "?";
      expect(verdicts(check({ ...design, [`iec_eip.${name}`]: moved }))).toEqual([
        `${mark}IEC1007 iec_eip.${name}`,
      ]);
    }),
  );
});

test("a subnet of another VPC is refuted whether or not its id is known", () => {
  fc.assert(
    fc.property(broken, ({ design, shape, name }) => {
      const foreign = { ...design[`iec_server.${name}`], vpc_id: idOf("iec_vpc.other") };
      const other = { "iec_vpc.other": vpc(shape.known ? { id: "other" } : {}) };
      expect(verdicts(check({ ...design, ...other, [`iec_server.${name}`]: foreign }))).toEqual([
        `IEC1001 iec_server.${name}`,
      ]);
    }),
  );
});

test("ranges: what overlaps is what a comparison of all pairs finds", () => {
  const block = fc
    .record({ start: fc.nat(31), prefix: fc.integer({ min: 24, max: 28 }) })
    .map(({ start, prefix }) => ({
      first: Math.floor((start * 8) / 2 ** (32 - prefix)) * 2 ** (32 - prefix),
      size: 2 ** (32 - prefix),
      prefix,
    }));
  fc.assert(
    fc.property(fc.array(block, { maxLength: 9 }), (blocks) => {
      const subnets = blocks.map(({ first, prefix }, i) => [
        `iec_vpc_subnet.s${i}`,
        subnet(idOf("iec_vpc.a"), "gz", `10.0.0.${first}/${prefix}`),
      ]);
      const expected = blocks.flatMap((x, i) =>
        blocks.flatMap((y, j) =>
          i < j && x.first < y.first + y.size && y.first < x.first + x.size
            ? [`IEC1005 iec_vpc_subnet.s${j}`]
            : [],
        ),
      );
      const design = { "iec_vpc.a": vpc(), ...(Object.fromEntries(subnets) as Design) };
      expect(verdicts(check(design)).toSorted()).toEqual(expected.toSorted());
    }),
  );
});

test("ten thousand nodes of a right design give no finding, all together and one alone", () => {
  const vpcs = Array.from({ length: 160 }, () => Array.from({ length: 20 }, (_, i) => i % SITE_COUNT));
  const graph = graphOf(build({ vpcs, known: false }));
  expect(graph.nodes.size).toBeGreaterThan(9_700);
  const nothing = { diagnostics: [], conditional: [] };
  expect(checkIsolation({ ...tables, graph })).toEqual(nothing);
  expect(checkIsolation({ ...tables, graph, only: new Set(["iec_server.v3_s3"]) })).toEqual(nothing);
});

test("a thousand equal subnets give a bounded number of findings", () => {
  const subnets = Array.from({ length: 1_000 }, (_, i) => [
    `iec_vpc_subnet.s${i}`,
    subnet(idOf("iec_vpc.a"), "gz", "10.0.0.0/24"),
  ]);
  const { diagnostics } = check({ "iec_vpc.a": vpc(), ...(Object.fromEntries(subnets) as Design) });
  expect(diagnostics).toHaveLength(100);
});

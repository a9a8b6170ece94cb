import { describe, expect, test } from "vitest";
import { cityOf, distanceKm } from "../../../schema/cities.js";
import { dataSources } from "../../../provider/data-sources/index.js";
import catalog from "../../../schema/api/catalog.json" with { type: "json" };
import type { Value } from "../../../schema/unknown.js";
import { readFrom } from "./reading.js";

const BEIJING = { latitude: 39.91, longitude: 116.4 };

describe("distances in km", () => {
  const rows: [name: string, a: typeof BEIJING, b: typeof BEIJING, km: number][] = [
    ["none", BEIJING, BEIJING, 0],
    // A quarter of the meridian.
    ["equator to pole", { latitude: 0, longitude: 50 }, { latitude: 90, longitude: -3 }, 10_007.56],
    ["to the other side", { latitude: 10, longitude: 20 }, { latitude: -10, longitude: -160 }, 20_015.11],
    ["across the date line", { latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, 111.2],
    // By the spherical law of cosines.
    ["Beijing to Guangzhou", BEIJING, { latitude: 23.12, longitude: 113.25 }, 1890.33],
  ];
  test.each(rows)("%s", (_name, a, b, km) => {
    expect(distanceKm(a, b)).toBeCloseTo(km, 0);
    expect(distanceKm(b, a)).toBeCloseTo(km, 0);
  });
});

test.each([...new Map(catalog.sites.map((s) => [s.city, s.province]))])(
  "the place of %s is known",
  (city, province) => {
    const centre = cityOf(city);
    expect(centre?.province).toBe(province);
    // Within China's mainland.
    expect(centre?.latitude).toSatisfy((n: number) => n > 18 && n < 54);
    expect(centre?.longitude).toSatisfy((n: number) => n > 73 && n < 136);
  },
);

test.each(["xi'an", "Xian", "xi-an"])("%s is one spelling of a city", (key) =>
  expect(cityOf(key)).toEqual(cityOf("xian")),
);

describe("nearest", () => {
  const sites = dataSources.get("iec_sites")!;
  const line = (name: string, sa: string, ip_version = "4") => ({
    pool_id: `line_${name}_${ip_version}`,
    ip_version,
    operator: { name, sa },
  });
  const answer = {
    sites: [
      { id: "1", name: "beijing", city: "beijing", pools: [line("chinatelecom", "CTCC")] },
      { id: "2", name: "atlantis", city: "atlantis", pools: [line("chinaunicom", "CUCC")] },
      { id: "3", name: "tianjin 2", city: "tianjin", pools: [line("chinaunicom", "CUCC")] },
      { id: "4", name: "tianjin 1", city: "tianjin", pools: [line("chinaunicom", "CUCC", "6")] },
      { id: "5", name: "harbin", city: "harbin", pools: [line("chinaunicom", "CUCC")] },
    ],
    count: 5,
  };
  const read = async (nearest: { [key: string]: Value } | undefined, operator: string | null = null) => {
    const config = {
      operator,
      nearest: nearest === undefined ? [] : [{ ...BEIJING, operator: null, count: null, ...nearest }],
    };
    const { told } = await readFrom(sites, config, { "GET /v1/sites": answer });
    return [
      (told["sites"] as { id: string }[]).map(({ id }) => id).join(""),
      (told["unlocated_cities"] as string[]).join(),
    ];
  };

  const rows: [
    name: string,
    nearest: { [key: string]: Value } | undefined,
    expected: string,
    unlocated: string,
  ][] = [
    ["by name without it", undefined, "21543", ""],
    ["by distance, unknown ones last", {}, "14352", "atlantis"],
    ["so many", { count: 2 }, "14", "atlantis"],
    ["more than there are", { count: 9 }, "14352", "atlantis"],
    ["of an operator with an IPv4 line", { operator: "chinaunicom" }, "352", "atlantis"],
    ["of an operator by its code", { operator: "CTCC", count: 3 }, "1", ""],
    ["of nobody", { operator: "nobody" }, "", ""],
    ["from the far north", { latitude: 90, longitude: 0 }, "51432", "atlantis"],
  ];
  test.each(rows)("%s", async (_name, nearest, expected, unlocated) => {
    expect(await read(nearest)).toEqual([expected, unlocated]);
  });
  test("both operators must be there", async () => {
    expect(await read({ operator: "CTCC" }, "CUCC")).toEqual(["", ""]);
  });
});

import type { ResourceNode } from "../../graph.js";
import { formatPath, type Path } from "../../unknown.js";
import { conditional, listed, refuted, type Check, type Judgement } from "../rule.js";
import type { Placed, Topology } from "../topology.js";
import { kindOf } from "../values.js";
import { placesOf, samePlace, type Place } from "./place.js";
import { selects, type Residency } from "./policy.js";

/** Attributes by which what one resource holds gets to where another one is. */
const CARRIERS = /^(stack_resources\[\d+\]\.)?(image_id|user_data)$/;

export const residency = (policy: Residency): Check => ({
  code: "IEC1052",
  severity: "error",
  reason: `Policy ${policy.id} keeps data in ${placesIn(policy)}.`,
  *check(topology) {
    for (const placed of topology.subjects()) {
      const subject = selects(policy.on, placed.node.address);
      // Where data of a subject is carried to matters just as much.
      const carried = subject ? undefined : carriedInto(topology, placed.node, policy);
      if (!subject && carried === undefined) continue;
      for (const place of placesOf(topology, placed)) yield* judge(policy, placed, place, carried);
    }
  },
});

function* judge(
  policy: Residency,
  placed: Placed,
  place: Place,
  carried: Carried | undefined,
): Generator<Judgement> {
  const verdict = fits(policy, place);
  if (verdict === true) return;
  const wanted = placesIn(policy);
  const path = carried?.path ?? place.path;
  if (verdict === undefined && !place.whole) {
    yield conditional(placed, path, `${place.label} lies in ${wanted}`, place.unknowns);
    return;
  }
  const where = place.whole && verdict === undefined ? `may be outside of ${wanted}` : `is not in ${wanted}`;
  const what = carried && `${formatPath(carried.path)} carries data of ${carried.from} here. `;
  yield refuted(
    placed,
    path,
    `${what ?? ""}${formatPath(place.path)} is ${place.label}${inWords(place)}, which ${where}.`,
    `Place it in ${wanted}, ${carried ? "carry nothing of those resources here" : "leave it out of the policy"}, or change the policy.`,
  );
}

/** Undefined when it is not known. */
function fits(policy: Residency, { facts }: Place): boolean | undefined {
  const sides: readonly (readonly [string | undefined, readonly string[] | undefined])[] = [
    [facts.area, policy.areas],
    [facts.province, policy.provinces],
    [facts.city, policy.cities],
  ];
  const asked = sides.filter(([, keys]) => keys !== undefined);
  const fit = asked.some(([fact, keys]) => fact !== undefined && keys?.some((key) => samePlace(key, fact)));
  return fit || (asked.every(([fact]) => fact !== undefined) ? false : undefined);
}

interface Carried {
  readonly path: Path;
  readonly from: string;
}

/** The first attribute that brings data of a subject: directly, or by an image made of it. */
function carriedInto(topology: Topology, node: ResourceNode, { on }: Residency): Carried | undefined {
  for (const { path, to } of node.references) {
    if (!CARRIERS.test(formatPath(path))) continue;
    const from = sourceOf(topology, to, on);
    if (from !== undefined) return { path, from };
  }
  return undefined;
}

/** The subject itself, or the one that an image was made of. */
function sourceOf(topology: Topology, address: string, on: Residency["on"]): string | undefined {
  if (selects(on, address)) return address;
  const image = topology.graph.nodes.get(address);
  if (image === undefined || kindOf(image.type) !== "iec_image") return undefined;
  return image.references.find(({ path, to }) => path[0] === "server_id" && selects(on, to))?.to;
}

const placesIn = ({ areas = [], provinces = [], cities = [] }: Residency): string =>
  listed(
    [
      ...areas.map((key) => `area ${key}`),
      ...provinces.map((key) => `province ${key}`),
      ...cities.map((key) => `city ${key}`),
    ],
    "or",
    6,
  );

const inWords = ({ facts: { area, province, city }, label }: Place): string => {
  const known = [city, province, area].filter((key) => key !== undefined && !label.endsWith(` ${key}`));
  return known.length === 0 ? "" : ` (${known.join(", ")})`;
};

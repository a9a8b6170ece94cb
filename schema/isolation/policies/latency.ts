import { cityOf, distanceKm } from "../../cities.js";
import { formatPath } from "../../unknown.js";
import { conditional, refuted, type Check, type Judgement } from "../rule.js";
import type { Placed } from "../topology.js";
import { placesOf, type Place } from "./place.js";
import { selects, type Latency } from "./policy.js";

/** What the way into the carrier's network costs: the near edge begins at 5 ms (introduction of the product). */
const ACCESS_MS = 5;
/** Light goes 100 km of fibre and back in 1 ms. */
const MS_PER_KM = 0.01;
/** Cables are longer than the straight line; a common rule of thumb. */
const DETOUR = 1.5;

/** Estimated round trip to a site, in ms. */
export const roundTripMs = (km: number): number => ACCESS_MS + km * DETOUR * MS_PER_KM;

export const latency = (policy: Latency): Check => ({
  code: "IEC1054",
  severity: "error",
  reason: `Policy ${policy.id} wants a round trip of at most ${policy.withinMs} ms from ${policy.of.latitude}, ${policy.of.longitude}.`,
  *check(topology) {
    for (const placed of topology.subjects()) {
      if (!selects(policy.on, placed.node.address)) continue;
      for (const place of placesOf(topology, placed)) yield* judge(policy, placed, place);
    }
  },
});

function* judge(policy: Latency, placed: Placed, place: Place): Generator<Judgement> {
  const { city } = place.facts;
  const written = formatPath(place.path);
  const fix = "Place it nearer, or change the policy.";
  if (city === undefined && place.whole) {
    yield refuted(
      placed,
      place.path,
      `${written} is ${place.label}: the cloud may choose any city of it.`,
      fix,
    );
  } else if (city === undefined) {
    yield conditional(placed, place.path, `${place.label} is near enough`, place.unknowns);
  } else {
    const centre = cityOf(city);
    if (centre === undefined) {
      const detail = `${written} is ${place.label}, in a city (${city}) whose distance is not known.`;
      yield refuted(placed, place.path, detail, "Keep it in known cities by a residency policy instead.");
      return;
    }
    const km = Math.round(distanceKm(policy.of, centre));
    const ms = roundTripMs(km);
    if (ms <= policy.withinMs) return;
    const detail = `${written} is ${place.label}, ${km} km away: about ${Math.ceil(ms)} ms (${ACCESS_MS} ms of access, and fibre ${DETOUR} times as long).`;
    yield refuted(placed, place.path, detail, fix);
  }
}

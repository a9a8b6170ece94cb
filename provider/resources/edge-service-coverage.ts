import { block, bool, number, string, type ObservedOf, type PlanOf } from "../../schema/attributes.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import { isList, isObject, type ObjectValue, type Path, type Value } from "../../schema/unknown.js";
import { sent } from "./define.js";

/** Where an edge service goes: what `iec_edge_service` and `iec_deployment_plan` have in common. */
export const coverageAttributes = {
  coverage_level: string({
    required: true,
    requiresReplace: true,
    enum: ["area", "prov", "city", "site"],
    description:
      "What `coverage_sites[].site` names: area (such as `south`), prov(ince), city, or site (a site id). A service of level site cannot grow.",
  }),
  coverage_policy: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    enum: ["centralize", "discrete"],
    default: "centralize",
    description:
      "centralize: on as few sites as possible; discrete: spread over the sites of a place. Level site takes centralize only.",
  }),
  coverage_sites: block({
    optional: true,
    minItems: 1,
    maxItems: 10,
    description: "The places, and how much each gets.",
    attributes: {
      site: string({
        required: true,
        minLength: 1,
        description:
          "The place: a key of `iec_sites` (`area`, `province`, `city`; case matters) or a site id, as `coverage_level` says.",
      }),
      demands: block({
        optional: true,
        minItems: 1,
        description: "What the place gets, a block for each line or operator.",
        attributes: {
          demand_count: number({
            required: true,
            integer: true,
            minimum: 1,
            maximum: 10,
            description: "Number of stacks, 1 to 10; more of the same take another block.",
          }),
          operator: string({
            optional: true,
            description: "Network operator wanted, such as `chinatelecom`; any when not set.",
          }),
          pool_id: string({
            optional: true,
            description: "Line (`pools[].pool_id` of a site) wanted. Not with level area or prov.",
          }),
          bandwidth_type: string({
            optional: true,
            description: "Bandwidth type of the line that carries the EIPs of `bind_eip`.",
          }),
          pool_id_v6: string({ optional: true, description: "IPv6 line wanted." }),
          ipv6_bandwidth_enable: bool({
            optional: true,
            description: "Whether the servers get public access by IPv6.",
          }),
          ipv6_bandwidth_type: string({
            optional: true,
            description: "Bandwidth type of the IPv6 line.",
          }),
        },
      }),
    },
  }),
};
/** The same where nothing can grow. */
export const fixedCoverageAttributes = {
  ...coverageAttributes,
  coverage_sites: { ...coverageAttributes.coverage_sites, requiresReplace: true as const },
};

export type Coverage = PlanOf<typeof coverageAttributes>;
export type Places = Coverage["coverage_sites"];
export type Demand = Places[number]["demands"][number];

export const coverageToApi = (
  { coverage_level, coverage_policy }: Pick<Coverage, "coverage_level" | "coverage_policy">,
  places: Places,
): components["schemas"]["Coverage"] => ({
  coverage_level,
  coverage_policy: coverage_policy ?? "centralize",
  coverage_sites: places.map(({ site, demands }) => ({ site, demands: demands.map(sent) })),
});

export const coverageFromApi = (
  coverage: components["schemas"]["CoverageResp"] | components["schemas"]["Coverage"] | undefined,
): ObservedOf<typeof coverageAttributes> =>
  coverage === undefined
    ? {}
    : {
        coverage_level: coverage.coverage_level,
        coverage_policy: coverage.coverage_policy,
        // Of operators and lines a service's own answer tells the IPv6 part only.
        coverage_sites: coverage.coverage_sites.map(({ site, demands }) => ({ site, demands })),
      };

/** Number of stacks asked for. */
export const stackCount = (places: Places): number =>
  places.flatMap(({ demands }) => demands).reduce((sum, { demand_count }) => sum + demand_count, 0);

/** The rules between level, policy and lines. Source: SDK. Unknown values pass. */
export function checkCoverage(config: ObjectValue): Diagnostic[] {
  const { coverage_level: level, coverage_policy: policy } = config;
  const problems: Diagnostic[] = [];
  if (level === "site" && policy === "discrete") {
    problems.push(
      errorDiagnostic("IEC2013", "Level site takes the policy centralize only", {
        path: ["coverage_policy"],
        detail: "It is discrete. Set it to centralize, or choose another coverage_level.",
      }),
    );
  }
  for (const [path, demand] of demandsOf(config)) {
    if ((level === "area" || level === "prov") && typeof demand["pool_id"] === "string") {
      problems.push(
        errorDiagnostic("IEC2013", `Level ${level} takes no line`, {
          path: [...path, "pool_id"],
          detail: `"${demand["pool_id"]}" belongs to one site. Set operator instead, or coverage_level to city or site.`,
        }),
      );
    }
  }
  return problems;
}

function demandsOf(config: ObjectValue): (readonly [Path, ObjectValue])[] {
  const blocks = (value: Value | undefined, path: Path): (readonly [Path, ObjectValue])[] =>
    isList(value ?? null)
      ? (value as readonly Value[]).flatMap((item, i) =>
          isObject(item) ? [[[...path, i], item] as const] : [],
        )
      : [];
  return blocks(config["coverage_sites"], ["coverage_sites"]).flatMap(([path, place]) =>
    blocks(place["demands"], [...path, "demands"]),
  );
}

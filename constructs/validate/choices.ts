import type { Diagnostic } from "../../schema/diagnostics.js";
import type { Placement } from "../../schema/definition.js";
import type { ResourceGraph } from "../../schema/graph.js";
import type { Finding, IsolationReport } from "../../schema/isolation/index.js";
import { formatPath } from "../../schema/unknown.js";
import { graphOf, partOf, type Part } from "./graph";
import type { Tree } from "./tree";

/** With more conditions that only Terraform can decide, what depends on them is left to the plan. */
const MOST_CONDITIONS = 4;

type Check = (graph: ResourceGraph, only?: ReadonlySet<string>) => IsolationReport;

/**
 * Judges a design whatever its conditions turn out to be: what is wrong with all their values is REFUTED, and what is
 * right with all of them is not said.
 */
export function checkChoices(
  tree: Tree,
  parts: readonly Part[],
  placements: Readonly<Record<string, Placement>>,
  check: Check,
): IsolationReport {
  const report = check(graphOf(parts));
  const conditions = [...new Set(parts.flatMap((part) => [...part.conditions]))];
  if (conditions.length === 0 || conditions.length > MOST_CONDITIONS) return report;

  const open = new Set([...report.conditional.map(({ address }) => address), ...addressesOf(parts)]);
  const outcomes = combinations(conditions).map((taken) => {
    const world = parts.map((part) =>
      part.conditions.size === 0 ? part : partOf(tree, part.entry, placements, taken),
    );
    return check(graphOf(world), new Set([...open, ...addressesOf(world)]));
  });
  const [first, ...others] = outcomes.map(
    ({ diagnostics }) => new Map(diagnostics.map((d) => [keyOf(d), d])),
  );
  const known = new Set(report.diagnostics.map(keyOf));
  const always = [...(first ?? [])].flatMap(([key, diagnostic]) =>
    known.has(key) || !others.every((other) => other.has(key)) ? [] : [whatever(diagnostic)],
  );
  const settled = new Set(always.map(keyOf));
  const possible = new Set(
    outcomes.flatMap(({ diagnostics, conditional }) => [...diagnostics, ...conditional].map(keyOf)),
  );
  return {
    diagnostics: [...report.diagnostics, ...always],
    conditional: report.conditional.filter(
      (finding) => possible.has(keyOf(finding)) && !settled.has(keyOf(finding)),
    ),
  };
}

const addressesOf = (parts: readonly Part[]): string[] =>
  parts.flatMap(({ nodes, conditions }) =>
    conditions.size === 0 ? [] : nodes.map(({ address }) => address),
  );

/** Every way to answer all the conditions. */
const combinations = (conditions: readonly string[]): Map<string, boolean>[] =>
  Array.from(
    { length: 2 ** conditions.length },
    (_, bits) => new Map(conditions.map((condition, i) => [condition, (bits >> i) % 2 === 0])),
  );

const keyOf = ({ code, address, path }: Pick<Diagnostic, "code" | "address" | "path"> | Finding): string =>
  `${code} ${address ?? ""} ${formatPath(path ?? [])}`;

const whatever = (diagnostic: Diagnostic): Diagnostic => ({
  ...diagnostic,
  detail: `${diagnostic.detail ?? ""}\nA condition decides what stands there, and with each of its values it is wrong.`,
});

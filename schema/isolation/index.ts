import { CODES, type Diagnostic } from "../diagnostics.js";
import { checkOf } from "./policies/index.js";
import type { Check, Finding, Judgement } from "./rule.js";
import { analyse, type Reachability } from "./reachability/index.js";
import { rules } from "./rules/index.js";
import { buildTopology, type TopologyInput } from "./topology.js";

export type { Finding, Rule, Verdict } from "./rule.js";
export type { TopologyInput as IsolationInput } from "./topology.js";
export type { SiteFacts, SiteTable } from "./sites.js";
export { tablesOf, type TypeTables } from "./tables.js";
export { rules };

export interface IsolationReport {
  /** What is REFUTED. */
  readonly diagnostics: readonly Diagnostic[];
  /** What unknowns decide: to be checked again, with `only`, before the call that makes the resource. */
  readonly conditional: readonly Finding[];
}

/** Holds a design against the cloud's isolation facts and its owners' policies, as far as its values are known. */
export function checkIsolation(input: TopologyInput): IsolationReport {
  const topology = buildTopology(input);
  let analysed: Reachability | undefined;
  const reachability = () => (analysed ??= analyse(input));
  const diagnostics: Diagnostic[] = [];
  const conditional: Finding[] = [];
  for (const rule of [...rules, ...(input.policies ?? []).map(checkOf)]) {
    for (const judgement of rule.check(topology, reachability)) {
      const finding = findingOf(rule, judgement);
      if (finding.verdict === "CONDITIONAL") conditional.push(finding);
      else diagnostics.push(diagnosticOf(rule, finding));
    }
  }
  return { diagnostics, conditional };
}

const findingOf = (rule: Check, { node, ...judgement }: Judgement): Finding => ({
  code: rule.code,
  address: node.address,
  ...judgement,
  origin: node.origin,
});

const diagnosticOf = (rule: Check, finding: Finding): Diagnostic => ({
  severity: rule.severity,
  code: rule.code,
  summary: CODES[rule.code],
  detail: `${finding.detail}\n${rule.reason}\n${finding.fix}`,
  address: finding.address,
  path: finding.path,
  origin: finding.origin,
});

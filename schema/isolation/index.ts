import { CODES, type Diagnostic } from "../diagnostics.js";
import { checkOf } from "./policies/index.js";
import type { Policy } from "./policies/policy.js";
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
export const checkIsolation = (input: TopologyInput): IsolationReport =>
  reporter(input)([...rules, ...(input.policies ?? []).map(checkOf)]);

/** What each policy says of a design, by itself. One that says nothing is PROVED. */
export function judgePolicies(
  input: TopologyInput,
): readonly { readonly policy: Policy; readonly check: Check; readonly report: IsolationReport }[] {
  const report = reporter(input);
  return (input.policies ?? []).map((policy) => {
    const check = checkOf(policy);
    return { policy, check, report: report([check]) };
  });
}

function reporter(input: TopologyInput): (checks: readonly Check[]) => IsolationReport {
  const topology = buildTopology(input);
  let analysed: Reachability | undefined;
  const reachability = () => (analysed ??= analyse(input));
  return (checks) => {
    const diagnostics: Diagnostic[] = [];
    const conditional: Finding[] = [];
    for (const check of checks) {
      for (const judgement of check.check(topology, reachability)) {
        const finding = findingOf(check, judgement);
        if (finding.verdict === "CONDITIONAL") conditional.push(finding);
        else diagnostics.push(diagnosticOf(check, finding));
      }
    }
    return { diagnostics, conditional };
  };
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

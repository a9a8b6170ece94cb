import { CODES, type Diagnostic } from "../diagnostics.js";
import type { Finding, Judgement, Statement } from "./rule.js";
import { rules } from "./rules/index.js";
import { buildTopology, type TopologyInput } from "./topology.js";

export interface IsolationReport {
  /** What is REFUTED. */
  readonly diagnostics: readonly Diagnostic[];
  /** What unknowns decide: to be checked again, with `only`, before the call that makes the resource. */
  readonly conditional: readonly Finding[];
}

/** Holds a design against the cloud's facts alone, without what takes an analysis of its traffic. */
export function checkRules(input: TopologyInput): IsolationReport {
  const topology = buildTopology(input);
  return reportOf(rules, (rule) => rule.check(topology));
}

export function reportOf<C extends Statement>(
  checks: readonly C[],
  judge: (check: C) => Iterable<Judgement>,
): IsolationReport {
  const diagnostics: Diagnostic[] = [];
  const conditional: Finding[] = [];
  for (const check of checks) {
    for (const judgement of judge(check)) {
      const finding = findingOf(check, judgement);
      if (finding.verdict === "CONDITIONAL") conditional.push(finding);
      else diagnostics.push(diagnosticOf(check, finding));
    }
  }
  return { diagnostics, conditional };
}

const findingOf = ({ code }: Statement, { node, ...judgement }: Judgement): Finding => ({
  code,
  address: node.address,
  ...judgement,
  origin: node.origin,
});

const diagnosticOf = ({ severity, code, reason }: Statement, finding: Finding): Diagnostic => ({
  severity,
  code,
  summary: CODES[code],
  detail: `${finding.detail}\n${reason}\n${finding.fix}`,
  address: finding.address,
  path: finding.path,
  origin: finding.origin,
});

import { checkOf } from "./policies/index.js";
import type { Policy } from "./policies/policy.js";
import type { Check } from "./rule.js";
import { analyse, type Reachability } from "./reachability/index.js";
import { reportOf, type IsolationReport } from "./report.js";
import { rules } from "./rules/index.js";
import { buildTopology, type TopologyInput } from "./topology.js";

export type { IsolationReport } from "./report.js";
export type { Finding, Rule, Verdict } from "./rule.js";
export type { TopologyInput as IsolationInput } from "./topology.js";
export type { SiteFacts, SiteTable } from "./sites.js";
export { tablesOf, type TypeTables } from "./tables.js";
export { rules };

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
  return (checks) => reportOf(checks, (check) => check.check(topology, reachability));
}

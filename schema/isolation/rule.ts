import type { Code, Origin, Severity } from "../diagnostics.js";
import type { ResourceNode } from "../graph.js";
import type { Path } from "../unknown.js";
import { compare, decidedBy, type Identity } from "./identity.js";
import type { Reachability } from "./reachability/index.js";
import type { Topology } from "./topology.js";

/** PROVED: holds whatever the unknowns become. REFUTED: fails whatever they become. CONDITIONAL: they decide. */
export type Verdict = "PROVED" | "REFUTED" | "CONDITIONAL";

/** What a rule has to say of one attribute. What is PROVED is not said. */
export interface Judgement {
  readonly verdict: Exclude<Verdict, "PROVED">;
  readonly node: ResourceNode;
  readonly path: Path;
  /** The wrong value and both sides of the contradiction; for CONDITIONAL the open question. */
  readonly detail: string;
  readonly fix: string;
  /** What decides a CONDITIONAL: `data.iec_sites.all.sites[0].id`. */
  readonly unknowns?: readonly string[];
}

/** A judgement as the caller gets it. Plain data: it may be stored with a plan. */
export interface Finding {
  readonly verdict: Verdict;
  readonly code: Code;
  /** The resource it concerns. */
  readonly address: string;
  readonly path: Path;
  readonly detail: string;
  readonly fix: string;
  readonly unknowns?: readonly string[];
  readonly origin?: Origin | undefined;
}

/** What a check states of itself. */
export interface Statement {
  readonly code: Code;
  readonly severity: Severity;
  /** What it rests on, in one line. */
  readonly reason: string;
}

/** Something a design is held against: a fact of the cloud, or a policy of its owners. */
export interface Check extends Statement {
  /** @param reachability what can reach what; computed when first asked for */
  check(topology: Topology, reachability: () => Reachability): Iterable<Judgement>;
}

/** A fact of the cloud, which is told without an analysis of traffic. */
export interface Rule extends Statement {
  /** Where that fact is stated: `[docs:usermanual network ACL]`, or `[inferred]` where no source states it. */
  readonly source: string;
  check(topology: Topology): Iterable<Judgement>;
}

interface Subject {
  readonly node: ResourceNode;
}

export const refuted = ({ node }: Subject, path: Path, detail: string, fix: string): Judgement => ({
  verdict: "REFUTED",
  node,
  path,
  detail,
  fix,
});

/** @param question what is open, as in "whether ...": "it is the subnet's site" */
export function conditional(
  { node }: Subject,
  path: Path,
  question: string,
  unknowns: readonly string[],
): Judgement {
  return {
    verdict: "CONDITIONAL",
    node,
    path,
    detail: `Whether ${question} depends on ${listed(unknowns, "and")}.`,
    fix: "Nothing to do now: it is checked again at apply, before the call that depends on it.",
    unknowns,
  };
}

/** Nothing when both are the same; `refute` when they differ; CONDITIONAL when that is open. */
export function* unlessSame(
  subject: Subject,
  path: Path,
  [a, b]: readonly [Identity, Identity],
  question: () => string,
  refute: () => { readonly detail: string; readonly fix: string },
): Generator<Judgement> {
  const comparison = compare(a, b);
  if (comparison === "undecided") yield conditional(subject, path, question(), decidedBy(a, b));
  if (comparison === "different") {
    const { detail, fix } = refute();
    yield refuted(subject, path, detail, fix);
  }
}

/** `a, b or c`; at most `most` of them. */
export function listed(names: readonly string[], word: "and" | "or" = "or", most = 3): string {
  const shown = names.slice(0, most);
  if (names.length > most) shown.push(`${names.length - most} more`);
  const last = shown.pop() ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} ${word} ${last}`;
}

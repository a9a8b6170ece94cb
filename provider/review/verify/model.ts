import type { Diagnostic, Origin } from "../../../schema/diagnostics.js";
import {
  checkIsolation,
  judgePolicies,
  type IsolationInput,
  type IsolationReport,
  type Verdict,
} from "../../../schema/isolation/index.js";
import type { Change } from "../../../schema/isolation/reachability/changes.js";
import {
  analyse,
  formatSet,
  judge,
  type Counterexample,
  type End,
  type Question,
  type Reachability,
  type Subnet,
  type Via,
  type Wall,
} from "../../../schema/isolation/reachability/index.js";
import type { Assumption } from "../../../schema/graph.js";
import { settledPlace } from "../../../schema/isolation/network/ways.js";
import { formatTraffic } from "../../../schema/isolation/packets/traffic.js";
import { ADDRESSES, everything } from "../../../schema/isolation/packets/fields.js";
import { NONE, type PacketSet } from "../../../schema/isolation/packets/sets.js";
import { formatPath } from "../../../schema/unknown.js";
import { readQuestion, type Asked } from "./question.js";

/** Everything that is said of one design: what every view of it shows. Plain data. */
export interface Verification {
  /** What was verified: a stack, a file. */
  readonly name: string;
  readonly subnets: readonly Place[];
  readonly verdicts: readonly Finding[];
  /** What comes with the plan that leads to the design. */
  readonly changes: readonly Change[];
  /** What every verdict rests on, and the plan does not tell. */
  readonly assumptions: readonly Assumption[];
  /** What of the design cannot be. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Place {
  readonly label: string;
  readonly vpc: string;
  readonly site: string;
}

/**
 * `rule`: an isolation rule; PROVED ones are not listed. `policy`: what the owners of the design demand. `subnets`: whether anything of one subnet reaches the other
 * privately. `internet`: whether the internet reaches an end. `reach`: what was asked.
 */
export interface Finding {
  readonly kind: "rule" | "policy" | "subnets" | "internet" | "reach";
  /** An IEC code of a rule, else the kind's own name: it is stable. */
  readonly code: string;
  /** PROVED: cannot be. REFUTED: the counterexample shows it. CONDITIONAL: the unknowns decide. */
  readonly verdict: Verdict;
  readonly severity?: Diagnostic["severity"];
  readonly subject: Subject;
  /** In words. */
  readonly detail: string;
  readonly counterexample?: Example;
  readonly wall?: Pick<Wall, "kind" | "from" | "to">;
  readonly unknowns: readonly string[];
  readonly origin?: Origin | undefined;
}
export type Subject =
  | { readonly from: string; readonly to: string; readonly via?: Via; readonly traffic?: string }
  | { readonly address: string; readonly attribute: string; readonly policy?: string }
  | { readonly policy: string };

/** A packet that gets there, and its way. */
export interface Example {
  readonly via: Via;
  readonly from: string;
  readonly to: string;
  readonly packet: Counterexample["packet"];
  readonly answered: "yes" | "no" | "unknown";
  readonly hops: readonly Step[];
}
export interface Step {
  readonly verdict: "passes" | "stops" | "unknown";
  readonly detail: string;
  /** `iec_security_group_rule.https`, with the attribute where the rule is a part of a resource. */
  readonly rule?: string;
  readonly origin?: Origin | undefined;
}

/**
 * Judges a design. Questions (`from:to:tcp/443`) take the place of the overview.
 * @throws {DiagnosticError} when a question cannot be answered
 */
export function verify(
  name: string,
  input: IsolationInput,
  questions: readonly string[] = [],
  { changes = [], assumptions = [] }: Partial<Pick<Verification, "changes" | "assumptions">> = {},
): Verification {
  const r = analyse(input);
  const asked = questions.map((text) => readQuestion(r, text, input.graph));
  const answers = asked.length > 0 ? asked.map((one) => answer(r, one)) : overview(r);
  return {
    name,
    subnets: r.network.subnets.map(placeOf),
    verdicts: [...ruleFindings(input), ...policyFindings(input), ...answers],
    changes,
    assumptions,
    diagnostics: r.diagnostics,
  };
}

const ruleFindings = (input: IsolationInput): Finding[] =>
  findingsOf(checkIsolation({ ...input, policies: [] }), { kind: "rule" });

function policyFindings(input: IsolationInput): Finding[] {
  return judgePolicies(input).flatMap(({ policy, check, report }): Finding[] => {
    const found = findingsOf(report, { kind: "policy", policy: policy.id });
    if (found.length > 0) return found;
    const { code, reason } = check;
    const { id, origin } = policy;
    return [
      {
        kind: "policy",
        code,
        verdict: "PROVED",
        subject: { policy: id },
        detail: reason,
        unknowns: [],
        origin,
      },
    ];
  });
}

function findingsOf(
  { diagnostics, conditional }: IsolationReport,
  { kind, ...held }: { readonly kind: "rule" | "policy"; readonly policy?: string },
): Finding[] {
  const refuted = diagnostics.map(
    ({ code, severity, address = "", path = [], summary, detail, origin }): Finding => ({
      kind,
      code,
      verdict: "REFUTED",
      severity,
      subject: { address, attribute: formatPath(path), ...held },
      detail: `${summary}. ${detail ?? ""}`.replaceAll("\n", " "),
      unknowns: [],
      origin,
    }),
  );
  const open = conditional.map(({ code, address, path, detail, unknowns = [], origin }): Finding => ({
    kind,
    code,
    verdict: "CONDITIONAL",
    subject: { address, attribute: formatPath(path), ...held },
    detail,
    unknowns,
    origin,
  }));
  return [...refuted, ...open];
}

const placeOf = (subnet: Subnet): Place => ({
  label: subnet.label,
  vpc: namesOf(subnet.vpc),
  site: namesOf(subnet.site),
});
const namesOf = (identities: Subnet["vpc"]): string =>
  [...new Set(identities.map(({ label }) => label))].join(" = ") || "not known";

function* pairsOf<T>(items: readonly T[]): Generator<readonly [T, T]> {
  for (const from of items) for (const to of items) if (from !== to) yield [from, to];
}

/** Every pair of subnets, and what the internet reaches. */
function overview(r: Reachability): Finding[] {
  const pairs = [...pairsOf(r.network.subnets)].map(([from, to]) =>
    findingOf(r, "subnets", { from: r.endsIn(from), to: r.endsIn(to), via: "private" }, [
      from.label,
      to.label,
    ]),
  );
  const internet = r.endOf("internet");
  const exposed = r.ends
    .filter((end) => end.kind !== "outside" && end.node?.type !== "iec_vpc_subnet")
    .map((end) =>
      findingOf(r, "internet", { from: internet, to: [end], via: "internet" }, ["internet", end.label]),
    );
  return [...pairs, ...exposed];
}

function answer(r: Reachability, { from, to, traffic }: Asked): Finding {
  const question = { from: r.endOf(from), to: r.endOf(to), ...(traffic && { traffic }) };
  return findingOf(r, "reach", question, [from, to]);
}

type Ends = Question & { readonly from: readonly End[]; readonly to: readonly End[] };
const CODES = { subnets: "subnets-connected", internet: "internet-exposure", reach: "reach" } as const;

function findingOf(
  r: Reachability,
  kind: keyof typeof CODES,
  question: Ends,
  [from, to]: readonly [string, string],
): Finding {
  const { verdict, counterexample, unknowns } = judge(r, question);
  const wall = verdict === "PROVED" ? wallOf(r, question) : undefined;
  const deciding = counterexample?.trace.hops.findLast(({ rule }) => rule !== undefined)?.rule;
  return {
    kind,
    code: CODES[kind],
    verdict,
    subject: { from, to, ...(question.via && { via: question.via }), ...trafficOf(question.traffic) },
    detail: DETAIL[verdict](from, to, verdict === "PROVED" ? "" : passing(r, question, verdict), wall),
    ...(counterexample && { counterexample: exampleOf(counterexample) }),
    ...(wall && { wall }),
    unknowns,
    origin: deciding?.origin ?? question.to.find(({ node }) => node?.origin)?.node?.origin,
  };
}

const trafficOf = (traffic: Question["traffic"]) =>
  traffic === undefined ? {} : { traffic: formatTraffic(traffic) };

const DETAIL: Readonly<
  Record<Verdict, (from: string, to: string, what: string, wall: Finding["wall"]) => string>
> = {
  PROVED: (from, to, _, wall) =>
    wall === undefined
      ? `Nothing from ${from} reaches ${to}.`
      : `Nothing from ${from} reaches ${to}: they are in different ${wall.kind === "vpc" ? "VPCs" : "sites"} (${wall.from}, ${wall.to}).`,
  REFUTED: (from, to, what) => `${from} reaches ${to}: ${what}.`,
  CONDITIONAL: (from, to, what) => `${from} may reach ${to}: at most ${what}.`,
};

/** Of the traffic asked for, what gets there: surely, or at most. */
function passing(r: Reachability, { from, to, via, traffic }: Ends, verdict: Verdict): string {
  if (traffic !== undefined) return formatTraffic(traffic);
  const bound = verdict === "REFUTED" ? "must" : "may";
  const sets = from.flatMap((a) =>
    to.flatMap((b) =>
      a.key === b.key
        ? []
        : (via ? [via] : (["private", "internet"] as const)).map((v) => r.reach(a, b, v)[bound]),
    ),
  );
  return formatSet(shortened(r, r.bounds.algebra.unionOf(sets), from));
}

/**
 * The set without what goes without saying: the ends' own addresses, and of the internet "from everywhere", which
 * would be told in ranges around the private ones.
 */
function shortened({ bounds: { algebra } }: Reachability, set: PacketSet, from: readonly End[]): PacketSet {
  const outside = from.flatMap((end) => (end.kind === "outside" ? end.addresses : []));
  if (outside.length === 0 || outside.length < from.length) return set;
  const families = ([4, 6] as const).map((family) => {
    const own = algebra.intersect(set, algebra.box(everything(family)));
    const toAny = algebra.project(own, "destination", ADDRESSES[family], "some");
    const ranges = outside.filter((one) => one.family === family).map(({ interval }) => interval);
    const [some, every] = (["some", "every"] as const).map((how) => {
      const parts = ranges.map((range) => algebra.project(toAny, "source", range, how));
      return how === "some"
        ? algebra.unionOf(parts)
        : parts.reduce((a, b) => algebra.intersect(a, b), parts[0] ?? NONE);
    });
    const plain = some === every ? some : toAny;
    return plain === undefined ? NONE : algebra.intersect(plain, algebra.box(everything(family)));
  });
  return algebra.unionOf(families);
}

/** What keeps all of the ends apart. */
function wallOf(r: Reachability, { from, to, via }: Ends): Finding["wall"] {
  const [a, b] = [from[0], to[0]];
  if (via === "internet" || a === undefined || b === undefined || a.key === b.key) return undefined;
  const { wall } = r.reach(a, b, "private");
  const places = (ends: readonly End[]) => [...new Map(ends.map((end) => [placeOfEnd(end), end])).values()];
  const receivers = places(to);
  const apart = places(from).every((one) =>
    receivers.every((other) => r.reach(one, other, "private").wall?.kind === wall?.kind),
  );
  if (wall === undefined || !apart) return undefined;
  return { kind: wall.kind, from: wall.from, to: wall.to };
}

/** The same for all ends that the same walls are around. */
const placeOfEnd = (end: End): string => (end.kind === "nic" && settledPlace(end.nic)) || end.key;

function exampleOf({ via, from, to, packet, trace }: Counterexample): Example {
  return {
    via,
    from: from.label,
    to: to.label,
    packet,
    answered: trace.answered,
    hops: trace.hops.map(({ verdict, detail, rule }) => ({
      verdict,
      detail,
      ...(rule && {
        rule: rule.path === "" ? rule.address : `${rule.address}.${rule.path}`,
        origin: rule.origin,
      }),
    })),
  };
}

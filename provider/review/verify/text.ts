import { tellChange } from "../../../schema/isolation/reachability/changes.js";
import type { Paint } from "../paint.js";
import { count, indent, printable, wrap } from "../text.js";
import type { Example, Finding, Verification } from "./model.js";

interface Options {
  readonly paint: Paint;
  readonly width: number;
}

/** What was found, worst first; what is proved is counted. */
export function renderVerification(verification: Verification, options: Options): string {
  const { verdicts } = verification;
  const of = (kind: Finding["kind"]) => verdicts.filter((finding) => finding.kind === kind);
  const sections = [
    section("Isolation rules", of("rule"), options),
    section("Policies", of("policy"), options),
    section("Between subnets", of("subnets"), options),
    section("From the internet", of("internet"), options),
    changesSection(verification, options),
    ...of("reach").map((finding) => answerLines(finding, options)),
    assumptionLines(verification, options),
    [summary(verification, options.paint)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** More than these are only counted. */
const MOST_CHANGES = 20;

function changesSection({ changes }: Verification, { paint, width }: Options): string[] {
  if (changes.length === 0) return [];
  const lines = changes.slice(0, MOST_CHANGES).flatMap((change) => {
    const [first = "", ...rest] = wrap(printable(tellChange(change)), width - 4);
    const mark = change.kind === "opened" ? paint.green("+") : paint.red("-");
    return [`  ${mark} ${first}`, ...indent(rest, "    ")];
  });
  const more = changes.length - MOST_CHANGES;
  return [paint.bold("With this plan"), ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

/** More than these are only counted. */
const MOST_ASSUMPTIONS = 5;

function assumptionLines({ assumptions }: Verification, { paint, width }: Options): string[] {
  if (assumptions.length === 0) return [];
  const shown = assumptions.slice(0, MOST_ASSUMPTIONS);
  const more = assumptions.length - shown.length;
  return [
    paint.bold("Assumed, as the plan tells what an expression refers to and not what it makes of it"),
    ...shown.flatMap(({ address, attribute, is }) =>
      indent(wrap(printable(`${address}.${attribute} is ${is} itself`), width - 2), "  "),
    ),
    ...(more > 0 ? [`  and ${more} more, which --json lists`] : []),
  ];
}

function section(title: string, findings: readonly Finding[], options: Options): string[] {
  const of = (wanted: Finding["verdict"]) => findings.filter(({ verdict }) => verdict === wanted);
  const said = [...of("REFUTED"), ...of("CONDITIONAL")];
  const proved = findings.length - said.length;
  if (findings.length === 0) return [];
  return [
    options.paint.bold(title),
    ...said.flatMap((finding) => indent(entry(finding, options), "  ")),
    ...(proved > 0 ? [`  ${provedLine(findings, proved)}`] : []),
  ];
}

function provedLine(findings: readonly Finding[], proved: number): string {
  const walls = (kind: "site" | "vpc") => findings.filter(({ wall }) => wall?.kind === kind).length;
  const reasons = [
    ...(walls("site") > 0 ? [`${walls("site")} by different sites`] : []),
    ...(walls("vpc") > 0 ? [`${walls("vpc")} by different VPCs`] : []),
  ];
  const what = findings[0]?.kind === "policy" ? "PROVED" : "PROVED apart";
  return `${what}: ${proved}${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""}`;
}

function entry(finding: Finding, { paint, width }: Options): string[] {
  const { verdict, code, subject, detail, unknowns, counterexample } = finding;
  const of = "address" in subject ? `${code} ${subject.address}: ` : "";
  const [first = "", ...rest] = wrap(printable(`${verdict} ${of}${detail}`), width - 4);
  const example = counterexample && verdict === "REFUTED" ? [`for one: ${packetText(counterexample)}`] : [];
  return [
    coloured(finding, paint)(first.slice(0, verdict.length)) + first.slice(verdict.length),
    ...indent(rest, "  "),
    ...indent(
      [...example, ...unknownLines(unknowns)].flatMap((line) => wrap(printable(line), width - 4)),
      "  ",
    ),
  ];
}

const unknownLines = (unknowns: readonly string[]): string[] =>
  unknowns.length === 0
    ? []
    : [
        `decided by: ${unknowns.slice(0, 5).join("; ")}${unknowns.length > 5 ? `; ${unknowns.length - 5} more` : ""}`,
      ];

/** What was asked, and the way of one packet, hop by hop. */
function answerLines(finding: Finding, { paint, width }: Options): string[] {
  const { verdict, detail, unknowns, counterexample } = finding;
  const head = wrap(printable(`${verdict} ${detail}`), width);
  const [first = "", ...rest] = head;
  const lines = [
    coloured(finding, paint)(first.slice(0, verdict.length)) + first.slice(verdict.length),
    ...rest,
  ];
  if (counterexample !== undefined) {
    lines.push(
      ...wrap(
        printable(`${verdict === "REFUTED" ? "For one" : "It may be"}: ${packetText(counterexample)}`),
        width,
      ),
    );
    for (const [i, { verdict: passes, detail: says, rule }] of counterexample.hops.entries()) {
      const text = `${i + 1}. ${says}${rule === undefined || says.includes(rule) ? "" : ` (${rule})`}`;
      const [head = "", ...more] = wrap(printable(text), width - 4);
      const paintOf = { passes: paint.green, stops: paint.red, unknown: paint.yellow }[passes];
      lines.push(`  ${paintOf(head)}`, ...indent(more, "     "));
    }
    lines.push(
      {
        yes: "  An answer comes back.",
        no: "  No answer comes back.",
        unknown: "  Whether an answer comes back is open.",
      }[counterexample.answered],
    );
  }
  lines.push(...unknownLines(unknowns).flatMap((line) => wrap(printable(line), width)));
  return lines;
}

const packetText = ({ packet, from, to, via }: Example): string => {
  const { protocol, port, source, destination } = packet;
  const what = port === undefined ? protocol : `${protocol}/${port}`;
  return `${what} from ${from} (${source}) to ${to} (${destination}), ${via === "internet" ? "over the internet" : "privately"}`;
};

function coloured({ verdict, kind }: Finding, paint: Paint): (text: string) => string {
  if (verdict === "PROVED") return paint.green;
  if (verdict === "CONDITIONAL") return paint.yellow;
  return kind === "rule" || kind === "policy" ? paint.red : paint.bold;
}

function summary({ name, subnets, verdicts, assumptions }: Verification, paint: Paint): string {
  const of = (wanted: Finding["verdict"]) => verdicts.filter(({ verdict }) => verdict === wanted).length;
  const counts = `${of("PROVED")} proved, ${of("REFUTED")} refuted, ${of("CONDITIONAL")} conditional`;
  const given = assumptions.length > 0 ? `, given ${count(assumptions.length, "assumption")}` : "";
  return paint.bold(`${printable(name)}, ${count(subnets.length, "subnet")}: ${counts}${given}.`);
}

import { count } from "../text.js";
import type { Finding, Verification } from "./model.js";

/** A flowchart of sites, VPCs, subnets and what reaches what; it may be put into Markdown as it is. */
export function renderMermaid({ subnets, verdicts, assumptions }: Verification): string {
  const ids = new Map(subnets.map(({ label }, i) => [label, `s${i}`]));
  const exposed = verdicts.filter(({ kind, verdict }) => kind === "internet" && verdict !== "PROVED");
  const ends = new Map<string, string>();
  for (const { subject } of exposed) {
    if ("to" in subject && !ends.has(subject.to)) ends.set(subject.to, `e${ends.size}`);
  }
  const lines = ["flowchart LR"];
  if (assumptions.length > 0)
    lines.push(`  %% given ${count(assumptions.length, "assumption")}, which iec verify names`);
  const sites = [...new Set(subnets.map(({ site }) => site))];
  for (const [i, site] of sites.entries()) {
    lines.push(`  subgraph site${i}["site ${quoted(site)}"]`);
    const here = subnets.filter((place) => place.site === site);
    for (const [j, vpc] of [...new Set(here.map((place) => place.vpc))].entries()) {
      lines.push(`    subgraph site${i}vpc${j}["VPC ${quoted(vpc)}"]`);
      for (const place of here) {
        if (place.vpc === vpc) lines.push(`      ${ids.get(place.label) ?? ""}["${quoted(place.label)}"]`);
      }
      lines.push("    end");
    }
    lines.push("  end");
  }
  if (ends.size > 0) lines.push('  internet(("the internet"))');
  for (const [label, id] of ends) lines.push(`  ${id}["${quoted(label)}"]`);
  for (const finding of verdicts) {
    const edge = edgeOf(finding, ids, ends);
    if (edge !== undefined) lines.push(`  ${edge}`);
  }
  return `${lines.join("\n")}\n`;
}

function edgeOf(
  { kind, subject, verdict }: Finding,
  subnets: ReadonlyMap<string, string>,
  ends: ReadonlyMap<string, string>,
): string | undefined {
  if (verdict === "PROVED" || !("from" in subject)) return undefined;
  const [from, to] =
    kind === "internet"
      ? ["internet", ends.get(subject.to)]
      : [subnets.get(subject.from), subnets.get(subject.to)];
  if (from === undefined || to === undefined) return undefined;
  return verdict === "REFUTED" ? `${from} --> ${to}` : `${from} -. "?" .-> ${to}`;
}

/** Mermaid has entities for what would end a text. */
const quoted = (text: string): string =>
  text
    .replaceAll("#", "#35;")
    .replaceAll('"', "#quot;")
    .replaceAll(/[<>\n]/g, " ");

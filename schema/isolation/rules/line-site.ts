import { formatPath, isUnknown, type Path, type Value } from "../../unknown.js";
import type { Identity } from "../identity.js";
import { conditional, listed, refuted, type Rule } from "../rule.js";
import { formatSource, namesOf } from "../values.js";

export const lineSite: Rule = {
  code: "IEC1008",
  severity: "error",
  reason: "A line (IP pool) belongs to one site.",
  source: "[docs:apiexplorer]",
  *check(topology) {
    for (const subject of topology.subjects()) {
      for (const { path, value: written } of subject.lines) {
        const site = subject.sites.find((ref) => sameItem(ref.path, path)) ?? subject.sites[0];
        if (site === undefined) continue;
        const value = topology.follow(written);
        const question = `line ${typeof value === "string" ? JSON.stringify(value) : formatPath(path)} belongs to site ${site.identity.label}`;
        if (isUnknown(value)) {
          if (isLineOf(value, site.identity)) continue;
          const unknowns = [...namesOf(value, subject.node, path), ...site.identity.unknowns];
          yield conditional(subject, path, question, unknowns);
        } else if (!site.identity.settled) {
          yield conditional(subject, path, question, site.identity.unknowns);
        } else {
          const lines = topology.sites.get(site.identity.id ?? "")?.lines;
          if (lines === undefined) {
            yield conditional(subject, path, question, [`the lines of site ${site.identity.label}`]);
          } else if (typeof value === "string" && !lines.includes(value)) {
            const home = [...topology.sites].find(([, facts]) => facts.lines?.includes(value))?.[0];
            const where = home === undefined ? "" : `, a line of site ${topology.siteLabel(home)}`;
            yield refuted(
              subject,
              path,
              `${formatPath(path)} is ${JSON.stringify(value)}${where}, but ${formatPath(site.path)} is site ${site.identity.label}.`,
              (lines.length > 0
                ? `Use a line of site ${site.identity.label}: ${listed(lines, "or", 5)}`
                : "That site has no line") + "; or leave the line out, and the cloud takes the site's first.",
            );
          }
        }
      }
    }
  },
};

/** `coverage_sites[0].pool_ids[1]` goes with `coverage_sites[0].site_id`. */
const sameItem = (site: Path, line: Path): boolean => site.slice(0, -1).every((step, i) => step === line[i]);

/** `data.iec_sites.all.sites[0].lines[1].pool_id` is a line of `data.iec_sites.all.sites[0].id`. */
function isLineOf(line: Value, site: Identity): boolean {
  if (!isUnknown(line) || line.source === undefined || site.source?.path.at(-1) !== "id") return false;
  const item = formatSource({ ...site.source, path: site.source.path.slice(0, -1) });
  return line.source.path.at(-1) === "pool_id" && formatSource(line.source).startsWith(`${item}.lines[`);
}

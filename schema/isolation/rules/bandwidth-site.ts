import { homesOf } from "../bandwidths.js";
import { isUnknown } from "../../unknown.js";
import { conditional, refuted, unlessSame, type Rule } from "../rule.js";
import { siteOf } from "../topology.js";
import { kindOf, locate, namesOf } from "../values.js";

export const bandwidthSite: Rule = {
  code: "IEC1030",
  severity: "error",
  reason: "A bandwidth belongs to one line of one site, and carries addresses of that site only.",
  source: "[docs:usermanual bandwidth] [sdk]",
  *check(topology) {
    const subjects = topology.subjectsOf("iec_eip", "iec_ipv6_bandwidth_attachment");
    if (subjects.length === 0) return;
    const homeOf = homesOf(topology);
    const path = ["bandwidth_id"];
    for (const subject of subjects) {
      const value = topology.written(subject.node, "bandwidth_id");
      if (value === null || locate(subject.node, "bandwidth_id").length === 0) continue;
      const isEip = kindOf(subject.node.type) === "iec_eip";
      const port = subject.ports[0];
      const own = isEip ? subject.sites[0]?.identity : port?.target && siteOf(port.target);
      const question = () => "the bandwidth belongs to that site";
      const home = homeOf(value);
      if (own === undefined || home?.site === undefined) {
        const unknowns = isUnknown(value) ? namesOf(value, subject.node, path) : [JSON.stringify(value)];
        yield conditional(subject, path, question(), [
          ...unknowns,
          ...(own ? [] : (port?.identity.unknowns ?? [])),
        ]);
        continue;
      }
      const { site, line, label } = home;
      const place = isEip ? "site_id makes the EIP" : `port_id is ${port?.identity.label ?? "a port"}`;
      yield* unlessSame(subject, path, [site, own], question, () => ({
        detail: `bandwidth_id is ${label} in site ${site.label}, but ${place} in ${own.label}.`,
        fix: `Use a bandwidth of site ${own.label}; or leave bandwidth_id out: the cloud finds or makes one.`,
      }));
      const [at] = subject.lines;
      if (!isEip || at === undefined) continue;
      const mine = topology.follow(at.value);
      if (typeof mine !== "string" || typeof line !== "string") {
        const unknowns = isUnknown(mine) ? namesOf(mine, subject.node, at.path) : [`the line of ${label}`];
        yield conditional(subject, path, "the bandwidth is on that line", unknowns);
      } else if (mine !== line) {
        yield refuted(
          subject,
          path,
          `bandwidth_id is ${label} on line ${JSON.stringify(line)}, but line_id is ${JSON.stringify(mine)}.`,
          "Use one line for both; or leave bandwidth_id out: the cloud finds or makes one.",
        );
      }
    }
  },
};

import { formatPath } from "../../unknown.js";
import { formatRange, parseRange } from "../cidr.js";
import { membersOf } from "../members.js";
import { objectAt } from "../ports.js";
import { conditional, refuted, type Judgement, type Rule } from "../rule.js";
import type { Placed } from "../topology.js";
import { locate } from "../values.js";
import { connected, connectionUnknowns, wallOf, wallsOf } from "../walls.js";

export const groupRuleWalls: Rule = {
  code: "IEC1020",
  severity: "warning",
  reason:
    "Subnets of different sites or VPCs are not connected, whatever the security groups of their NICs allow.",
  source: "[docs:FAQ sites] [docs:usermanual network ACL]",
  *check(topology) {
    const subjects = topology.subjectsOf("iec_security_group_rule");
    if (subjects.length === 0) return;
    const members = membersOf(topology);
    const walls = wallsOf(topology);
    for (const subject of subjects) {
      const group = (name: string) => {
        const [at] = locate(subject.node, name);
        return at && objectAt(topology, subject, at.path, at.value);
      };
      const [own, remote] = [group("security_group_id"), group("remote_group_id")];
      const prefix = topology.written(subject.node, "remote_ip_prefix");
      const action = topology.written(subject.node, "action") ?? "allow";
      if (own === undefined || action !== "allow") continue;
      const locals = members(own);
      if (locals === undefined || locals.length === 0) continue;
      if (remote && remote.key !== own.key)
        yield* ofGroups(subject, locals, members(remote) ?? [], remote.label);
      if (typeof prefix === "string") yield* ofPrefix(subject, locals, prefix, walls);
    }
  },
};

function* ofGroups(
  subject: Placed,
  locals: readonly Placed[],
  remotes: readonly Placed[],
  group: string,
): Generator<Judgement> {
  const path = ["remote_group_id"];
  const unknowns = new Set<string>();
  for (const local of locals) {
    for (const remote of remotes) {
      const link = connected(local, remote);
      if (link === "same") return;
      if (link === "undecided") for (const name of connectionUnknowns(local, remote)) unknowns.add(name);
    }
  }
  const [local, remote] = [locals[0], remotes[0]];
  if (local === undefined || remote === undefined) return;
  if (unknowns.size > 0)
    yield conditional(subject, path, "members of the two groups are connected", [...unknowns]);
  else {
    yield refuted(
      subject,
      path,
      `${formatPath(path)} is ${group}, whose members are in ${remote.identity.label} (${wallOf(local, remote)}); those of the rule's own group are in ${local.identity.label}.`,
      "Remove the rule, or place members of the two groups in one site and VPC. Over EIPs, name the public addresses in remote_ip_prefix.",
    );
  }
}

function* ofPrefix(
  subject: Placed,
  locals: readonly Placed[],
  prefix: string,
  walls: ReturnType<typeof wallsOf>,
): Generator<Judgement> {
  const path = ["remote_ip_prefix"];
  const range = parseRange(prefix);
  const wall = range && walls(locals, range);
  if (range === undefined || wall === undefined) return;
  if (wall.kind === "open") {
    yield conditional(subject, path, "those subnets are connected", wall.unknowns);
    return;
  }
  yield refuted(
    subject,
    path,
    `${formatPath(path)} is ${formatRange(range)}, which lies in ${wall.far.identity.label} (${wallOf(wall.local, wall.far)}); the members of the rule's group are in ${wall.local.identity.label}.`,
    "Remove the rule. To reach another site or VPC, go over EIPs: name the public addresses of the other side.",
  );
}

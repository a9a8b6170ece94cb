import { isUnknown } from "../../unknown.js";
import { contains, formatRange, parseRange } from "../cidr.js";
import { joint, twice, type Claim } from "../claims.js";
import { literal, open } from "../identity.js";
import { conditional, refuted, type Rule } from "../rule.js";
import { namesOf } from "../values.js";

export const vipAddress: Rule = {
  code: "IEC1028",
  severity: "error",
  reason: "A virtual IP has an address of its subnet that nothing else has.",
  source: "[docs:apiexplorer] [tf-provider]",
  *check(topology) {
    const subjects = topology.subjectsOf("iec_vip");
    if (subjects.length === 0) return;
    const path = ["ip_address"];
    const claims = topology.ofType("iec_vip").flatMap((holder): Claim[] => {
      const value = topology.written(holder.node, "ip_address");
      const [subnet] = holder.subnets;
      const address = isUnknown(value) ? open(value, holder.node, path) : literal(value);
      return subnet && address ? [{ holder, path, thing: joint(subnet.identity, address) }] : [];
    });
    yield* twice(topology, claims, "no other virtual IP has the address", (later, first) => ({
      detail: `ip_address is ${later.thing.label}, which ${first.holder.identity.label} has in the same subnet.`,
      fix: "Choose another address, or leave it out: the cloud takes a free one.",
    }));
    for (const vip of subjects) {
      const value = topology.written(vip.node, "ip_address");
      const [subnet] = vip.subnets;
      if (subnet === undefined || value === null) continue;
      const question = "the address lies in the subnet";
      const { target } = subnet;
      const cidr = target?.cidr;
      const unknowns = [
        ...(isUnknown(value) ? namesOf(value, vip.node, path) : []),
        ...(target ? [] : subnet.identity.unknowns),
        ...(target && cidr && isUnknown(cidr.value) ? namesOf(cidr.value, target.node, cidr.path) : []),
      ];
      if (unknowns.length > 0) yield conditional(vip, path, question, unknowns);
      if (typeof value !== "string") continue;
      const address = parseRange(`${value}/32`);
      const range = target?.range;
      if (address === undefined || range === undefined || contains(range, address)) continue;
      yield refuted(
        vip,
        path,
        `ip_address is ${value}, but ${subnet.identity.label} has the range ${formatRange(range)}.`,
        "Choose an address of that range, or leave it out: the cloud takes a free one.",
      );
    }
  },
};

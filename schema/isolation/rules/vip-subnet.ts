import { formatPath, isUnknown } from "../../unknown.js";
import { compare, decidedBy } from "../identity.js";
import { subnetsOfPort } from "../ports.js";
import { conditional, listed, refuted, type Rule } from "../rule.js";
import { kindOf, locate } from "../values.js";

export const vipSubnet: Rule = {
  code: "IEC1014",
  severity: "error",
  reason: "A virtual IP and the NICs behind it share one subnet.",
  source: "[inferred]",
  *check(topology) {
    for (const vip of topology.subjectsOf("iec_vip")) {
      const [own] = vip.subnets;
      if (own === undefined) continue;
      for (const { path, value } of locate(vip.node, "port_ids[]")) {
        const link = vip.ports.find((port) => formatPath(port.path) === formatPath(path));
        if (link === undefined) continue;
        const { target } = link;
        const name = formatPath(path);
        const question = `${name} is a NIC in subnet ${own.identity.label}`;
        if (target === undefined) {
          yield conditional(vip, path, question, link.identity.unknowns);
          continue;
        }
        if (kindOf(target.node.type) === "iec_vip") {
          const fix = "Give ports of servers, such as iec_server.NAME.nics[0].port.";
          yield refuted(vip, path, `${name} is ${target.identity.label}, a virtual IP itself.`, fix);
          continue;
        }
        const subnets = subnetsOfPort(topology, target, value);
        const all = subnets.map(({ identity }) => compare(identity, own.identity));
        if (all.every((one) => one === "same") && all.length > 0) continue;
        if (all.length > 0 && all.every((one) => one === "different")) {
          yield refuted(
            vip,
            path,
            `${name} is a NIC of ${target.identity.label} in ${listed(subnets.map(({ identity }) => identity.label))}, but subnet_id is ${own.identity.label}.`,
            `Make the virtual IP in the NIC's subnet, or give NICs in ${own.identity.label}.`,
          );
          continue;
        }
        const open = decidedBy(own.identity, ...subnets.map(({ identity }) => identity));
        const followed = topology.follow(value);
        const nic = isUnknown(followed) ? link.identity.unknowns : [];
        yield conditional(vip, path, question, [...open, ...nic, `the subnet of ${name}`].slice(0, 3));
      }
    }
  },
};

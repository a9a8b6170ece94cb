import { isUnknown } from "../../unknown.js";
import { contains, formatRange, parseRange } from "../cidr.js";
import { hopOf, tableOf } from "../hops.js";
import { conditional, refuted, unlessSame, type Rule } from "../rule.js";
import { kindOf, namesOf } from "../values.js";

const KINDS: Readonly<Record<string, string>> = { ecs: "iec_server", vip: "iec_vip" };

export const nextHopVpc: Rule = {
  code: "IEC1023",
  severity: "error",
  reason: "The next hop of a route is a server (ecs) or a virtual IP (vip) in the VPC of the route table.",
  source: "[docs:apiexplorer] [sdk]",
  *check(topology) {
    const path = ["nexthop"];
    for (const route of topology.subjectsOf("iec_route")) {
      const hop = hopOf(topology, route);
      const type = topology.written(route.node, "type");
      const wanted = typeof type === "string" ? KINDS[type] : undefined;
      if (hop === undefined) continue;
      const { target, identity, address } = hop;
      if (target && wanted !== undefined && kindOf(target.node.type) !== wanted) {
        yield refuted(
          route,
          path,
          `nexthop is ${identity.label}, but type is "${wanted === "iec_vip" ? "vip" : "ecs"}", which takes an ${wanted}.`,
          wanted === "iec_vip" ? "Use iec_vip.NAME.ip_address." : "Use iec_server.NAME.id.",
        );
        continue;
      }
      if (target && isUnknown(type)) {
        const unknowns = namesOf(type, route.node, ["type"]);
        yield conditional(route, path, `${identity.label} is a next hop of that type`, unknowns);
      }
      const table = tableOf(topology, route);
      const own = table?.vpc;
      const question = () => `the next hop is in the VPC of the route table`;
      if (own === undefined) {
        yield conditional(route, path, question(), ["the VPC of route_table_id"]);
        continue;
      }
      const vpc = target?.vpc?.identity ?? target?.subnets[0]?.target?.vpc?.identity;
      if (vpc !== undefined) {
        yield* unlessSame(route, path, [vpc, own.identity], question, () => ({
          detail: `nexthop is ${identity.label} (VPC ${vpc.label}), but the route is in ${table?.identity.label ?? "a table"} of VPC ${own.identity.label}.`,
          fix: `Use a next hop in ${own.identity.label}, or a route table of ${vpc.label}.`,
        }));
        continue;
      }
      const [outer, inner] = [
        own.target?.range,
        address === undefined ? undefined : parseRange(`${address}/32`),
      ];
      if (type === "vip" && outer && inner && !contains(outer, inner)) {
        yield refuted(
          route,
          path,
          `nexthop is ${address ?? ""}, but ${own.identity.label} has the range ${formatRange(outer)}.`,
          `Use the address of a virtual IP in ${own.identity.label}: iec_vip.NAME.ip_address.`,
        );
      } else
        yield conditional(route, path, question(), identity.settled ? [identity.label] : identity.unknowns);
    }
  },
};

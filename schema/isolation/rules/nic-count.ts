import { isList, isUnknown } from "../../unknown.js";
import { conditional, listed, refuted, type Rule } from "../rule.js";
import type { Placed } from "../topology.js";
import { namesOf } from "../values.js";
import { ownerOf } from "./server-nic.js";

const MOST = 8;

export const nicCount: Rule = {
  code: "IEC1012",
  severity: "error",
  reason: "A server has at most eight NICs; its flavor may allow fewer.",
  source: "[docs:apiexplorer]",
  *check(topology) {
    if (topology.subjectsOf("iec_server_nic", "iec_server").length === 0) return;
    const homeless: { readonly nic: Placed; readonly unknowns: readonly string[] }[] = [];
    const servers = new Map<string, { readonly server: Placed; readonly nics: Placed[] }>();
    for (const nic of topology.ofType("iec_server_nic")) {
      const owner = ownerOf(topology, nic);
      if (nic.node.mode !== "managed" || owner === undefined) continue;
      const server = owner.target;
      if (server === undefined) {
        homeless.push({ nic, unknowns: owner.identity.unknowns });
        continue;
      }
      const group = servers.get(server.node.address) ?? { server, nics: [] };
      servers.set(server.node.address, group);
      group.nics.push(nic);
    }
    let fullest = 1;
    for (const { server, nics } of servers.values()) {
      const path = ["subnet_ids"];
      const subnets = topology.follow(server.node.values["subnet_ids"] ?? null);
      const own = isList(subnets) ? subnets.length : 1;
      fullest = Math.max(fullest, own + nics.length);
      const subjects = nics.filter((nic) => topology.isSubject(nic));
      const told = topology.isSubject(server)
        ? [{ holder: server, path }]
        : subjects.map((holder) => ({ holder, path: ["server_id"] }));
      for (const { holder, path: at } of told.slice(0, 1)) {
        if (own + nics.length > MOST) {
          const names = nics.map(({ identity }) => identity.label).toSorted();
          yield refuted(
            holder,
            at,
            `${server.identity.label} has ${own} in subnet_ids and ${nics.length} more: ${listed(names, "and")}.`,
            `Remove ${own + nics.length - MOST} of them, or use a second server.`,
          );
        } else if (isUnknown(subnets)) {
          const unknowns = namesOf(subnets, server.node, path);
          yield conditional(holder, at, `${server.identity.label} has at most eight NICs`, unknowns);
        }
      }
    }
    if (fullest + homeless.length <= MOST) return;
    for (const { nic, unknowns } of homeless) {
      if (topology.isSubject(nic))
        yield conditional(nic, ["server_id"], "its server has at most eight NICs", unknowns);
    }
  },
};

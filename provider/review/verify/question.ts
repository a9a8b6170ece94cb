import { DiagnosticError, errorDiagnostic } from "../../../schema/diagnostics.js";
import type { ResourceGraph } from "../../../schema/graph.js";
import { nearest } from "../../../schema/nearest.js";
import type { Reachability, Traffic } from "../../../schema/isolation/reachability/index.js";

/** A question as `--reach` asks it, its names known to be there. */
export interface Asked {
  readonly from: string;
  readonly to: string;
  readonly traffic?: Traffic;
}

const FORM =
  "Write it as from:to or from:to:tcp/443. A name is a resource address, a construct path, a site, an IP address, a CIDR or `internet`; an IPv6 address stands in brackets.";
const TRAFFIC = /^(tcp|udp|icmp|icmpv6|gre|any)(?:\/(\d+(?:-\d+)?))?$/i;

/**
 * Reads `from:to[:protocol[/port]]`. Names may hold colons: the first place where both sides are something is meant.
 * @throws {DiagnosticError} when a name is unknown
 */
export function readQuestion(r: Reachability, text: string, graph: ResourceGraph): Asked {
  const parts = text.split(/:(?![^[]*\])/);
  const traffic = parts.length > 2 ? trafficOf(parts.at(-1) ?? "") : undefined;
  const names = traffic === undefined ? parts : parts.slice(0, -1);
  if (names.length < 2 || names.includes("")) {
    throw wrong(`"${text}" is no question`, FORM);
  }
  const [from, to] = split(r, names) ?? [names[0] ?? "", names.slice(1).join(":")];
  for (const name of [from, to]) if (r.endOf(bare(name)).length === 0) throw unknownName(graph, name);
  return { from: bare(from), to: bare(to), ...(traffic && { traffic: traffic.traffic }) };
}

function split(r: Reachability, names: readonly string[]): readonly [string, string] | undefined {
  for (let i = 1; i < names.length; i++) {
    const [from, to] = [names.slice(0, i).join(":"), names.slice(i).join(":")];
    if (r.endOf(bare(from)).length > 0 && r.endOf(bare(to)).length > 0) return [from, to];
  }
  return undefined;
}

/** An IPv6 address without its brackets. */
const bare = (name: string): string => /^\[([0-9a-f:./]+)\]$/i.exec(name)?.[1] ?? name;

function trafficOf(text: string): { readonly traffic: Traffic } | undefined {
  const [, protocol, ports] = TRAFFIC.exec(text) ?? [];
  if (protocol === undefined) {
    if (/^\w+\/[\d-]+$/.test(text))
      throw wrong(`"${text}" is no traffic`, "Write it as tcp/443, udp/53, icmp or any.");
    return undefined;
  }
  const named = protocol.toLowerCase() === "any" ? {} : { protocol: protocol.toLowerCase() };
  if (ports === undefined) return { traffic: named };
  const [first = 0, last = first] = ports.split("-").map(Number);
  if (!/^(tcp|udp|any)$/i.test(protocol) || first > last || last > 65_535) {
    throw wrong(`"${text}" is no traffic`, "tcp and udp have ports, from 0 to 65535.");
  }
  return { traffic: { ...named, ports: [ports] } };
}

function unknownName({ nodes }: ResourceGraph, name: string): DiagnosticError {
  if (nodes.has(name)) {
    return wrong(
      `${name} sends and receives nothing`,
      "Name a server, a subnet, a VPC, a virtual IP or a security group that has members.",
    );
  }
  const names = [...nodes.values()].flatMap(({ address, mode, origin }) =>
    mode === "data" ? [] : [address, ...(origin?.constructPath === undefined ? [] : [origin.constructPath])],
  );
  const near = nearest(name, ["internet", ...names]);
  return wrong(`There is nothing called "${name}"`, near === undefined ? FORM : `Did you mean ${near}?`);
}

const wrong = (summary: string, detail: string): DiagnosticError =>
  new DiagnosticError(errorDiagnostic("IEC2038", summary, { detail }));

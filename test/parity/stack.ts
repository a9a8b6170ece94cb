import type { Blocks } from "../acceptance/resource-bench.js";
import { cases, type ResourceCase } from "../acceptance/resource-cases.js";
import type { ObjectValue } from "../../schema/unknown.js";

type Body = Readonly<Record<string, unknown>>;

/** What the cloud holds before any stack. */
export interface Scene {
  /** Of a subnet with IPv6 whose site has a bandwidth of this type. */
  readonly subnet_id: string;
  readonly bandwidth_type: string;
}

/** A case with names of its own, so that many stand in one stack. */
interface Part extends Pick<ResourceCase, "needs" | "body" | "changes" | "with" | "importId"> {
  readonly type: string;
  readonly prefix: string;
}

/** The cases of the generated table, and those that need the scene. */
export function partsOf({ subnet_id, bandwidth_type }: Scene): readonly Part[] {
  const all: Readonly<Record<string, ResourceCase>> = {
    ...cases,
    iec_ipv6_bandwidth_attachment: {
      needs: { iec_vip: { a: { subnet_id, ip_version: 6 }, b: { subnet_id, ip_version: 6 } } },
      body: { port_id: "${iec_vip.a.id}", bandwidth_type },
      changes: { port_id: "${iec_vip.b.id}" },
    },
  };
  return Object.entries(all).flatMap(([type, example]): Part[] => {
    const prefix = type.replace(/^iec_/, "");
    const changes = Object.entries(example.changes).filter(([name]) => !(name in (example.fixed ?? {})));
    // Copies of a subnet would overlap: each change is made to one of its own.
    if (type === "iec_vpc_subnet")
      return changes.map((change) => ({
        ...example,
        type,
        prefix: `${prefix}_${change[0]}`,
        changes: Object.fromEntries([change]),
      }));
    return [{ ...example, type, prefix, changes: Object.fromEntries(changes) }];
  });
}

/** Addresses, and names of objects, of this part alone. */
function own(values: Body, prefix: string): Body {
  const made = JSON.parse(
    JSON.stringify(values).replaceAll(
      /\b(iec_\w+)\.(\w+)/g,
      (_, type: string, name: string) => `${type}.${prefix}_${name}`,
    ),
  ) as Body;
  const { name } = made;
  return typeof name === "string" ? { ...made, name: `${prefix}-${name}`.replaceAll("_", "-") } : made;
}

export const addressOf = ({ type, prefix }: Part, change?: string): string =>
  `${type}.${prefix}_it${change === undefined ? "" : `_${change}`}`;

/** One stack of all parts. `changed` says which change is made to a part's resource, if any. */
export function stackOf(parts: readonly Part[], changed: (part: Part) => string | undefined): Blocks {
  return combined(parts, (part) => [[addressOf(part), bodyOf(part, changed(part))]]);
}

/** One stack with a copy of each part's resource for each of its changes. */
export const changesStack = (parts: readonly Part[]): Blocks =>
  combined(parts, (part) =>
    Object.keys(part.changes).map((change) => [addressOf(part, change), bodyOf(part, change)]),
  );

const bodyOf = ({ body, changes, with: others, prefix }: Part, change: string | undefined): Body =>
  own(change === undefined ? body : { ...body, [change]: changes[change], ...others?.[change] }, prefix);

function combined(
  parts: readonly Part[],
  made: (part: Part) => readonly (readonly [string, Body])[],
): Blocks {
  const all: Record<string, Record<string, Body>> = {};
  const add = (type: string, name: string, values: Body) => ((all[type] ??= {})[name] = values);
  for (const part of parts) {
    for (const [type, named] of Object.entries(part.needs)) {
      for (const [name, values] of Object.entries(named))
        add(type, `${part.prefix}_${name}`, own(values, part.prefix));
    }
    for (const [address, values] of made(part)) add(part.type, address.slice(part.type.length + 1), values);
  }
  return all;
}

export const importIdOf = ({ importId }: Part, values: ObjectValue): string =>
  importId?.(values) ?? (values["id"] as string);

/** A question to each data source, about what the parts made. */
export const questions: Readonly<Record<string, Body>> = {
  iec_bandwidth_types: {},
  iec_bandwidths: {},
  iec_cloud_images: { region: "cn-north-4", visibility: "private" },
  iec_deployment_plans: {},
  iec_edge_services: {},
  iec_eips: {},
  iec_flavors: {},
  iec_images: {},
  iec_keypair: { name: "${iec_keypair.server_key.name}" },
  iec_keypairs: {},
  iec_metric_data: {
    metrics: [
      {
        namespace: "SYS.ECS",
        metric_name: "cpu_util",
        dimensions: { instance_id: "${iec_server.server_it.id}" },
      },
    ],
    period: "300",
    filter: "average",
    from: 1_735_689_600_000,
    to: 1_735_693_200_000,
  },
  iec_network_acl: { id: "${iec_network_acl.network_acl_it.id}" },
  iec_network_acls: {},
  iec_port: { id: "${iec_vip.vip_it.id}" },
  iec_ports: { device_id: "${iec_server.server_it.id}" },
  iec_quotas: {},
  iec_route_tables: { vpc_id: "${iec_vpc.route_net.id}" },
  iec_security_group: { id: "${iec_security_group.server_web.id}" },
  iec_security_groups: {},
  iec_server: { id: "${iec_server.server_it.id}" },
  iec_servers: {},
  iec_sites: { nearest: [{ latitude: 22.54, longitude: 114.06, operator: "chinaunicom", count: 2 }] },
  iec_volume_types: {},
  iec_volumes: { server_id: "${iec_server.server_it.id}" },
  iec_vpc: { id: "${iec_vpc.server_net.id}" },
  iec_vpc_subnet: { id: "${iec_vpc_subnet.server_a.id}" },
  iec_vpc_subnets: { vpc_id: "${iec_vpc.server_net.id}" },
  iec_vpcs: {},
};

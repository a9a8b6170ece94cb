import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Snapshot } from "../../provider/simulator/index.js";

/** The stacks that the crash tests apply, and what a cloud that was led by one must hold. */

export const SITES = {
  guangzhou: "c5f8bfb3-2b78-5ffe-babd-9b03afc6c351",
  beijing: "a38bbbf4-1fbd-5dec-86fa-5d76577b0904",
} as const;
type Site = keyof typeof SITES;
const IMAGE = "2ef42ce4-3c65-5f1e-b149-be8d2390395f";
const PUBLIC_KEY =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCoKhj7iMwD8Me0drq24aifGsjpKrX5ob8Lx57gr4LxDH+SRLEabpXyN1/Kk5wt8sgNMTlqtaoVj8QjwAc0Clcv57W2EtYFzf/yrKTh62sZ3+A/QQ8R8iPrJ5o4rkdNuVlXpeFRjBELYLsZ/ha1LyJFj5PnE8KfKUTpgZh4DbiKuQ==";

/** A stack as a few numbers and names. */
export interface Design {
  /** Each with a subnet in every site. */
  readonly vpcs: readonly string[];
  /** Each with as many rules. */
  readonly groups: Readonly<Record<string, number>>;
  /** Name -> whether the cloud makes the pair. */
  readonly keys: Readonly<Record<string, boolean>>;
  /** Name -> VPC, site, group, key and description. */
  readonly servers: Readonly<Record<string, readonly [string, Site, string, string, string?]>>;
  /** EIPs of a site that are not bound to anything: the cloud cannot tell one from another. */
  readonly spare: Readonly<Record<Site, number>>;
}

/** Fifty resources: 4 VPCs, 8 subnets, 6 groups, 14 rules, 4 key pairs, 4 servers with an EIP each, 6 more EIPs. */
export const FIFTY: Design = {
  vpcs: ["blue", "green", "red", "white"],
  groups: { web: 4, db: 3, cache: 3, mail: 2, dns: 1, ntp: 1 },
  keys: { alice: true, bob: false, carol: false, dave: false },
  servers: {
    "blue-1": ["blue", "guangzhou", "web", "alice", "front"],
    "blue-2": ["blue", "beijing", "db", "bob"],
    "green-1": ["green", "guangzhou", "cache", "carol"],
    "red-1": ["red", "beijing", "mail", "dave", "post"],
  },
  spare: { guangzhou: 3, beijing: 3 },
};

type Body = Readonly<Record<string, unknown>>;
type Blocks = Record<string, Record<string, Body>>;

/** The design as cdktf would write it. */
export function synthesize(design: Design): { readonly resource: Blocks } & Record<string, unknown> {
  const resource: Blocks = {};
  const add = (type: string, name: string, body: Body) => {
    (resource[type] ??= {})[name] = { "//": { metadata: { path: `crash/${name}` } }, ...body };
  };
  for (const [i, vpc] of design.vpcs.entries()) {
    add("iec_vpc", vpc, { name: vpc, cidr: `10.${i}.0.0/16`, mode: "CUSTOMER" });
    for (const [j, site] of (Object.keys(SITES) as Site[]).entries()) {
      add("iec_vpc_subnet", `${vpc}-${site}`, {
        name: `${vpc}-${site}`,
        vpc_id: `\${iec_vpc.${vpc}.id}`,
        site_id: SITES[site],
        cidr: `10.${i}.${j}.0/24`,
        gateway_ip: `10.${i}.${j}.1`,
      });
    }
  }
  for (const [group, rules] of Object.entries(design.groups)) {
    add("iec_security_group", group, { name: group });
    for (let i = 0; i < rules; i++) {
      add("iec_security_group_rule", `${group}-${i}`, {
        security_group_id: `\${iec_security_group.${group}.id}`,
        direction: "ingress",
        protocol: "tcp",
        port_range_min: 1000 + i,
        port_range_max: 1000 + i,
        remote_ip_prefix: "0.0.0.0/0",
      });
    }
  }
  for (const [name, generated] of Object.entries(design.keys))
    add("iec_keypair", name, { name, ...(generated ? {} : { public_key: PUBLIC_KEY }) });
  for (const [name, [vpc, site, group, key, description]] of Object.entries(design.servers)) {
    add("iec_server", name, {
      name,
      ...(description === undefined ? {} : { description }),
      flavor_id: "c6.large.2",
      image_id: IMAGE,
      vpc_id: `\${iec_vpc.${vpc}.id}`,
      subnet_ids: [`\${iec_vpc_subnet.${vpc}-${site}.id}`],
      security_groups: [`\${iec_security_group.${group}.id}`],
      key_pair: `\${iec_keypair.${key}.id}`,
      system_disk_type: "SAS",
      system_disk_size: 40,
      coverage_sites: [{ site_id: SITES[site] }],
    });
    add("iec_eip", name, { site_id: SITES[site], port_id: `\${iec_server.${name}.nics[0].port}` });
  }
  for (const [site, count] of Object.entries(design.spare)) {
    for (let i = 0; i < count; i++) add("iec_eip", `${site}-${i}`, { site_id: SITES[site as Site] });
  }
  return { "//": { metadata: { stackName: "crash" } }, provider: { iec: [{}] }, resource };
}

export const sizeOf = (design: Design): number =>
  Object.values(synthesize(design).resource).reduce((sum, named) => sum + Object.keys(named).length, 0);

/** Tables of the cloud by type of resource. */
const TABLES = {
  iec_vpc: "vpcs",
  iec_vpc_subnet: "subnets",
  iec_security_group: "security_groups",
  iec_security_group_rule: "security_group_rules",
  iec_keypair: "keypairs",
  iec_server: "servers",
  iec_eip: "publicips",
} as const;

/** Everything in the cloud that a stack could have made, told in names instead of ids; sorted. */
function inventory(cloud: Snapshot): Record<string, string[]> {
  const nameOf = new Map(
    Object.values(cloud)
      .flat()
      .map((o) => [o["id"], o["name"]]),
  );
  const serverOf = new Map(cloud.ports.map((port) => [port["id"], nameOf.get(port["device_id"])]));
  const siteOf = new Map<unknown, string>(Object.entries(SITES).map(([name, id]) => [id, name]));
  const texts = (rows: readonly unknown[][]) => rows.map((row) => row.map(String).join(" ")).sort();
  return {
    vpcs: texts(cloud.vpcs.map((o) => [o["name"], o["cidr"]])),
    subnets: texts(cloud.subnets.map((o) => [nameOf.get(o["vpc_id"]), o["name"], o["cidr"], o["status"]])),
    groups: texts(own(cloud, "security_groups").map((o) => [o["name"]])),
    rules: texts(
      own(cloud, "security_group_rules").map((o) => [
        nameOf.get(o["security_group_id"]),
        o["port_range_min"],
      ]),
    ),
    keys: texts(cloud.keypairs.map((o) => [o["name"]])),
    servers: texts(cloud.servers.map((o) => [o["name"], o["status"], o["key_name"], o["description"]])),
    eips: texts(
      cloud.publicips.map((o) => [siteOf.get(o["site_id"]), serverOf.get(o["port_id"]) ?? "-", o["status"]]),
    ),
    ports: texts(cloud.ports.map((o) => [serverOf.get(o["id"])])),
    volumes: texts(cloud.volumes.map((o) => [o["size"]])),
  };
}

/** What the inventory must be once the design is applied. */
function wanted(design: Design): Record<string, string[]> {
  const servers = Object.entries(design.servers);
  const sites = Object.keys(SITES);
  return {
    vpcs: design.vpcs.map((vpc, i) => `${vpc} 10.${i}.0.0/16`).sort(),
    subnets: design.vpcs
      .flatMap((vpc, i) => sites.map((site, j) => `${vpc} ${vpc}-${site} 10.${i}.${j}.0/24 ACTIVE`))
      .sort(),
    groups: Object.keys(design.groups).sort(),
    rules: Object.entries(design.groups)
      .flatMap(([group, count]) => Array.from({ length: count }, (_, i) => `${group} ${1000 + i}`))
      .sort(),
    keys: Object.keys(design.keys).sort(),
    servers: servers.map(([name, [, , , key, text = ""]]) => `${name} ACTIVE ${key} ${text}`).sort(),
    eips: [
      ...servers.map(([name, [, site]]) => `${site} ${name} ACTIVE`),
      ...Object.entries(design.spare).flatMap(([site, count]) => Array<string>(count).fill(`${site} - DOWN`)),
    ].sort(),
    ports: servers.map(([name]) => name).sort(),
    volumes: servers.map(() => "40"),
  };
}

/** The account's default group and its rules are nobody's work. */
function own(cloud: Snapshot, table: (typeof TABLES)[keyof typeof TABLES]): Snapshot[typeof table] {
  const standard = cloud.security_groups.find((group) => group["name"] === "default")?.["id"];
  return cloud[table].filter((o) => o["id"] !== standard && o["security_group_id"] !== standard);
}

interface StoredState {
  readonly resources: readonly {
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly {
      readonly status?: string;
      readonly attributes: { readonly id: string };
    }[];
  }[];
}

/** Every object of the stack exists once and nothing else does, and the state names exactly those objects. */
export function expectExactly(design: Design, cloud: Snapshot, statePath: string): void {
  expect(inventory(cloud)).toEqual(wanted(design));
  const { resources } = JSON.parse(readFileSync(statePath, "utf8")) as StoredState;
  const managed = resources.filter(({ mode }) => mode === "managed");
  const blocks = Object.entries(synthesize(design).resource).flatMap(([type, named]) =>
    Object.keys(named).map((name) => `${type}.${name}`),
  );
  expect(managed.map(({ type, name }) => `${type}.${name}`).sort()).toEqual(blocks.sort());
  for (const [type, table] of Object.entries(TABLES)) {
    const stored = managed.filter((resource) => resource.type === type).flatMap(({ instances }) => instances);
    expect(stored.map(({ attributes }) => attributes.id).sort()).toEqual(
      own(cloud, table)
        .map((o) => (table === "keypairs" ? o["name"] : o["id"]))
        .sort(),
    );
    expect(stored.filter(({ status }) => status !== undefined)).toEqual([]);
  }
}

export const EMPTY: Design = {
  vpcs: [],
  groups: {},
  keys: {},
  servers: {},
  spare: { guangzhou: 0, beijing: 0 },
};

import fc from "fast-check";
import { isList, UNKNOWN, Unknown, type ObjectValue, type Value } from "../../schema/unknown.js";

/** A small network in numbers: what {@link walk} walks and {@link designOf} writes as resources. */
export interface Topology {
  readonly subnets: readonly { readonly vpc: number; readonly site: number }[];
  readonly rules: readonly GroupRule[];
  readonly nics: readonly NicSpec[];
  readonly acls: readonly AclSpec[];
  readonly vips: readonly {
    readonly subnet: number;
    readonly nics: readonly number[];
    readonly eip: boolean;
    /** By how much its address is not the usual one. */
    readonly shift?: number;
  }[];
  readonly routes: readonly RouteSpec[];
}
export interface GroupRule {
  readonly group: number;
  readonly direction: "ingress" | "egress";
  readonly family: 4 | 6;
  readonly protocol: "tcp" | "udp" | "icmp" | null;
  readonly ports: readonly [number, number] | null;
  readonly prefix: string | null;
  readonly remote: number;
  readonly action: "allow" | "deny";
  readonly priority: number;
}
export interface NicSpec {
  readonly subnet: number;
  readonly groups: readonly number[];
  readonly eip: boolean;
  readonly off: boolean;
  /** A port that was looked up, with an IPv6 address. */
  readonly v6: boolean;
  /** By how much its address is not the usual one, and its public address. */
  readonly shift?: number;
  readonly eipShift?: number;
}
export interface AclSpec {
  readonly subnet: number;
  readonly up: boolean;
  readonly rules: readonly AclRule[];
}
export interface AclRule {
  /** Its number in the list as it was at first. */
  readonly n?: number;
  readonly direction: "ingress" | "egress";
  readonly protocol: "tcp" | "udp" | "icmp" | "any";
  readonly source: string | null;
  readonly destination: string | null;
  readonly sourcePort: string | null;
  readonly port: string | null;
  readonly action: "allow" | "deny" | "reject";
  readonly enabled: boolean;
}
export interface RouteSpec {
  readonly subnet: number;
  readonly destination: string;
  /** A NIC, or a virtual IP. */
  readonly hop: number;
  readonly vip: boolean;
}

export const GROUPS = 2;
export const OUTSIDE = ["203.0.113.9", "198.51.100.7"] as const;
export const OUTSIDE6 = "2600::7";
export const nicAddress = (nic: NicSpec, i: number): string =>
  `10.0.${nic.subnet}.${10 + i + (nic.shift ?? 0)}`;
export const nicAddress6 = (nic: NicSpec, i: number): string => `2400:${nic.subnet + 1}::${10 + i}`;
export const vipAddress = (vip: { readonly subnet: number; readonly shift?: number }, i: number): string =>
  `10.0.${vip.subnet}.${100 + i + (vip.shift ?? 0)}`;
export const nicEip = (nic: NicSpec, i: number): string => `203.0.113.${100 + i + (nic.eipShift ?? 0)}`;
export const vipEip = (i: number): string => `203.0.113.${200 + i}`;

const few = <T>(item: fc.Arbitrary<T>, maxLength: number, minLength = 0) =>
  fc.array(item, { minLength, maxLength });
const PREFIXES = [
  "0.0.0.0/0",
  "10.0.0.0/24",
  "10.0.1.0/24",
  "10.0.0.10/32",
  "10.0.1.11/32",
  "10.0.0.8/29",
  "203.0.113.0/24",
  "203.0.113.101/32",
];
const PREFIXES6 = ["::/0", "2400:1::/32", "2400:2::b/128", "2600::/16"];
const direction = fc.constantFrom("ingress" as const, "egress" as const);

const groupRule: fc.Arbitrary<GroupRule> = fc
  .record({
    group: fc.nat(GROUPS - 1),
    direction,
    family: fc.constantFrom(4 as const, 4 as const, 6 as const),
    protocol: fc.constantFrom("tcp" as const, "tcp" as const, "udp" as const, "icmp" as const, null, null),
    ports: fc.constantFrom(null, null, [80, 80] as const, [80, 443] as const, [443, 443] as const),
    prefix: fc.nat(PREFIXES.length),
    remote: fc.nat(GROUPS - 1),
    action: fc.constantFrom("allow" as const, "allow" as const, "deny" as const),
    priority: fc.integer({ min: 1, max: 3 }),
  })
  .map((rule) => {
    const of = rule.family === 4 ? PREFIXES : PREFIXES6;
    return {
      ...rule,
      protocol: rule.family === 6 && rule.protocol === "icmp" ? null : rule.protocol,
      ports: rule.protocol === "icmp" ? null : rule.ports,
      prefix: rule.prefix === PREFIXES.length ? null : of[rule.prefix % of.length]!,
    };
  });
const aclRule: fc.Arbitrary<AclRule> = fc
  .record({
    direction,
    protocol: fc.constantFrom(
      "tcp" as const,
      "udp" as const,
      "icmp" as const,
      "any" as const,
      "any" as const,
    ),
    source: fc.constantFrom(null, null, ...PREFIXES),
    destination: fc.constantFrom(null, null, ...PREFIXES),
    sourcePort: fc.constantFrom(null, null, "1-1023", "1024-65535", "443"),
    port: fc.constantFrom(null, null, "80", "1-443", "443", "1024-65535"),
    action: fc.constantFrom("allow" as const, "allow" as const, "deny" as const, "reject" as const),
    enabled: fc.constantFrom(true, true, true, false),
  })
  .map((rule) => {
    const ported = rule.protocol === "tcp" || rule.protocol === "udp";
    return { ...rule, sourcePort: ported ? rule.sourcePort : null, port: ported ? rule.port : null };
  });

export const topologies: fc.Arbitrary<Topology> = fc
  .record({
    subnets: few(fc.record({ vpc: fc.constantFrom(0, 0, 0, 1), site: fc.constantFrom(0, 0, 0, 1) }), 3, 1),
    rules: few(groupRule, 7),
    open: fc.boolean(),
    nics: few(
      fc.record({
        subnet: fc.nat(2),
        groups: fc.uniqueArray(fc.nat(GROUPS - 1), { minLength: 1, maxLength: 2 }),
        eip: fc.boolean(),
        off: fc.constantFrom(false, false, false, false, true),
        v6: fc.constantFrom(false, false, true),
      }),
      3,
      2,
    ),
    acls: few(
      fc.record({ subnet: fc.nat(2), up: fc.constantFrom(true, true, false), rules: few(aclRule, 4) }),
      2,
    ),
    vips: few(
      fc.record({ subnet: fc.nat(2), nics: fc.uniqueArray(fc.nat(2), { maxLength: 2 }), eip: fc.boolean() }),
      1,
    ),
    routes: few(
      fc.record({
        subnet: fc.nat(2),
        destination: fc.constantFrom("0.0.0.0/0", "203.0.113.0/24", "198.51.100.0/24"),
        hop: fc.nat(2),
        vip: fc.boolean(),
      }),
      2,
    ),
  })
  .map(({ open, ...t }) => {
    const subnet = (n: number) => n % t.subnets.length;
    const nics = t.nics.map((nic) => ({ ...nic, subnet: subnet(nic.subnet), off: nic.off && !nic.v6 }));
    const vips = t.vips.map((vip) => ({
      ...vip,
      subnet: subnet(vip.subnet),
      nics: vip.nics.filter((n) => n < nics.length && nics[n]!.subnet === subnet(vip.subnet) && !nics[n]!.v6),
    }));
    const wide = (direction: "ingress" | "egress"): GroupRule[] =>
      [0, 1].map((group) => ({
        group,
        direction,
        family: 4,
        protocol: null,
        ports: null,
        prefix: "0.0.0.0/0",
        remote: 0,
        action: "allow",
        priority: 2,
      }));
    const first = <T extends { readonly subnet: number }>(items: readonly T[], key: (item: T) => string) =>
      items.filter((item, i) => items.findIndex((other) => key(other) === key(item)) === i);
    return {
      subnets: t.subnets,
      rules: open ? [...wide("ingress"), ...wide("egress"), ...t.rules] : t.rules,
      nics,
      acls: first(
        t.acls.map((acl) => ({
          ...acl,
          subnet: subnet(acl.subnet),
          rules: acl.rules.map((rule, n) => ({ ...rule, n })),
        })),
        (acl) => String(acl.subnet),
      ),
      vips,
      routes: first(
        t.routes
          .map((route) => ({
            ...route,
            subnet: subnet(route.subnet),
            hop: route.vip ? 0 : route.hop % nics.length,
          }))
          .filter((route) => (route.vip ? vips.length > 0 : !nics[route.hop]!.v6)),
        (route) => `${route.subnet} ${route.destination}`,
      ),
    };
  });

/** The resources of a topology, all known. Servers tell their NICs; NICs with IPv6 are ports that were looked up. */
export function designOf(t: Topology): Record<string, ObjectValue> {
  const design: Record<string, ObjectValue> = {};
  for (const v of [0, 1]) design[`iec_vpc.v${v}`] = { id: `v${v}`, cidr: "10.0.0.0/8" };
  for (const [i, { vpc, site }] of t.subnets.entries()) {
    design[`iec_vpc_subnet.s${i}`] = {
      id: `s${i}`,
      vpc_id: `v${vpc}`,
      site_id: `site-${site}`,
      cidr: `10.0.${i}.0/24`,
      ipv6_enable: true,
      cidr_v6: `2400:${i + 1}::/64`,
    };
  }
  for (let g = 0; g < GROUPS; g++) design[`iec_security_group.g${g}`] = { id: `g${g}` };
  for (const [i, rule] of t.rules.entries()) {
    design[`iec_security_group_rule.r${i}`] = {
      id: `r${i}`,
      security_group_id: `g${rule.group}`,
      direction: rule.direction,
      ethertype: rule.family === 4 ? "IPv4" : "IPv6",
      protocol: rule.protocol,
      port_range_min: rule.ports?.[0] ?? null,
      port_range_max: rule.ports?.[1] ?? null,
      remote_ip_prefix: rule.prefix,
      remote_group_id: rule.prefix === null ? `g${rule.remote}` : null,
      action: rule.action,
      priority: rule.priority,
    };
  }
  for (const [i, nic] of t.nics.entries()) {
    const groups = nic.groups.map((g) => `g${g}`);
    const subnet = `s${nic.subnet}`;
    if (nic.v6) {
      design[`data.iec_port.n${i}`] = {
        id: `n${i}`,
        subnet_id: subnet,
        site_id: `site-${t.subnets[nic.subnet]!.site}`,
        device_owner: "compute:x",
        fixed_ips: [nicAddress(nic, i), nicAddress6(nic, i)],
        security_groups: groups,
        allowed_addresses: [],
      };
    } else {
      const at = t.subnets[nic.subnet]!;
      design[`iec_server.n${i}`] = {
        id: `server-${i}`,
        vpc_id: `v${at.vpc}`,
        subnet_ids: [subnet],
        coverage_sites: [{ site_id: `site-${at.site}` }],
        security_groups: groups,
        power_state: nic.off ? "SHUTOFF" : "ACTIVE",
        nics: [{ port: `n${i}`, address: nicAddress(nic, i), subnet_id: subnet, security_groups: groups }],
      };
    }
    if (nic.eip)
      design[`iec_eip.n${i}`] = {
        id: `eip-${i}`,
        site_id: `site-${t.subnets[nic.subnet]!.site}`,
        port_id: `n${i}`,
        public_ip: nicEip(nic, i),
      };
    if (nic.eip && nic.v6) design[`iec_ipv6_bandwidth_attachment.n${i}`] = { id: `n${i}`, port_id: `n${i}` };
  }
  for (const [i, vip] of t.vips.entries()) {
    design[`iec_vip.p${i}`] = {
      id: `vip-${i}`,
      subnet_id: `s${vip.subnet}`,
      ip_address: vipAddress(vip, i),
      port_ids: vip.nics.map((n) => `n${n}`),
    };
    if (vip.eip)
      design[`iec_eip.p${i}`] = {
        id: `eip-p${i}`,
        site_id: `site-${t.subnets[vip.subnet]!.site}`,
        port_id: `vip-${i}`,
        public_ip: vipEip(i),
      };
  }
  for (const [a, acl] of t.acls.entries()) {
    design[`iec_network_acl.a${a}`] = {
      id: `a${a}`,
      networks: [{ vpc_id: `v${t.subnets[acl.subnet]!.vpc}`, subnet_id: `s${acl.subnet}` }],
      admin_state_up: acl.up,
    };
    for (const [i, rule] of acl.rules.entries()) {
      design[`iec_network_acl_rule.a${a}_${i}`] = {
        id: `a${a}_${i}`,
        network_acl_id: `a${a}`,
        direction: rule.direction,
        protocol: rule.protocol,
        ip_version: 4,
        source_ip_address: rule.source,
        destination_ip_address: rule.destination,
        source_port: rule.sourcePort,
        destination_port: rule.port,
        action: rule.action,
        enabled: rule.enabled,
        position: i + 1,
      };
    }
  }
  for (const [i, route] of t.routes.entries()) {
    const table = `iec_route_table.t${route.subnet}`;
    design[table] ??= {
      id: `t${route.subnet}`,
      vpc_id: `v${t.subnets[route.subnet]!.vpc}`,
      subnet_ids: [`s${route.subnet}`],
      default: false,
    };
    design[`iec_route.x${i}`] = {
      id: `x${i}`,
      route_table_id: `t${route.subnet}`,
      destination: route.destination,
      type: route.vip ? "vip" : "ecs",
      nexthop: route.vip ? vipAddress(t.vips[0]!, 0) : `server-${route.hop}`,
    };
  }
  return design;
}

/** An attribute that is left open, and the topologies that it may turn out to be. */
export interface Hole {
  readonly design: (design: Record<string, ObjectValue>) => void;
  readonly becomes: readonly ((t: Topology) => Topology)[];
}

const hide = (design: Record<string, ObjectValue>, address: string, ...names: string[]) => {
  const values = design[address];
  if (values)
    design[address] = {
      ...values,
      ...Object.fromEntries(names.map((name): [string, Value] => [name, new Unknown()])),
    };
};
const replaced = <T>(items: readonly T[], i: number, change: Partial<T>): T[] =>
  items.map((item, n) => (n === i ? { ...item, ...change } : item));

/** Every attribute of a topology that can be left open, with some of the values that it may become. */
export function holesOf(t: Topology): Hole[] {
  const holes: Hole[] = [];
  const hole = (address: string, names: readonly string[], becomes: Hole["becomes"]) =>
    holes.push({
      design: (design) => {
        hide(design, address, ...names);
      },
      becomes: [(same) => same, ...becomes],
    });
  for (const [i, rule] of t.rules.entries()) {
    const address = `iec_security_group_rule.r${i}`;
    const to =
      (change: Partial<GroupRule>) =>
      (now: Topology): Topology => ({ ...now, rules: replaced(now.rules, i, change) });
    hole(address, ["action"], [to({ action: "allow" }), to({ action: "deny" })]);
    hole(address, ["priority"], [to({ priority: 1 }), to({ priority: 9 })]);
    hole(address, ["direction"], [to({ direction: "ingress" }), to({ direction: "egress" })]);
    hole(address, ["security_group_id"], [to({ group: 0 }), to({ group: 1 })]);
    if (rule.protocol !== "icmp")
      hole(
        address,
        ["port_range_min", "port_range_max"],
        [to({ ports: [80, 80] }), to({ ports: [443, 443] })],
      );
    if (rule.prefix !== null && rule.family === 4)
      hole(address, ["remote_ip_prefix"], [to({ prefix: "10.0.0.0/24" }), to({ prefix: "0.0.0.0/0" })]);
    if (rule.prefix === null) hole(address, ["remote_group_id"], [to({ remote: 0 }), to({ remote: 1 })]);
  }
  for (const [i, nic] of t.nics.entries()) {
    const to =
      (change: Partial<NicSpec>) =>
      (now: Topology): Topology => ({ ...now, nics: replaced(now.nics, i, change) });
    if (nic.v6) hole(`data.iec_port.n${i}`, ["security_groups"], [to({ groups: [0] }), to({ groups: [1] })]);
    else hole(`iec_server.n${i}`, ["security_groups", "nics"], [to({ groups: [0] }), to({ groups: [0, 1] })]);
    if (nic.eip && !nic.v6) hole(`iec_eip.n${i}`, ["port_id"], [to({ eip: false })]);
    if (nic.eip) hole(`iec_eip.n${i}`, ["public_ip"], [to({ eipShift: 50 })]);
    if (nic.v6) continue;
    holes.push({
      design: (design) => {
        const { nics, ...server } = design[`iec_server.n${i}`]!;
        const cards = isList(nics)
          ? nics.map((card) => ({ ...(card as ObjectValue), address: UNKNOWN }))
          : nics!;
        design[`iec_server.n${i}`] = { ...server, nics: cards };
      },
      becomes: [(same) => same, to({ shift: 40 })],
    });
    if (t.vips.some(({ nics }) => nics.includes(i))) continue;
    hole(
      `iec_server.n${i}`,
      ["subnet_ids", "nics", "vpc_id", "coverage_sites"],
      t.subnets.map((_, subnet) => to({ subnet })),
    );
  }
  for (const i of t.routes.some(({ vip }) => vip) ? [] : t.vips.keys()) {
    const moved = (now: Topology): Topology => ({ ...now, vips: replaced(now.vips, i, { shift: 40 }) });
    hole(`iec_vip.p${i}`, ["ip_address"], [moved]);
  }
  for (const [a, acl] of t.acls.entries()) {
    const to =
      (change: Partial<AclSpec>) =>
      (now: Topology): Topology => ({ ...now, acls: replaced(now.acls, a, change) });
    hole(`iec_network_acl.a${a}`, ["admin_state_up"], [to({ up: true }), to({ up: false })]);
    hole(
      `iec_network_acl.a${a}`,
      ["networks"],
      t.subnets.map((_, subnet) => to({ subnet })),
    );
    for (const [i, rule] of acl.rules.entries()) {
      const rules =
        (change: Partial<AclRule>) =>
        (now: Topology): Topology =>
          to({ rules: now.acls[a]!.rules.map((one) => (one.n === i ? { ...one, ...change } : one)) })(now);
      const address = `iec_network_acl_rule.a${a}_${i}`;
      hole(address, ["action"], [rules({ action: "allow" }), rules({ action: "deny" })]);
      hole(address, ["enabled"], [rules({ enabled: true }), rules({ enabled: false })]);
      hole(address, ["source_ip_address"], [rules({ source: "10.0.0.0/24" }), rules({ source: null })]);
      if (rule.port !== null)
        hole(address, ["destination_port"], [rules({ port: "80" }), rules({ port: "443" })]);
      const moved =
        (at: number) =>
        (now: Topology): Topology => {
          const others = now.acls[a]!.rules.filter(({ n }) => n !== i);
          const moving = now.acls[a]!.rules.filter(({ n }) => n === i);
          return to({ rules: [...others.slice(0, at), ...moving, ...others.slice(at)] })(now);
        };
      hole(address, ["position"], [moved(0), moved(9)]);
    }
  }
  for (const [s] of t.subnets.entries()) {
    const placeless = (kind: "site" | "vpc", ofServer: string) => {
      const to =
        (place: number) =>
        (now: Topology): Topology => ({ ...now, subnets: replaced(now.subnets, s, { [kind]: place }) });
      holes.push({
        design: (design) => {
          hide(design, `iec_vpc_subnet.s${s}`, `${kind}_id`);
          for (const [i, nic] of t.nics.entries()) {
            if (nic.subnet !== s) continue;
            hide(design, `iec_server.n${i}`, ofServer);
            hide(design, `data.iec_port.n${i}`, `${kind}_id`);
          }
        },
        becomes: [to(0), to(1)],
      });
    };
    placeless("site", "coverage_sites");
    placeless("vpc", "vpc_id");
  }
  return holes;
}

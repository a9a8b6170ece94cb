import { catalog } from "./catalog.js";
import type { Clock } from "./clock.js";
import { codes, Refusal } from "./errors.js";
import { Random } from "./random.js";
import { createTables, type Tables } from "./store.js";

/** How long the cloud takes for things, in milliseconds at time scale 1. */
const delays = {
  subnetActive: 300,
  subnetDelete: 400,
  publicIpCreate: 300,
  publicIpBind: 200,
  publicIpDelete: 400,
  portBuild: 200,
  instanceShown: 60,
  instanceBuild: 120,
  instanceActive: 1200,
  instancePower: 300,
  instanceDelete: 400,
  instanceForget: 600,
  edgecloudScheduling: 200,
  edgecloudInService: 1500,
  edgecloudDelete: 400,
  imageSaving: 200,
  imageActive: 1200,
  instanceRebuild: 600,
  nicAttach: 300,
  nicDetach: 300,
  firewallRules: 30,
} as const;

export interface CloudOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly timeScale: number;
  readonly quotas: Readonly<Record<string, number>>;
  /** Instances of edge services that each site has room for. */
  readonly capacity: number;
}

export type QuotaKind = "vcpu" | "ram" | "gigabyte" | "volume" | "instance" | CountedKind;
type CountedKind = keyof typeof counted;

const counted = {
  vpc: "vpcs",
  subnet: "subnets",
  securityGroup: "security_groups",
  securityGroupRule: "security_group_rules",
  publicIp: "publicips",
  shareBandwidth: "bandwidths",
  instance: "servers",
  volume: "volumes",
  edgeclouds: "edgeclouds",
  image: "images",
  firewall: "firewalls",
} as const;

/** How many items the container with the most of them has. */
function fullest<T>(items: Iterable<T>, containerOf: (item: T) => string): number {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(containerOf(item), (counts.get(containerOf(item)) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

const flavors = new Map(catalog.flavors.map((flavor) => [flavor.id, flavor]));

/** The whole state of the simulated account, and the few things every operation needs. */
export class Cloud {
  readonly random: Random;
  readonly tables: Tables;
  readonly clock: Clock;
  /** Set during a stale read: objects born later are hidden from it. */
  horizon: number | undefined;
  private readonly held = new Set<string>();

  constructor(private readonly options: CloudOptions) {
    this.clock = options.clock;
    this.random = new Random(options.seed);
    this.tables = createTables(
      () => this.clock.now(),
      () => this.horizon,
    );
    for (const image of catalog.images) {
      if (image.visibility === "private") this.tables.images.add({ ...image });
    }
    const { security_group_rules, ...group } = catalog.default_security_group;
    this.tables.security_groups.add(group);
    for (const rule of security_group_rules) {
      const { direction, ethertype, action } = rule as {
        direction: "egress";
        ethertype: "IPv4";
        action: "allow";
      };
      this.tables.security_group_rules.add({ ...rule, direction, ethertype, action });
    }
  }

  get now(): number {
    return this.clock.now();
  }

  /** The time at which something started now is done. */
  after(what: keyof typeof delays): number {
    return this.now + delays[what] * this.options.timeScale;
  }

  /** Whether a call works on the object right now. */
  busy(id: string): boolean {
    return this.held.has(id);
  }

  /** Keeps the object busy for as long as the work takes. */
  async hold(id: string, what: keyof typeof delays): Promise<void> {
    const duration = this.after(what) - this.now;
    if (duration === 0) return;
    this.held.add(id);
    await this.clock.sleep(duration);
    this.held.delete(id);
  }

  /** How many more instances of edge services the site takes. */
  room(siteId: string): number {
    const { servers } = this.tables;
    const placed = servers.count((server) => server.site_id === siteId && server.edgecloud_id !== "");
    return Math.max(0, this.options.capacity - placed);
  }

  /** A UUID that no object has yet. */
  newId(): string {
    for (;;) {
      const id = this.random.uuid();
      if (Object.values(this.tables).every((table) => !table.entries.has(id))) return id;
    }
  }

  quota(kind: string): number {
    return (
      this.options.quotas[kind] ??
      catalog.quotas.resources.find((entry) => entry.type === kind)?.quota ??
      Infinity
    );
  }

  /** How much of a quota is in use; of one that each container has for itself, in the fullest. */
  used(kind: string): number {
    if (kind in counted) {
      return this.tables[counted[kind as CountedKind]].count();
    }
    switch (kind) {
      case "vcpu":
        return this.sumServers((flavor) => Number(flavor.vcpus));
      case "ram":
        return this.sumServers((flavor) => flavor.ram);
      case "gigabyte":
        return [...this.tables.volumes.all()].reduce((sum, volume) => sum + volume.size, 0);
      case "securityGroupContainRuleQuota":
        return fullest(this.tables.security_group_rules.all(), (rule) => rule.security_group_id);
      case "shareBandwidthIP":
        return fullest(this.tables.publicips.all(), (ip) => ip.bandwidth_id);
      case "vpcContainRoutetable":
        return fullest(this.tables.routetables.all(), (table) => table.vpc_id);
      case "routetableContainRoutes":
        return Math.max(0, ...[...this.tables.routetables.all()].map((table) => table.routes.length));
      default:
        return 0;
    }
  }

  /** Refuses when `wanted` more of the kind would exceed its quota. */
  demand(kind: QuotaKind, wanted = 1): void {
    const quota = this.quota(kind);
    // Counting costs time; where even the entries that are on their way out fit, it is not needed.
    if (kind in counted && this.tables[counted[kind as CountedKind]].entries.size + wanted <= quota) return;
    this.demandOf(kind, this.used(kind), wanted);
  }

  /** The same for a quota that each container has for itself, of which it uses `used`. */
  demandOf(kind: string, used: number, wanted = 1): void {
    const quota = this.quota(kind);
    if (used + wanted > quota) {
      throw new Refusal(400, codes.quotaExceeded, `Quota exceeded for ${kind}: the limit is ${quota}.`);
    }
  }

  private sumServers(size: (flavor: (typeof catalog.flavors)[number]) => number): number {
    let sum = 0;
    for (const server of this.tables.servers.all()) {
      const flavor = flavors.get(server.flavor_id);
      if (flavor) sum += size(flavor);
    }
    return sum;
  }
}

import type { Cloud } from "./cloud.js";
import { type Kind, type Kinds, kinds } from "./model.js";
import { viewBandwidth } from "./operations/bandwidths.js";
import { viewFirewall } from "./operations/firewalls.js";
import { viewImage } from "./operations/images.js";
import { viewServer } from "./operations/instances.js";
import { viewKeypair } from "./operations/keypairs.js";
import { viewPort } from "./operations/ports.js";
import { viewPublicIp } from "./operations/publicips.js";
import { viewDeployment } from "./operations/deployments.js";
import { viewEdgecloud } from "./operations/edgeclouds.js";
import { endTables, viewRoutetable } from "./operations/routetables.js";
import { viewGroup } from "./operations/security-groups.js";
import { viewSubnet } from "./operations/subnets.js";
import { viewVolume } from "./operations/volumes.js";
import { viewVpc } from "./operations/vpcs.js";

export type JsonObject = Readonly<Record<string, unknown>>;
/** All existing objects by kind, each as its Show call answers it. */
export type Snapshot = Readonly<Record<Kind, readonly JsonObject[]>>;

const plain = (_cloud: Cloud, body: object): object => body;

const views: { readonly [K in Kind]: (cloud: Cloud, body: Kinds[K]) => object } = {
  vpcs: viewVpc,
  subnets: viewSubnet,
  security_groups: viewGroup,
  security_group_rules: plain,
  keypairs: viewKeypair,
  publicips: viewPublicIp,
  bandwidths: viewBandwidth,
  servers: (cloud, server) => viewServer(cloud, server),
  ports: viewPort,
  volumes: viewVolume,
  firewalls: viewFirewall,
  routetables: viewRoutetable,
  images: viewImage,
  deployments: viewDeployment,
  edgeclouds: viewEdgecloud,
};

export function snapshotOf(cloud: Cloud): Snapshot {
  const viewed = (kind: Kind): object[] => {
    const view = views[kind] as (cloud: Cloud, body: object) => object;
    return [...cloud.tables[kind].all()].map((body) => view(cloud, body));
  };
  return structuredClone(
    Object.fromEntries(kinds.map((kind) => [kind, viewed(kind)])),
  ) as unknown as Snapshot;
}

export function isKind(text: string): text is Kind {
  return (kinds as readonly string[]).includes(text);
}

/** Changes an object behind everybody's back, by JSON merge patch (RFC 7396). False when there is none. */
export function mutateObject(cloud: Cloud, kind: Kind, id: string, patch: JsonObject): boolean {
  const body = cloud.tables[kind].get(id);
  if (!body) return false;
  Object.assign(body, merged(body, patch));
  return true;
}

function merged(target: object, patch: JsonObject): JsonObject {
  const old = target as JsonObject;
  return Object.fromEntries(
    Object.entries(patch).map(([key, value]) => {
      const before = old[key];
      if (!isObject(value)) return [key, value ?? undefined];
      return [key, isObject(before) ? { ...before, ...merged(before, value) } : value];
    }),
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Removes an object at once, with what cannot live without it. False when there is none. */
export function removeObject(cloud: Cloud, kind: Kind, id: string): boolean {
  const { tables } = cloud;
  if (!tables[kind].get(id)) return false;
  tables[kind].entries.delete(id);
  if (kind === "security_groups") {
    for (const rule of tables.security_group_rules.all()) {
      if (rule.security_group_id === id) tables.security_group_rules.entries.delete(rule.id);
    }
  }
  if (kind === "vpcs") endTables(cloud, id);
  if (kind === "firewalls") {
    for (const subnet of tables.subnets.all()) if (subnet.firewall_id === id) delete subnet.firewall_id;
  }
  if (kind === "servers") {
    for (const volume of tables.volumes.all())
      if (volume.server_id === id) tables.volumes.entries.delete(volume.id);
    for (const port of tables.ports.all()) {
      if (port.device_id !== id) continue;
      tables.ports.entries.delete(port.id);
      for (const ip of tables.publicips.all())
        if (ip.port_id === port.id) tables.publicips.entries.delete(ip.id);
    }
  }
  if (kind === "ports") {
    for (const ip of tables.publicips.all()) {
      if (ip.port_id === id) tables.publicips.change(ip.id, { port_id: "", status: "DOWN" });
    }
  }
  return true;
}

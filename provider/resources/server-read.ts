import type { ObservedOf, StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { Api } from "../client/index.js";
import { emptyAsNull, told } from "./define.js";
import type { attributes } from "./server-attributes.js";
import { groupsOf, ownNics, type Nic } from "./server-nics.js";

type Instance = components["schemas"]["Instance"];
type Port = components["schemas"]["Port"];
type Volume = components["schemas"]["Volume"];
type ObservedServer = ObservedOf<typeof attributes> & { id: string };

/** A deleted server stays readable for a while, and a new one may read DELETED at first: both are absent. */
export const serverStatus = (server: Instance | undefined): string | undefined =>
  server?.status === "DELETED" || server?.status === "SOFT_DELETED" ? undefined : server?.status;

export async function readServer(server_id: string, api: Api): Promise<ObservedServer | undefined> {
  const { server } = await api.get("/v1/cloudservers/{server_id}", { params: { path: { server_id } } });
  if (server === undefined || serverStatus(server) === undefined) return undefined;
  const [ports, volumes] = await Promise.all([
    api.list("/v1/ports", { device_id: server_id }),
    Promise.all(
      (server["os-extended-volumes:volumes_attached"] ?? []).map(async ({ id }) => {
        const path = { volume_id: told(id, "a disk's id") };
        return (await api.get("/v1/cloudvolumes/{volume_id}", { params: { path } })).volume;
      }),
    ),
  ]);
  return fromApi(
    server,
    ports,
    volumes.filter((volume) => volume !== undefined),
  );
}

/** Servers, ports and disks of the account in three lists, instead of three calls and more a server. */
export async function listServers(api: Api, maxPages?: number): Promise<ObservedServer[] | undefined> {
  const [servers, ports, volumes] = await Promise.all([
    api.list("/v1/cloudservers", {}, { maxPages }),
    api.list("/v1/ports", {}, { maxPages }),
    api.list("/v1/cloudvolumes", {}, { maxPages }),
  ]);
  if (servers === undefined || ports === undefined || volumes === undefined) return undefined;
  const portsOf = groupBy(ports, (port) => port.device_id ?? "");
  const volumesOf = groupBy(volumes, (volume) => volume.attachments?.[0]?.server_id ?? "");
  return servers
    .filter((server) => serverStatus(server) !== undefined)
    .map((server) =>
      fromApi(server, portsOf.get(server.id ?? "") ?? [], volumesOf.get(server.id ?? "") ?? []),
    );
}

/** Map.groupBy, which Node 20 lacks. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** The instance alone tells neither subnets nor disk sizes: ports and volumes do. */
export function fromApi(
  server: Instance,
  ports: readonly Port[],
  volumes: readonly Volume[],
): ObservedServer {
  const addresses = Object.entries(server.addresses ?? {}).flatMap(([vpc, items]) =>
    items.map((item) => ({ ...item, vpc })),
  );
  const fixed = addresses.filter((a) => a["OS-EXT-IPS:type"] !== "floating" && a.version !== "6");
  const portOf = new Map(ports.map((port) => [port.id, port]));
  const disks = (server["os-extended-volumes:volumes_attached"] ?? [])
    .map((attached) => ({ attached, volume: volumes.find((volume) => volume.id === attached.id) }))
    .sort((a, b) => (a.attached.device ?? "").localeCompare(b.attached.device ?? ""));
  const system = disks.find((disk) => disk.attached.bootIndex === "0");
  const floating = addresses.filter((a) => a["OS-EXT-IPS:type"] === "floating").flatMap((a) => a.addr ?? []);
  const nics = fixed.map((a) => {
    const port = portOf.get(a["OS-EXT-IPS:port_id"]);
    return {
      port: a["OS-EXT-IPS:port_id"] ?? null,
      mac: a["OS-EXT-IPS-MAC:mac_addr"] ?? null,
      address: a.addr ?? null,
      subnet_id: port?.network_id ?? null,
      security_groups: port?.security_groups ? [...port.security_groups].sort() : null,
    };
  });
  return {
    id: told(server.id, "the server's id"),
    name: server.name,
    description: emptyAsNull(server.description) ?? null,
    flavor_id: server.flavor?.id,
    flavor_name: server.flavor?.name,
    image_id: emptyAsNull(server.image?.id) ?? undefined,
    image_name: server.metadata?.["image_name"],
    vpc_id: server.metadata?.["vpc_id"] ?? addresses[0]?.vpc,
    // It tells the site, not which operator or lines were asked for.
    coverage_sites: server.geolocation?.id === undefined ? undefined : [{ site_id: server.geolocation.id }],
    subnet_ids: nics.length > 0 ? subnetsOf(nics) : undefined,
    security_groups: groupsOf(nics, undefined),
    system_disk_id: system?.attached.id,
    system_disk_size: system?.volume?.size,
    system_disk_type: diskType(system?.volume),
    data_disks: dataDisks(disks.filter((disk) => disk !== system).map((disk) => disk.volume)),
    key_pair: emptyAsNull(server.key_name) ?? null,
    user_data: emptyAsNull(server["OS-EXT-SRV-ATTR:user_data"]),
    nics,
    volume_attached: disks.map(({ attached, volume }) => ({
      volume_id: attached.id ?? null,
      boot_index: attached.bootIndex ?? null,
      device: attached.device ?? null,
      type: volume?.volume_type ?? null,
      size: volume?.size ?? null,
    })),
    public_ip: floating[0] ?? null,
    public_ips: floating,
    power_state: server.status === "ACTIVE" || server.status === "SHUTOFF" ? server.status : undefined,
    edgecloud_id: emptyAsNull(server.edgecloud_id) ?? null,
    edgecloud_name: emptyAsNull(server.edgecloud_name) ?? null,
    origin_server_id: server.origin_server_id,
    status: server.status,
  };
}

const DISK_TYPES = ["SATA", "SAS", "GPSSD", "SSD"] as const;
const diskType = (volume: Volume | undefined) => DISK_TYPES.find((type) => type === volume?.volume_type);

/** All items, or undefined when one is not told: a half-told list would read as a change. */
const allTold = <T>(items: readonly (T | undefined)[]): readonly T[] | undefined =>
  items.every((item) => item !== undefined) ? items : undefined;

const dataDisks = (volumes: readonly (Volume | undefined)[]) =>
  allTold(
    volumes.map((volume) => {
      const type = diskType(volume);
      return type !== undefined && volume?.size !== undefined ? { type, size: volume.size } : undefined;
    }),
  );

const subnetsOf = (nics: readonly Nic[]) => allTold(nics.map(({ subnet_id }) => subnet_id ?? undefined));

/** The server without the NICs of others. */
export function interpret(observed: ObservedServer, known: ObservedOf<typeof attributes>): ObservedServer {
  // User data cannot change: how the cloud writes it is no news.
  const told = known.user_data === undefined ? observed : { ...observed, user_data: undefined };
  if (!observed.nics || !known.subnet_ids) return told;
  const { own: nics } = ownNics(observed.nics, known.nics, known.subnet_ids);
  return {
    ...told,
    nics,
    subnet_ids: subnetsOf(nics),
    security_groups: groupsOf(nics, known.security_groups),
  };
}

/**
 * The cloud deletes a server's EIPs with it. Those it did not make with the server belong to somebody else, an
 * `iec_eip` most likely: unbinding them first keeps the address.
 */
export async function unbindForeignEips(state: StateOf<typeof attributes>, api: Api): Promise<void> {
  const lines = state.coverage_sites[0]?.pool_ids?.length ?? 0;
  // The first NICs have them.
  const own = state.bind_eip === true ? (state.public_ips ?? []).slice(0, Math.max(1, lines)) : [];
  await unbindEips(
    (state.nics ?? []).flatMap(({ port }) => port ?? []),
    api,
    own,
  );
}

/** Takes all public addresses from ports, but for some. */
export async function unbindEips(
  ports: readonly string[],
  api: Api,
  but: readonly string[] = [],
): Promise<void> {
  const found = await Promise.all(ports.map((port_id) => api.list("/v1/publicips", { port_id })));
  const leaving = found
    .flat()
    .filter((eip) => ports.includes(eip.port_id ?? "") && !but.includes(eip.public_ip_address ?? ""));
  await Promise.all(
    leaving.map((eip) =>
      api.put("/v1/publicips/{publicip_id}", {
        params: { path: { publicip_id: told(eip.id, "the EIP's id") } },
        body: { publicip: { port_id: "" } },
      }),
    ),
  );
}

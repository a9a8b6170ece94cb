import type { ResourceNode } from "../../graph.js";
import { formatPath, isList, type Path, type Value } from "../../unknown.js";
import { nameOf, open, type Identity } from "../identity.js";
import { parseAddresses } from "../packets/addresses.js";
import { locate } from "../values.js";
import type { Groups } from "./groups.js";
import type { AddressChoice, GroupSet, Nic, Subnet } from "./model.js";
import type { Reader } from "./read.js";
import { siteAt, vpcOf, type Subnets } from "./subnets.js";

/** A NIC in the making: what binds to it is found out once all are known. */
export type NicDraft = Omit<Nic, "access" | "forwards"> & {
  readonly port: Value;
  /** Attributes that will tell the port: `nics[0].port`. */
  readonly ports: readonly Path[];
  readonly server: ResourceNode;
  /** Whether it is the only NIC of its server that there may be. */
  readonly only: boolean;
  readonly unchecked: Nic["forwards"];
};

/** Servers, NICs of their own, ports that were looked up, and edge services: everything that has network cards. */
export class Nics {
  readonly all: NicDraft[] = [];
  readonly #ports = new Set<string>();

  constructor(
    readonly reader: Reader,
    readonly groups: Groups,
    readonly subnets: Subnets,
  ) {
    const order = (node: ResourceNode) => (node.mode === "managed" ? 0 : node.mode === "data" ? 1 : 2);
    const seen = new Set<string>();
    for (const node of [...reader.nodes("iec_server")].toSorted((a, b) => order(a) - order(b))) {
      const id = node.values["id"];
      if (typeof id === "string" && seen.size === seen.add(id).size) continue;
      for (const nic of this.#serverNics(node)) this.#add(nic);
    }
    for (const node of reader.nodes("iec_server_nic")) this.#add(this.#ownNic(node));
    for (const node of reader.nodes("iec_port")) {
      const owner = reader.value(node, ["device_owner"]);
      if (owner !== "neutron:VIP_PORT") this.#add(this.#portNic(node));
    }
    for (const node of reader.nodes("iec_edge_service"))
      for (const nic of this.#serviceNics(node)) this.#add(nic);
  }

  #add(nic: NicDraft): void {
    if (typeof nic.port === "string" && this.#ports.size === this.#ports.add(nic.port).size) return;
    this.all.push(nic);
  }

  #serverNics(node: ResourceNode): NicDraft[] {
    const { reader } = this;
    const vpc = vpcOf(reader, node, ["vpc_id"]);
    const site = locate(node, "coverage_sites[].site_id").flatMap(({ path }) => siteAt(reader, node, path));
    const power = reader.told(node, ["power_state"], "string");
    const stopped =
      power.value === "SHUTOFF" || (power.value === null && reader.value(node, ["status"]) === "SHUTOFF");
    const halted = stopped ? [`${node.address}.power_state`] : undefined;
    const told = reader.items(node, ["nics"]);
    const known = told !== undefined && told.length > 0 ? told : undefined;
    const wanted = reader.items(node, ["subnet_ids"]);
    const places: readonly (Path | undefined)[] =
      known ?? (wanted && wanted.length > 0 ? wanted : [undefined]);
    const only = places.length === 1 && places[0] !== undefined;
    return places.map((path, i): NicDraft => {
      const at = path && known ? [...path, "subnet_id"] : path;
      const subnet = at ? this.subnets.of(node, at) : this.subnets.of(node, ["subnet_ids"]);
      const groups = known && path ? this.#groupsOf(node, path) : this.groups.of(node, ["security_groups"]);
      return this.#draft(node, {
        path: known && path ? path : (at ?? ["subnet_ids"]),
        key: `${node.address}#${i}`,
        label: places.length > 1 ? `${nameOf(node)} (NIC ${i + 1})` : nameOf(node),
        subnet,
        vpc,
        site,
        addresses: this.#addresses(subnet, known && path ? reader.value(node, [...path, "address"]) : null, {
          node,
          path: ["nics", i, "address"],
        }),
        groups,
        halted,
        port: known && path ? reader.value(node, [...path, "port"]) : null,
        ports:
          known && path
            ? [[...path, "port"]]
            : only
              ? [["nics", 0, "port"]]
              : places.map((_, n) => ["nics", n, "port"]),
        only,
      });
    });
  }

  #groupsOf(node: ResourceNode, nic: Path): GroupSet {
    const told = this.reader.value(node, [...nic, "security_groups"]);
    return this.groups.of(
      node,
      isList(told) && told.length > 0 ? [...nic, "security_groups"] : ["security_groups"],
    );
  }

  #ownNic(node: ResourceNode): NicDraft {
    const server = this.reader.topology.objectsOf(this.reader.value(node, ["server_id"]))[0];
    const subnet = this.subnets.of(node, ["subnet_id"]);
    const { reader } = this;
    const site = server
      ? locate(server, "coverage_sites[].site_id").flatMap(({ path }) => siteAt(reader, server, path))
      : [];
    return this.#draft(node, {
      path: [],
      key: node.address,
      label: nameOf(node),
      subnet,
      vpc: server ? vpcOf(reader, server, ["vpc_id"]) : [],
      site,
      addresses: this.#addresses(subnet, reader.value(node, ["address"]), { node, path: ["address"] }),
      groups: this.groups.of(node, ["security_groups"]),
      halted:
        server && reader.value(server, ["power_state"]) === "SHUTOFF"
          ? [`${server.address}.power_state`]
          : undefined,
      port: reader.value(node, ["port_id"]),
      ports: [["port_id"], ["id"]],
      only: true,
    });
  }

  #portNic(node: ResourceNode): NicDraft {
    const { reader } = this;
    const subnet = this.subnets.of(node, ["subnet_id"]);
    const addresses = reader.items(node, ["fixed_ips"]) ?? [undefined];
    const allowed = reader.value(node, ["allowed_addresses"]);
    const unchecked = isList(allowed)
      ? allowed.length === 0
        ? "no"
        : allowed.some(isWhole)
          ? "yes"
          : "unknown"
      : "unknown";
    return {
      ...this.#draft(node, {
        path: [],
        key: node.address,
        label: nameOf(node),
        subnet,
        vpc: [],
        site: siteAt(reader, node, ["site_id"]),
        addresses: addresses.flatMap((path) =>
          this.#addresses(subnet, path ? reader.value(node, path) : null, { node, path: ["fixed_ips"] }),
        ),
        groups: this.groups.of(node, ["security_groups"]),
        halted: undefined,
        port: reader.value(node, ["id"]),
        ports: [["id"]],
        only: true,
      }),
      unchecked,
    };
  }

  /** The servers of each template, in each place: as far as sites are named. Subnets and addresses are the cloud's choice. */
  #serviceNics(node: ResourceNode): NicDraft[] {
    const { reader } = this;
    const bySite = reader.value(node, ["coverage_level"]) === "site";
    const covered = reader.items(node, ["coverage_sites"]) ?? [];
    const sites =
      bySite && covered.length > 0 ? covered.map((path) => siteAt(reader, node, [...path, "site"])) : [[]];
    const templates = reader.items(node, ["stack_resources"]) ?? [undefined];
    return templates.flatMap((template, t) =>
      sites.map((site, s): NicDraft => {
        const path = template ?? ["stack_resources"];
        const where: Identity = open(null, node, [...path, "subnet", s]);
        const subnet = this.subnets.named(
          { ...where, label: "a subnet of the cloud's choice", unknowns: [`the subnets of ${nameOf(node)}`] },
          node,
          path,
        );
        const allowed = reader.value(node, [...path, "allowed_addresses"]);
        const draft = this.#draft(node, {
          path,
          key: `${node.address}#${t}.${s}`,
          label: templates.length > 1 ? `${nameOf(node)} (template ${t + 1})` : nameOf(node),
          subnet,
          vpc: template ? vpcOf(reader, node, [...path, "vpc_id"]) : [],
          site,
          addresses: subnet.addresses,
          groups: template
            ? this.groups.of(node, [...path, "security_groups"])
            : this.groups.openSet([`${node.address}.stack_resources`]),
          halted: undefined,
          port: null,
          ports: [],
          only: false,
        });
        return { ...draft, unchecked: allowed === null ? "no" : "unknown" };
      }),
    );
  }

  #draft(node: ResourceNode, draft: Omit<NicDraft, "node" | "server" | "unchecked">): NicDraft {
    const { subnet, vpc, site } = draft;
    // One by one: to spread as many, for each of thousands of NICs, takes longer than to read them.
    return {
      node,
      server: node,
      path: draft.path,
      key: draft.key,
      label: draft.label,
      subnet,
      vpc: [...subnet.vpc, ...vpc],
      site: [...subnet.site, ...site],
      addresses: draft.addresses,
      groups: draft.groups,
      halted: draft.halted,
      port: draft.port,
      ports: draft.ports,
      only: draft.only,
      unchecked: "no",
    };
  }

  /** An address that is told, or any of the subnet's. */
  #addresses(
    subnet: Subnet,
    told: Value,
    { node, path }: { readonly node: ResourceNode; readonly path: Path },
  ): readonly AddressChoice[] {
    const known = typeof told === "string" ? parseAddresses(told) : undefined;
    const chosen = subnet.addresses
      .filter(({ addresses }) => addresses.family !== known?.family)
      .map((choice): AddressChoice => ({
        ...choice,
        unknowns: [`${node.address}.${formatPath(path)}`, ...(choice.sure ? [] : choice.unknowns)],
      }));
    return known ? [{ addresses: known, sure: true, unknowns: [] }, ...chosen] : chosen;
  }
}

const isWhole = (text: Value): boolean => typeof text === "string" && text.endsWith("/0");

import type { ResourceNode } from "../../graph.js";
import { formatPath, isUnknown, type Path } from "../../unknown.js";
import { append } from "./groups.js";
import type { NicDraft } from "./nics.js";
import type { Reader } from "./read.js";
import { kindOf, sourceKey } from "../values.js";

/** What may stand for a port: NICs, and virtual IPs by their node. */
export interface PortTargets {
  readonly nics: readonly NicDraft[];
  readonly vips: readonly ResourceNode[];
  /** Whether it is exactly these, and not one of these or something else. */
  readonly sure: boolean;
  readonly unknowns: readonly string[];
}

/** Finds the ports that attributes such as `port_id` name. */
export class Ports {
  readonly #byId = new Map<string, NicDraft>();
  #bySource: ReadonlyMap<string, readonly NicDraft[]> | undefined;
  readonly #vips: readonly ResourceNode[];
  readonly #open: readonly NicDraft[];

  constructor(
    readonly reader: Reader,
    readonly nics: readonly NicDraft[],
  ) {
    this.#vips = [...reader.nodes("iec_vip")];
    this.#open = nics.filter((nic) => typeof nic.port !== "string");
    for (const nic of nics) if (typeof nic.port === "string") this.#byId.set(nic.port, nic);
  }

  /** Undefined when the attribute is not set. */
  of(node: ResourceNode, path: Path): PortTargets | undefined {
    const value = this.reader.value(node, path);
    if (value === null || value === "") return undefined;
    if (typeof value === "string") {
      const nic = this.#byId.get(value);
      if (nic) return { nics: [nic], vips: [], sure: true, unknowns: [] };
      const vips = this.#vips.filter((vip) => vip.values["id"] === value);
      if (vips.length > 0) return { nics: [], vips, sure: true, unknowns: [] };
      const unknowns = this.reader.names(value, node, path);
      // A NIC that an apply is about to change does not tell its port.
      return { nics: this.#open, vips: this.#openVips(), sure: false, unknowns };
    }
    const unknowns = this.reader.names(value, node, path);
    const source = isUnknown(value) ? value.source : undefined;
    const owner = source && this.reader.topology.graph.nodes.get(source.address);
    if (source && owner) {
      if (kindOf(owner.type) === "iec_vip" && formatPath(source.path) === "id")
        return { nics: [], vips: [owner], sure: true, unknowns: [] };
      const nics = (this.#bySource ??= bySource(this.nics)).get(sourceKey(source));
      if (nics) return { nics, vips: [], sure: nics.length === 1, unknowns };
      if (kindOf(owner.type) === "iec_edge_service")
        return { nics: this.nics.filter(({ server }) => server === owner), vips: [], sure: false, unknowns };
    }
    return { nics: this.nics, vips: this.#vips, sure: false, unknowns };
  }

  #openVips = (): readonly ResourceNode[] => this.#vips.filter((vip) => typeof vip.values["id"] !== "string");
}

/** NICs by the attributes that will tell their ports. */
function bySource(nics: readonly NicDraft[]): ReadonlyMap<string, readonly NicDraft[]> {
  const found = new Map<string, NicDraft[]>();
  for (const nic of nics)
    for (const path of nic.ports) append(found, sourceKey({ address: nic.server.address, path }), nic);
  return found;
}

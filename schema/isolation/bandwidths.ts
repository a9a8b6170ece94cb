import { isUnknown, Unknown, type Value } from "../unknown.js";
import { literal, open, type Identity } from "./identity.js";
import type { Placed, Topology } from "./topology.js";
import { formatSource, kindOf } from "./values.js";

/** Where a bandwidth belongs, as far as it is known. */
export interface BandwidthHome {
  /** The same for the same bandwidth. */
  readonly key: string;
  readonly label: string;
  readonly site: Identity | undefined;
  readonly line: Value | undefined;
}

/** Tells where the bandwidth belongs whose id a value is: by the EIP that brings it along, or as the cloud told. */
export function homesOf(topology: Topology): (written: Value) => BandwidthHome | undefined {
  const byId = new Map<string, Placed>();
  for (const type of ["iec_eip", "iec_bandwidth"]) {
    for (const placed of topology.ofType(type)) {
      const id = placed.node.values["bandwidth_id"];
      if (typeof id === "string" && placed.sites[0]?.identity.id !== undefined) byId.set(id, placed);
    }
  }
  const known = (key: string, label: string, { node, sites }: Placed): BandwidthHome => ({
    key,
    label,
    site: sites[0]?.identity,
    line: topology.written(node, "line_id"),
  });
  return function homeOf(written: Value): BandwidthHome | undefined {
    const value = topology.follow(written);
    if (typeof value === "string") {
      const placed = byId.get(value);
      return placed && known(value, JSON.stringify(value), placed);
    }
    if (!isUnknown(value) || value.source === undefined) return undefined;
    const { address, path } = value.source;
    const node = topology.graph.nodes.get(address);
    if (node === undefined) return undefined;
    const label = formatSource(value.source);
    if (kindOf(node.type) === "iec_eip" && path.join(".") === "bandwidth_id") {
      const inherited = topology.written(node, "bandwidth_id");
      // Its own when nothing is written there; another's else.
      const further =
        inherited === null || inherited === value || sameSource(inherited, value)
          ? undefined
          : homeOf(inherited);
      return further ?? known(`${address}.bandwidth_id`, label, topology.placed(node));
    }
    if (kindOf(node.type) === "iec_bandwidth" && node.mode === "managed")
      return homeOf(topology.written(node, "bandwidth_id"));
    // An item of a list that is not read yet: its site stands beside its id.
    const at = new Unknown({ address, path: [...path.slice(0, -1), "site_id"] });
    const beside = topology.follow(at);
    return {
      key: label,
      label,
      site: literal(beside) ?? open(beside, node, path),
      line: undefined,
    };
  };
}

const sameSource = (a: Value, b: Unknown): boolean =>
  isUnknown(a) &&
  a.source !== undefined &&
  b.source !== undefined &&
  formatSource(a.source) === formatSource(b.source);

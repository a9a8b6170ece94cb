import type { ResourceNode } from "../../graph.js";
import { formatPath, isUnknown } from "../../unknown.js";
import { centralType, isCentralId } from "../central.js";
import { conditional, listed, refuted, type Judgement, type Rule } from "../rule.js";
import type { Placed, Pointer, Topology } from "../topology.js";
import { formatSource } from "../values.js";
import { candidates, nounOf } from "./wording.js";

export const centralCloud: Rule = {
  code: "IEC1009",
  severity: "error",
  reason:
    "IEC VPCs, servers, disks and EIPs are unrelated to the central cloud's VPC, ECS, EVS and EIP services.",
  source: "[docs:FAQ network]",
  *check(topology) {
    for (const holder of topology.subjects()) {
      for (const pointer of topology.pointers(holder.node)) {
        const found = centralSource(topology, holder.node, pointer);
        if (found !== undefined) yield judge(topology, holder, pointer, found);
      }
    }
  },
};

function judge(topology: Topology, holder: Placed, pointer: Pointer, found: Central): Judgement {
  const { path } = pointer;
  if (!found.exact) {
    return conditional(holder, path, `${formatPath(path)} is the id of an IEC object`, [found.name]);
  }
  const better = candidates(topology, holder, pointer);
  return refuted(
    holder,
    path,
    `${formatPath(path)} is ${found.name}, which belongs to the central cloud. It takes ${nounOf(pointer)}.`,
    better.length > 0 ? `Use ${listed(better)}.` : `Use ${nounOf(pointer)}, made in IEC.`,
  );
}

/** What of the central cloud an attribute holds; not exact where it is only computed from it. */
interface Central {
  readonly name: string;
  readonly exact: boolean;
}

function centralSource(topology: Topology, node: ResourceNode, pointer: Pointer): Central | undefined {
  const { value, objects } = pointer;
  if (typeof value === "string" && isCentralId(value)) return { name: JSON.stringify(value), exact: true };
  const [object] = objects;
  if (object !== undefined) {
    return objects.every((o) => centralType(o.address))
      ? { name: `${object.address}.id`, exact: true }
      : undefined;
  }
  if (isUnknown(value) && value.source) {
    return centralType(value.source.address) ? { name: formatSource(value.source), exact: true } : undefined;
  }
  const derived = isUnknown(value)
    ? value.derivedFrom.find((source) => centralType(source.address))
    : undefined;
  if (derived) return { name: formatSource(derived), exact: false };

  // A front door that cannot say where a value comes from still lists what the attribute refers to.
  if (!node.references.some((ref) => centralType(ref.to))) return undefined;
  const text = formatPath(pointer.path);
  const references = node.references.filter((ref) => formatPath(ref.path) === text);
  const central = references.find((ref) => centralType(ref.to));
  if (central === undefined) return undefined;
  const name = formatSource({ address: central.to, path: central.toPath });
  const plain = references.length === 1 && formatPath(central.toPath) === "id";
  if (isUnknown(value)) return { name, exact: plain };
  // A known value is the referred id, unless the graph knows that resource by another id.
  return plain && typeof topology.graph.nodes.get(central.to)?.values["id"] !== "string"
    ? { name, exact: true }
    : undefined;
}

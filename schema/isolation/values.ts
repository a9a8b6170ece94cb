import { expandPath } from "../definition.js";
import type { ResourceGraph, ResourceNode } from "../graph.js";
import {
  formatPath,
  getPath,
  isList,
  isObject,
  isUnknown,
  Unknown,
  type Path,
  type Value,
  type ValueSource,
} from "../unknown.js";

/** A value and where in its resource it stands. */
export interface Located {
  readonly path: Path;
  readonly value: Value;
}

/** The set values that a pattern such as `coverage_sites[].site_id` stands for. */
export function locate(node: ResourceNode, pattern: string | undefined): Located[] {
  if (pattern === undefined) return [];
  return expandPath(pattern, node.values).flatMap((path) => {
    const stop = path.findIndex((_, i) => isUnknown(getPath(node.values, path.slice(0, i + 1))));
    if (stop >= 0 && stop < path.length - 1) {
      // An item of a list that is unknown as a whole: which one it will be is open.
      const whole = getPath(node.values, path.slice(0, stop + 1));
      const sources = isUnknown(whole) ? sourcesOf(whole) : [];
      return [{ path: path.slice(0, stop + 1), value: new Unknown(undefined, sources) }];
    }
    const value = getPath(node.values, path) ?? null;
    return value === null ? [] : [{ path, value }];
  });
}

/** Follows an unknown to the value it will be, through as many resources as the graph tells. */
export function follow(value: Value, graph: ResourceGraph): Value {
  const seen = new Set<string>();
  for (;;) {
    if (!isUnknown(value) || value.source === undefined) return value;
    const name = formatSource(value.source);
    if (seen.has(name)) return value;
    seen.add(name);
    const next = step(value.source, graph);
    if (next === undefined || next === null || (isUnknown(next) && next.source === undefined)) return value;
    value = next;
  }
}

/** The value at a source. Below an unknown with a source of its own, it is that source's value. */
function step({ address, path }: ValueSource, graph: ResourceGraph): Value | undefined {
  let current: Value | undefined = graph.nodes.get(address)?.values;
  for (const [i, key] of path.entries()) {
    if (isUnknown(current)) {
      const { source } = current;
      return source && new Unknown({ address: source.address, path: [...source.path, ...path.slice(i)] });
    }
    if (isList(current)) current = current[Number(key)];
    else if (isObject(current)) current = current[key];
    else return undefined;
  }
  return current;
}

export const sourcesOf = (value: Unknown): readonly ValueSource[] =>
  value.source === undefined ? value.derivedFrom : [value.source, ...value.derivedFrom];

export function formatSource({ address, path }: ValueSource): string {
  const text = formatPath(path);
  return text === "" || text.startsWith("[") ? address + text : `${address}.${text}`;
}

/** Names of what an unknown waits for; the attribute itself when it does not tell. */
export function namesOf(value: Unknown, holder: ResourceNode, path: Path): string[] {
  const sources = sourcesOf(value);
  return sources.length > 0 ? sources.map(formatSource) : [formatSource({ address: holder.address, path })];
}

/** `module.a.data.iec_sites.all["x"]` -> `iec_sites`. */
export function typeOfAddress(address: string): string {
  const steps = address.replaceAll(/\[[^\]]*\]/g, "").split(".");
  while (steps[0] === "module") steps.splice(0, 2);
  return (steps[0] === "data" ? steps[1] : steps[0]) ?? "";
}

/** The public provider's `huaweicloud_iec_vpc` manages the same objects as `iec_vpc`. */
export const kindOf = (type: string): string => type.replace(/^huaweicloud_(?=iec_)/, "");

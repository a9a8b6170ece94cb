import type { ResourceGraph, ResourceNode } from "../graph.js";
import {
  formatPath,
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
export function locate(node: ResourceNode, pattern: string | undefined): readonly Located[] {
  if (pattern === undefined) return [];
  const steps = stepsOf(pattern);
  if (steps.length === 1) {
    const value = node.values[pattern] ?? null;
    return value === null ? [] : [{ path: steps, value }];
  }
  const found: Located[] = [];
  collect(node.values, steps, [], found);
  return found;
}

/** @param path where the value stands; each part of a pattern adds a key to it while what is below is looked at */
function collect(
  value: Value | undefined,
  steps: readonly string[],
  path: (string | number)[],
  found: Located[],
): void {
  const step = steps[path.length];
  if (value === undefined || value === null) return;
  if (step === undefined) found.push({ path: path.slice(), value });
  else if (isUnknown(value)) {
    // An item of a list that is unknown as a whole: which one it will be is open.
    found.push({ path: path.slice(), value: new Unknown(undefined, sourcesOf(value)) });
  } else if (step !== ITEMS) {
    if (!isObject(value)) return;
    path.push(step);
    collect(value[step], steps, path, found);
    path.pop();
  } else if (isList(value)) {
    for (let i = 0; i < value.length; i++) {
      path.push(i);
      collect(value[i], steps, path, found);
      path.pop();
    }
  }
}

const ITEMS = "[]";
const patterns = new Map<string, readonly string[]>();
function stepsOf(pattern: string): readonly string[] {
  let steps = patterns.get(pattern);
  if (steps === undefined) patterns.set(pattern, (steps = pattern.replaceAll(ITEMS, `.${ITEMS}`).split(".")));
  return steps;
}

/** No design refers through more resources than this; a circle of references ends here too. */
const MOST_HOPS = 100;

/** Follows an unknown to the value it will be, through as many resources as the graph tells. */
export function follow(written: Value, graph: ResourceGraph): Value {
  let value = written;
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    if (!isUnknown(value) || value.source === undefined) return value;
    const next = step(value.source, graph);
    if (next === undefined || next === null || (isUnknown(next) && next.source === undefined)) return value;
    if (isUnknown(next) && next.source && sameSource(next.source, value.source)) return value;
    value = next;
  }
  return written;
}

const sameSource = (a: ValueSource, b: ValueSource): boolean =>
  a.address === b.address && a.path.length === b.path.length && a.path.every((key, i) => key === b.path[i]);

/** The value at a source. Below an unknown with a source of its own, it is that source's value. */
function step({ address, path }: ValueSource, graph: ResourceGraph): Value | undefined {
  let current: Value | undefined = graph.nodes.get(address)?.values;
  for (let i = 0; i < path.length; i++) {
    const key = path[i] ?? "";
    if (isUnknown(current)) {
      const { source } = current;
      return source && new Unknown({ address: source.address, path: source.path.concat(path.slice(i)) });
    }
    if (isList(current)) current = current[Number(key)];
    else if (isObject(current)) current = current[key];
    else return undefined;
  }
  return current;
}

export const sourcesOf = (value: Unknown): readonly ValueSource[] =>
  value.source === undefined ? value.derivedFrom : [value.source, ...value.derivedFrom];

/** The same text for the same source only; cheaper to make than a name to read. */
export const sourceKey = ({ address, path }: ValueSource): string => `${address}\0${path.join("\0")}`;

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
export const kindOf = (type: string): string =>
  type.startsWith("huaweicloud_iec_") ? type.slice("huaweicloud_".length) : type;

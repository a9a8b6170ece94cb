import type { Attribute, Attributes, ElementAttribute } from "../attributes.js";
import type { Placement } from "../definition.js";

/** What isolation has to know of resource types, taken from their definitions. */
export interface TypeTables {
  readonly placements: Readonly<Record<string, Placement>>;
  readonly refs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export function tablesOf(
  definitions: Iterable<{
    readonly type: string;
    readonly attributes: Attributes;
    readonly placement?: Placement;
  }>,
): TypeTables {
  const placements: Record<string, Placement> = {};
  const refs: Record<string, Record<string, readonly string[]>> = {};
  for (const { type, attributes, placement } of definitions) {
    if (placement !== undefined) placements[type] = placement;
    refs[type] = Object.fromEntries(refsOf(attributes, ""));
  }
  return { placements, refs };
}

/** `subnet_ids[]` -> the types it refers to, at every depth. */
function refsOf(attributes: Attributes, prefix: string): [string, readonly string[]][] {
  return Object.entries(attributes).flatMap(([name, attribute]) => refsAt(attribute, prefix + name));
}

function refsAt(attribute: Attribute | ElementAttribute, path: string): [string, readonly string[]][] {
  const own: [string, readonly string[]][] = attribute.ref ? [[path, attribute.ref]] : [];
  if (attribute.kind === "list" || attribute.kind === "set") {
    return [...own, ...refsAt(attribute.element, `${path}[]`)];
  }
  if (attribute.kind !== "block" && attribute.kind !== "object") return own;
  const many = attribute.kind === "block" && attribute.nesting !== "single";
  return [...own, ...refsOf(attribute.attributes, many ? `${path}[].` : `${path}.`)];
}

import { App, TerraformElement } from "cdktf";
import type { IConstruct } from "constructs";
import type { ResourceNode } from "../../schema/graph.js";
import { locate, follow, formatSource } from "../../schema/isolation/values.js";
import { isUnknown, type Value } from "../../schema/unknown.js";
import { evaluate } from "../validate/evaluate";
import { graphOf, type Part } from "../validate/graph";
import { designOf, placements } from "../validate/index";
import { resolveMarked } from "../validate/tokens";
import type { Entry } from "../validate/tree";

/** Where a resource is expected to be; what is left out may be anything. */
export interface ExpectedPlace {
  /** The id of a site, known or not: `site.siteId`. */
  readonly site?: string;
  /** As in the search for the site, such as `guangzhou`. */
  readonly city?: string;
  /** A construct that is, or makes, a VPC; or an id. */
  readonly vpc?: IConstruct | string;
}

/** What is not as expected, a line each; empty when everything is. */
export function misplaced(construct: IConstruct, expected: ExpectedPlace): string[] {
  const { root } = construct.node;
  if (!App.isApp(root)) return [`${construct.node.path} is in no App`];
  const { tree, parts } = designOf(root);
  const graph = graphOf(parts);
  const inside = new Set<IConstruct>(construct.node.findAll());
  const held = parts.filter(({ entry }) => inside.has(entry.element));

  const final = (value: Value): Value => follow(value, graph);
  /** A value that the test gives, as the construct would take it. */
  const given = (entry: Entry, raw: string): Value => {
    const resolved = resolveMarked(entry.element, raw);
    const scope = { tree, entry: { element: entry.element, resolved }, choices: NO_CHOICES, via: [] };
    return final(evaluate(scope, resolved.value));
  };
  const cityOf = (value: Value): Value | undefined => {
    const source = isUnknown(value) ? value.source : undefined;
    const search = source?.path[0] === "sites" ? graph.nodes.get(source.address) : undefined;
    return search?.values["city"];
  };
  const placesOf = (node: ResourceNode, attribute: "site" | "vpc"): Value[] =>
    locate(node, placements[node.type]?.[attribute]).map(({ value }) => final(value));

  const checks: Readonly<
    Record<keyof ExpectedPlace, (part: Part, node: ResourceNode) => string[] | undefined>
  > = {
    site: ({ entry }, node) =>
      expected.site === undefined
        ? undefined
        : differing(placesOf(node, "site"), given(entry, expected.site)),
    city: (_part, node) =>
      expected.city === undefined
        ? undefined
        : placesOf(node, "site").flatMap((site) => {
            const city = cityOf(site);
            return city === expected.city ? [] : [typeof city === "string" ? city : shown(site)];
          }),
    vpc: ({ entry }, node) => {
      const id = typeof expected.vpc === "string" ? expected.vpc : expected.vpc && idOf(expected.vpc);
      return id === undefined ? undefined : differing(placesOf(node, "vpc"), given(entry, id));
    },
  };
  return (Object.keys(checks) as (keyof ExpectedPlace)[]).flatMap((name) => {
    if (expected[name] === undefined) return [];
    const placement = name === "vpc" ? "vpc" : "site";
    const placed = held.flatMap((part) =>
      part.nodes.filter((node) => placesOf(node, placement).length > 0).map((node) => ({ part, node })),
    );
    if (placed.length === 0) return [`${construct.node.path} holds no resource that has a ${placement}`];
    return placed.flatMap(({ part, node }) =>
      (checks[name](part, node) ?? []).map(
        (actual) => `${part.entry.element.node.path}: ${name} is ${actual}`,
      ),
    );
  });
}

const NO_CHOICES = { taken: new Map<string, boolean>(), met: new Set<string>() };

const differing = (actual: readonly Value[], wanted: Value): string[] =>
  actual.filter((value) => shown(value) !== shown(wanted)).map(shown);

/** The same text for the same value only. */
function shown(value: Value): string {
  if (!isUnknown(value)) return JSON.stringify(value);
  if (value.source !== undefined) return formatSource(value.source);
  return `one that only an apply tells, out of ${value.derivedFrom.map(formatSource).join(", ")}`;
}

function idOf(construct: IConstruct): string {
  const found = construct.node
    .findAll()
    .find(
      (one): one is TerraformElement & { readonly id: string; readonly terraformResourceType: string } =>
        TerraformElement.isTerraformElement(one) &&
        "terraformResourceType" in one &&
        one.terraformResourceType === "iec_vpc",
    );
  if (found === undefined) throw new TypeError(`${construct.node.path} is no VPC, and makes none`);
  return found.id;
}

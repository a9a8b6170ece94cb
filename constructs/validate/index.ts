import type { App, TerraformElement } from "cdktf";
import { dedupe, type Diagnostic } from "../../schema/diagnostics.js";
import tables from "../../schema/generated/placement.json";
import type { ResourceGraph } from "../../schema/graph.js";
import {
  checkIsolation,
  type Finding,
  type IsolationInput,
  type TypeTables,
} from "../../schema/isolation/index.js";
import { formatPath } from "../../schema/unknown.js";
import { noticesOf } from "../notices";
import { policiesOf } from "../policies";
import { checkChoices } from "./choices";
import { nameSitesByCity } from "./cities";
import { graphOf, partsOf, type Part } from "./graph";
import { checkTraps } from "./traps";
import { indexTree, type Tree } from "./tree";
import { checkConfigurations } from "./values";

export interface Validation {
  /** What is wrong whatever the cloud says. */
  readonly diagnostics: readonly Diagnostic[];
  /** What only the cloud can tell: the plan checks it, and the apply before the call that depends on it. */
  readonly conditional: readonly Finding[];
}

const { placements, refs } = tables as TypeTables;
export { placements };

/** A construct tree as isolation and reachability read it. */
export interface Design {
  readonly tree: Tree;
  readonly parts: readonly Part[];
  /** What they take of it, or of another reading of its parts. */
  input(graph?: ResourceGraph): IsolationInput;
}

export function designOf(app: App): Design {
  const tree = indexTree(app);
  const parts = partsOf(tree, placements);
  let keys: Map<TerraformElement, string> | undefined;
  const policies = policiesOf(tree.constructs, (resource) => {
    keys ??= new Map(tree.entries.map(({ element, key }) => [element, key]));
    return keys.get(resource);
  });
  return {
    tree,
    parts,
    input: (graph = graphOf(parts)) => ({
      ...nameSitesByCity(graph, placements),
      placements,
      refs,
      policies,
    }),
  };
}

/** Validates every stack of an app, without writing anything: values, isolation, and traps of cdktf. */
export function inspectApp(app: App): Validation {
  const { tree, parts, input } = designOf(app);
  const { diagnostics, conditional } = checkChoices(tree, parts, placements, (graph, only) =>
    checkIsolation({ ...input(graph), ...(only ? { only } : {}) }),
  );
  const traps = checkTraps(app, tree);
  const trapped = new Set(traps.map(placeOf));
  // A text that is spoilt is no wrong value besides.
  const values = checkConfigurations(tree, parts).filter((d) => !trapped.has(placeOf(d)));
  const found = [...noticesOf(tree.constructs), ...traps, ...inStacks(parts, [...values, ...diagnostics])];
  return { diagnostics: dedupe(found), conditional };
}

/** Outside of the graph an address is what Terraform calls it in its stack: the origin tells which. */
function inStacks(parts: readonly Part[], diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length === 0) return [];
  const addresses = new Map(
    parts.flatMap(({ entry, nodes }) =>
      nodes.map(({ address }) => [address, entry.address + address.slice(entry.key.length)]),
    ),
  );
  return diagnostics.map((d) => ({
    ...d,
    address: d.address === undefined ? undefined : (addresses.get(d.address) ?? d.address),
  }));
}

const placeOf = ({ origin, path = [] }: Diagnostic): string =>
  `${origin?.constructPath ?? ""} ${formatPath(path)}`;

/** Everything that is wrong with an app, for people who keep an `App` of their own. Writes nothing. */
export const validateApp = (app: App): readonly Diagnostic[] => inspectApp(app).diagnostics;

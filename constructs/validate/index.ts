import type { App, TerraformElement } from "cdktf";
import { dedupe, type Diagnostic } from "../../schema/diagnostics.js";
import tables from "../../schema/generated/placement.json";
import { checkIsolation, type Finding, type TypeTables } from "../../schema/isolation/index.js";
import { noticesOf } from "../notices";
import { policiesOf } from "../policies";
import { checkChoices } from "./choices";
import { nameSitesByCity } from "./cities";
import { partsOf } from "./graph";
import { checkTraps } from "./traps";
import { indexTree } from "./tree";

export interface Validation {
  /** What is wrong whatever the cloud says. */
  readonly diagnostics: readonly Diagnostic[];
  /** What only the cloud can tell: the plan checks it, and the apply before the call that depends on it. */
  readonly conditional: readonly Finding[];
}

const { placements, refs } = tables as TypeTables;
export { placements };

/** Validates every stack of an app, without writing anything: isolation, and traps of cdktf. */
export function inspectApp(app: App): Validation {
  const tree = indexTree(app);
  const parts = partsOf(tree, placements);
  const keys = new Map(tree.entries.map(({ element, key }) => [element as TerraformElement, key]));
  const policies = policiesOf(app, (resource) => keys.get(resource));
  const { diagnostics, conditional } = checkChoices(tree, parts, placements, (graph, only) =>
    checkIsolation({
      ...nameSitesByCity(graph, placements),
      placements,
      refs,
      policies,
      ...(only ? { only } : {}),
    }),
  );
  // Outside of the graph an address is what Terraform calls it in its stack: the origin tells which.
  const addresses = new Map(
    parts.flatMap(({ entry, nodes }) =>
      nodes.map(({ address }) => [address, entry.address + address.slice(entry.key.length)]),
    ),
  );
  const inStack = (d: Diagnostic): Diagnostic => ({
    ...d,
    address: d.address === undefined ? undefined : (addresses.get(d.address) ?? d.address),
  });
  const found = [...noticesOf(app), ...checkTraps(app, tree), ...diagnostics.map(inStack)];
  return { diagnostics: dedupe(found), conditional };
}

/** Everything that is wrong with an app, for people who keep an `App` of their own. Writes nothing. */
export const validateApp = (app: App): readonly Diagnostic[] => inspectApp(app).diagnostics;

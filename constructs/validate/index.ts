import type { App } from "cdktf";
import { dedupe, type Diagnostic } from "../../schema/diagnostics.js";
import placements from "../../schema/generated/placement.json";
import type { Placement } from "../../schema/definition.js";
import { checkIsolation, type Finding } from "../../schema/isolation/index.js";
import { noticesOf } from "../notices";
import { nameSitesByCity } from "./cities";
import { graphOf } from "./graph";
import { checkTraps } from "./traps";
import { indexTree } from "./tree";

export interface Validation {
  /** What is wrong whatever the cloud says. */
  readonly diagnostics: readonly Diagnostic[];
  /** What only the cloud can tell: the plan checks it, and the apply before the call that depends on it. */
  readonly conditional: readonly Finding[];
}

const PLACEMENTS = placements as Readonly<Record<string, Placement>>;

/** Validates every stack of an app, without writing anything: isolation, and traps of cdktf. */
export function inspectApp(app: App): Validation {
  const tree = indexTree(app);
  const { graph, sites } = nameSitesByCity(graphOf(tree, PLACEMENTS), PLACEMENTS);
  const { diagnostics, conditional } = checkIsolation({ graph, placements: PLACEMENTS, sites });
  // Outside of the graph an address is what Terraform calls it in its stack: the origin tells which.
  const addresses = new Map(tree.entries.map(({ key, address }) => [key, address]));
  const inStack = (d: Diagnostic): Diagnostic => ({
    ...d,
    address: d.address === undefined ? undefined : (addresses.get(d.address) ?? d.address),
  });
  const found = [...noticesOf(app), ...checkTraps(app, tree), ...diagnostics.map(inStack)];
  return { diagnostics: dedupe(found), conditional };
}

/** Everything that is wrong with an app, for people who keep an `App` of their own. Writes nothing. */
export const validateApp = (app: App): readonly Diagnostic[] => inspectApp(app).diagnostics;

import {
  TerraformDataSource,
  TerraformElement,
  TerraformLocal,
  TerraformResource,
  TerraformStack,
  type App,
} from "cdktf";
import type { Origin } from "../../schema/diagnostics.js";
import { sourceOf, userFrame } from "../sources";
import { resolveMarked, type ReferenceToken, type Resolved } from "./tokens";

export type Block = TerraformResource | TerraformDataSource;

/** A resource, data source or local of the tree, resolved when first asked for. */
export interface Entry {
  readonly element: Block | TerraformLocal;
  /** As Terraform knows it in its stack: `data.iec_sites.site`, `local.name`. */
  readonly address: string;
  /** The address, with the stack in its name where there are several stacks. */
  readonly key: string;
  readonly origin: Origin;
  /** The arguments of a block, the value of a local. */
  readonly resolved: Resolved;
}

/** A construct tree, indexed as references name its elements. */
export interface Tree {
  readonly entries: readonly Entry[];
  /** Elements that are written under the address of an earlier one, which is lost. */
  readonly merged: readonly { readonly entry: Entry; readonly lost: Entry }[];
  /** What an address names in a stack. */
  find(stack: TerraformStack, address: string): Entry | undefined;
}

export function indexTree(app: App): Tree {
  const elements = app.node.findAll();
  const several = elements.filter((element) => TerraformStack.isStack(element)).length > 1;
  const byStack = new Map<TerraformStack, Map<string, Entry>>();
  const merged: { entry: Entry; lost: Entry }[] = [];
  const entries = elements.flatMap((element) => {
    if (!TerraformElement.isTerraformElement(element)) return [];
    const kind = kindOf(element);
    if (kind === undefined) return [];
    const entry = entryOf(element as Entry["element"], kind, several);
    const stack = element.cdktfStack;
    const named = byStack.get(stack) ?? new Map<string, Entry>();
    byStack.set(stack, named);
    const lost = named.get(entry.address);
    if (lost !== undefined) merged.push({ entry, lost });
    named.set(entry.address, entry);
    return [entry];
  });
  return { entries, merged, find: (stack, address) => byStack.get(stack)?.get(address) };
}

function entryOf(element: Entry["element"], kind: string, several: boolean): Entry {
  const name = element.friendlyUniqueId;
  let resolved: Resolved | undefined;
  return {
    element,
    address: `${kind}.${name}`,
    key: several ? `${kind}.${element.cdktfStack.node.path}/${name}` : `${kind}.${name}`,
    get origin() {
      return originOf(element, this.resolved.references);
    },
    get resolved() {
      return (resolved ??= resolveMarked(element, rawOf(element)));
    },
  };
}

function kindOf(element: TerraformElement): string | undefined {
  if (TerraformResource.isTerraformResource(element)) return element.terraformResourceType;
  if (TerraformDataSource.isTerraformDataSource(element)) return `data.${element.terraformResourceType}`;
  return element instanceof TerraformLocal ? "local" : undefined;
}

/** What is going to be written, tokens still in it. */
function rawOf(element: Entry["element"]): unknown {
  const written = element.toTerraform() as Partial<
    Record<"resource" | "data" | "locals", Record<string, object>>
  >;
  if (written.locals !== undefined) return Object.values(written.locals)[0];
  const named = Object.values(written.resource ?? written.data ?? {})[0] ?? {};
  const { "//": _, ...body } = (Object.values(named)[0] ?? {}) as Record<string, unknown>;
  return body;
}

/** Without a line of its own, a block gets that of the first reference written in it. */
const originOf = (element: TerraformElement, references: readonly ReferenceToken[]): Origin => ({
  constructPath: element.node.path,
  ...(sourceOf(element) ??
    references.map(({ creationStack }) => userFrame(creationStack)).find((frame) => frame !== undefined)),
});

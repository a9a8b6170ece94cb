import {
  TerraformDataSource,
  TerraformElement,
  TerraformLocal,
  TerraformResource,
  TerraformStack,
  Token,
  type App,
} from "cdktf";
import type { IConstruct } from "constructs";
import type { Origin } from "../../schema/diagnostics.js";
import { sourceOf, userFrame } from "../sources";
import { resolveMarked, type Resolved } from "./tokens";

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
  /** Why cdktf cannot write the element; it is taken for an empty one then. */
  readonly failure: unknown;
  /** The id of the object that a resource is imported from, where it is one id and known. */
  readonly importId: string | undefined;
}

/** A construct tree, indexed as references name its elements. */
export interface Tree {
  /** All of it, each before those below it. */
  readonly constructs: readonly IConstruct[];
  readonly entries: readonly Entry[];
  /** Elements that are written under the address of an earlier one, which is lost. */
  readonly merged: readonly { readonly entry: Entry; readonly lost: Entry }[];
  /** What an address names in a stack. */
  find(stack: TerraformStack, address: string): Entry | undefined;
  /** How an address of a stack is told from the same in another one. */
  keyOf(stack: TerraformStack, address: string): string;
}

export function indexTree(app: App): Tree {
  const constructs = app.node.findAll();
  const several = constructs.filter((construct) => TerraformStack.isStack(construct)).length > 1;
  const keyOf = (stack: TerraformStack, address: string): string =>
    several ? address.replace(/(?=[^.]+$)/, `${stack.node.path}/`) : address;
  const byStack = new Map<TerraformStack, Map<string, Entry>>();
  const merged: { entry: Entry; lost: Entry }[] = [];
  const entries: Entry[] = [];
  for (const element of constructs) {
    if (!TerraformElement.isTerraformElement(element)) continue;
    const kind = kindOf(element);
    if (kind === undefined) continue;
    const stack = element.cdktfStack;
    const address = `${kind}.${element.friendlyUniqueId}`;
    const entry = new LazyEntry(element as Entry["element"], address, keyOf(stack, address));
    let named = byStack.get(stack);
    if (named === undefined) byStack.set(stack, (named = new Map<string, Entry>()));
    const lost = named.get(address);
    if (lost === undefined) named.set(address, entry);
    else merged.push({ entry, lost });
    entries.push(entry);
  }
  return {
    constructs,
    entries,
    merged,
    find: (stack, address) => byStack.get(stack)?.get(address),
    keyOf,
  };
}

type Content = Pick<Entry, "resolved" | "importId" | "failure">;

class LazyEntry implements Entry {
  private made: Content | undefined;
  constructor(
    readonly element: Entry["element"],
    readonly address: string,
    readonly key: string,
  ) {}
  private get content(): Content {
    return (this.made ??= contentOf(this.element));
  }
  get origin() {
    return originOf(this.element, this.resolved);
  }
  get resolved() {
    return this.content.resolved;
  }
  get importId() {
    return this.content.importId;
  }
  get failure() {
    return this.content.failure;
  }
}

function contentOf(element: Entry["element"]): Content {
  try {
    const { body, importId } = writtenOf(element);
    return { resolved: resolveMarked(element, body), importId, failure: undefined };
  } catch (failure) {
    return { resolved: { value: {}, terms: [] }, importId: undefined, failure };
  }
}

function kindOf(element: TerraformElement): string | undefined {
  if (TerraformResource.isTerraformResource(element)) return element.terraformResourceType;
  if (TerraformDataSource.isTerraformDataSource(element)) return `data.${element.terraformResourceType}`;
  return element instanceof TerraformLocal ? "local" : undefined;
}

interface Written {
  readonly body: unknown;
  readonly importId: string | undefined;
}

/** What is going to be written, tokens still in it. */
function writtenOf(element: Entry["element"]): Written {
  const written = element.toTerraform() as Partial<
    Record<"resource" | "data" | "locals", Record<string, object>>
  > & { readonly import?: readonly { readonly id?: unknown }[] };
  if (written.locals !== undefined) return { body: Object.values(written.locals)[0], importId: undefined };
  const named = Object.values(written.resource ?? written.data ?? {})[0] ?? {};
  // What is undefined is not written.
  const body = { ...(Object.values(named)[0] as object | undefined), "//": undefined };
  const id = written.import?.[0]?.id;
  // An id with slashes is made of several.
  const plain = typeof id === "string" && !Token.isUnresolved(id) && !/[/$]/.test(id);
  return { body, importId: plain ? id : undefined };
}

/** Without a line of its own, a block gets that of the first reference written in it. */
function originOf(element: TerraformElement, { terms }: Resolved): Origin {
  const own = sourceOf(element);
  if (own !== undefined) return { constructPath: element.node.path, ...own };
  for (const term of terms) {
    const frame = term.kind === "reference" ? userFrame(term.token.creationStack) : undefined;
    if (frame !== undefined) return { constructPath: element.node.path, ...frame };
  }
  return { constructPath: element.node.path };
}

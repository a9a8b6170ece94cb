import { Lazy, TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { Policy } from "../schema/isolation/policies/policy.js";
import { sourceOf } from "./sources";

type Ends = readonly (IConstruct | string)[];
/** A policy whose resources are constructs. */
export type Demand = Policy extends infer P
  ? P extends Policy
    ? Omit<P, "id" | "origin" | "on" | "from"> & { readonly on: Ends } & (P extends { from: unknown }
          ? { readonly from: Ends }
          : unknown)
    : never
  : never;

/** What cdktf's constructs note of where they are made. */
const NOTE = "stacktrace";
const demands = new WeakMap<IConstruct, Demand[]>();

export function declarePolicy(policy: Construct, demand: Demand): void {
  const declared = demands.get(policy);
  if (declared !== undefined) declared.push(demand);
  else {
    demands.set(policy, [demand]);
    policy.node.addMetadata(NOTE, "trace");
  }
}

/**
 * The policies that some constructs declare, over the resources that `nameOf` names. One that then has no resources on one of its
 * sides is left out: there is nothing it could be about.
 */
export function policiesOf(
  constructs: readonly IConstruct[],
  nameOf: (resource: TerraformElement) => string | undefined,
): Policy[] {
  const namesOf = (ends: Ends): string[] =>
    ends.flatMap((end) =>
      typeof end === "string"
        ? [end]
        : end.node
            .findAll()
            .flatMap((below) => (TerraformResource.isTerraformResource(below) ? (nameOf(below) ?? []) : [])),
    );
  return constructs.flatMap((construct) =>
    (demands.get(construct) ?? []).flatMap((demand) => {
      const sides = { on: namesOf(demand.on), ...("from" in demand ? { from: namesOf(demand.from) } : {}) };
      if (Object.values(sides).some((names) => names.length === 0)) return [];
      const { path } = construct.node;
      return [
        { id: path, ...demand, ...sides, origin: { constructPath: path, ...sourceOf(construct) } } as Policy,
      ];
    }),
  );
}

const written = new WeakSet<TerraformStack>();

/** Makes a stack carry, in its metadata, every policy of the tree that concerns it. */
export function writePolicies(stack: TerraformStack): void {
  if (written.has(stack)) return;
  written.add(stack);
  const produce = () =>
    policiesOf(stack.node.root.node.findAll(), (resource) =>
      resource.cdktfStack === stack ? addressOf(resource) : undefined,
    );
  stack.addOverride("//.metadata.iec", { policies: Lazy.anyValue({ produce }) });
}

/** Writes them into every stack, where there are any. */
export function writeAllPolicies(root: IConstruct): void {
  const elements = root.node.findAll();
  if (!elements.some((element) => demands.has(element))) return;
  for (const element of elements) if (TerraformStack.isStack(element)) writePolicies(element);
}

const addressOf = (element: TerraformElement): string =>
  `${(element as TerraformResource).terraformResourceType}.${element.friendlyUniqueId}`;

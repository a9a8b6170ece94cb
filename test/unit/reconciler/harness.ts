import { DiagnosticError, type Diagnostic } from "../../../schema/diagnostics.js";
import type { ObjectValue } from "../../../schema/unknown.js";
import type { Api } from "../../../provider/client/index.js";
import { resources } from "../../../provider/resources/index.js";
import type { Resource } from "../../../schema/definition.js";
import type { ResourceChange } from "../../../provider/reconciler/model.js";
import { emptyState, PROVIDER, type Instance, type State } from "../../../provider/reconciler/state.js";

export function definitionOf(type: string): Resource<Api> {
  const definition = resources.get(type);
  if (definition === undefined) throw new Error(`no definition of ${type}`);
  return definition;
}

/** A managed instance by address. */
export function instanceAt(
  address: string,
  values: ObjectValue = {},
  rest: Partial<Instance> = {},
): readonly [string, Instance] {
  const [type = "", name = ""] = address.split(".");
  return [
    address,
    {
      mode: "managed",
      type,
      name,
      provider: PROVIDER,
      schemaVersion: 0,
      values,
      sensitive: [],
      dependencies: [],
      tainted: false,
      ...rest,
    },
  ];
}

export const stateOf = (...instances: readonly (readonly [string, Instance])[]): State => ({
  ...emptyState("lineage"),
  serial: 3,
  instances: new Map(instances),
});

export function changeAt(address: string, action: ResourceChange["action"]): ResourceChange {
  const [type = "", name = ""] = address.split(".");
  return {
    address,
    mode: "managed",
    type,
    name,
    action,
    before: action === "create" ? null : {},
    after: action === "delete" ? null : {},
    changed: [],
    replacePaths: [],
    sensitive: [],
  };
}

/** What a call complains about; throws what is no diagnostic, and when it does not complain. */
export async function complaintsOf(call: () => unknown): Promise<readonly Diagnostic[]> {
  try {
    await call();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  throw new Error("it did not complain");
}

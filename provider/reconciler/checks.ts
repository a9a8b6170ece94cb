import { allAttributes } from "../../schema/definition.js";
import { errorDiagnostic, hasErrors, type Diagnostic } from "../../schema/diagnostics.js";
import { Unknown, type ObjectValue, type Path, type Value } from "../../schema/unknown.js";
import { nearest } from "../../schema/nearest.js";
import { decode } from "../../schema/decode.js";
import { checkValues } from "../../schema/check-values.js";
import type { Block } from "./load.js";
import type { PlanRequest } from "./plan.js";
import type { State } from "./state.js";
import type { Workspace } from "./workspace.js";

/** The configuration of a block with what is known now: evaluated, decoded, checked. */
export function readConfig(
  workspace: Offline,
  block: Block,
  values: ReadonlyMap<string, Value>,
): { config: ObjectValue; sensitive: readonly Path[]; diagnostics: readonly Diagnostic[] } {
  const definition = workspace.runtime[block.mode === "data" ? "dataSources" : "resources"].get(block.type);
  const attributes = definition === undefined ? {} : allAttributes(definition);
  const evaluated = workspace.evaluator.body(block, values);
  if (hasErrors(evaluated.diagnostics))
    return { config: {}, sensitive: [], diagnostics: evaluated.diagnostics };
  const decoded = decode(attributes, evaluated.value);
  const at = (d: Diagnostic): Diagnostic => ({ ...d, address: block.address, origin: block.origin });
  const custom = hasErrors(decoded.diagnostics)
    ? []
    : (workspace.runtime.resources.get(block.type)?.validate?.(decoded.config) ?? []);
  const problems = hasErrors(decoded.diagnostics) ? [] : checkValues(attributes, decoded.config);
  return {
    config: decoded.config,
    sensitive: evaluated.sensitive,
    diagnostics: [...evaluated.diagnostics, ...[...decoded.diagnostics, ...problems, ...custom].map(at)],
  };
}

/** A resource of which nothing is known yet but its name. */
export const unknownOf = (address: string): Unknown => new Unknown({ address, path: [] });

type Offline = Pick<Workspace, "configuration" | "evaluator" | "runtime">;

/** Everything that is wrong whatever the cloud says: it is reported without asking the cloud. */
export function checkOffline(workspace: Offline, state: State, request: PlanRequest): Diagnostic[] {
  const named = [...(request.targets ?? []), ...(request.replace ?? [])];
  return [
    ...checkTargets(workspace, state, named),
    ...checkState(workspace, state),
    // A broken configuration can still be destroyed.
    ...(request.destroy === true ? [] : [...workspace.evaluator.diagnostics, ...checkBlocks(workspace)]),
  ];
}

/** Unknown types and attributes, wrong values. */
function checkBlocks(workspace: Offline): Diagnostic[] {
  const { configuration, runtime, evaluator } = workspace;
  if (hasErrors(evaluator.diagnostics)) return [];
  const values = new Map([...configuration.blocks.keys()].map((address) => [address, unknownOf(address)]));
  return [...configuration.blocks.values()].flatMap((block) => {
    const known = block.mode === "data" ? runtime.dataSources : runtime.resources;
    if (!known.has(block.type)) return [unknownType(block, [...known.keys()])];
    const dangling = checkReferences(workspace, block);
    if (dangling.length > 0) return dangling;
    // Warnings come again with the values of the plan.
    return readConfig(workspace, block, values).diagnostics.filter((d) => d.severity === "error");
  });
}

/** References to attributes that what they name cannot have. */
function checkReferences({ configuration, runtime, evaluator }: Offline, block: Block): Diagnostic[] {
  return evaluator.references(block).flatMap(({ path, to, toPath: [name] }) => {
    const target = configuration.blocks.get(to);
    const definition =
      target && runtime[target.mode === "data" ? "dataSources" : "resources"].get(target.type);
    const attributes = definition && Object.keys(allAttributes(definition));
    if (typeof name !== "string" || attributes === undefined || attributes.includes(name)) return [];
    const near = nearest(name, attributes);
    return [
      errorDiagnostic("IEC2004", `${to} has no attribute "${name}"`, {
        address: block.address,
        origin: block.origin,
        path,
        detail:
          near === undefined ? `It has: ${attributes.sort().join(", ")}.` : `Did you mean ${to}.${near}?`,
      }),
    ];
  });
}

function unknownType(block: Block, known: readonly string[]): Diagnostic {
  const what = block.mode === "data" ? "data source" : "resource";
  const near = nearest(block.type, known);
  const fix = block.type.startsWith("iec_")
    ? near === undefined
      ? `Known types: ${[...known].sort().join(", ")}.`
      : `Did you mean ${near}?`
    : "iec manages IEC resources only. Use terraform for a stack with other providers.";
  return errorDiagnostic("IEC2003", `There is no ${what} type "${block.type}"`, {
    address: block.address,
    origin: block.origin,
    detail: fix,
  });
}

/** What this version cannot work on in a state. */
const checkState = ({ runtime }: Offline, state: State): Diagnostic[] =>
  [...state.instances].flatMap(([address, instance]) => {
    if (instance.mode !== "managed") return [];
    const definition = runtime.resources.get(instance.type);
    if (definition === undefined) {
      return [
        errorDiagnostic("IEC2003", `The state holds a resource of the unknown type "${instance.type}"`, {
          address,
          detail:
            "iec manages IEC resources only, and this version may be too old for it. Nothing was changed.",
        }),
      ];
    }
    if (instance.schemaVersion <= definition.schemaVersion) return [];
    return [
      errorDiagnostic("IEC3002", `${address} was written by a newer version`, {
        address,
        detail: `Its schema version is ${instance.schemaVersion}; this version of iec-cdk knows ${definition.schemaVersion}. Upgrade iec-cdk.`,
      }),
    ];
  });

const checkTargets = ({ configuration }: Offline, state: State, addresses: readonly string[]): Diagnostic[] =>
  addresses.flatMap((address) => {
    if (configuration.blocks.has(address) || state.instances.has(address)) return [];
    const near = nearest(address, [...configuration.blocks.keys(), ...state.instances.keys()]);
    return [
      errorDiagnostic("IEC2008", `There is no resource ${address}`, {
        detail:
          near === undefined ? "Neither the configuration nor the state has it." : `Did you mean ${near}?`,
      }),
    ];
  });

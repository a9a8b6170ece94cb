import { allAttributes, type Resource } from "../../schema/definition.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { checkIsolation } from "../../schema/isolation/index.js";
import {
  formatPath,
  isList,
  isWhollyKnown,
  leaves,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { sameValue } from "../lifecycle/compare.js";
import { resolvePlanned } from "../lifecycle/plan.js";
import { readConfig } from "./checks.js";
import type { Values } from "./evaluator.js";
import type { ResourceChange } from "./model.js";
import { designOf } from "./design.js";
import type { OutputValue } from "./state.js";
import { sensitivePaths, type Workspace } from "./workspace.js";

/** What a call is made with: the plan of a resource, once all it waited for is known. */
export interface SettledValues {
  readonly planned: ObjectValue;
  /** Values of write-only attributes, which no plan holds. */
  readonly writeOnly: ObjectValue;
  /** What the state is to list as sensitive, as Terraform does. */
  readonly sensitive: readonly Path[];
  /** What is still unknown, or came out differently than planned; and what the rules of isolation say now. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Evaluates a planned change again with the values there are now. */
export function settleValues(
  workspace: Workspace,
  change: ResourceChange,
  definition: Resource<Api>,
  values: Values,
): SettledValues {
  const block = workspace.configuration.blocks.get(change.address);
  const nothing = { planned: {}, writeOnly: {}, sensitive: [] };
  if (block === undefined || change.after === null) return { ...nothing, diagnostics: [] };
  const { config, sensitive, diagnostics } = readConfig(workspace, block, values);
  const errors = diagnostics.filter((d) => d.severity === "error");
  if (errors.length > 0) return { ...nothing, diagnostics: errors };
  const attributes = allAttributes(definition);
  const writeOnly: Record<string, Value> = {};
  const problems: Diagnostic[] = [];
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = config[name] ?? null;
    const was = change.after[name] ?? null;
    if (!isWhollyKnown(value)) problems.push(unknownAtApply(name, value));
    else if (attribute.writeOnly === true) {
      if (value !== null) writeOnly[name] = value;
    } else if (value !== null && isWhollyKnown(was) && !sameValue(attribute, was, value)) {
      // A computed list that is configured empty is the cloud's to fill.
      const left = attribute.computed === true && isList(value) && value.length === 0;
      const ignored = block.ignoreChanges === "all" || block.ignoreChanges.includes(name);
      if (!left && !ignored) problems.push(contradiction(name));
    }
  }
  return {
    planned: resolvePlanned(attributes, change.after, config),
    writeOnly,
    sensitive: sensitivePaths(attributes, sensitive),
    diagnostics: problems,
  };
}

/** Isolation checks of one resource that hung on unknowns, made before the call that would break it. */
export async function guardIsolation(
  workspace: Workspace,
  current: ReadonlyMap<string, ResourceChange>,
  address: string,
): Promise<readonly Diagnostic[]> {
  const design = await designOf(workspace, current, { offline: false });
  return checkIsolation({ ...design, only: new Set([address]) }).diagnostics;
}

/** The outputs as far as they have a value; else as they were before. */
export function settleOutputs(
  { configuration, evaluator }: Workspace,
  values: Values,
  before: ReadonlyMap<string, OutputValue>,
): { outputs: ReadonlyMap<string, OutputValue>; diagnostics: readonly Diagnostic[] } {
  const { value: evaluated, sensitive, diagnostics } = evaluator.outputs(values);
  const broken = new Set(diagnostics.map((d) => d.path?.[0]));
  const outputs = [...configuration.outputs].flatMap(([name, output]): [string, OutputValue][] => {
    const value = evaluated[name] ?? null;
    const was = before.get(name);
    if (broken.has(name) || !isWhollyKnown(value)) return was === undefined ? [] : [[name, was]];
    return [[name, { value, sensitive: output.sensitive || sensitive.some((path) => path[0] === name) }]];
  });
  return { outputs: new Map(outputs), diagnostics };
}

const unknownAtApply = (name: string, value: Value): Diagnostic => {
  const [path] = [...leaves(value, [name])].find(([, leaf]) => !isWhollyKnown(leaf)) ?? [[name]];
  return errorDiagnostic("IEC2011", `${formatPath(path)} is still not known`, {
    path,
    detail: "What it depends on did not get a value. Plan again.",
  });
};

const contradiction = (name: string): Diagnostic =>
  errorDiagnostic("IEC5003", `${name} came out differently than planned`, {
    path: [name],
    detail: "The configuration gives another value than the one that was planned and reviewed. Plan again.",
  });

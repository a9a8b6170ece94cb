import { isConfigurable } from "../../schema/attributes.js";
import { allAttributes, type Resource } from "../../schema/definition.js";
import {
  DiagnosticError,
  errorDiagnostic,
  warningDiagnostic,
  type Diagnostic,
} from "../../schema/diagnostics.js";
import type { ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { mergeRefreshed } from "./merge.js";
import { readObject } from "./refresh.js";

export interface Imported {
  readonly state: ObjectValue;
  /** What the cloud does not tell, and so is null or its default. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The state of an object that exists already, as far as the cloud tells it.
 * @throws {DiagnosticError} when there is no such object, or the import id is malformed.
 */
export async function importObject(definition: Resource<Api>, importId: string, api: Api): Promise<Imported> {
  const key = definition.importId?.(importId) ?? { id: importId };
  const observed = await readObject(definition, key, api);
  if (observed === undefined) {
    throw new DiagnosticError(
      errorDiagnostic("IEC2019", `There is no ${definition.type} with the id "${importId}"`, {
        detail:
          "Check the id, and that it is an object of IEC: ids of the central cloud's services do not work here.",
      }),
    );
  }
  const attributes = allAttributes(definition);
  const told = { ...key, ...observed };
  // What the cloud does not tell, but has a default, most likely has it.
  const defaults = Object.fromEntries(
    Object.entries(attributes).map(([name, a]) => [
      name,
      "default" in a ? a.default : a.kind === "block" && a.nesting !== "single" ? [] : null,
    ]),
  );
  const untold = Object.entries(attributes).filter(
    ([name, a]) =>
      isConfigurable(a) &&
      a.writeOnly !== true &&
      name !== "timeouts" &&
      !("default" in a) &&
      told[name] === undefined,
  );
  return {
    state: mergeRefreshed(attributes, defaults, told),
    diagnostics:
      untold.length === 0
        ? []
        : [
            warningDiagnostic(
              "IEC2020",
              `The cloud does not tell everything about ${definition.type} ${importId}`,
              {
                detail: `Not told, and so empty in the state: ${untold.map(([name]) => name).join(", ")}. If the configuration sets one of these, the next plan shows a change: lifecycle.ignore_changes keeps it from being made.`,
              },
            ),
          ],
  };
}

import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { Sensitive, type Value } from "../../schema/unknown.js";
import { nearest } from "../../schema/nearest.js";
import { evaluate, parseExpression } from "./expression/index.js";
import type { VariableBlock } from "./load.js";

/** The values of the declared variables: given texts (from `--var` and `TF_VAR_*`) before defaults. */
export function resolveVariables(
  declared: ReadonlyMap<string, VariableBlock>,
  given: ReadonlyMap<string, string>,
  file: string,
): { values: Map<string, Value>; diagnostics: Diagnostic[] } {
  const values = new Map<string, Value>();
  const diagnostics: Diagnostic[] = [];
  for (const [name, variable] of declared) {
    const text = given.get(name);
    let value: Value;
    try {
      if (text !== undefined) value = convertVariable(text, variable.type);
      else if (variable.default !== undefined) value = convertDefault(variable.default, variable.type);
      else {
        diagnostics.push(
          errorDiagnostic("IEC2015", `The variable "${name}" has no value`, {
            address: `var.${name}`,
            origin: { file },
            detail: `Give one with --var ${name}=..., or set TF_VAR_${name}.`,
          }),
        );
        value = null;
      }
    } catch (error) {
      diagnostics.push(
        errorDiagnostic("IEC2005", `The variable "${name}" must be of type ${variable.type ?? "any"}`, {
          address: `var.${name}`,
          origin: { file },
          detail: variable.sensitive
            ? "Its value (sensitive) is not."
            : `${text === undefined ? `Its default ${JSON.stringify(variable.default)}` : JSON.stringify(text)} is not: ${(error as Error).message}`,
        }),
      );
      value = null;
    }
    values.set(name, variable.sensitive && !(value instanceof Sensitive) ? new Sensitive(value) : value);
  }
  for (const name of given.keys()) {
    if (!declared.has(name)) {
      const near = nearest(name, [...declared.keys()]);
      diagnostics.push(
        errorDiagnostic("IEC2008", `There is no variable "${name}"`, {
          origin: { file },
          detail: near === undefined ? "The stack declares no such variable." : `Did you mean "${near}"?`,
        }),
      );
    }
  }
  return { values, diagnostics };
}

function convertVariable(text: string, type: string | undefined): Value {
  if (type === undefined || type === "string" || type === "any") return text;
  if (type === "number") {
    if (text.trim() === "" || !Number.isFinite(Number(text))) throw new Error("it is not a number.");
    return Number(text);
  }
  if (type === "bool") {
    if (text !== "true" && text !== "false") throw new Error("it is neither true nor false.");
    return text === "true";
  }
  return evaluate(parseExpression(text), { lookup: () => undefined });
}

/** The elements of collections are checked where they are used. */
function convertDefault(value: Value, type = "any"): Value {
  const scalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (["string", "number", "bool"].includes(type)) {
    if (scalar) return convertVariable(String(value), type);
    if (value !== null) throw new Error("it is a collection.");
  } else if (scalar && type !== "any") throw new Error("it is no collection.");
  return value;
}

import { DiagnosticError } from "../../schema/diagnostics.js";
import type { Methods } from "../../schema/generated/plugin-protocol.js";
import type { Value } from "../../schema/unknown.js";
import { ArgumentError } from "../functions/function.js";
import { functions } from "../functions/index.js";
import type { ProviderOptions } from "./provider.js";
import type { Outgoing } from "./protobuf.js";
import { decodeValue, encodeValue } from "./values.js";

/** `provider::iec::NAME(...)`. Functions need neither configuration nor cloud. */
export function callFunction(
  request: Methods["CallFunction"]["request"],
  { resources }: Pick<ProviderOptions, "resources">,
): Promise<Outgoing<Methods["CallFunction"]["response"]>> {
  const definition = functions.get(request.name);
  if (definition === undefined) {
    return Promise.resolve({ error: { text: `There is no function ${request.name}.` } });
  }
  try {
    const values = definition.parameters.map(({ type }, i): Value => decodeValue(type, request.arguments[i]));
    const result = definition.call(values, { resources });
    return Promise.resolve({ result: encodeValue(definition.returns, result) });
  } catch (error) {
    if (error instanceof ArgumentError) {
      return Promise.resolve({ error: { text: error.message, functionArgument: error.argument } });
    }
    if (!(error instanceof DiagnosticError)) throw error;
    return Promise.resolve({
      error: { text: error.diagnostics.map(({ detail, summary }) => detail ?? summary).join("\n") },
    });
  }
}

import { DiagnosticError } from "../../schema/diagnostics.js";
import type { Methods } from "../../schema/generated/plugin-protocol.js";
import type { Value } from "../../schema/unknown.js";
import type { ProviderOptions } from "./provider.js";
import { ArgumentError, type ProviderFunction } from "./functions/function.js";
import { cidrFree } from "./functions/cidr-free.js";
import { parseId } from "./functions/parse-id.js";
import { siteOf } from "./functions/site-of.js";
import type { Outgoing } from "./protobuf.js";
import { decodeValue, encodeValue } from "./values.js";

/** Every function of the provider, by name. */
export const functions: ReadonlyMap<string, ProviderFunction> = new Map(
  [cidrFree, parseId, siteOf].map((definition) => [definition.name, definition]),
);

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

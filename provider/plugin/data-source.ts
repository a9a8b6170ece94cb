import { hasErrors } from "../../schema/diagnostics.js";
import type { Methods } from "../../schema/generated/plugin-protocol.js";
import { decode } from "../../schema/decode.js";
import { mergeRead } from "../lifecycle/merge.js";
import { checkValues } from "../../schema/check-values.js";
import { toWire } from "./diagnostics.js";
import type { Outgoing } from "./protobuf.js";
import type { Provider } from "./provider.js";
import { decodeValue, encodeValue, objectOf } from "./values.js";

export function validateDataSource(
  { typeName, config }: Methods["ValidateDataResourceConfig"]["request"],
  { catalog }: Provider,
): Promise<Outgoing<Methods["ValidateDataResourceConfig"]["response"]>> {
  const { attributes, type } = catalog.dataSource(typeName);
  const decoded = decode(attributes, objectOf(decodeValue(type, config)));
  const problems = hasErrors(decoded.diagnostics) ? [] : checkValues(attributes, decoded.config);
  return Promise.resolve({ diagnostics: toWire([...decoded.diagnostics, ...problems], attributes) });
}

/** Called once the whole configuration is known. */
export async function readDataSource(
  { typeName, config }: Methods["ReadDataSource"]["request"],
  provider: Provider,
  signal: AbortSignal,
): Promise<Outgoing<Methods["ReadDataSource"]["response"]>> {
  const { definition, attributes, type } = provider.catalog.dataSource(typeName);
  const { config: given } = decode(attributes, objectOf(decodeValue(type, config)));
  const told = await definition.read(given, provider.cloud().api.withSignal(signal));
  return { state: encodeValue(type, mergeRead(attributes, given, told)) };
}

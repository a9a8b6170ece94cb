import { isUnknown, type Value } from "../../schema/unknown.js";
import {
  ArgumentError,
  NAMESPACE,
  type FunctionContext,
  type Parameter,
  type ProviderFunction,
} from "../functions/function.js";
import { fail } from "./expression/errors.js";
import {
  define,
  number,
  text,
  texts,
  type FunctionDefinition,
  type Parameter as Argument,
} from "./expression/functions/definition.js";
import { derive } from "./expression/marks.js";

/** The functions of the provider, by the full names that expressions have for them. */
export const providerFunctions = (
  functions: Iterable<ProviderFunction>,
  context: FunctionContext,
): ReadonlyMap<string, FunctionDefinition> =>
  new Map(
    [...functions].map((definition) => {
      const adapted = adapt(definition, context);
      return [adapted.name, adapted];
    }),
  );

function adapt(definition: ProviderFunction, context: FunctionContext): FunctionDefinition {
  const { parameters } = definition;
  const name = NAMESPACE + definition.name;
  return define(name, parameters.map(argumentOf), (...values) => {
    try {
      const result = definition.call(values, context);
      return isUnknown(result) && result.source === undefined ? derive(...values) : result;
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      return fail(
        "function",
        `The argument "${parameters[error.argument]?.name ?? ""}" of ${name}() is wrong. ${error.message}`,
      );
    }
  });
}

function argumentOf({ name, type, allowsUnknown }: Parameter): Argument<Value> {
  if (type === "string") return text(name);
  if (type === "number") return number(name);
  if (type === "dynamic") return { name, read: (value) => value, ...(allowsUnknown && { unknown: true }) };
  if (type[0] === "list" && type[1] === "string") return texts(name);
  throw new Error(`an argument of type ${JSON.stringify(type)} cannot be read`);
}

import type { Resource } from "../../schema/definition.js";
import type { CtyType } from "../../schema/provider-schema.js";
import type { Value } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";

export interface Parameter {
  readonly name: string;
  readonly type: CtyType | "dynamic";
  readonly description: string;
  /** Called while parts of the argument are unknown too. */
  readonly allowsUnknown?: true;
}

/** What stands before the name of a function in a configuration. */
export const NAMESPACE = "provider::iec::";

/** A function that configurations call as `provider::iec::NAME(...)`. Its result depends on its arguments alone. */
export interface ProviderFunction {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly returns: CtyType;
  /** Arguments are never null. @throws {ArgumentError} */
  call(values: readonly Value[], context: FunctionContext): Value;
}
export interface FunctionContext {
  readonly resources: ReadonlyMap<string, Resource<Api>>;
}

/** What is wrong with one of the arguments, counted from 0. */
export class ArgumentError extends Error {
  readonly argument: number;
  constructor(argument: number, message: string) {
    super(message);
    this.name = "ArgumentError";
    this.argument = argument;
  }
}

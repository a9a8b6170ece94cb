import type { Resource } from "../../../schema/definition.js";
import type { Value } from "../../../schema/unknown.js";
import type { Api } from "../../client/index.js";
import type { WireType } from "../values.js";

export interface Parameter {
  readonly name: string;
  readonly type: WireType;
  readonly description: string;
  /** Called while parts of the argument are unknown too. */
  readonly allowsUnknown?: true;
}

/** A function that configurations call as `provider::iec::NAME(...)`. Its result depends on its arguments alone. */
export interface ProviderFunction {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly returns: WireType;
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

import {
  isUnknown,
  isWhollyKnown,
  isList,
  isObject,
  type ObjectValue,
  reveal,
  Sensitive,
  type Value,
} from "../../../../schema/unknown.js";
import { toNumber, toText, typeName } from "../convert.js";
import { EvaluationError, fail } from "../errors.js";
import { type Bare, derive, holdsSensitive, sealIf } from "../marks.js";

/**
 * One parameter of a function, and how its argument is read.
 *
 * Unless said otherwise an argument may not be null, an unknown anywhere in it makes the result unknown, and
 * anything sensitive in it makes the result sensitive.
 */
export interface Parameter<T> {
  readonly name: string;
  /** Converts an argument, or refuses it. */
  readonly read: (value: Bare) => T;
  readonly nullable?: true;
  readonly optional?: true;
  /** Elements may be unknown: only an argument that is unknown itself makes the result unknown. */
  readonly elementsUnknown?: true;
  /** Elements keep their own marks: only an argument that is sensitive itself makes the result sensitive. */
  readonly elementsMarked?: true;
  /** The function itself deals with an argument that is unknown. */
  readonly unknown?: true;
}

interface EagerFunction {
  readonly name: string;
  readonly parameters: readonly Parameter<unknown>[];
  /** Reads all arguments beyond the parameters. */
  readonly rest: Parameter<unknown> | undefined;
  readonly call: (args: readonly unknown[]) => Value;
}

/** A function that decides which of its arguments it evaluates. */
interface LazyFunction {
  readonly name: string;
  readonly lazy: (args: readonly (() => Value)[]) => Value;
}

/** A function of Terraform that is known and not supported, with the reason. */
interface RefusedFunction {
  readonly name: string;
  readonly refused: string;
}

export type FunctionDefinition = EagerFunction | LazyFunction | RefusedFunction;

type Arguments<P extends readonly Parameter<unknown>[]> = {
  [I in keyof P]: P[I] extends Parameter<infer T> ? T : never;
};

/** Defines a function of a fixed number of parameters. */
export function define<const P extends readonly Parameter<unknown>[]>(
  name: string,
  parameters: P,
  call: (...args: Arguments<P>) => Value,
): FunctionDefinition {
  return { name, parameters, rest: undefined, call: (args) => call(...(args as Arguments<P>)) };
}

/** Defines a function that takes any number of further arguments, which it gets as a list. */
export function defineVariadic<const P extends readonly Parameter<unknown>[], R>(
  name: string,
  parameters: P,
  rest: Parameter<R>,
  call: (more: readonly R[], ...args: Arguments<P>) => Value,
): FunctionDefinition {
  const fixed = parameters.length;
  return {
    name,
    parameters,
    rest,
    call: (args) => call(args.slice(fixed) as R[], ...(args.slice(0, fixed) as unknown as Arguments<P>)),
  };
}

export const defineLazy = (name: string, lazy: LazyFunction["lazy"]): FunctionDefinition => ({ name, lazy });

export const refuse = (name: string, refused: string): FunctionDefinition => ({ name, refused });

export function invoke(definition: EagerFunction, args: readonly Value[]): Value {
  checkCount(definition, args.length);
  const opened = args.map((arg, i) => openArgument(definition.parameters[i] ?? definition.rest, arg));
  const read = opened.map(({ parameter, bare }) => {
    if (bare !== null || parameter.nullable)
      return parameter.unknown || isDecided(parameter, bare)
        ? readArgument(definition.name, parameter, bare)
        : bare;
    return fail("function", `The argument "${parameter.name}" of ${definition.name}() is null`);
  });
  const decided = opened.every(({ parameter, bare }) => parameter.unknown ?? isDecided(parameter, bare));
  return sealIf(
    opened.some(({ sensitive }) => sensitive),
    decided ? definition.call(read) : derive(...args),
  );
}

interface Argument {
  readonly parameter: Parameter<unknown>;
  readonly bare: Bare;
  readonly sensitive: boolean;
}

function openArgument(parameter: Parameter<unknown> = any("value"), arg: Value): Argument {
  if (!parameter.elementsMarked && holdsSensitive(arg))
    return { parameter, bare: reveal(arg), sensitive: true };
  return arg instanceof Sensitive
    ? { parameter, bare: arg.value, sensitive: true }
    : { parameter, bare: arg, sensitive: false };
}

const isDecided = (parameter: Parameter<unknown>, bare: Bare): boolean =>
  parameter.elementsUnknown ? !isUnknown(bare) : isWhollyKnown(bare);

function readArgument(name: string, parameter: Parameter<unknown>, value: Bare): unknown {
  try {
    return parameter.read(value);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw new EvaluationError(
      error.kind,
      `The argument "${parameter.name}" of ${name}() is wrong. ${error.message}`,
    );
  }
}

function checkCount({ name, parameters, rest }: EagerFunction, count: number): void {
  const required = parameters.filter((parameter) => !parameter.optional).length;
  if (count >= required && (rest || count <= parameters.length)) return;
  const names = parameters.map((parameter) => (parameter.optional ? `[${parameter.name}]` : parameter.name));
  if (rest) names.push(`${rest.name}...`);
  fail(
    "function",
    `${name}(${names.join(", ")}) was given ${count} ${count === 1 ? "argument" : "arguments"}`,
  );
}

export const text = (name: string): Parameter<string> => ({ name, read: toText });
export const number = (name: string): Parameter<number> => ({ name, read: toNumber });

export const integer = (name: string): Parameter<number> => ({
  name,
  read: (value) => {
    const result = toNumber(value);
    return Number.isSafeInteger(result) ? result : fail("type", "A whole number is needed here");
  },
});

/** Any value, known at every depth. */
export const any = (name: string): Parameter<Bare> => ({ name, read: (value) => value, nullable: true });

const readList = (value: Bare): readonly Value[] =>
  isList(value) ? value : fail("type", `A list is needed here, not ${typeName(value)}`);

/** A list or set, known at every depth. */
export const list = (name: string): Parameter<readonly Value[]> => ({ name, read: readList });

/** A list whose elements are passed on as they are, unknown or sensitive. */
export const openList = (name: string): Parameter<readonly Value[]> => ({
  ...list(name),
  elementsUnknown: true,
  elementsMarked: true,
});

const readObject = (value: Bare): ObjectValue =>
  isObject(value) ? value : fail("type", `An object is needed here, not ${typeName(value)}`);

/** An object whose elements are passed on as they are. */
export const openObject = (name: string): Parameter<ObjectValue> => ({
  name,
  read: readObject,
  elementsUnknown: true,
  elementsMarked: true,
});

/** A value whose elements are passed on as they are. */
export const open = (name: string): Parameter<Bare> => ({
  name,
  read: (value) => value,
  elementsUnknown: true,
  elementsMarked: true,
});

/** A list of strings. */
export const texts = (name: string): Parameter<readonly string[]> => ({
  name,
  read: (value) => readList(value).map((item) => toText(reveal(item))),
});

/** A list of numbers. */
export const numbers = (name: string): Parameter<readonly number[]> => ({
  name,
  read: (value) => readList(value).map((item) => toNumber(reveal(item))),
});

export const optional = <T>(parameter: Parameter<T>): Parameter<T | undefined> => ({
  ...parameter,
  optional: true,
});
export const nullable = <T>(parameter: Parameter<T>): Parameter<T | null> => ({
  ...parameter,
  nullable: true,
  read: (value) => (value === null ? null : parameter.read(value)),
});

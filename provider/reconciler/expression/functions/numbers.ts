import { fail } from "../errors.js";
import { exact } from "../operators.js";
import {
  define,
  defineVariadic,
  type FunctionDefinition,
  integer,
  number,
  numbers,
  text,
} from "./definition.js";

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function parseInteger(digits: string, base: number): number {
  if (base < 2 || base > 62) return fail("function", "The base given to parseint() must be from 2 to 62");
  const [, sign = "", body = ""] = /^([+-]?)(.*)$/s.exec(digits) ?? [];
  const value = Array.from(base <= 36 ? body.toLowerCase() : body).reduce((sum, digit) => {
    const worth = DIGITS.indexOf(digit);
    return worth >= 0 && worth < base ? sum * base + worth : NaN;
  }, 0);
  if (body === "" || Number.isNaN(value))
    return fail("function", `The text given to parseint() is no integer of base ${base}`);
  return exact(sign === "-" ? -value : value);
}

const finite = (name: string, value: number): number =>
  Number.isFinite(value) ? value : fail("function", `The result of ${name}() is not a finite number`);

const extreme = (name: string, choose: (...values: number[]) => number): FunctionDefinition =>
  defineVariadic(name, [], number("numbers"), (values) =>
    values.length > 0 ? choose(...values) : fail("function", `${name}() needs a number or more`),
  );

export const numberFunctions: readonly FunctionDefinition[] = [
  extreme("min", Math.min),
  extreme("max", Math.max),
  define("abs", [number("num")], Math.abs),
  define("ceil", [number("num")], Math.ceil),
  define("floor", [number("num")], Math.floor),
  define("signum", [number("num")], Math.sign),
  define("log", [number("num"), number("base")], (value, base) =>
    finite("log", Math.log(value) / Math.log(base)),
  ),
  define("pow", [number("num"), number("power")], (value, power) => exact(finite("pow", value ** power))),
  define("parseint", [text("number"), integer("base")], parseInteger),
  define("sum", [numbers("list")], (values) =>
    values.length > 0
      ? values.reduce((a, b) => exact(a + b))
      : fail("function", "sum() was given an empty list"),
  ),
];

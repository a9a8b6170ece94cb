import { isList, isObject, type Value } from "../../../../schema/unknown.js";
import { toBool, toNumber, toText } from "../convert.js";
import { fail } from "../errors.js";
import type { Bare } from "../marks.js";
import { encodeJson } from "./json.js";

const VERB = /%(%|([#0 +-]*)(\d*)(?:\.(\d*))?(?:\[(\d+)\])?([a-zA-Z]))/g;

interface Directive {
  readonly text: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Terraform's format(): the verbs of C as Go has them. */
export function format(pattern: string, args: readonly Value[]): string {
  let next = 0;
  let used = 0;
  const result = pattern.replace(
    VERB,
    (
      text: string,
      rest: string,
      flags: string,
      width: string,
      precision: string | undefined,
      index: string | undefined,
      verb: string,
    ) => {
      if (rest === "%") return "%";
      const position = index === undefined ? next : Number(index) - 1;
      next = position + 1;
      used = Math.max(used, next);
      const arg = args[position];
      if (arg === undefined) {
        return fail(
          "function",
          `format() was given ${args.length} values, and "${text}" needs value ${position + 1}`,
        );
      }
      const directive = {
        text,
        flags,
        width: Number(width),
        precision: precision === undefined ? undefined : Number(precision),
        verb,
      };
      return formatOne(directive, arg as Bare);
    },
  );
  if (/%/.test(pattern.replace(VERB, "")))
    return fail("function", 'A "%" in the format of format() is not followed by a verb: write "%%" for "%"');
  if (used < args.length)
    return fail("function", `format() was given ${args.length} values, and its format uses ${used}`);
  return result;
}

function formatOne(directive: Directive, value: Bare): string {
  const { verb, text } = directive;
  if (value === null) {
    return verb === "v" ? pad(directive, "null") : fail("function", `The value for "${text}" is null`);
  }
  switch (verb) {
    case "v":
      return formatDefault(directive, value);
    case "s":
      return pad(directive, cut(directive, toText(value)));
    case "q":
      return pad(directive, encodeJson(cut(directive, toText(value))));
    case "t":
      return String(toBool(value));
    case "d":
    case "b":
    case "o":
    case "x":
    case "X":
      return formatInteger(directive, toNumber(value));
    case "f":
    case "e":
    case "E":
    case "g":
    case "G":
      return formatFloat(directive, toNumber(value));
    default:
      return fail("function", `"${text}" is not a format that format() knows`);
  }
}

function formatDefault(directive: Directive, value: Exclude<Bare, null>): string {
  if (directive.flags.includes("#") || isList(value) || isObject(value))
    return pad(directive, encodeJson(value));
  if (typeof value === "number") return formatFloat({ ...directive, verb: "g" }, value);
  return typeof value === "boolean" ? String(value) : pad(directive, cut(directive, toText(value)));
}

const RADIX: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, x: 16, X: 16 };

function formatInteger(directive: Directive, value: number): string {
  if (!Number.isInteger(value))
    return fail("function", `The value for "${directive.text}" is no whole number`);
  const digits = BigInt(Math.abs(value)).toString(RADIX[directive.verb]);
  return padNumber(directive, value < 0, directive.verb === "X" ? digits.toUpperCase() : digits);
}

function formatFloat(directive: Directive, value: number): string {
  const { verb, precision } = directive;
  const size = Math.abs(value);
  const digits =
    verb === "f"
      ? fixed(size, precision ?? 6)
      : verb.toLowerCase() === "e"
        ? exponent(size.toExponential(precision ?? 6))
        : general(size, precision);
  return padNumber(directive, value < 0, verb === verb.toUpperCase() ? digits.toUpperCase() : digits);
}

/** Rounds the decimal that was written, halves to even, as big decimals do; toFixed() rounds the binary number. */
function fixed(value: number, precision: number): string {
  if (value >= 1e21) return BigInt(value).toString() + (precision > 0 ? `.${"0".repeat(precision)}` : "");
  const [whole = "0", fraction = ""] = value.toString().split(".");
  const isHalf =
    !value.toString().includes("e") && fraction.length === precision + 1 && fraction.endsWith("5");
  if (!isHalf) return value.toFixed(precision);
  const scaled = BigInt(whole + fraction.slice(0, -1));
  const even = (scaled % 2n === 0n ? scaled : scaled + 1n).toString().padStart(precision + 1, "0");
  return precision === 0 ? even : `${even.slice(0, -precision)}.${even.slice(-precision)}`;
}

/** Shortest digits; an exponent below -4 and from the precision on, 6 by default. */
function general(value: number, precision: number | undefined): string {
  const text =
    precision === undefined ? value.toExponential() : value.toExponential(Math.max(0, precision - 1));
  const [mantissa = "", power = "0"] = text.split("e");
  const limit = precision === undefined ? 6 : Math.max(1, precision);
  if (Number(power) < -4 || Number(power) >= limit) return exponent(`${trimZeros(mantissa)}e${power}`);
  return trimZeros(fixed(Number(text), Math.max(0, mantissa.replace(".", "").length - 1 - Number(power))));
}

const trimZeros = (digits: string): string => (digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits);

/** At least two digits in the exponent. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, "e$10$2");

function padNumber(directive: Directive, negative: boolean, digits: string): string {
  const { flags, width } = directive;
  const sign = negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  if (flags.includes("0") && !flags.includes("-")) return sign + digits.padStart(width - sign.length, "0");
  return pad(directive, sign + digits);
}

function pad({ flags, width }: Directive, text: string): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  return (flags.includes("0") ? "0" : " ").repeat(missing) + text;
}

const cut = ({ precision }: Directive, text: string): string =>
  precision === undefined ? text : Array.from(text).slice(0, precision).join("");

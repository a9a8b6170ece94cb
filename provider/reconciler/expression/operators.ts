import { isList, isObject, isUnknown, Sensitive, type Value } from "../../../schema/unknown.js";
import type { BinaryOperator, UnaryOperator } from "./ast.js";
import { toBool, toNumber, typeName } from "./convert.js";
import { fail } from "./errors.js";
import { type Bare, derive, holdsSensitive, sealIf, through } from "./marks.js";

export function applyUnary(operator: UnaryOperator, operand: Value): Value {
  return through(operand, (bare) => {
    if (isUnknown(bare)) return derive(bare);
    if (bare === null) return fail("type", `The operand of "${operator}" is null`);
    return operator === "!" ? !toBool(bare) : -toNumber(bare);
  });
}

export function applyBinary(operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === "==" || operator === "!=") {
    const equal = compare(left, right);
    const result = equal === undefined ? derive(left, right) : equal === (operator === "==");
    return sealIf(holdsSensitive(left) || holdsSensitive(right), result);
  }
  return through(left, (a) =>
    through(right, (b) => (operator in LOGIC ? logic(operator, a, b) : arithmetic(operator, a, b))),
  );
}

/** Whether two values are equal; undefined when that depends on an unknown. No conversion: `1 == "1"` is false. */
export function compare(left: Value, right: Value): boolean | undefined {
  const a = left instanceof Sensitive ? left.value : left;
  const b = right instanceof Sensitive ? right.value : right;
  if (isUnknown(a) || isUnknown(b)) return undefined;
  if (isList(a) && isList(b)) {
    return a.length === b.length && every(a.map((item, i) => compare(item, b[i] ?? null)));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length || !keys.every((key) => Object.hasOwn(b, key))) return false;
    return every(keys.map((key) => compare(a[key] ?? null, b[key] ?? null)));
  }
  return a === b;
}

/** Whether all are true: an undecided one leaves it undecided, unless another is false. */
const every = (results: readonly (boolean | undefined)[]): boolean | undefined =>
  results.includes(false) ? false : results.includes(undefined) ? undefined : true;

const LOGIC: Partial<Record<BinaryOperator, (a: boolean, b: boolean) => boolean>> = {
  "&&": (a, b) => a && b,
  "||": (a, b) => a || b,
};

/** Both sides are always evaluated and must be bools, as in Terraform 1.11; an unknown side makes an unknown. */
function logic(operator: BinaryOperator, a: Bare, b: Bare): Value {
  const [x, y] = operands(operator, a, b, toBool);
  return x === undefined || y === undefined ? derive(a, b) : (LOGIC[operator]?.(x, y) ?? null);
}

function operands<T>(
  operator: string,
  a: Bare,
  b: Bare,
  read: (value: Bare) => T,
): [T | undefined, T | undefined] {
  const one = (side: string, value: Bare): T | undefined => {
    if (value === null) return fail("type", `The ${side} side of "${operator}" is null`);
    return isUnknown(value) ? undefined : read(value);
  };
  return [one("left", a), one("right", b)];
}

function arithmetic(operator: BinaryOperator, a: Bare, b: Bare): Value {
  const [x, y] = operands(operator, a, b, toNumber);
  if (x === undefined || y === undefined) return derive(a, b);
  switch (operator) {
    case ">":
      return x > y;
    case ">=":
      return x >= y;
    case "<":
      return x < y;
    case "<=":
      return x <= y;
    case "/":
      return y === 0 ? fail("type", "Division by zero") : exact(x / y);
    case "%":
      return y === 0 ? x : exact(x % y);
    case "+":
      return exact(x + y);
    case "-":
      return exact(x - y);
    case "*":
      return exact(x * y);
    case "||":
    case "&&":
    case "==":
    case "!=":
      return fail("type", `"${operator}" is no operator for ${typeName(a)}`);
  }
}

/**
 * Terraform computes with 512 bits, this with 53: a result that is a short decimal but for the last bits is taken for
 * that decimal (0.1 + 0.2 is 0.3), and an integer that 53 bits do not hold is refused rather than rounded.
 */
export function exact(result: number): number {
  if (Number.isInteger(result)) {
    return Math.abs(result) <= Number.MAX_SAFE_INTEGER
      ? result
      : fail("unsupported", "The result is an integer beyond 2^53, which cannot be kept exactly");
  }
  const rounded = Number(result.toPrecision(15));
  return String(rounded).length <= 14 ? rounded : result;
}

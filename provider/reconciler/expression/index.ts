export {
  type BinaryOperator,
  type Expression,
  isLiteral,
  ParseError,
  type Reference,
  references,
  type UnaryOperator,
} from "./ast.js";
export { EvaluationError, type EvaluationErrorKind } from "./errors.js";
export { evaluate, type Scope } from "./evaluate.js";
export { type FunctionDefinition } from "./functions/definition.js";
export { functions } from "./functions/index.js";
export { parseExpression, parseTemplate } from "./parser.js";

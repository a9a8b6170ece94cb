export type EvaluationErrorKind = "undeclared" | "type" | "unsupported" | "function" | "index";

/** An expression that has no value. `text` quotes the innermost part of the source that is to blame. */
export class EvaluationError extends Error {
  text = "";
  constructor(
    readonly kind: EvaluationErrorKind,
    message: string,
  ) {
    super(message);
    this.name = "EvaluationError";
  }
}

export const fail = (kind: EvaluationErrorKind, message: string): never => {
  throw new EvaluationError(kind, message);
};

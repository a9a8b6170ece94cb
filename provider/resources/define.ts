import { errorDiagnostic, DiagnosticError } from "../../schema/diagnostics.js";
import { dataSourceFactory, resourceFactory } from "../../schema/definition.js";
import type { Api } from "../client/index.js";

export const defineResource = resourceFactory<Api>();
export const defineDataSource = dataSourceFactory<Api>();

/** The API leaves most fields optional; an object without its id, or without itself, is no answer. */
export function told<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null || value === "") {
    throw new DiagnosticError(
      errorDiagnostic("IEC4005", `The cloud's answer lacks ${what}`, {
        detail: "The request may have taken effect. Run the command again: it looks for what was created.",
      }),
    );
  }
  return value;
}

/** The API writes "not set" as empty text. */
export const emptyAsNull = <T extends string>(text: T | null | undefined): T | null | undefined =>
  text === "" ? null : text;

/** The object without the members that are null or undefined: what is not set is not sent. */
export const sent = <T extends object>(object: T) =>
  Object.fromEntries(Object.entries(object).filter(([, v]) => v !== null && v !== undefined)) as {
    [K in keyof T as undefined extends T[K] ? never : null extends T[K] ? never : K]: T[K];
  } & {
    [K in keyof T as undefined extends T[K] ? K : null extends T[K] ? K : never]?: NonNullable<T[K]>;
  };

import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { formatPath, type Path, type Value } from "../../schema/unknown.js";
import { MalformedError } from "./bytes.js";
import type { WireType } from "./values.js";

/** @throws {MalformedError} */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    throw new MalformedError("it is not JSON");
  }
}

/**
 * A value out of a stored state: what is missing is null, what the type does not know is dropped, and texts are taken
 * for the numbers or booleans they spell. What has another type is null, and told.
 */
export function valueFromJson(type: WireType, json: unknown): { value: Value; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  return { value: convert(type, json, [], diagnostics), diagnostics };
}

function convert(type: WireType, json: unknown, path: Path, problems: Diagnostic[]): Value {
  if (json === null || json === undefined) return null;
  const wrong = (): null => {
    problems.push(mistyped(type, path));
    return null;
  };
  const member = (of: WireType, key: string | number, from: unknown) =>
    convert(of, from, [...path, key], problems);
  if (typeof type === "string") {
    if (isRounded(type, json)) {
      problems.push(inexact(path));
      return null;
    }
    return scalar(type, json) ?? wrong();
  }
  switch (type[0]) {
    case "list":
    case "set":
      return Array.isArray(json) ? json.map((item, i) => member(type[1], i, item)) : wrong();
    case "tuple":
      return Array.isArray(json)
        ? type[1].map((of, i) => member(of, i, (json as readonly unknown[])[i]))
        : wrong();
    case "map":
    case "object": {
      if (typeof json !== "object" || Array.isArray(json)) return wrong();
      const given = new Map<string, unknown>(Object.entries(json));
      const members =
        type[0] === "map"
          ? [...given.keys()].map((key) => [key, type[1]] as const)
          : Object.entries<WireType>(type[1]);
      return Object.fromEntries(members.map(([key, of]) => [key, member(of, key, given.get(key))]));
    }
  }
}

function scalar(type: string, json: unknown): Value | undefined {
  if (typeof json !== "string" && typeof json !== "number" && typeof json !== "boolean") return undefined;
  const text = String(json);
  if (type === "string") return text;
  if (type === "bool") return text === "true" ? true : text === "false" ? false : undefined;
  const number = Number(text);
  return type !== "number" || text.trim() === "" || !Number.isFinite(number) ? undefined : number;
}

/** Whole numbers that are not exact are rounded as soon as they are parsed, whatever they become then. */
const isRounded = (type: string, json: unknown): boolean =>
  (typeof json === "number" || (type === "number" && typeof json === "string")) &&
  Number.isInteger(Number(json)) &&
  !Number.isSafeInteger(Number(json));

/** A number that would be rounded; as it was told, where that is known. */
export const inexact = (path: Path, told?: string): Diagnostic =>
  errorDiagnostic("IEC2012", `${formatPath(path) || "The number"} cannot be held exactly`, {
    path,
    detail: `${told === undefined ? "" : `It is ${told}. `}Whole numbers go up to ${Number.MAX_SAFE_INTEGER}.`,
  });

const mistyped = (type: WireType, path: Path): Diagnostic =>
  errorDiagnostic("IEC3001", `${formatPath(path) || "The value"} of the state has the wrong type`, {
    path,
    detail: `It is to be a ${typeof type === "string" ? type : type[0]}. The state was changed by hand, or written by another version.`,
  });

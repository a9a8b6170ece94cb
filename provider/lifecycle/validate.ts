import type { ErrorObject } from "ajv";
import type { Attribute, Attributes, ElementAttribute } from "../../schema/attributes.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { formatPath, getPath, isUnknown, type ObjectValue, type Path } from "../../schema/unknown.js";
import { checkOf } from "./compile.js";

/** Checks a decoded configuration against the limits its attributes state. Unknown values pass: they are checked at apply. */
export function validateConfig(attributes: Attributes, config: ObjectValue): Diagnostic[] {
  const check = checkOf(attributes);
  if (check(config)) return [];
  const problems = (check.errors ?? []).flatMap((error) => {
    const path = toPath(error.instancePath, config);
    return concernsUnknown(config, path) ? [] : [explain(error, path, attributeAt(attributes, path), config)];
  });
  // `anyOf` repeats what its branches say.
  const seen = new Set<string>();
  return problems.filter((p): p is Diagnostic => {
    if (p === undefined) return false;
    const key = `${p.code} ${formatPath(p.path ?? [])}`;
    return seen.size < seen.add(key).size;
  });
}

function toPath(pointer: string, config: ObjectValue): Path {
  const path: (string | number)[] = [];
  for (const raw of pointer.split("/").slice(1)) {
    const step = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(getPath(config, path)) ? Number(step) : step);
  }
  return path;
}

const concernsUnknown = (config: ObjectValue, path: Path): boolean =>
  path.some((_, i) => isUnknown(getPath(config, path.slice(0, i + 1))));

function attributeAt(attributes: Attributes, path: Path): Attribute | ElementAttribute | undefined {
  let current: Attribute | ElementAttribute | undefined = attributes[String(path[0])];
  for (const step of path.slice(1)) {
    if (current === undefined) return undefined;
    if (current.kind === "block") {
      current = typeof step === "number" ? current : current.attributes[step];
    } else if (current.kind === "object") current = current.attributes[String(step)];
    else current = "element" in current ? current.element : undefined;
  }
  return current;
}

function explain(
  error: ErrorObject,
  path: Path,
  attribute: Attribute | ElementAttribute | undefined,
  config: ObjectValue,
): Diagnostic | undefined {
  if (attribute === undefined || error.keyword === "anyOf" || error.keyword === "required") return undefined;
  const name = formatPath(path);
  const value = getPath(config, path) ?? null;
  const shown = attribute.sensitive === true ? "The value (sensitive)" : JSON.stringify(value);
  const limit = JSON.stringify((error.params as { limit?: unknown }).limit);
  const unit = attribute.kind === "number" && attribute.unit !== undefined ? ` ${attribute.unit}` : "";
  const wrong = (detail: string) =>
    errorDiagnostic("IEC2012", `${name} has a value the cloud does not take`, { path, detail });
  switch (error.keyword) {
    case "enum":
    case "const":
      if (attribute.kind !== "string" || attribute.enum === undefined) return undefined;
      return wrong(`${shown} is not one of ${attribute.enum.map((e) => JSON.stringify(e)).join(", ")}.`);
    case "pattern":
      if (attribute.kind !== "string") return undefined;
      return wrong(`${shown} may only hold ${attribute.patternHint ?? "what its pattern allows"}.`);
    case "format":
      return wrong(`${shown} is not ${formatName((error.params as { format: string }).format)}.`);
    case "minLength":
    case "maxLength":
      return wrong(
        `${shown} must have at ${error.keyword === "minLength" ? "least" : "most"} ${limit} character${limit === "1" ? "" : "s"}.`,
      );
    case "minimum":
    case "maximum":
      return wrong(`${shown} must be at ${error.keyword === "minimum" ? "least" : "most"} ${limit}${unit}.`);
    case "minItems":
    case "maxItems":
      return wrong(
        error.keyword === "minItems" ? `At least ${limit} must be given.` : `At most ${limit} may be given.`,
      );
    case "type":
      if (attribute.kind === "number" && typeof value === "number")
        return wrong(`${shown} must be a whole number.`);
      return errorDiagnostic("IEC2005", `${name} must be ${attribute.kind}`, {
        path,
        detail: `It is ${shown}.`,
      });
    default:
      return wrong(`${shown} is not valid.`);
  }
}

const formatName = (format: string): string =>
  ({
    ipv4: "an IPv4 address such as 10.0.0.1",
    "ipv4-cidr": "an IPv4 range such as 10.0.0.0/16",
    cidr: "an IP range such as 10.0.0.0/16 or 2001:db8::/32",
    uuid: "a UUID",
    base64: "base64 text",
  })[format] ?? format;

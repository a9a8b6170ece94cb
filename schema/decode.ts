import { isConfigurable, type Attribute, type Attributes, type ElementAttribute } from "./attributes.js";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "./diagnostics.js";
import { nearest } from "./nearest.js";
import {
  formatPath,
  isList,
  isObject,
  isUnknown,
  type ObjectValue,
  type Path,
  type Value,
} from "./unknown.js";

/**
 * An evaluated configuration body as the definition's attributes have it: every attribute present (null, or [] for
 * repeated blocks, where not set), Terraform's conversions done ("80" for a number), sets sorted and without doubles.
 * Unknowns stay.
 */
export function decode(
  attributes: Attributes,
  body: ObjectValue,
  path: Path = [],
): { config: ObjectValue; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  for (const name of Object.keys(body)) {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (attribute === undefined) {
      diagnostics.push(unknownAttribute(name, attributes, path));
    } else if (!isConfigurable(attribute) && body[name] !== null) {
      diagnostics.push(
        errorDiagnostic("IEC2014", `${name} cannot be set`, {
          path: [...path, name],
          detail: "Its value is decided by the cloud. Remove it from the configuration.",
        }),
      );
    } else if (attribute.deprecated !== undefined && body[name] !== null) {
      diagnostics.push(
        warningDiagnostic("IEC2004", `${name} is deprecated`, {
          path: [...path, name],
          detail: attribute.deprecated,
        }),
      );
    }
  }
  const config: Record<string, Value> = {};
  for (const name in attributes) {
    const attribute = attributes[name] as Attribute;
    const given = isConfigurable(attribute) && Object.hasOwn(body, name) ? (body[name] ?? null) : null;
    if (given !== null) {
      config[name] = convert(attribute, given, [...path, name], diagnostics);
      continue;
    }
    config[name] = isRepeated(attribute) ? [] : null;
    if (attribute.required === true) {
      diagnostics.push(
        errorDiagnostic("IEC2006", `${name} is required`, {
          path: [...path, name],
          detail: `${attribute.description} Set it.`,
        }),
      );
    }
  }
  return { config, diagnostics };
}

const isRepeated = (attribute: Attribute | ElementAttribute): boolean =>
  attribute.kind === "block" && attribute.nesting !== "single";

function convert(
  attribute: Attribute | ElementAttribute,
  value: Value,
  path: Path,
  problems: Diagnostic[],
): Value {
  if (isUnknown(value)) return value;
  if (value === null) return isRepeated(attribute) ? [] : null;
  const wrong = (expected: string): null => {
    problems.push(
      errorDiagnostic("IEC2005", `${formatPath(path)} must be ${expected}`, {
        path,
        detail: `It is ${describe(value, attribute)}.`,
      }),
    );
    return null;
  };
  switch (attribute.kind) {
    case "string":
      if (typeof value === "string") return value;
      return typeof value === "number" || typeof value === "boolean" ? String(value) : wrong("text");
    case "number": {
      if (typeof value === "number") return value;
      const converted = typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
      return Number.isFinite(converted) ? converted : wrong("a number");
    }
    case "bool":
      if (typeof value === "boolean") return value;
      return value === "true" ? true : value === "false" ? false : wrong("true or false");
    case "list":
    case "set": {
      if (!isList(value)) return wrong("a list");
      const items = value.map((item, i) => convert(attribute.element, item, [...path, i], problems));
      return attribute.kind === "set" ? canonicalSet(items) : items;
    }
    case "map":
      if (!isObject(value)) return wrong("a map");
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          convert(attribute.element, item, [...path, key], problems),
        ]),
      );
    case "object":
      return isObject(value) ? nested(attribute.attributes, value, path, problems) : wrong("an object");
    case "block": {
      // JSON configuration may write a block that occurs once without its list.
      const blocks = isList(value) ? value : [value];
      const items = blocks.map((item, i) => {
        if (isUnknown(item)) return item;
        const at = attribute.nesting === "single" ? path : [...path, i];
        return isObject(item) ? nested(attribute.attributes, item, at, problems) : wrong("a block");
      });
      if (attribute.nesting !== "single") return items;
      return items.length > 1 ? wrong("a single block") : (items[0] ?? null);
    }
  }
}

function nested(attributes: Attributes, value: ObjectValue, path: Path, problems: Diagnostic[]): ObjectValue {
  const { config, diagnostics } = decode(attributes, value, path);
  problems.push(...diagnostics);
  return config;
}

/** Sorted by text, without doubles; unknown items, which may equal anything, come last. */
function canonicalSet(items: readonly Value[]): readonly Value[] {
  const known = new Map(items.filter((item) => !isUnknown(item)).map((item) => [JSON.stringify(item), item]));
  const sorted = [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return [...sorted, ...items.filter(isUnknown)];
}

const describe = (value: Value, attribute: Attribute | ElementAttribute): string => {
  if (attribute.sensitive === true) return "a value of another type (sensitive)";
  if (isList(value)) return "a list";
  return isObject(value) ? "an object" : JSON.stringify(value);
};

function unknownAttribute(name: string, attributes: Attributes, path: Path): Diagnostic {
  const known = Object.keys(attributes).filter((key) => isConfigurable(attributes[key] as Attribute));
  const near = nearest(name, known);
  return errorDiagnostic("IEC2004", `There is no attribute "${name}"`, {
    path: [...path, name],
    detail: near === undefined ? `Known attributes: ${known.sort().join(", ")}.` : `Did you mean "${near}"?`,
  });
}

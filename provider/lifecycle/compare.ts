import type { Attribute, Attributes, ElementAttribute } from "../../schema/attributes.js";
import {
  equalValues,
  isList,
  isObject,
  isUnknown,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";

/**
 * Whether two values of an attribute mean the same to the cloud: equal, or both "not set" (null, empty text, empty
 * list), or alike after the attribute's own normalisation. An unknown is the same as itself only.
 */
export function sameValue(attribute: Attribute | ElementAttribute, a: Value, b: Value): boolean {
  if (a === b) return true;
  if (isUnknown(a) || isUnknown(b)) return false;
  if (isEmpty(a) && isEmpty(b)) return true;
  switch (attribute.kind) {
    case "string": {
      if (typeof a !== "string" || typeof b !== "string") return false;
      const { normalize } = attribute;
      return normalize !== undefined && normalize(a) === normalize(b);
    }
    case "list":
    case "set": {
      if (!isList(a) || !isList(b) || a.length !== b.length) return false;
      const ordered = attribute.kind === "list" && attribute.unordered !== true;
      if (ordered) return a.every((item, i) => sameValue(attribute.element, item, b[i] ?? null));
      return a.every((item) => b.some((other) => sameValue(attribute.element, item, other)));
    }
    case "object":
      return isObject(a) && isObject(b) && sameObject(attribute.attributes, a, b);
    case "block": {
      if (attribute.nesting === "single")
        return isObject(a) && isObject(b) && sameObject(attribute.attributes, a, b);
      if (!isList(a) || !isList(b) || a.length !== b.length) return false;
      return a.every((item, i) => {
        const other = b[i] ?? null;
        return isObject(item) && isObject(other) && sameObject(attribute.attributes, item, other);
      });
    }
    case "map":
    case "number":
    case "bool":
      return equalValues(a, b);
  }
}

const isEmpty = (value: Value): boolean =>
  value === null || value === "" || (isList(value) && value.length === 0);

/** A member that `b` lacks altogether is one the cloud does not tell: it contradicts nothing. */
const sameObject = (attributes: Attributes, a: ObjectValue, b: ObjectValue): boolean =>
  Object.entries(attributes).every(
    ([name, attribute]) => !Object.hasOwn(b, name) || sameValue(attribute, a[name] ?? null, b[name] ?? null),
  );

/** The attributes in which two values of a whole resource differ, as paths into nested values where that is clear. */
export function changedPaths(attributes: Attributes, before: ObjectValue, after: ObjectValue): Path[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    differences(attribute, before[name] ?? null, after[name] ?? null, [name]),
  );
}

function differences(attribute: Attribute | ElementAttribute, a: Value, b: Value, path: Path): Path[] {
  if (sameValue(attribute, a, b)) return [];
  if (attribute.kind === "block" && isList(a) && isList(b) && a.length === b.length) {
    return a.flatMap((item, i) => {
      const other = b[i] ?? null;
      if (!isObject(item) || !isObject(other)) return [[...path, i]];
      return Object.entries(attribute.attributes).flatMap(([name, nested]) =>
        differences(nested, item[name] ?? null, other[name] ?? null, [...path, i, name]),
      );
    });
  }
  return [path];
}

import { isList, isObject, isUnknown, type Json, Sensitive, type Value } from "../../../../schema/unknown.js";
import { formatNumber, sortedEntries } from "../convert.js";
import { fail } from "../errors.js";

const HTML = /[<>&\u2028\u2029]/g;

/** JSON as Terraform writes it: keys in order, no blanks, no exponents; `<`, `>` and `&` escaped. */
export function encodeJson(value: Value): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return encodeText(value);
  if (isList(value)) return `[${value.map(encodeJson).join(",")}]`;
  if (isObject(value)) {
    const entries = sortedEntries(value).map(([key, item]) => `${encodeText(key)}:${encodeJson(item)}`);
    return `{${entries.join(",")}}`;
  }
  if (value instanceof Sensitive) return encodeJson(value.value);
  return isUnknown(value) ? fail("type", "A value that is not known yet cannot be written as JSON") : "";
}

function encodeText(text: string): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(HTML, escape);
}

export function decodeJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return fail("function", "The text given to jsondecode() is not JSON");
  }
}

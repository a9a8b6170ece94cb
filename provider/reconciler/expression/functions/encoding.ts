import { createHash } from "node:crypto";
import type { Value } from "../../../../schema/unknown.js";
import { fail } from "../errors.js";
import { any, define, type FunctionDefinition, text } from "./definition.js";
import { decodeJson, encodeJson } from "./json.js";

function decodeBase64(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.toString("base64") !== encoded)
    return fail("function", "The text given to base64decode() is not base64");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("function", "What base64decode() decodes is not UTF-8 text");
  }
}

/** As in a form: a blank is `+`, and only letters, digits and `-_.~` stay. */
const urlEncode = (value: string): string =>
  encodeURIComponent(Buffer.from(value).toString())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");

/** Rows of a CSV text: fields in quotes may hold commas, line breaks and doubled quotes. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (field.lastIndex < csv.length || row.length > 0) {
    const match = field.exec(csv);
    if (!match)
      return fail("function", `The CSV text is wrong in line ${rows.length + 1}: a quote is misplaced`);
    const [, quoted, bare = "", end] = match;
    row.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === ",") continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}

function decodeCsv(csv: string): Value {
  const [header, ...rows] = parseCsv(csv);
  if (!header) return fail("function", "The CSV text has no header line");
  if (new Set(header).size < header.length)
    return fail("function", "Two columns of the CSV text have the same name");
  return rows.map((row, i) => {
    if (row.length !== header.length) {
      return fail(
        "function",
        `Line ${i + 2} of the CSV text has ${row.length} fields, its header ${header.length}`,
      );
    }
    return Object.fromEntries(header.map((name, column) => [name, row[column] ?? ""]));
  });
}

const hash = (name: string, algorithm: string, encoding: "hex" | "base64"): FunctionDefinition =>
  define(name, [text("str")], (value) => createHash(algorithm).update(value).digest(encoding));

/** Namespaces of RFC 4122, appendix C. */
const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ["dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
  ["url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"],
  ["oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"],
  ["x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"],
]);

function uuidv5(namespace: string, name: string): string {
  const id = NAMESPACES.get(namespace) ?? namespace;
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) {
    return fail("function", "The namespace given to uuidv5() is neither dns, url, oid, x500 nor a UUID");
  }
  const bytes = createHash("sha1")
    .update(Buffer.from(id.replaceAll("-", ""), "hex"))
    .update(name)
    .digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const encodingFunctions: readonly FunctionDefinition[] = [
  define("jsonencode", [any("val")], (value) => encodeJson(value)),
  define("jsondecode", [text("str")], decodeJson),
  define("base64encode", [text("str")], (value) => Buffer.from(value).toString("base64")),
  define("base64decode", [text("str")], decodeBase64),
  define("urlencode", [text("str")], urlEncode),
  define("csvdecode", [text("str")], decodeCsv),
  hash("md5", "md5", "hex"),
  hash("sha1", "sha1", "hex"),
  hash("sha256", "sha256", "hex"),
  hash("sha512", "sha512", "hex"),
  hash("base64sha256", "sha256", "base64"),
  hash("base64sha512", "sha512", "base64"),
  define("uuidv5", [text("namespace"), text("name")], uuidv5),
];

import { DiagnosticError } from "../../schema/diagnostics.js";
import type { DynamicValue } from "../../schema/generated/plugin-protocol.js";
import {
  isList,
  isObject,
  isUnknown,
  UNKNOWN,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";
import { ByteReader, ByteWriter, MalformedError } from "./bytes.js";
import { inexact, parseJson, valueFromJson } from "./json.js";
import * as msgpack from "./msgpack.js";

/** A type as Terraform names it on the wire: those of schemas, and those that values of any type bring along. */
export type WireType = "string" | "number" | "bool" | "dynamic" | ListType | TupleType | MapType | ObjectType;
type ListType = readonly ["list" | "set", WireType];
type TupleType = readonly ["tuple", readonly WireType[]];
type MapType = readonly ["map", WireType];
type ObjectType = readonly ["object", WireTypes];
type WireTypes = Readonly<Record<string, WireType>>;

/** Extension 0 is the unknown; its data mean nothing. */
const UNKNOWN_BYTES = Uint8Array.of(0xd4, 0, 0);
/** Extension 12 is the unknown with refinements, of which 1 says whether it may be null. */
const NOT_NULL_BYTES = Uint8Array.of(0xc7, 3, 12, 0x81, 1, 0xc2);

/**
 * A value as Terraform's plugin protocol has it. Members in `neverNull` of an object are told not to be null even while
 * they are unknown.
 */
export function encodeValue(
  type: WireType,
  value: Value,
  neverNull: readonly string[] = [],
): Partial<DynamicValue> {
  const writer = new ByteWriter();
  write(writer, type, value, neverNull);
  return { msgpack: writer.result() };
}

function write(writer: ByteWriter, type: WireType, value: Value, neverNull: readonly string[] = []): void {
  if (value === null) msgpack.writeNil(writer);
  else if (isUnknown(value)) writer.bytes(UNKNOWN_BYTES);
  else if (typeof value === "string") msgpack.writeText(writer, value);
  else if (typeof value === "boolean") msgpack.writeBool(writer, value);
  else if (typeof value === "number") {
    // Terraform computes in decimals: a fraction travels as the text that stands for it.
    if (Number.isSafeInteger(value)) msgpack.writeInteger(writer, value);
    else msgpack.writeText(writer, String(value));
  } else if (typeof type === "string") throw mismatch(type);
  else writeCollection(writer, type, value, neverNull);
}

function writeCollection(
  writer: ByteWriter,
  type: Exclude<WireType, string>,
  value: Value,
  neverNull: readonly string[],
): void {
  if (type[0] === "object") {
    if (!isObject(value)) throw mismatch(type);
    writeMembers(writer, type[1], value, neverNull);
  } else if (type[0] === "map") {
    if (!isObject(value)) throw mismatch(type);
    const entries = Object.entries(value);
    msgpack.writeHeader(writer, entries.length, msgpack.MAP);
    for (const [key, item] of entries) {
      msgpack.writeText(writer, key);
      write(writer, type[1], item);
    }
  } else {
    if (!isList(value)) throw mismatch(type);
    msgpack.writeHeader(writer, value.length, msgpack.LIST);
    for (const [i, item] of value.entries()) write(writer, itemType(type, i), item);
  }
}

/** Every attribute is written, null where the value lacks it. */
function writeMembers(
  writer: ByteWriter,
  types: WireTypes,
  value: ObjectValue,
  neverNull: readonly string[],
): void {
  const entries = Object.entries(types);
  msgpack.writeHeader(writer, entries.length, msgpack.MAP);
  for (const [name, type] of entries) {
    const item = Object.hasOwn(value, name) ? (value[name] ?? null) : null;
    msgpack.writeText(writer, name);
    if (isUnknown(item) && neverNull.includes(name)) writer.bytes(NOT_NULL_BYTES);
    else write(writer, type, item);
  }
}

const mismatch = (type: WireType): TypeError =>
  new TypeError(`A value is not of the type ${JSON.stringify(type)}.`);

const itemType = (type: ListType | TupleType, index: number): WireType =>
  type[0] === "tuple" ? (type[1][index] ?? "dynamic") : type[1];

/**
 * What a message holds, as a value of the type. Unknowns do not tell where they come from.
 * @throws {MalformedError}, or a DiagnosticError where a number cannot be held exactly.
 */
export function decodeValue(type: WireType, wire: Partial<DynamicValue> | undefined): Value {
  if (wire?.msgpack !== undefined && wire.msgpack.length > 0) {
    return read(new ByteReader(wire.msgpack), type, []);
  }
  if (wire?.json !== undefined && wire.json.length > 0) {
    const { value, diagnostics } = valueFromJson(type, parseJson(wire.json));
    if (diagnostics.length > 0) throw new DiagnosticError(...diagnostics);
    return value;
  }
  return null;
}

function read(reader: ByteReader, type: WireType, path: Path): Value {
  if (msgpack.readNil(reader)) return null;
  // Extensions other than 0 and 12 are unknowns of a newer Terraform.
  if (msgpack.readExtension(reader)) return UNKNOWN;
  switch (type) {
    case "string":
      return msgpack.readText(reader);
    case "bool":
      return msgpack.readBool(reader);
    case "number":
      return exact(msgpack.readNumber(reader), path);
    case "dynamic":
      if (msgpack.readHeader(reader, msgpack.LIST) !== 2) {
        throw new MalformedError("a value of any type lacks its type");
      }
      return read(reader, parseJson(msgpack.readBinary(reader)) as WireType, path);
    default:
      return readCollection(reader, type, path);
  }
}

function readCollection(reader: ByteReader, type: Exclude<WireType, string>, path: Path): Value {
  if (type[0] !== "object" && type[0] !== "map") {
    const length = msgpack.readHeader(reader, msgpack.LIST);
    return Array.from({ length }, (_, i) => read(reader, itemType(type, i), [...path, i]));
  }
  const length = msgpack.readHeader(reader, msgpack.MAP);
  if (type[0] === "map") {
    return Object.fromEntries(
      Array.from({ length }, () => {
        const key = msgpack.readText(reader);
        return [key, read(reader, type[1], [...path, key])];
      }),
    );
  }
  const members: Record<string, Value> = {};
  for (const name of Object.keys(type[1])) members[name] = null;
  for (let i = 0; i < length; i++) {
    const name = msgpack.readText(reader);
    members[name] = read(reader, memberType(type, name), [...path, name]);
  }
  return members;
}

function memberType(type: ObjectType, key: string): WireType {
  const member = Object.hasOwn(type[1], key) ? type[1][key] : undefined;
  if (member === undefined) throw new MalformedError(`there is no attribute ${JSON.stringify(key)}`);
  return member;
}

/** Numbers that would be rounded are refused: no attribute of the cloud needs them. */
function exact(told: number | bigint | string, path: Path): number {
  const value = Number(told);
  if (Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))) return value;
  throw new DiagnosticError(inexact(path, String(told)));
}

/** A decoded value that the protocol says is an object; null is taken for an empty one. */
export const objectOf = (value: Value): ObjectValue => (isObject(value) ? value : {});

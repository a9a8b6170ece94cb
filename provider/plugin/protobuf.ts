import { messages, type Field } from "../../schema/generated/plugin-protocol.js";
import { ByteReader, ByteWriter, MalformedError } from "./bytes.js";

/** A message to send: what is left out has its default. */
export type Outgoing<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer E)[]
    ? readonly Outgoing<E>[]
    : T extends object
      ? { readonly [K in keyof T]?: Outgoing<T[K]> | undefined }
      : T;

type Fields = Readonly<Record<string, unknown>>;
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const DEFAULTS: Readonly<Record<string, unknown>> = {
  string: "",
  bytes: new Uint8Array(),
  bool: false,
  int32: 0,
  int64: 0,
};

/** A message of the plugin protocol as bytes, by the table of its fields (proto3, no packed scalars). */
export function encodeMessage(type: string, message: object): Uint8Array {
  const writer = new ByteWriter();
  for (const field of fieldsOf(type)) {
    const value = (message as Fields)[field.name];
    if (value === undefined) continue;
    switch (field.shape) {
      case "one":
        if (value !== DEFAULTS[field.type] && !(field.type === "bytes" && (value as Uint8Array).length === 0))
          writeField(writer, field, value);
        break;
      case "maybe":
        writeField(writer, field, value);
        break;
      case "many":
        for (const item of value as readonly unknown[]) writeField(writer, field, item);
        break;
      case "map":
        for (const [key, item] of Object.entries(value as Fields)) {
          const entry = new ByteWriter();
          writeField(entry, { id: 1, type: "string" }, key);
          writeField(entry, { id: 2, type: field.type }, item);
          writeBytes(writer, field.id, entry.result());
        }
    }
  }
  return writer.result();
}

function writeField(writer: ByteWriter, { id, type }: Pick<Field, "id" | "type">, value: unknown): void {
  if (type === "string") writeBytes(writer, id, Buffer.from(value as string, "utf8"));
  else if (type === "bytes") writeBytes(writer, id, value as Uint8Array);
  else if (type in DEFAULTS) {
    writeVarint(writer, id * 8 + WIRE.varint);
    writeVarint(writer, Number(value));
  } else writeBytes(writer, id, encodeMessage(type, value as object));
}

function writeBytes(writer: ByteWriter, id: number, bytes: Uint8Array): void {
  writeVarint(writer, id * 8 + WIRE.bytes);
  writeVarint(writer, bytes.length);
  writer.bytes(bytes);
}

function writeVarint(writer: ByteWriter, value: number): void {
  // A negative number is sent as the 64-bit number of the same bits.
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) writer.byte(Number(rest & 127n) | 128);
  writer.byte(Number(rest));
}

/**
 * The message that the bytes hold: scalars, lists and maps that were not sent have their defaults.
 * @throws {MalformedError}
 */
export function decodeMessage(type: string, bytes: Uint8Array): Fields {
  const fields = fieldsOf(type);
  const message: Record<string, unknown> = {};
  for (const { name, type: kind, shape } of fields) {
    if (shape === "many") message[name] = [];
    else if (shape === "map") message[name] = {};
    else if (shape === "one" && kind in DEFAULTS) message[name] = DEFAULTS[kind];
  }
  const reader = new ByteReader(bytes);
  while (!reader.done) {
    const tag = readVarint(reader);
    const field = fields.find(({ id }) => id === tag >>> 3);
    const wire = tag & 7;
    if (field === undefined) {
      skip(reader, wire);
      continue;
    }
    switch (field.shape) {
      case "many":
        (message[field.name] as unknown[]).push(readField(reader, field.type, wire));
        break;
      case "map": {
        const { key, value } = readEntry(bytesOf(reader, wire), field.type);
        // Defined, not assigned: a key may be "__proto__".
        Object.defineProperty(message[field.name], key, { value, enumerable: true, configurable: true });
        break;
      }
      case "one":
      case "maybe":
        message[field.name] = readField(reader, field.type, wire);
    }
  }
  return message;
}

function readEntry(bytes: Uint8Array, type: string): { key: string; value: unknown } {
  const reader = new ByteReader(bytes);
  let key = "";
  let value = DEFAULTS[type];
  while (!reader.done) {
    const tag = readVarint(reader);
    if (tag >>> 3 === 1) key = String(readField(reader, "string", tag & 7));
    else if (tag >>> 3 === 2) value = readField(reader, type, tag & 7);
    else skip(reader, tag & 7);
  }
  return { key, value: value ?? decodeMessage(type, new Uint8Array()) };
}

function readField(reader: ByteReader, type: string, wire: number): unknown {
  switch (type) {
    case "string":
      return Buffer.from(bytesOf(reader, wire)).toString("utf8");
    case "bytes":
      return bytesOf(reader, wire);
    case "bool":
    case "int32":
    case "int64": {
      if (wire !== WIRE.varint) throw new MalformedError(`a number is sent as wire type ${wire}`);
      const value = readVarint(reader);
      return type === "bool" ? value !== 0 : value;
    }
    default:
      return decodeMessage(type, bytesOf(reader, wire));
  }
}

function bytesOf(reader: ByteReader, wire: number): Uint8Array {
  if (wire !== WIRE.bytes) throw new MalformedError(`a text or message is sent as wire type ${wire}`);
  return reader.bytes(lengthOf(reader));
}

function lengthOf(reader: ByteReader): number {
  const length = readVarint(reader);
  if (length < 0) throw new MalformedError("a length is negative");
  return length;
}

function readVarint(reader: ByteReader): number {
  let byte = reader.byte();
  if (byte < 128) return byte;
  let value = BigInt(byte & 127);
  for (let shift = 7n; shift < 70n; shift += 7n) {
    byte = reader.byte();
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return Number(BigInt.asIntN(64, value));
  }
  throw new MalformedError("a number has more than 64 bits");
}

function skip(reader: ByteReader, wire: number): void {
  if (wire === WIRE.varint) readVarint(reader);
  else if (wire === WIRE.bytes) reader.bytes(lengthOf(reader));
  else if (wire === WIRE.fixed32) reader.bytes(4);
  else if (wire === WIRE.fixed64) reader.bytes(8);
  else throw new MalformedError(`there is no wire type ${wire}`);
}

function fieldsOf(type: string): readonly Field[] {
  const fields = messages[type];
  if (fields === undefined) throw new Error(`The protocol has no message ${type}.`);
  return fields;
}

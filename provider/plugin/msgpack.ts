import { MalformedError, type ByteReader, type ByteWriter } from "./bytes.js";

/** The first bytes of a collection: with the count inside, and with a count of 16 bits after it (one more: 32 bits). */
type Heads = readonly [short: number, long: number];
export const LIST: Heads = [0x90, 0xdc];
export const MAP: Heads = [0x80, 0xde];
const NIL = 0xc0;
const [FALSE, TRUE] = [0xc2, 0xc3];
const INT64 = 0xd3;

export const writeNil = (writer: ByteWriter): void => writer.byte(NIL);
export const writeBool = (writer: ByteWriter, value: boolean): void => writer.byte(value ? TRUE : FALSE);

export function writeHeader(writer: ByteWriter, count: number, [short, long]: Heads): void {
  if (count < 16) writer.byte(short | count);
  else if (count < 0x10000) {
    writer.byte(long);
    writer.uint16(count);
  } else {
    writer.byte(long + 1);
    writer.uint32(count);
  }
}

export function writeText(writer: ByteWriter, text: string): void {
  const length = Buffer.byteLength(text, "utf8");
  if (length < 32) writer.byte(0xa0 | length);
  else if (length < 0x100) {
    writer.byte(0xd9);
    writer.byte(length);
  } else if (length < 0x10000) {
    writer.byte(0xda);
    writer.uint16(length);
  } else {
    writer.byte(0xdb);
    writer.uint32(length);
  }
  writer.utf8(text, length);
}

export function writeInteger(writer: ByteWriter, value: number): void {
  if (value >= 0 && value < 128) writer.byte(value);
  else {
    writer.byte(INT64);
    writer.int64(BigInt(value));
  }
}

/** Takes a null, if one is next. */
export function readNil(reader: ByteReader): boolean {
  if (reader.peek() !== NIL) return false;
  reader.byte();
  return true;
}

export function readBool(reader: ByteReader): boolean {
  const head = reader.byte();
  if (head !== FALSE && head !== TRUE) throw unexpected(head, "bool");
  return head === TRUE;
}

export function readHeader(reader: ByteReader, [short, long]: Heads): number {
  const head = reader.byte();
  if (head >= short && head < short + 16) return head & 15;
  if (head !== long && head !== long + 1) throw unexpected(head, long === LIST[1] ? "list" : "map");
  const count = head === long ? reader.uint16() : reader.uint32();
  // Each item takes a byte at least.
  if (count > reader.left) throw new MalformedError("the message ends too early");
  return count;
}

const isShortText = (head: number): boolean => head >= 0xa0 && head < 0xc0;
const isText = (head: number): boolean => isShortText(head) || (head >= 0xd9 && head <= 0xdb);

export function readText(reader: ByteReader): string {
  const head = reader.byte();
  if (isShortText(head)) return reader.utf8(head & 31);
  if (head === 0xd9) return reader.utf8(reader.byte());
  if (head === 0xda) return reader.utf8(reader.uint16());
  if (head === 0xdb) return reader.utf8(reader.uint32());
  throw unexpected(head, "string");
}

export function readBinary(reader: ByteReader): Uint8Array {
  const head = reader.byte();
  if (head === 0xc4) return reader.bytes(reader.byte());
  if (head === 0xc5) return reader.bytes(reader.uint16());
  if (head === 0xc6) return reader.bytes(reader.uint32());
  throw unexpected(head, "binary");
}

/** A number; as a decimal text or with 64 bits where JavaScript's numbers might not hold it. */
export function readNumber(reader: ByteReader): number | bigint | string {
  if (isText(reader.peek())) return readText(reader);
  const head = reader.byte();
  if (head < 0x80) return head;
  if (head >= 0xe0) return head - 0x100;
  switch (head) {
    case 0xca:
      return reader.float32();
    case 0xcb:
      return reader.float64();
    case 0xcc:
      return reader.byte();
    case 0xcd:
      return reader.uint16();
    case 0xce:
      return reader.uint32();
    case 0xcf:
      return reader.uint64();
    case 0xd0:
      return reader.int8();
    case 0xd1:
      return reader.int16();
    case 0xd2:
      return reader.int32();
    case INT64:
      return reader.int64();
    default:
      throw unexpected(head, "number");
  }
}

/** Takes an extension of any kind, if one is next. */
export function readExtension(reader: ByteReader): boolean {
  const head = reader.peek();
  const fixed = head >= 0xd4 && head <= 0xd8;
  if (!fixed && (head < 0xc7 || head > 0xc9)) return false;
  reader.byte();
  const length = fixed
    ? 2 ** (head - 0xd4)
    : head === 0xc7
      ? reader.byte()
      : head === 0xc8
        ? reader.uint16()
        : reader.uint32();
  // The extension's number.
  reader.byte();
  reader.bytes(length);
  return true;
}

const unexpected = (head: number, type: string): MalformedError =>
  new MalformedError(`0x${head.toString(16)} is no ${type}`);

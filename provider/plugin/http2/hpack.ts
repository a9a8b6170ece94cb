import { CODE, ConnectionError } from "./frames.js";
import { decodeHuffman, malformed } from "./huffman.js";
import { STATIC_TABLE } from "./static-table.js";

export type Header = readonly [name: string, value: string];

/** What both sides remember of earlier headers at most until another size is settled, in octets. */
const TABLE_SIZE = 4096;
/** What a header counts beyond its text (section 4.1). */
const OVERHEAD = 32;
/** Of all headers of one block, counted as the table counts: short references to long headers add up. */
export const MAX_HEADERS = 2 ** 16;

/** Reads header blocks of one connection (HPACK, RFC 7541): later blocks refer to headers of earlier ones. */
export class HeaderDecoder {
  /** The newest first. */
  readonly #recent: Header[] = [];
  #size = 0;
  #limit = TABLE_SIZE;

  /** @throws {ConnectionError} */
  decode(block: Buffer): Header[] {
    const cursor = new Cursor(block);
    const headers: Header[] = [];
    let total = 0;
    while (!cursor.done) {
      const first = cursor.peek();
      if (first >> 5 === 1) {
        if (headers.length > 0) throw malformed("the table's size is set after a header");
        this.#resize(cursor.integer(5));
        continue;
      }
      const header = this.#header(first, cursor);
      total += sizeOf(header);
      if (total > MAX_HEADERS) throw new ConnectionError(CODE.enhanceYourCalm, "the headers are too large");
      headers.push(header);
    }
    return headers;
  }

  /** Section 6: a reference to a header, or one in full, which is remembered or is not. */
  #header(first: number, cursor: Cursor): Header {
    if (first >= 0x80) return this.#at(cursor.integer(7));
    const remembered = first >= 0x40;
    const index = cursor.integer(remembered ? 6 : 4);
    const name = index === 0 ? cursor.text() : this.#at(index)[0];
    const header: Header = [name, cursor.text()];
    if (remembered) {
      this.#recent.unshift(header);
      this.#size += sizeOf(header);
      this.#forget();
    }
    return header;
  }

  #at(index: number): Header {
    const header = STATIC_TABLE[index - 1] ?? this.#recent[index - 1 - STATIC_TABLE.length];
    if (header === undefined) throw malformed(`there is no header ${index}`);
    return header;
  }

  #resize(limit: number): void {
    if (limit > TABLE_SIZE) throw malformed("the table's size is larger than was settled");
    this.#limit = limit;
    this.#forget();
  }

  #forget(): void {
    while (this.#size > this.#limit) {
      const oldest = this.#recent.pop();
      if (oldest !== undefined) this.#size -= sizeOf(oldest);
    }
  }
}

const sizeOf = ([name, value]: Header): number => name.length + value.length + OVERHEAD;

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  peek(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw malformed("a header block is cut off");
    return byte;
  }

  /** A number whose first bits are the last ones of the octet at hand (section 5.1). */
  integer(prefix: number): number {
    const most = 2 ** prefix - 1;
    let value = this.peek() & most;
    this.#at++;
    if (value < most) return value;
    for (let factor = 1; factor <= 2 ** 21; factor *= 128) {
      const byte = this.peek();
      this.#at++;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw malformed("a number is too large");
  }

  text(): string {
    const huffman = this.peek() >= 0x80;
    const end = this.integer(7) + this.#at;
    if (end > this.#bytes.length) throw malformed("a header block is cut off");
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return huffman ? decodeHuffman(bytes) : bytes.toString("latin1");
  }
}

/** A header block that neither needs nor makes a table: each header in full, names and values in ASCII. */
export const encodeHeaders = (headers: readonly Header[]): Buffer =>
  Buffer.concat(headers.flatMap((header) => [Buffer.of(0), ...header.map(textOf)]));

function textOf(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  const length: number[] = [];
  let rest = bytes.length;
  if (rest < 127) length.push(rest);
  else {
    length.push(127);
    for (rest -= 127; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** What was sent is not what the protocol says. */
export class MalformedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MalformedError";
  }
}

/** A buffer that grows as it is written. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(512);
  #length = 0;

  /** Makes room for `count` bytes and returns where they begin. */
  #take(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    return at;
  }

  byte(value: number): void {
    const at = this.#take(1);
    this.#buffer[at] = value;
  }
  uint16(value: number): void {
    const at = this.#take(2);
    this.#buffer.writeUInt16BE(value, at);
  }
  uint32(value: number): void {
    const at = this.#take(4);
    this.#buffer.writeUInt32BE(value, at);
  }
  int64(value: bigint): void {
    const at = this.#take(8);
    this.#buffer.writeBigInt64BE(value, at);
  }
  bytes(value: Uint8Array): void {
    const at = this.#take(value.length);
    this.#buffer.set(value, at);
  }
  utf8(text: string, length: number): void {
    const at = this.#take(length);
    this.#buffer.write(text, at, length, "utf8");
  }
  result(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}

/** Reads from front to back; reading past the end throws {@link MalformedError}. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.left === 0;
  }
  get left(): number {
    return this.#buffer.length - this.#at;
  }
  peek(): number {
    const value = this.#buffer[this.#at];
    if (value === undefined) throw new MalformedError("the message ends too early");
    return value;
  }
  #take(count: number): number {
    const at = this.#at;
    if (count > this.left) throw new MalformedError("the message ends too early");
    this.#at += count;
    return at;
  }
  byte(): number {
    const value = this.peek();
    this.#at++;
    return value;
  }
  uint16(): number {
    return this.#buffer.readUInt16BE(this.#take(2));
  }
  uint32(): number {
    return this.#buffer.readUInt32BE(this.#take(4));
  }
  uint64(): bigint {
    return this.#buffer.readBigUInt64BE(this.#take(8));
  }
  int8(): number {
    return this.#buffer.readInt8(this.#take(1));
  }
  int16(): number {
    return this.#buffer.readInt16BE(this.#take(2));
  }
  int32(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }
  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8));
  }
  float32(): number {
    return this.#buffer.readFloatBE(this.#take(4));
  }
  float64(): number {
    return this.#buffer.readDoubleBE(this.#take(8));
  }
  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#buffer.subarray(at, at + count);
  }
  utf8(count: number): string {
    const at = this.#take(count);
    return this.#buffer.toString("utf8", at, at + count);
  }
}

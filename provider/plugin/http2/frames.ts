/** Frames of HTTP/2 (RFC 9113): what a connection is made of. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const FLAG = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 32 } as const;
export const SETTING = {
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** Why a connection or a stream ends early (section 7). */
export const CODE = {
  protocolError: 1,
  flowControlError: 3,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  compressionError: 9,
  enhanceYourCalm: 11,
} as const;

/** What the other side did that the connection cannot go on after. */
export class ConnectionError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = "ConnectionError";
    this.code = code;
  }
}

export interface Frame {
  readonly type: number;
  readonly flags: number;
  /** 0 is the connection itself. */
  readonly stream: number;
  readonly payload: Buffer;
}

/** The first bytes that a client sends. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
/** Length, type, flags and stream of a frame, in bytes. */
const HEAD = 9;
/** Of a payload, in bytes: what both sides take until another size is settled, and the largest that can be. */
export const FRAME_SIZE = { initial: 2 ** 14, most: 2 ** 24 - 1 } as const;

/** Cuts the bytes of a client into frames, as they come. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #greeted = false;

  /** @throws {ConnectionError} */
  *read(chunk: Buffer): Generator<Frame> {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    if (!this.#greeted) {
      const start = bytes.subarray(0, PREFACE.length);
      if (!start.equals(PREFACE.subarray(0, start.length)))
        throw new ConnectionError(CODE.protocolError, "this is not HTTP/2");
      this.#greeted = start.length === PREFACE.length;
      at = this.#greeted ? PREFACE.length : 0;
    }
    while (this.#greeted && bytes.length - at >= HEAD) {
      const size = bytes.readUIntBE(at, 3);
      if (size > FRAME_SIZE.initial) throw new ConnectionError(CODE.frameSizeError, "a frame is too large");
      const end = at + HEAD + size;
      if (end > bytes.length) break;
      yield {
        type: bytes.readUInt8(at + 3),
        flags: bytes.readUInt8(at + 4),
        stream: bytes.readUInt32BE(at + 5) & 0x7f_ff_ff_ff,
        payload: bytes.subarray(at + HEAD, end),
      };
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }
}

/** What goes before the payload of a frame. */
export function headOf(type: number, flags: number, stream: number, size: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD);
  head.writeUIntBE(size, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return head;
}

/** The payload without its padding. */
export function unpadded({ flags, payload }: Frame): Buffer {
  if ((flags & FLAG.padded) === 0) return payload;
  const padding = payload[0] ?? payload.length;
  if (padding >= payload.length) throw new ConnectionError(CODE.protocolError, "a frame is all padding");
  return payload.subarray(1, payload.length - padding);
}

export function bytesOf(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

import type { Duplex } from "node:stream";
import { CODE, ConnectionError, FLAG, FRAME, FRAME_SIZE, headOf } from "./frames.js";
import type { Stream } from "./stream.js";

/** What may be under way unacknowledged until another size is settled, and the most that can be, in octets. */
export const WINDOW = { initial: 2 ** 16 - 1, most: 2 ** 31 - 1 } as const;

/** The sending side of a connection: frames of one turn of the event loop go out together at its end. */
export class Outlet {
  /** The largest payload that the client takes. */
  frameSize: number = FRAME_SIZE.initial;
  readonly #socket: Duplex;
  #frames: Buffer[] = [];
  /** What the client takes of all streams together. */
  #window: number = WINDOW.initial;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  send(type: number, flags: number, stream: number, payload: Buffer): void {
    if (this.#frames.length === 0) setImmediate(() => this.#flush());
    this.#frames.push(headOf(type, flags, stream, payload.length), payload);
  }

  #flush(): void {
    const frames = this.#frames;
    this.#frames = [];
    if (this.#socket.writable) this.#socket.write(Buffer.concat(frames));
  }

  /** Sends what was to be sent, and nothing more. */
  end(): void {
    this.#flush();
    this.#socket.end(() => this.#socket.destroy());
  }

  /** Sends what of an answer waits, as far as the client takes it; true where that was its end. */
  advance(stream: Stream): boolean {
    for (let part = stream.waiting[0]; part !== undefined; part = stream.waiting[0]) {
      if ("block" in part) {
        this.#headers(stream.id, part.block, part.end);
        if (part.end) return true;
      } else {
        while (part.bytes.length > 0) {
          const size = Math.min(part.bytes.length, this.frameSize, this.#window, stream.window);
          if (size <= 0) return false;
          this.#window -= size;
          stream.window -= size;
          this.send(FRAME.data, 0, stream.id, part.bytes.subarray(0, size));
          part.bytes = part.bytes.subarray(size);
        }
      }
      stream.waiting.shift();
    }
    return false;
  }

  #headers(stream: number, block: Buffer, end: boolean): void {
    let type: number = FRAME.headers;
    let rest = block;
    do {
      const piece = rest.subarray(0, this.frameSize);
      rest = rest.subarray(piece.length);
      const ending = end && type === FRAME.headers ? FLAG.endStream : 0;
      this.send(type, ending + (rest.length === 0 ? FLAG.endHeaders : 0), stream, piece);
      type = FRAME.continuation;
    } while (rest.length > 0);
  }

  /** The client takes more: of one stream, or of all together. */
  widen(by: number, stream?: Stream): void {
    if (by === 0) throw new ConnectionError(CODE.protocolError, "a window is widened by nothing");
    if (stream === undefined) this.#window = widened(this.#window, by);
    else stream.window = widened(stream.window, by);
  }
}

/** A window after a change, which may leave it below zero. */
export function widened(window: number, by: number): number {
  if (window + by > WINDOW.most) throw new ConnectionError(CODE.flowControlError, "a window is too large");
  return window + by;
}

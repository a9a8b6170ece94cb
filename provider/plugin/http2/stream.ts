/** What a server does with what comes in on a stream. */
export interface Receiver {
  /** A piece of the request's body. */
  data(chunk: Buffer): void;
  /** The request is whole. */
  end(): void;
  /** The client took the request back, or has gone, before all of the answer was sent. */
  gone(): void;
}

/** A part of an answer: headers or trailers, the last with `end`, or a piece of the body. */
type Part = { readonly block: Buffer; readonly end: boolean } | { bytes: Buffer };

/** A request, and the way to answer it. */
export class Stream {
  readonly id: number;
  readonly path: string;
  /** How much of the answer's body the client takes now, in octets. */
  window: number;
  /** What is not sent yet, the oldest first. */
  readonly waiting: Part[] = [];
  /** The request is whole. */
  received = false;
  /** The answer is sent, or nobody waits for it. */
  closed = false;
  readonly #advance: (stream: Stream) => void;

  constructor(id: number, path: string, window: number, advance: (stream: Stream) => void) {
    this.id = id;
    this.path = path;
    this.window = window;
    this.#advance = advance;
  }

  /** Sends headers, or trailers, as `encodeHeaders` makes them; `end`: the answer ends with them. */
  headers(block: Buffer, end: boolean): void {
    this.#send({ block, end });
  }

  /** Sends a piece of the body, as fast as the client takes it. */
  data(bytes: Buffer): void {
    this.#send({ bytes });
  }

  #send(part: Part): void {
    if (this.closed) return;
    this.waiting.push(part);
    if (this.waiting.length === 1) this.#advance(this);
  }
}

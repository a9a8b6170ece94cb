import type { Duplex } from "node:stream";
import {
  bytesOf,
  CODE,
  ConnectionError,
  FLAG,
  FRAME,
  FRAME_SIZE,
  FrameReader,
  SETTING,
  unpadded,
  type Frame,
} from "./frames.js";
import { HeaderDecoder, MAX_HEADERS } from "./hpack.js";
import { Outlet, widened, WINDOW } from "./outlet.js";
import { Stream, type Receiver } from "./stream.js";

const MAX_STREAMS = 1000;
/** What may come in unacknowledged of a stream, and of all together: most messages come in one piece. */
const INTAKE = { stream: 2 ** 20, connection: 2 ** 24 } as const;
const SETTINGS: readonly (readonly [id: number, value: number])[] = [
  [SETTING.maxConcurrentStreams, MAX_STREAMS],
  [SETTING.initialWindowSize, INTAKE.stream],
  [SETTING.maxHeaderListSize, MAX_HEADERS],
];

/** A stream that is open, with what receives its request. */
interface Served {
  readonly stream: Stream;
  readonly receiver: Receiver;
  readonly intake: Intake;
}

/** A header block of which a part has come. */
interface Block {
  readonly stream: number;
  readonly end: boolean;
  readonly parts: Buffer[];
  /** In octets, and one more for each part: empty ones without end would be free. */
  size: number;
}

/**
 * The server's side of one HTTP/2 connection (RFC 9113), without priorities and pushes. A client that breaks the
 * protocol is told so, and its connection ends.
 */
export class Session {
  readonly #socket: Duplex;
  readonly #open: (stream: Stream) => Receiver;
  readonly #reader = new FrameReader();
  readonly #decoder = new HeaderDecoder();
  readonly #outlet: Outlet;
  readonly #served = new Map<number, Served>();
  readonly #intake = new Intake(INTAKE.connection);
  /** Nothing else may come before its end. */
  #block: Block | undefined;
  /** The newest stream of the client: numbers only grow. */
  #last = 0;
  /** The window of a new stream. */
  #window: number = WINDOW.initial;
  #settled = false;
  #over = false;

  /** @param open receives a request of which the headers have come */
  constructor(socket: Duplex, open: (stream: Stream) => Receiver) {
    this.#socket = socket;
    this.#open = open;
    this.#outlet = new Outlet(socket);
    const settings = SETTINGS.flatMap(([id, value]) => [Buffer.of(0, id), bytesOf(value)]);
    this.#outlet.send(FRAME.settings, 0, 0, Buffer.concat(settings));
    this.#giveBack(0, INTAKE.connection - WINDOW.initial);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("close", () => {
      for (const { stream, receiver } of this.#served.values()) {
        stream.closed = true;
        receiver.gone();
      }
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#over) return;
    try {
      for (const frame of this.#reader.read(chunk)) this.#handle(frame);
    } catch (error) {
      this.#over = true;
      if (!(error instanceof ConnectionError)) {
        this.#socket.destroy();
        throw error;
      }
      const why = [bytesOf(this.#last), bytesOf(error.code), Buffer.from(error.message)];
      this.#outlet.send(FRAME.goAway, 0, 0, Buffer.concat(why));
      this.#outlet.end();
    }
  }

  #handle(frame: Frame): void {
    const { type, flags, stream, payload } = frame;
    if (!this.#settled && type !== FRAME.settings) throw broken("the first frame is not of settings");
    if (this.#block !== undefined && (type !== FRAME.continuation || stream !== this.#block.stream))
      throw broken("a header block is interrupted");
    switch (type) {
      case FRAME.data:
        this.#data(frame);
        break;
      case FRAME.headers:
        this.#headers(frame);
        break;
      case FRAME.continuation:
        this.#continue(payload, flags);
        break;
      case FRAME.settings:
        this.#settings(frame);
        break;
      case FRAME.resetStream:
        sized(payload, 4);
        this.#reset(this.#known(stream));
        break;
      case FRAME.windowUpdate:
        sized(payload, 4);
        this.#widen(stream, payload.readUInt32BE() & WINDOW.most);
        break;
      case FRAME.ping:
        sized(payload, 8);
        if ((flags & FLAG.ack) === 0) this.#outlet.send(FRAME.ping, FLAG.ack, 0, payload);
        break;
      case FRAME.pushPromise:
        throw broken("a client cannot push");
      // Priorities are advice, a client that goes away says so by its end, and what is unknown is to be ignored.
    }
  }

  /** The stream, if it is still open. */
  #known(id: number): Served | undefined {
    if (id === 0 || id > this.#last) throw broken(`stream ${id} was never opened`);
    return this.#served.get(id);
  }

  #data(frame: Frame): void {
    const known = this.#known(frame.stream);
    this.#giveBack(0, this.#intake.take(frame.payload.length));
    const chunk = unpadded(frame);
    // What was sent before the client knew that the stream is closed.
    if (known === undefined) return;
    if (known.stream.received)
      throw new ConnectionError(CODE.streamClosed, "data comes after a request's end");
    this.#giveBack(frame.stream, known.intake.take(frame.payload.length));
    if (chunk.length > 0) known.receiver.data(chunk);
    if ((frame.flags & FLAG.endStream) !== 0) this.#received(known);
  }

  #giveBack(stream: number, size: number): void {
    if (size > 0) this.#outlet.send(FRAME.windowUpdate, 0, stream, bytesOf(size));
  }

  #headers(frame: Frame): void {
    if (frame.stream % 2 === 0) throw broken("a client's streams have odd numbers");
    const fields = unpadded(frame);
    const priority = (frame.flags & FLAG.priority) === 0 ? 0 : 5;
    if (fields.length < priority) throw new ConnectionError(CODE.frameSizeError, "a frame is cut off");
    this.#block = { stream: frame.stream, end: (frame.flags & FLAG.endStream) !== 0, parts: [], size: 0 };
    this.#continue(fields.subarray(priority), frame.flags);
  }

  #continue(part: Buffer, flags: number): void {
    const block = this.#block;
    if (block === undefined) throw broken("there is no header block to continue");
    block.parts.push(part);
    block.size += part.length + 1;
    if (block.size > MAX_HEADERS)
      throw new ConnectionError(CODE.enhanceYourCalm, "the headers are too large");
    if ((flags & FLAG.endHeaders) === 0) return;
    this.#block = undefined;
    const { stream, end, parts } = block;
    const headers = this.#decoder.decode(parts.length === 1 ? part : Buffer.concat(parts));
    if (stream > this.#last) {
      this.#last = stream;
      this.#request(stream, headers.find(([name]) => name === ":path")?.[1] ?? "", end);
      return;
    }
    // The trailers of a request: what they say is of no use here.
    const known = this.#known(stream);
    if (known === undefined) return;
    if (!end || known.stream.received) throw broken("a request has headers twice");
    this.#received(known);
  }

  #request(id: number, path: string, end: boolean): void {
    if (this.#served.size >= MAX_STREAMS) {
      this.#outlet.send(FRAME.resetStream, 0, id, bytesOf(CODE.refusedStream));
      return;
    }
    const stream = new Stream(id, path, this.#window, (answered) => this.#advance(answered));
    const served = { stream, receiver: this.#open(stream), intake: new Intake(INTAKE.stream) };
    this.#served.set(id, served);
    if (end) this.#received(served);
  }

  #received({ stream, receiver }: Served): void {
    stream.received = true;
    if (stream.closed) this.#served.delete(stream.id);
    receiver.end();
  }

  #advance(stream: Stream): void {
    if (!this.#outlet.advance(stream)) return;
    stream.closed = true;
    if (stream.received) this.#served.delete(stream.id);
  }

  #reset(known: Served | undefined): void {
    if (known === undefined) return;
    const { stream, receiver } = known;
    this.#served.delete(stream.id);
    if (stream.closed) return;
    stream.closed = true;
    receiver.gone();
  }

  #settings({ flags, stream, payload }: Frame): void {
    if (stream !== 0) throw broken("settings are those of a stream");
    this.#settled = true;
    if ((flags & FLAG.ack) !== 0) {
      sized(payload, 0);
      return;
    }
    if (payload.length % 6 !== 0) throw new ConnectionError(CODE.frameSizeError, "a setting is cut off");
    for (let at = 0; at < payload.length; at += 6)
      this.#settle(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
    this.#outlet.send(FRAME.settings, FLAG.ack, 0, Buffer.alloc(0));
  }

  #settle(id: number, value: number): void {
    if (id === SETTING.maxFrameSize) {
      if (value < FRAME_SIZE.initial || value > FRAME_SIZE.most)
        throw broken(`frames of ${value} octets cannot be`);
      this.#outlet.frameSize = value;
    } else if (id === SETTING.initialWindowSize) {
      const more = value - this.#window;
      this.#window = widened(this.#window, more);
      for (const { stream } of this.#served.values()) stream.window = widened(stream.window, more);
      this.#advanceAll();
    }
  }

  #widen(id: number, by: number): void {
    if (id === 0) {
      this.#outlet.widen(by);
      this.#advanceAll();
    } else {
      const known = this.#known(id);
      if (known === undefined) return;
      this.#outlet.widen(by, known.stream);
      this.#advance(known.stream);
    }
  }

  #advanceAll(): void {
    for (const { stream } of this.#served.values()) this.#advance(stream);
  }
}

/** Counts what comes in until it is worth telling that it was taken. */
class Intake {
  readonly #window: number;
  #taken = 0;

  constructor(window: number) {
    this.#window = window;
  }

  /** How much to give back now. */
  take(size: number): number {
    this.#taken += size;
    if (this.#taken < this.#window / 2) return 0;
    const back = this.#taken;
    this.#taken = 0;
    return back;
  }
}

const broken = (message: string): ConnectionError => new ConnectionError(CODE.protocolError, message);

function sized(payload: Buffer, size: number): void {
  if (payload.length !== size)
    throw new ConnectionError(CODE.frameSizeError, `${size} octets are due, not ${payload.length}`);
}

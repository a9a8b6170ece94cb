import { X509Certificate } from "node:crypto";
import { createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createServer as createSecureServer, type TLSSocket, type TlsOptions } from "node:tls";
import { encodeHeaders } from "./http2/hpack.js";
import { Session } from "./http2/session.js";
import type { Receiver, Stream } from "./http2/stream.js";
import {
  RpcError,
  STATUS,
  type Call,
  type Connection,
  type ListenOptions,
  type Listener,
} from "./transport.js";

/** Before each message: one byte that says whether it is compressed, four of its length. */
const PREFIX = 5;
/** Terraform takes messages of up to 64 MB; a schema or a state in one message is far below. */
const MAX_MESSAGE = 256 * 2 ** 20;
const HEADERS = encodeHeaders([
  [":status", "200"],
  ["content-type", "application/grpc"],
]);
const OK = encodeHeaders([["grpc-status", String(STATUS.ok)]]);

/**
 * The part of gRPC that plugins need: calls with one request and one answer, uncompressed.
 * Streams that Terraform opens to listen to the plugin's output, or to talk to it, stay open and silent.
 */
export async function listen({ at, tls, connect, onDisconnect }: ListenOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  const begin = (socket: Socket) => {
    const connection = connect();
    sockets.add(socket);
    // A broken connection is told by its end.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      onDisconnect?.(sockets.size);
    });
    new Session(socket, (stream) =>
      SILENT.has(stream.path) ? new Silence(stream) : new OneCall(stream, connection),
    );
  };
  const server = tls === undefined ? createPlainServer({ noDelay: true }, begin) : secureServer(tls, begin);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if ("path" in at) server.listen(at.path, resolve);
    else server.listen(at.port, "127.0.0.1", resolve);
  });
  const bound = server.address();
  return {
    address: typeof bound === "string" || bound === null ? String(bound) : `${bound.address}:${bound.port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function secureServer(
  { own, clientPem }: NonNullable<ListenOptions["tls"]>,
  begin: (socket: TLSSocket) => void,
): Server {
  const expected = new X509Certificate(clientPem).raw;
  const options: TlsOptions = {
    cert: own.pem,
    key: own.keyPem,
    minVersion: "TLSv1.2",
    ALPNProtocols: ["h2"],
    noDelay: true,
    // A list of authorities would make Node parse those it brings along first, 18 ms: the one
    // certificate allowed is compared below instead.
    ca: [],
    requestCert: true,
    rejectUnauthorized: false,
  };
  return createSecureServer(options, (socket) => {
    const shown = socket.getPeerX509Certificate();
    if (shown === undefined || !shown.raw.equals(expected)) socket.destroy();
    else begin(socket);
  });
}

/** Streams of go-plugin that carry nothing here: `GRPCStdio` for output, `GRPCBroker` for further connections. */
const SILENT = new Set(["/plugin.GRPCStdio/StreamStdio", "/plugin.GRPCBroker/StartStream"]);

class Silence implements Receiver {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.headers(HEADERS, false);
  }

  data(): void {}

  end(): void {
    this.#stream.headers(OK, true);
  }

  gone(): void {}
}

/** A call, from its first piece to its answer. */
class OneCall implements Call, Receiver {
  readonly #stream: Stream;
  readonly #connection: Connection;
  #chunks: Buffer[] = [];
  #size = 0;
  /** Made when it is asked for: most calls are short and need none. */
  #gone: AbortController | undefined;
  #message: Uint8Array = new Uint8Array();

  constructor(stream: Stream, connection: Connection) {
    this.#stream = stream;
    this.#connection = connection;
  }

  get method(): string {
    return this.#stream.path;
  }

  get request(): Uint8Array {
    return this.#message;
  }

  get signal(): AbortSignal {
    this.#gone ??= new AbortController();
    if (this.#stream.closed) this.#gone.abort();
    return this.#gone.signal;
  }

  data(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= MAX_MESSAGE + PREFIX) this.#chunks.push(chunk);
    else this.#chunks = [];
  }

  end(): void {
    this.#answer().then(
      (answer) => this.#send(answer),
      (error: unknown) => this.#refuse(error),
    );
  }

  gone(): void {
    this.#chunks = [];
    this.#gone?.abort();
  }

  async #answer(): Promise<Uint8Array> {
    if (this.#size > MAX_MESSAGE + PREFIX)
      throw new RpcError(STATUS.resourceExhausted, `the message is larger than ${MAX_MESSAGE} bytes`);
    const [only] = this.#chunks;
    const whole = this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#message = messageOf(whole);
    return this.#connection(this);
  }

  #send(message: Uint8Array): void {
    const prefix = Buffer.alloc(PREFIX);
    prefix.writeUInt32BE(message.length, 1);
    this.#stream.headers(HEADERS, false);
    this.#stream.data(Buffer.concat([prefix, message]));
    this.#stream.headers(OK, true);
  }

  #refuse(error: unknown): void {
    const status = error instanceof RpcError ? error.status : STATUS.internal;
    const message = error instanceof Error ? error.message : String(error);
    const trailers = encodeHeaders([
      [":status", "200"],
      ["content-type", "application/grpc"],
      ["grpc-status", String(status)],
      ["grpc-message", encodeURIComponent(message)],
    ]);
    this.#stream.headers(trailers, true);
  }
}

function messageOf(body: Buffer): Uint8Array {
  if (body.length < PREFIX) throw new RpcError(STATUS.internal, "the message is cut off");
  if (body[0] !== 0) throw new RpcError(STATUS.unimplemented, "compressed messages are not supported");
  if (body.readUInt32BE(1) !== body.length - PREFIX) {
    throw new RpcError(STATUS.internal, "the message is not of the length it states");
  }
  return body.subarray(PREFIX);
}

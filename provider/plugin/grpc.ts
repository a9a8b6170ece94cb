import { X509Certificate } from "node:crypto";
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { TLSSocket } from "node:tls";
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
/** Windows this large let an answer go in one piece. */
const WINDOW = 2 ** 20;
const SETTINGS = { initialWindowSize: WINDOW, maxConcurrentStreams: 1000 };
/** In megabytes. Node's 10 would end a connection with a few large messages under way. */
const SESSION_MEMORY = 1024;
const HEADERS = { ":status": 200, "content-type": "application/grpc" } as const;
const OK = { "grpc-status": String(STATUS.ok) };

/**
 * The part of gRPC that plugins need, on Node's own HTTP/2: calls with one request and one answer, uncompressed.
 * Streams that Terraform opens to listen to the plugin's output, or to talk to it, stay open and silent.
 */
export async function listen({ at, tls, connect, onDisconnect }: ListenOptions): Promise<Listener> {
  const sessions = new Set<ServerHttp2Session>();
  const server = tls === undefined ? plainServer() : secureServer(tls);
  server.on("session", (session) => {
    const connection = connect();
    sessions.add(session);
    session.on("stream", (stream, headers) => serve(stream, headers, connection));
    // A broken connection is told by its end.
    session.on("error", () => session.destroy());
    session.on("close", () => {
      sessions.delete(session);
      onDisconnect?.(sessions.size);
    });
  });
  server.on("sessionError", () => undefined);
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
      for (const session of sessions) session.destroy();
    },
  };
}

const plainServer = (): Http2Server => createServer({ settings: SETTINGS, maxSessionMemory: SESSION_MEMORY });

function secureServer({ own, clientPem }: NonNullable<ListenOptions["tls"]>): Http2SecureServer {
  const expected = new X509Certificate(clientPem).raw;
  const server = createSecureServer({
    settings: SETTINGS,
    maxSessionMemory: SESSION_MEMORY,
    cert: own.pem,
    key: own.keyPem,
    minVersion: "TLSv1.2",
    allowHTTP1: false,
    // A list of authorities would make Node parse those it brings along first, 18 ms: the one
    // certificate allowed is compared below instead.
    ca: [],
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.prependListener("secureConnection", (socket: TLSSocket) => {
    const shown = socket.getPeerX509Certificate();
    if (shown === undefined || !shown.raw.equals(expected)) socket.destroy();
  });
  return server;
}

/** Streams of go-plugin that carry nothing here: `GRPCStdio` for output, `GRPCBroker` for further connections. */
const SILENT = new Set(["/plugin.GRPCStdio/StreamStdio", "/plugin.GRPCBroker/StartStream"]);

function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Connection): void {
  const method = headers[":path"] ?? "";
  // The end of the stream says it too.
  stream.on("error", () => undefined);
  if (SILENT.has(method)) {
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(OK));
    stream.on("end", () => stream.end());
    stream.resume();
    return;
  }
  const call = new OneCall(method, stream);
  receive(stream, (request) => {
    call.request = request;
    return connection(call);
  }).then(
    (answer) => send(stream, answer),
    (error: unknown) => refuse(stream, error),
  );
}

/** A call whose signal is made when it is asked for: most calls are short and need none. */
class OneCall implements Call {
  readonly method: string;
  request: Uint8Array = new Uint8Array();
  readonly #stream: ServerHttp2Stream;

  constructor(method: string, stream: ServerHttp2Stream) {
    this.method = method;
    this.#stream = stream;
  }

  get signal(): AbortSignal {
    const gone = new AbortController();
    if (this.#stream.closed) gone.abort();
    this.#stream.once("close", () => gone.abort());
    return gone.signal;
  }
}

/** Hands on the one message of a request. */
function receive(
  stream: ServerHttp2Stream,
  use: (message: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_MESSAGE + PREFIX) chunks.push(chunk);
      else reject(new RpcError(STATUS.resourceExhausted, `the message is larger than ${MAX_MESSAGE} bytes`));
    });
    stream.on("end", () => {
      if (size > MAX_MESSAGE + PREFIX) return;
      // A message that is refused ends in a rejection as well.
      resolve(Promise.resolve().then(() => use(messageOf(Buffer.concat(chunks, size)))));
    });
  });
}

function messageOf(body: Buffer): Uint8Array {
  if (body.length < PREFIX) throw new RpcError(STATUS.internal, "the message is cut off");
  if (body[0] !== 0) throw new RpcError(STATUS.unimplemented, "compressed messages are not supported");
  if (body.readUInt32BE(1) !== body.length - PREFIX) {
    throw new RpcError(STATUS.internal, "the message is not of the length it states");
  }
  return body.subarray(PREFIX);
}

function send(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed) return;
  const framed = Buffer.allocUnsafe(PREFIX + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX);
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(OK));
  stream.end(framed);
}

function refuse(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.destroyed) return;
  const status = error instanceof RpcError ? error.status : STATUS.internal;
  const message = error instanceof Error ? error.message : String(error);
  const trailers = { "grpc-status": String(status), "grpc-message": encodeURIComponent(message) };
  stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
  // What is still on its way is of no interest.
  stream.resume();
}

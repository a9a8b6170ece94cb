import { connect, constants, type ClientHttp2Session } from "node:http2";
import { createConnection } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { selfSigned, type Certificate } from "../../../provider/plugin/certificate.js";
import { listen } from "../../../provider/plugin/grpc.js";
import {
  RpcError,
  STATUS,
  type Call,
  type Connection,
  type ListenOptions,
  type Listener,
} from "../../../provider/plugin/transport.js";
import { temporaryFolder } from "../../helpers/stack.js";

const METHOD = "/tfplugin6.Provider/GetMetadata";
const echo: Connection = ({ request }) => Promise.resolve(request);

/** A promise that is settled from outside. */
function deferred<T>(): { readonly promise: Promise<T>; resolve(value: T): void } {
  const settle: { resolve(value: T): void } = { resolve: () => undefined };
  const promise = new Promise<T>((resolve) => (settle.resolve = resolve));
  return { promise, resolve: (value) => settle.resolve(value) };
}

const opened: { close(): void }[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

async function serve(connection: Connection, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const listener = await listen({
    at: { path: join(temporaryFolder(), "s") },
    connect: () => connection,
    ...options,
  });
  opened.push(listener);
  return listener;
}
function open({ address }: Listener): ClientHttp2Session {
  const session = connect("http://localhost", {
    createConnection: () => createConnection(address),
    // In megabytes: from Node 22 on a client ends a connection on which more than 10 wait to be sent.
    maxSessionMemory: 1024,
  });
  session.on("error", () => undefined);
  opened.push(session);
  return session;
}

const framed = (message: Uint8Array, compressed = 0): Buffer => {
  const prefix = Buffer.from([compressed, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

interface Reply {
  readonly status: number;
  readonly message: string;
  readonly body: Buffer;
}
/** Makes a call with the body as it is; resolves when it has ended. */
function call(session: ClientHttp2Session, body: Uint8Array, method = METHOD): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": method,
      "content-type": "application/grpc",
    });
    const chunks: Buffer[] = [];
    let told: Record<string, unknown> = {};
    stream.on("response", (headers) => (told = { ...told, ...headers }));
    stream.on("trailers", (trailers: Record<string, unknown>) => (told = { ...told, ...trailers }));
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("close", () =>
      resolve({
        status: Number(told["grpc-status"]),
        message: decodeURIComponent(typeof told["grpc-message"] === "string" ? told["grpc-message"] : ""),
        body: Buffer.concat(chunks),
      }),
    );
    stream.end(body);
  });
}

describe("calls", () => {
  test("a request is answered", async () => {
    const session = open(await serve(echo));
    expect(await call(session, framed(Buffer.from("hello")))).toEqual({
      status: STATUS.ok,
      message: "",
      body: framed(Buffer.from("hello")),
    });
  });

  test("an answer may be empty", async () => {
    const session = open(await serve(echo));
    expect(await call(session, framed(Buffer.alloc(0)))).toMatchObject({
      status: 0,
      body: framed(Buffer.alloc(0)),
    });
  });

  test("a thousand at once, each its own answer", async () => {
    const later: Connection = ({ request }) =>
      new Promise((resolve) => setImmediate(() => resolve(Buffer.concat([request, request]))));
    const session = open(await serve(later));
    session.setMaxListeners(0);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => call(session, framed(Buffer.from(String(i))))),
    );
    expect(answers.map(({ body }) => body.subarray(5).toString())).toEqual(
      Array.from({ length: 1_000 }, (_, i) => `${i}${i}`),
    );
  });

  test("thirty megabytes there and back, several at once", async () => {
    const session = open(await serve(echo));
    const large = Buffer.alloc(30 * 2 ** 20, "x");
    const answers = await Promise.all([1, 2, 3].map(() => call(session, framed(large))));
    for (const { status, body } of answers) {
      expect(status).toBe(STATUS.ok);
      expect(body.subarray(5).equals(large)).toBe(true);
    }
  });

  test("each connection has calls of its own", async () => {
    let connections = 0;
    const listener = await serve(echo, {
      connect: () => {
        const number = ++connections;
        return () => Promise.resolve(Buffer.from(String(number)));
      },
    });
    const [first, second] = [open(listener), open(listener)];
    const ask = async (session: ClientHttp2Session) =>
      (await call(session, framed(Buffer.alloc(0)))).body.subarray(5).toString();
    const told = [await ask(first), await ask(second), await ask(first)];
    expect(told[0]).toBe(told[2]);
    expect(told[1]).not.toBe(told[0]);
  });
});

describe("what goes wrong is told as a status", () => {
  test.each<readonly [string, Connection, Uint8Array, number, string]>([
    [
      "a handler's status",
      () => Promise.reject(new RpcError(STATUS.unimplemented, "not here: é")),
      framed(Buffer.alloc(0)),
      STATUS.unimplemented,
      "not here: é",
    ],
    ["a bug", () => Promise.reject(new Error("oops")), framed(Buffer.alloc(0)), STATUS.internal, "oops"],
    ["a message cut off", echo, Buffer.from([0, 0]), STATUS.internal, "the message is cut off"],
    [
      "a wrong length",
      echo,
      Buffer.from([0, 0, 0, 0, 9, 1]),
      STATUS.internal,
      "the message is not of the length it states",
    ],
    [
      "compression",
      echo,
      framed(Buffer.from("x"), 1),
      STATUS.unimplemented,
      "compressed messages are not supported",
    ],
  ])("%s", async (_, connection, body, status, message) => {
    const session = open(await serve(connection));
    expect(await call(session, body)).toMatchObject({ status, message });
    // The connection is as good as before.
    expect(await call(session, framed(Buffer.alloc(0)))).toHaveProperty("status");
  });
});

describe("callers that go away", () => {
  test("a cancelled call is told to its handler, and others go on", async () => {
    const started = deferred<Call>();
    const slow: Connection = (made) => {
      if (made.request.length > 0) return echo(made);
      started.resolve(made);
      return new Promise((_, reject) =>
        made.signal.addEventListener("abort", () => reject(new Error("cancelled"))),
      );
    };
    const session = open(await serve(slow));
    const stream = session.request({ ":method": "POST", ":path": METHOD });
    stream.on("error", () => undefined);
    stream.end(framed(Buffer.alloc(0)));
    const { signal } = await started.promise;
    const cancelled = new Promise((resolve) => signal.addEventListener("abort", resolve));
    stream.close(constants.NGHTTP2_CANCEL);
    await cancelled;
    expect(await call(session, framed(Buffer.from("x")))).toMatchObject({ status: STATUS.ok });
  });

  test("an end of the connection is told, with how many are left", async () => {
    const left: number[] = [];
    const ended = deferred<undefined>();
    const listener = await serve(echo, {
      onDisconnect: (count) => {
        left.push(count);
        if (count === 0) ended.resolve(undefined);
      },
    });
    const sessions = [open(listener), open(listener)];
    await Promise.all(sessions.map((session) => call(session, framed(Buffer.alloc(0)))));
    for (const session of sessions) session.destroy();
    await ended.promise;
    expect(left).toEqual([1, 0]);
  });

  test("streams to listen to stay open, and end with the connection", async () => {
    const session = open(await serve(echo));
    const stream = session.request({ ":method": "POST", ":path": "/plugin.GRPCStdio/StreamStdio" });
    const headers = await new Promise((resolve) => stream.on("response", resolve));
    expect(headers).toMatchObject({ ":status": 200 });
    expect(stream.closed).toBe(false);
  });
});

describe("mutual TLS", () => {
  const now = Date.now();
  const [own, client, stranger] = [selfSigned(now), selfSigned(now), selfSigned(now)];
  const openTls = ({ address }: Listener, shown: Certificate | undefined): ClientHttp2Session => {
    const session = connect("https://localhost", {
      createConnection: () =>
        connectTls({
          path: address,
          servername: "localhost",
          ca: [own.pem],
          ALPNProtocols: ["h2"],
          ...(shown && { cert: shown.pem, key: shown.keyPem }),
        }),
    });
    session.on("error", () => undefined);
    opened.push(session);
    return session;
  };

  test("the client that Terraform announced is served", async () => {
    const listener = await serve(echo, { tls: { own, clientPem: client.pem } });
    expect(await call(openTls(listener, client), framed(Buffer.from("x")))).toMatchObject({ status: 0 });
  });

  test.each([
    ["another certificate", stranger],
    ["no certificate", undefined],
  ])("%s is not", async (_, shown) => {
    const reached: Call[] = [];
    const listener = await serve(
      (made) => {
        reached.push(made);
        return echo(made);
      },
      { tls: { own, clientPem: client.pem } },
    );
    const outcome = await call(openTls(listener, shown), framed(Buffer.from("x"))).catch(() => "refused");
    expect(outcome === "refused" || Number.isNaN((outcome as Reply).status)).toBe(true);
    expect(reached).toEqual([]);
  });
});

import { once } from "node:events";
import { connect, type ClientHttp2Session } from "node:http2";
import { createConnection } from "node:net";
import { join } from "node:path";
import { duplexPair, type Duplex } from "node:stream";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { CODE, FLAG, FRAME, FrameReader, headOf, SETTING } from "../../../provider/plugin/http2/frames.js";
import { encodeHeaders } from "../../../provider/plugin/http2/hpack.js";
import { Session } from "../../../provider/plugin/http2/session.js";
import { listen } from "../../../provider/plugin/grpc.js";
import type { Connection, Listener } from "../../../provider/plugin/transport.js";
import { temporaryFolder } from "../../helpers/stack.js";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const NOTHING = Buffer.alloc(0);
const HEADERS = encodeHeaders([
  [":method", "POST"],
  [":path", "/a"],
]);
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const setting = (id: number, value: number): Buffer => Buffer.concat([Buffer.of(0, id), number(value)]);
const frame = (type: number, flags = 0, stream = 0, payload: Buffer = NOTHING): Buffer =>
  Buffer.concat([headOf(type, flags, stream, payload.length), payload]);
const settings = (...payload: readonly Buffer[]): Buffer =>
  frame(FRAME.settings, 0, 0, Buffer.concat(payload));
const message = (body: Buffer): Buffer => Buffer.concat([Buffer.of(0), number(body.length), body]);
const { endStream: END, padded: PADDED, priority: PRIORITY, ack: ACK } = FLAG;
const WHOLE: number = FLAG.endHeaders;
const open = (stream: number, flags = WHOLE): Buffer => frame(FRAME.headers, flags, stream, HEADERS);

/** Lets the event loop go round so many times. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

const opened: { close(): void }[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

const echo: Connection = ({ request }) => Promise.resolve(request);
async function serve(connection: Connection = echo): Promise<Listener> {
  const listener = await listen({ at: { path: join(temporaryFolder(), "s") }, connect: () => connection });
  opened.push(listener);
  return listener;
}

/** What the server sent: bodies by stream, why it went away, and frames of other kinds. */
interface Heard {
  readonly bodies: Map<number, Buffer>;
  readonly ended: Set<number>;
  readonly reset: Map<number, number>;
  readonly pings: string[];
  goneFor?: number;
}

/** A client that sends bytes as they are, and hears until the server ends the connection or `enough`. */
async function talk(
  { address }: Listener,
  chunks: readonly Buffer[],
  enough: (heard: Heard) => boolean = () => false,
): Promise<Heard> {
  const socket = createConnection(address);
  const reader = new FrameReader();
  for (const nothing of reader.read(PREFACE)) throw new Error(`the preface is a frame: ${nothing.type}`);
  const heard: Heard = { bodies: new Map(), ended: new Set(), reset: new Map(), pings: [] };
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    for (const { type, flags, stream, payload } of reader.read(chunk)) {
      const so = heard.bodies.get(stream) ?? NOTHING;
      if (type === FRAME.data) heard.bodies.set(stream, Buffer.concat([so, payload]));
      if (type === FRAME.headers && (flags & END) !== 0) heard.ended.add(stream);
      if (type === FRAME.resetStream) heard.reset.set(stream, payload.readUInt32BE());
      if (type === FRAME.ping && (flags & ACK) !== 0) heard.pings.push(payload.toString("hex"));
      if (type === FRAME.goAway) heard.goneFor = payload.readUInt32BE(4);
    }
    if (enough(heard)) socket.destroy();
  });
  const closed = once(socket, "close");
  for (const chunk of chunks) {
    socket.write(chunk);
    // Each chunk is read on its own.
    if (chunks.length > 1) await turns(1);
  }
  await closed;
  return heard;
}

/** The server is as good as before. */
const lives = async (listener: Listener): Promise<void> => {
  const asked = [PREFACE, settings(), open(1), frame(FRAME.data, END, 1, message(Buffer.from("well?")))];
  const { bodies } = await talk(listener, [Buffer.concat(asked)], ({ ended }) => ended.has(1));
  expect(bodies.get(1)).toEqual(message(Buffer.from("well?")));
};

describe("a client that breaks the protocol is told, and its connection ends", () => {
  const rows: readonly (readonly [string, readonly Buffer[], number])[] = [
    ["another protocol", [Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n")], CODE.protocolError],
    ["no settings", [PREFACE, open(1)], CODE.protocolError],
    ["a frame that is too large", [PREFACE, headOf(FRAME.data, 0, 1, 16_385)], CODE.frameSizeError],
    ["a stream with an even number", [PREFACE, settings(), open(2)], CODE.protocolError],
    ["a stream without a number", [PREFACE, settings(), open(0)], CODE.protocolError],
    ["data of no stream", [PREFACE, settings(), frame(FRAME.data, 0, 0)], CODE.protocolError],
    ["data of a stream that is not open", [PREFACE, settings(), frame(FRAME.data, 0, 5)], CODE.protocolError],
    [
      "an end of what never began",
      [PREFACE, settings(), frame(FRAME.resetStream, 0, 1, number(8))],
      CODE.protocolError,
    ],
    [
      "a reset without a reason",
      [PREFACE, settings(), open(1), frame(FRAME.resetStream, 0, 1)],
      CODE.frameSizeError,
    ],
    ["headers twice", [PREFACE, settings(), open(1), open(1)], CODE.protocolError],
    [
      "trailers after the end",
      [PREFACE, settings(), open(1, WHOLE + END), open(1, WHOLE + END)],
      CODE.protocolError,
    ],
    [
      "data after the end",
      [PREFACE, settings(), open(1, WHOLE + END), frame(FRAME.data, 0, 1, Buffer.of(1))],
      CODE.streamClosed,
    ],
    [
      "padding longer than the frame",
      [PREFACE, settings(), open(1), frame(FRAME.data, PADDED, 1, Buffer.of(1))],
      CODE.protocolError,
    ],
    [
      "padding without a length",
      [PREFACE, settings(), open(1), frame(FRAME.data, PADDED, 1)],
      CODE.protocolError,
    ],
    [
      "a priority cut off",
      [PREFACE, settings(), frame(FRAME.headers, WHOLE + PRIORITY, 1, Buffer.alloc(4))],
      CODE.frameSizeError,
    ],
    [
      "a header block interrupted",
      [PREFACE, settings(), open(1, 0), frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
      CODE.protocolError,
    ],
    [
      "a header block continued on another stream",
      [PREFACE, settings(), open(1, 0), frame(FRAME.continuation, WHOLE, 3)],
      CODE.protocolError,
    ],
    [
      "a continuation of nothing",
      [PREFACE, settings(), frame(FRAME.continuation, WHOLE, 1)],
      CODE.protocolError,
    ],
    [
      "headers that cannot be read",
      [PREFACE, settings(), frame(FRAME.headers, WHOLE, 1, Buffer.of(0x80))],
      CODE.compressionError,
    ],
    [
      "headers without end",
      [
        PREFACE,
        settings(),
        open(1, 0),
        ...Array<Buffer>(5).fill(frame(FRAME.continuation, 0, 1, Buffer.alloc(16_000))),
      ],
      CODE.enhanceYourCalm,
    ],
    [
      "continuations without end",
      [
        PREFACE,
        settings(),
        open(1, 0),
        Buffer.concat(Array<Buffer>(70_000).fill(frame(FRAME.continuation, 0, 1))),
      ],
      CODE.enhanceYourCalm,
    ],
    ["settings of a stream", [PREFACE, frame(FRAME.settings, 0, 1)], CODE.protocolError],
    ["settings cut off", [PREFACE, frame(FRAME.settings, 0, 0, Buffer.alloc(5))], CODE.frameSizeError],
    [
      "an acknowledgement with settings",
      [PREFACE, settings(), frame(FRAME.settings, ACK, 0, Buffer.alloc(6))],
      CODE.frameSizeError,
    ],
    [
      "frames smaller than may be",
      [PREFACE, settings(setting(SETTING.maxFrameSize, 100))],
      CODE.protocolError,
    ],
    [
      "frames larger than may be",
      [PREFACE, settings(setting(SETTING.maxFrameSize, 2 ** 24))],
      CODE.protocolError,
    ],
    [
      "a window larger than may be",
      [PREFACE, settings(setting(SETTING.initialWindowSize, 2 ** 31))],
      CODE.flowControlError,
    ],
    [
      "a window widened by nothing",
      [PREFACE, settings(), frame(FRAME.windowUpdate, 0, 0, number(0))],
      CODE.protocolError,
    ],
    [
      "a window widened beyond measure",
      [PREFACE, settings(), frame(FRAME.windowUpdate, 0, 0, number(2 ** 31 - 1))],
      CODE.flowControlError,
    ],
    [
      "a stream's window widened beyond measure",
      [PREFACE, settings(), open(1), frame(FRAME.windowUpdate, 0, 1, number(2 ** 31 - 1))],
      CODE.flowControlError,
    ],
    [
      "a window update cut off",
      [PREFACE, settings(), frame(FRAME.windowUpdate, 0, 0, Buffer.alloc(3))],
      CODE.frameSizeError,
    ],
    ["a ping cut off", [PREFACE, settings(), frame(FRAME.ping, 0, 0, Buffer.alloc(7))], CODE.frameSizeError],
    ["a push", [PREFACE, settings(), frame(FRAME.pushPromise, WHOLE, 1)], CODE.protocolError],
  ];
  test.each(rows)("%s", async (_, chunks, code) => {
    const listener = await serve();
    expect((await talk(listener, [Buffer.concat(chunks)])).goneFor).toBe(code);
    await lives(listener);
  });
});

describe("what is allowed is understood", () => {
  const body = message(Buffer.from("hello"));
  const padded = Buffer.concat([Buffer.of(3), body, Buffer.alloc(3)]);
  const prioritised = Buffer.concat([Buffer.alloc(5), HEADERS]);
  test.each<readonly [string, readonly Buffer[]]>([
    [
      "data and headers with padding and priority",
      [
        frame(
          FRAME.headers,
          WHOLE + PADDED + PRIORITY,
          1,
          Buffer.concat([Buffer.of(2), prioritised, Buffer.alloc(2)]),
        ),
        frame(FRAME.data, END + PADDED, 1, padded),
      ],
    ],
    [
      "a header block in parts",
      [
        frame(FRAME.headers, 0, 1, HEADERS.subarray(0, 4)),
        frame(FRAME.continuation, 0, 1, HEADERS.subarray(4, 9)),
        frame(FRAME.continuation, WHOLE, 1, HEADERS.subarray(9)),
        frame(FRAME.data, END, 1, body),
      ],
    ],
    [
      "a body in parts, the last one empty",
      [
        open(1),
        frame(FRAME.data, 0, 1, body.subarray(0, 2)),
        frame(FRAME.data, 0, 1),
        frame(FRAME.data, 0, 1, body.subarray(2)),
        frame(FRAME.data, END, 1),
      ],
    ],
    ["trailers of a request", [open(1), frame(FRAME.data, 0, 1, body), open(1, WHOLE + END)]],
    [
      "frames that nobody knows, priorities and a farewell",
      [
        open(1),
        frame(99, 255, 7, Buffer.alloc(20)),
        frame(FRAME.priority, 0, 9, Buffer.alloc(5)),
        frame(FRAME.goAway, 0, 0, Buffer.alloc(8)),
        frame(FRAME.data, END, 1, body),
      ],
    ],
    ["settings that nobody knows", [settings(setting(99, 5)), open(1), frame(FRAME.data, END, 1, body)]],
    [
      "more of a stream that was reset",
      [
        open(3),
        frame(FRAME.resetStream, 0, 3, number(8)),
        frame(FRAME.resetStream, 0, 3, number(8)),
        frame(FRAME.data, END, 3, body),
        frame(FRAME.windowUpdate, 0, 3, number(9)),
        open(3, WHOLE + END),
        open(5),
        frame(FRAME.data, END, 5, body),
      ],
    ],
  ])("%s", async (_, frames) => {
    const { bodies, goneFor } = await talk(
      await serve(),
      [Buffer.concat([PREFACE, settings(), ...frames])],
      ({ ended }) => ended.size > 0,
    );
    expect([...bodies.values()]).toEqual([body]);
    expect(goneFor).toBeUndefined();
  });

  test("a ping is answered, an answer to one is not", async () => {
    const [first, second] = [Buffer.from("12345678"), Buffer.from("abcdefgh")];
    const pings = [frame(FRAME.ping, ACK, 0, first), frame(FRAME.ping, 0, 0, second)];
    const heard = await talk(
      await serve(),
      [Buffer.concat([PREFACE, settings(), ...pings])],
      (h) => h.pings.length > 0,
    );
    expect(heard.pings).toEqual([second.toString("hex")]);
  });

  test("the thousand and first request at once is to be made again", async () => {
    const requests = Array.from({ length: 1_001 }, (_, i) => open(2 * i + 1));
    const heard = await talk(
      await serve(),
      [Buffer.concat([PREFACE, settings(), ...requests])],
      (h) => h.reset.size > 0,
    );
    expect([...heard.reset]).toEqual([[2_001, CODE.refusedStream]]);
  });
});

/** Some calls one after the other, the frames of them mixed as they come. */
const conversation = (sizes: readonly number[]): Buffer => {
  const requests = sizes.map((size, i) => {
    const body = message(Buffer.alloc(size, i));
    const half = Math.min(body.length >> 1, 16_000);
    return [
      open(2 * i + 1),
      frame(FRAME.data, 0, 2 * i + 1, body.subarray(0, half)),
      frame(FRAME.data, END, 2 * i + 1, body.subarray(half)),
    ];
  });
  return Buffer.concat([
    PREFACE,
    settings(),
    ...[0, 1, 2].flatMap((part) => requests.map((frames) => frames[part]!)),
  ]);
};
const size = fc.integer({ min: 0, max: 3_000 });

test("bytes mean the same however they are cut", async () => {
  const listener = await serve();
  await fc.assert(
    fc.asyncProperty(
      fc.array(size, { minLength: 1, maxLength: 6 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }),
      async (sizes, cuts) => {
        const bytes = conversation(sizes);
        const at = cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b);
        const chunks = [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
        const { bodies } = await talk(listener, chunks, ({ ended }) => ended.size === sizes.length);
        expect([...bodies].sort(([a], [b]) => a - b)).toEqual(
          sizes.map((length, i) => [2 * i + 1, message(Buffer.alloc(length, i))]),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test("whatever is sent, the connection ends with its client, and the server goes on", async () => {
  const listener = await serve();
  const change = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(size, { maxLength: 4 }),
      fc.array(change, { minLength: 1, maxLength: 12 }),
      async (sizes, changes) => {
        const bytes = conversation(sizes);
        for (const [where, octet] of changes) bytes[Math.floor(where * bytes.length)] = octet;
        const socket = createConnection(listener.address);
        socket.on("error", () => undefined).resume();
        const closed = once(socket, "close");
        socket.end(bytes);
        await closed;
      },
    ),
    { numRuns: 300 },
  );
  await lives(listener);
});

/** A call through Node's own client: its answer, or undefined where it was taken back. */
function call(client: ClientHttp2Session, body: Buffer, cancelAfter?: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ ":method": "POST", ":path": "/a" });
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("close", () => resolve(stream.rstCode === 0 ? Buffer.concat(chunks) : undefined));
    if (cancelAfter !== undefined) void turns(cancelAfter).then(() => stream.close(8));
    stream.end(message(body));
  });
}

test("under load every call has its own answer, whatever windows, cancellations and delays there are", async () => {
  const later: Connection = async ({ request, signal }) => {
    const delay = request[0] ?? 0;
    await turns(delay % 8);
    signal.throwIfAborted();
    return Buffer.concat([request, request]);
  };
  const listener = await serve(later);
  const asked = fc.record({
    size: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 200_000 })),
    delay: fc.integer({ min: 0, max: 255 }),
    cancel: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined, freq: 3 }),
  });
  const windows = fc.record({
    initialWindowSize: fc.constantFrom(1_000, 16_384, 65_535, 2 ** 20),
    maxFrameSize: fc.constantFrom(16_384, 100_000),
  });
  await fc.assert(
    fc.asyncProperty(
      windows,
      windows,
      fc.array(asked, { minLength: 1, maxLength: 60 }),
      async (first, then, calls) => {
        const client = connect("http://localhost", {
          createConnection: () => createConnection(listener.address),
          settings: first,
        });
        client.setMaxListeners(0);
        client.on("error", () => undefined);
        const bodies = calls.map(({ size, delay }, i) => Buffer.alloc(size + 1, i).fill(delay, 0, 1));
        const answers = calls.map(({ cancel }, i) => call(client, bodies[i]!, cancel));
        client.settings(then);
        const told = await Promise.all(answers);
        told.forEach((answer, i) => {
          if (answer === undefined) expect(calls[i]!.cancel).toBeDefined();
          // Taken back just when its answer came.
          else if (answer.length > 0 || calls[i]!.cancel === undefined)
            expect(answer.equals(message(Buffer.concat([bodies[i]!, bodies[i]!])))).toBe(true);
        });
        client.destroy();
      },
    ),
    { numRuns: 30 },
  );
});

test("headers and messages of an error may be longer than a frame", async () => {
  const complaint = "no such thing: é ".repeat(1_000);
  const { address } = await serve(() => Promise.reject(new Error(complaint)));
  const client = connect("http://localhost", { createConnection: () => createConnection(address) });
  opened.push(client);
  const stream = client.request({ ":method": "POST", ":path": "/a", "x-long": "x".repeat(40_000) });
  stream.end(message(NOTHING));
  const [headers] = (await once(stream, "response")) as [Record<string, string>];
  expect(decodeURIComponent(headers["grpc-message"] ?? "")).toBe(complaint);
});

describe("a receiver hears that its client is gone", () => {
  const begin = (answer: boolean) => {
    const [near, far] = duplexPair();
    const heard: string[] = [];
    new Session(far, (stream) => ({
      data: (chunk) => heard.push(`data ${chunk.length}`),
      end: () => {
        heard.push("end");
        if (answer) stream.headers(HEADERS, true);
      },
      gone: () => heard.push("gone"),
    }));
    near.resume();
    return { near, far, heard };
  };
  const asked = Buffer.concat([PREFACE, settings(), open(1), frame(FRAME.data, END, 1, Buffer.alloc(7))]);

  test.each<readonly [string, boolean, (near: Duplex, far: Duplex) => void, readonly string[]]>([
    [
      "that takes its request back",
      false,
      (near) => near.write(frame(FRAME.resetStream, 0, 1, number(8))),
      ["gone"],
    ],
    ["whose connection breaks", false, (_, far) => far.destroy(), ["gone"]],
    [
      "not where its answer is sent",
      true,
      (near) => near.write(frame(FRAME.resetStream, 0, 1, number(8))),
      [],
    ],
    ["not where its answer is sent and the connection ends", true, (_, far) => far.destroy(), []],
  ])("%s", async (_, answer, leave, last) => {
    const { near, far, heard } = begin(answer);
    near.write(asked);
    await turns(5);
    leave(near, far);
    await turns(5);
    far.destroy();
    await turns(5);
    expect(heard).toEqual(["data 7", "end", ...last]);
  });
});

import { once } from "node:events";
import { connect, type ClientHttp2Session } from "node:http2";
import { createConnection } from "node:net";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { FLAG, FRAME } from "../../../provider/plugin/http2/frames.js";
import type { Connection } from "../../../provider/plugin/transport.js";
import { frame, lives, message, NOTHING, open, PREFACE, serve, settings, talk, turns } from "./http2-peer.js";

const END = FLAG.endStream;

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
  onTestFinished(() => client.destroy());
  const stream = client.request({ ":method": "POST", ":path": "/a", "x-long": "x".repeat(40_000) });
  stream.end(message(NOTHING));
  const [headers] = (await once(stream, "response")) as [Record<string, string>];
  expect(decodeURIComponent(headers["grpc-message"] ?? "")).toBe(complaint);
});

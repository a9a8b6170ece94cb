import { once } from "node:events";
import { createConnection } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { FLAG, FRAME, FrameReader, headOf } from "../../../provider/plugin/http2/frames.js";
import { encodeHeaders } from "../../../provider/plugin/http2/hpack.js";
import { listen } from "../../../provider/plugin/grpc.js";
import type { Connection, Listener } from "../../../provider/plugin/transport.js";
import { temporaryFolder } from "../../helpers/stack.js";

/** A client that says what it is told to, byte by byte, and the servers it talks to. */

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
export const NOTHING: Buffer = Buffer.alloc(0);
export const HEADERS = encodeHeaders([
  [":method", "POST"],
  [":path", "/a"],
]);
export const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
export const setting = (id: number, value: number): Buffer =>
  Buffer.concat([Buffer.of(0, id), number(value)]);
export const frame = (type: number, flags = 0, stream = 0, payload: Buffer = NOTHING): Buffer =>
  Buffer.concat([headOf(type, flags, stream, payload.length), payload]);
export const settings = (...payload: readonly Buffer[]): Buffer =>
  frame(FRAME.settings, 0, 0, Buffer.concat(payload));
export const message = (body: Buffer): Buffer => Buffer.concat([Buffer.of(0), number(body.length), body]);
const { endStream: END, ack: ACK } = FLAG;
export const WHOLE: number = FLAG.endHeaders;
export const open = (stream: number, flags = WHOLE): Buffer => frame(FRAME.headers, flags, stream, HEADERS);

/** Lets the event loop go round so many times. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

const echo: Connection = ({ request }) => Promise.resolve(request);
export async function serve(connection: Connection = echo): Promise<Listener> {
  const listener = await listen({ at: { path: join(temporaryFolder(), "s") }, connect: () => connection });
  onTestFinished(() => listener.close());
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
export async function talk(
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
export const lives = async (listener: Listener): Promise<void> => {
  const asked = [PREFACE, settings(), open(1), frame(FRAME.data, END, 1, message(Buffer.from("well?")))];
  const { bodies } = await talk(listener, [Buffer.concat(asked)], ({ ended }) => ended.has(1));
  expect(bodies.get(1)).toEqual(message(Buffer.from("well?")));
};

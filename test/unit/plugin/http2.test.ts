import { duplexPair, type Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { CODE, FLAG, FRAME, headOf, SETTING } from "../../../provider/plugin/http2/frames.js";
import { Session } from "../../../provider/plugin/http2/session.js";
import {
  frame,
  HEADERS,
  lives,
  message,
  number,
  open,
  PREFACE,
  serve,
  setting,
  settings,
  talk,
  turns,
  WHOLE,
} from "./http2-peer.js";

const { endStream: END, padded: PADDED, priority: PRIORITY, ack: ACK } = FLAG;

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

import { once } from "node:events";
import { connect } from "node:http2";
import { duplexPair } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CODE, ConnectionError, FLAG, FRAME, FrameReader } from "../../../provider/plugin/http2/frames.js";
import { encodeHeaders, HeaderDecoder, type Header } from "../../../provider/plugin/http2/hpack.js";

const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

/** The code of the error that a connection would end with. */
function codeOf(act: () => unknown): number | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof ConnectionError) return error.code;
    throw error;
  }
  return undefined;
}

describe("header blocks of RFC 7541, appendix C", () => {
  const REQUESTS: readonly (readonly Header[])[] = [
    [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ],
    [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
      ["cache-control", "no-cache"],
    ],
    [
      [":method", "GET"],
      [":scheme", "https"],
      [":path", "/index.html"],
      [":authority", "www.example.com"],
      ["custom-key", "custom-value"],
    ],
  ];
  const location: Header = ["location", "https://www.example.com"];
  const RESPONSES: readonly (readonly Header[])[] = [
    [[":status", "302"], ["cache-control", "private"], ["date", "Mon, 21 Oct 2013 20:13:21 GMT"], location],
    [[":status", "307"], ["cache-control", "private"], ["date", "Mon, 21 Oct 2013 20:13:21 GMT"], location],
    [
      [":status", "200"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
      location,
      ["content-encoding", "gzip"],
      ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
    ],
  ];
  /** Sets the table to 256 octets, which the examples of responses presume: entries are pushed out of it. */
  const SMALL = "3fe101";

  test.each<readonly [string, readonly string[], readonly (readonly Header[])[]]>([
    [
      "C.3, requests as they are",
      [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
      ],
      REQUESTS,
    ],
    [
      "C.4, requests in Huffman's code",
      [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
      ],
      REQUESTS,
    ],
    [
      "C.6, responses in Huffman's code",
      [
        `${SMALL} 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
         2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
        "4883 640e ffc1 c0bf",
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
         77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f
         9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      ],
      RESPONSES,
    ],
  ])("%s", (_, blocks, headers) => {
    const decoder = new HeaderDecoder();
    expect(blocks.map((block) => decoder.decode(bytes(block.replaceAll(/\s/g, ""))))).toEqual(headers);
  });
});

/** Names and values as Node's client takes them. */
const name = fc.stringMatching(/^x-[a-z0-9_.-]{0,20}$/);
const value = fc
  .array(
    fc.integer({ min: 0x20, max: 0xff }).filter((octet) => octet !== 0x7f),
    { maxLength: 200 },
  )
  .map((octets) => Buffer.from(octets).toString("latin1").trim());

test("what Node's client writes is read, request after request of one connection", async () => {
  const request = fc.dictionary(name, value, { maxKeys: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 30 }), async (requests) => {
      expect(await sentByNode(requests)).toEqual(requests.map((headers) => Object.entries(headers)));
    }),
    { numRuns: 60 },
  );
});

/** Sends the headers with Node's client, and reads what goes over the line. */
async function sentByNode(requests: readonly Record<string, string>[]): Promise<(readonly Header[])[]> {
  const [near, far] = duplexPair();
  const client = connect("http://localhost", { createConnection: () => near });
  client.setMaxListeners(0);
  client.on("error", () => undefined);
  const reader = new FrameReader();
  const decoder = new HeaderDecoder();
  const read: (readonly Header[])[] = [];
  let block = Buffer.alloc(0);
  const whole = new Promise<void>((resolve) =>
    far.on("data", (chunk: Buffer) => {
      for (const { type, flags, payload } of reader.read(chunk)) {
        if (type !== FRAME.headers && type !== FRAME.continuation) continue;
        block = Buffer.concat([block, payload]);
        if ((flags & FLAG.endHeaders) === 0) continue;
        read.push(decoder.decode(block).filter(([name]) => name.startsWith("x-")));
        block = Buffer.alloc(0);
        if (read.length === requests.length) resolve();
      }
    }),
  );
  // The empty settings of a server.
  far.write(bytes("000000 04 00 00000000"));
  await once(client, "connect");
  for (const headers of requests) client.request({ ":path": "/", ...headers }).on("error", () => undefined);
  await whole;
  client.destroy();
  return read;
}

test("what is written is read as it was", () => {
  const header = fc.tuple(
    name,
    fc.oneof(value, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 20_000 })),
  );
  fc.assert(
    fc.property(fc.array(header, { maxLength: 3 }), (headers) => {
      expect(new HeaderDecoder().decode(encodeHeaders(headers))).toEqual(headers);
    }),
  );
});

describe("blocks that cannot be read end the connection", () => {
  test.each<readonly [string, string, number]>([
    ["a reference to nothing", "80", CODE.compressionError],
    ["a reference beyond the tables", "be", CODE.compressionError],
    ["a name beyond the tables", "7f 00 01 61", CODE.compressionError],
    ["a number that is cut off", "ff", CODE.compressionError],
    ["a number without end", "ff ffffffffffffff", CODE.compressionError],
    ["a text that is cut off", "40 0a 61", CODE.compressionError],
    ["a name alone", "40 01 61", CODE.compressionError],
    ["a code that is cut off", "40 82 ff ff 01 61", CODE.compressionError],
    ["an end within a text", "40 84 ff ff ff ff 01 61", CODE.compressionError],
    ["zeros at the end of a text", "40 81 18 01 61", CODE.compressionError],
    ["a table larger than was settled", "3f e2 1f", CODE.compressionError],
    ["a table set after a header", "82 20", CODE.compressionError],
  ])("%s", (_, block, code) => {
    expect(codeOf(() => new HeaderDecoder().decode(bytes(block)))).toBe(code);
  });

  test("short references to a long header", () => {
    const decoder = new HeaderDecoder();
    const long = Buffer.concat([bytes("40 01 61 7f a1 1e"), Buffer.alloc(4_000, "x")]);
    expect(decoder.decode(long)).toHaveLength(1);
    expect(decoder.decode(bytes("be"))).toEqual([["a", "x".repeat(4_000)]]);
    expect(codeOf(() => decoder.decode(Buffer.alloc(100, 0xbe)))).toBe(CODE.enhanceYourCalm);
  });

  test("whatever comes, nothing else is thrown", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (blocks) => {
        const decoder = new HeaderDecoder();
        codeOf(() => blocks.forEach((block) => decoder.decode(Buffer.from(block))));
      }),
      { numRuns: 5_000 },
    );
  });
});

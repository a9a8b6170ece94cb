import { CODE, ConnectionError } from "./frames.js";

/**
 * How many bits each octet has in the code of RFC 7541, appendix B; the last is the end of a text, which is never sent.
 * The code is canonical: shorter codes come first, and of one length those of smaller octets.
 */
const BITS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const END = 256;
const LONGEST = 30;

/** The octets by the length of their codes; those of length n are `SYMBOLS[n]`, and the first has the code `FIRST[n]`. */
const SYMBOLS: number[][] = Array.from({ length: LONGEST + 1 }, () => []);
BITS.forEach((bits, symbol) => SYMBOLS[bits]?.push(symbol));
const FIRST: number[] = [0];
for (let n = 1; n <= LONGEST; n++) FIRST.push(((FIRST[n - 1] ?? 0) + (SYMBOLS[n - 1]?.length ?? 0)) * 2);

/** The text that the octets stand for, an octet a character. */
export function decodeHuffman(bytes: Buffer): string {
  const text: number[] = [];
  let code = 0;
  let bits = 0;
  for (const byte of bytes) {
    for (let shift = 7; shift >= 0; shift--) {
      code = code * 2 + ((byte >> shift) & 1);
      bits++;
      const symbol = SYMBOLS[bits]?.[code - (FIRST[bits] ?? 0)];
      if (symbol === END || bits > LONGEST) throw malformed("a text has a code that stands for nothing");
      if (symbol === undefined) continue;
      text.push(symbol);
      code = bits = 0;
    }
  }
  // What is left of the last octet is filled with ones.
  if (bits > 7 || code !== 2 ** bits - 1) throw malformed("a text ends within a code");
  return Buffer.from(text).toString("latin1");
}

export const malformed = (message: string): ConnectionError =>
  new ConnectionError(CODE.compressionError, message);

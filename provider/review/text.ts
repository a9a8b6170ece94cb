/** Control characters and direction marks: names in the cloud are other people's text and must not steer a terminal. */
const STEERING = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu;

/** The text with everything that could steer a terminal written as an escape. Line ends and tabs stay. */
export const printable = (text: string): string =>
  text.replace(STEERING, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Terminal columns of a text without colour codes; Chinese characters take two. */
export const columns = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);

/** Breaks text at spaces. Words longer than a line, such as ids and addresses, stay whole, to be copied. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const indent = /^ */.exec(paragraph)?.[0] ?? "";
    const lines: string[] = [];
    let line = indent;
    for (const word of paragraph.trim().split(/ +/)) {
      if (line.trim() === "") line = indent + word;
      else if (columns(line) + 1 + columns(word) <= width) line += ` ${word}`;
      else {
        lines.push(line);
        line = indent + word;
      }
    }
    return [...lines, line];
  });
}

/** `1 attribute`, `2 attributes`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

export const indent = (lines: readonly string[], by = "    "): string[] =>
  lines.map((line) => (line === "" ? line : by + line));

import type { Expression } from "./ast.js";
import type { Cursor } from "./cursor.js";

/** Reads one expression at the cursor; given from outside, as expressions hold templates and templates expressions. */
type ReadExpression = (cursor: Cursor) => Expression;

/** In a quoted string a `"` ends the text and backslashes escape; a bare text ends where it ends. */
type Mode = "quoted" | "bare";

interface Reader {
  readonly cursor: Cursor;
  readonly mode: Mode;
  readonly readExpression: ReadExpression;
  /** Set by a `~}`: the literal text that follows loses its leading blanks. */
  trimNext: boolean;
}

type Directive =
  | { kind: "if"; condition: Expression }
  | { kind: "for"; names: ForNames; collection: Expression }
  | { kind: "else" | "endif" | "endfor" };

interface ForNames {
  readonly keyName: string | undefined;
  readonly valueName: string;
}

/**
 * Reads a template up to its end (the closing quote stays). The result is a literal, a template, or, where the whole
 * text is one `${ }`, the expression in it.
 */
export function readTemplate(cursor: Cursor, mode: Mode, readExpression: ReadExpression): Expression {
  const start = cursor.position;
  const reader: Reader = { cursor, mode, readExpression, trimNext: false };
  const { parts, end } = readParts(reader, []);
  if (end) cursor.fail(`Unexpected "${end.kind}": nothing was opened that it ends`, start);
  const [only] = parts;
  if (parts.length === 1 && only?.interpolation) return only.expression;
  return joinParts(cursor, start, parts);
}

interface Part {
  readonly expression: Expression;
  readonly interpolation: boolean;
}

function joinParts(cursor: Cursor, start: number, parts: readonly Part[]): Expression {
  const at = cursor.span(start);
  const [first] = parts;
  if (!first) return { kind: "literal", value: "", at };
  if (parts.length === 1 && first.expression.kind === "literal" && !first.interpolation)
    return first.expression;
  return { kind: "template", parts: parts.map((part) => part.expression), at };
}

/** Reads parts until one of the directives in `enders`, which is consumed, or the end of the text. */
function readParts(
  reader: Reader,
  enders: readonly Directive["kind"][],
): { parts: Part[]; end: Directive | undefined } {
  const { cursor } = reader;
  const parts: Part[] = [];
  for (;;) {
    const start = cursor.position;
    const text = readText(reader);
    if (text !== "") {
      parts.push({
        expression: { kind: "literal", value: text, at: cursor.span(start) },
        interpolation: false,
      });
    }
    const opening = cursor.position;
    if (cursor.looksAt("${")) {
      parts.push({ expression: readInterpolation(reader), interpolation: true });
    } else if (cursor.looksAt("%{")) {
      const directive = readDirective(reader);
      if (enders.includes(directive.kind)) return { parts, end: directive };
      parts.push({ expression: readBlock(reader, directive, opening), interpolation: false });
    } else {
      return { parts, end: undefined };
    }
  }
}

function readInterpolation(reader: Reader): Expression {
  const { cursor } = reader;
  const start = cursor.position;
  openBrace(cursor);
  const expression = cursor.nested(false, () => reader.readExpression(cursor));
  closeBrace(reader, start, "interpolation");
  return expression;
}

function readDirective(reader: Reader): Directive {
  const { cursor } = reader;
  const start = cursor.position;
  openBrace(cursor);
  const directive = cursor.nested(false, (): Directive => {
    const word = cursor.identifier();
    switch (word) {
      case "if":
        return { kind: word, condition: reader.readExpression(cursor) };
      case "for": {
        const names = readForNames(cursor);
        return { kind: word, names, collection: reader.readExpression(cursor) };
      }
      case "else":
      case "endif":
      case "endfor":
        return { kind: word };
      case undefined:
      default:
        return cursor.fail(
          `"%{" opens a directive: if, else, endif, for or endfor must follow. Write "%%{" for the characters "%{"`,
          start,
        );
    }
  });
  closeBrace(reader, start, "directive");
  return directive;
}

/** Reads `k, v in`. */
export function readForNames(cursor: Cursor): ForNames {
  const name = (): string => cursor.identifier() ?? cursor.fail(`"for" must be followed by a name`);
  const first = name();
  const second = cursor.take(",") ? name() : undefined;
  if (!cursor.keyword("in"))
    cursor.fail(`Expected "in" after the names of "for", found ${cursor.describe()}`);
  return second === undefined
    ? { keyName: undefined, valueName: first }
    : { keyName: first, valueName: second };
}

/** Reads what a directive that was just read opens. */
function readBlock(reader: Reader, directive: Directive, start: number): Expression {
  const { cursor } = reader;
  const body = (...enders: Directive["kind"][]): { expression: Expression; end: Directive } =>
    cursor.nested(false, () => {
      const from = cursor.position;
      const { parts, end } = readParts(reader, enders);
      const opened = `The directive "${directive.kind}" is never ended by "%{ ${enders.join(" / ")} }"`;
      return { expression: joinParts(cursor, from, parts), end: end ?? cursor.fail(opened, start) };
    });
  switch (directive.kind) {
    case "if": {
      const then = body("else", "endif");
      const otherwise: Expression =
        then.end.kind === "else"
          ? body("endif").expression
          : { kind: "literal", value: "", at: cursor.span(cursor.position) };
      const { condition } = directive;
      return { kind: "conditional", condition, then: then.expression, otherwise, at: cursor.span(start) };
    }
    case "for": {
      const { names, collection } = directive;
      const { expression: value } = cursor.binding([names.keyName, names.valueName], () => body("endfor"));
      const at = cursor.span(start);
      const loop: Expression = {
        kind: "for",
        ...names,
        collection,
        key: undefined,
        value,
        condition: undefined,
        group: false,
        at,
      };
      return {
        kind: "call",
        name: "join",
        args: [{ kind: "literal", value: "", at }, loop],
        expand: false,
        at,
      };
    }
    case "else":
    case "endif":
    case "endfor":
      return cursor.fail(`Unexpected "${directive.kind}": nothing was opened that it ends`, start);
  }
}

function openBrace(cursor: Cursor): void {
  cursor.position += 2;
  if (cursor.looksAt("~")) cursor.position++;
}

function closeBrace(reader: Reader, start: number, what: string): void {
  const { cursor } = reader;
  cursor.nested(false, () => {
    reader.trimNext = cursor.take("~");
    if (cursor.take("}")) return;
    const opening = cursor.source.slice(start, start + 2);
    cursor.fail(
      cursor.atEnd
        ? `"${opening}" is never closed by "}". Write "${opening.charAt(0)}${opening}" for the characters "${opening}"`
        : `Expected "}" at the end of the ${what}, found ${cursor.describe()}`,
      cursor.atEnd ? start : cursor.position,
    );
  });
}

/**
 * Reads literal text up to the next marker, escapes resolved and trimmed as the markers around it say. Terraform
 * trims a bare text only within the line that touches the marker, and a quoted string as a whole.
 */
function readText(reader: Reader): string {
  const { cursor, mode } = reader;
  const lines = [""];
  const append = (text: string): void => {
    lines.push((lines.pop() ?? "") + text);
    if (mode === "bare" && text === "\n") lines.push("");
  };
  while (!cursor.atEnd) {
    if (cursor.looksAt("$${") || cursor.looksAt("%%{")) {
      append(cursor.source.slice(cursor.position + 1, cursor.position + 3));
      cursor.position += 3;
    } else if (cursor.looksAt("${") || cursor.looksAt("%{")) {
      break;
    } else if (mode === "bare") {
      append(cursor.read(/\n|[$%]|[^$%\n]+/y) ?? "");
    } else if (cursor.looksAt('"')) {
      break;
    } else {
      append(cursor.looksAt("\\") ? readEscape(cursor) : readQuoted(cursor));
    }
  }
  if (lines.length > 1 && lines.at(-1) === "") lines.pop();
  if (reader.trimNext) lines[0] = (lines[0] ?? "").trimStart();
  reader.trimNext = false;
  if (cursor.looksAt("${~") || cursor.looksAt("%{~")) lines.push((lines.pop() ?? "").trimEnd());
  return lines.join("").normalize("NFC");
}

function readQuoted(cursor: Cursor): string {
  return (
    cursor.read(/[$%]|[^$%"\\\n]+/y) ??
    cursor.fail(`A quoted string must end on its line. Write "\\n" for a line break`)
  );
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

function readEscape(cursor: Cursor): string {
  const start = cursor.position;
  const sequence = cursor.read(/\\(?:u[\da-fA-F]{4}|U[\da-fA-F]{8}|[nrt"\\])/y);
  if (sequence === undefined)
    return cursor.fail(`There is no such escape: use \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN`);
  const simple = ESCAPES[sequence.charAt(1)];
  if (simple !== undefined) return simple;
  const code = Number.parseInt(sequence.slice(2), 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : cursor.fail("There is no such character", start);
}

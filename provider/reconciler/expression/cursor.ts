import { ParseError, type Span } from "./ast.js";

/** Nesting beyond this is a mistake, and would exhaust the call stack. */
const MAX_DEPTH = 400;
/** Longest chain of operators or steps, for the same reason. */
const MAX_CHAIN = 1000;

const IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;

/** A place in a text, and what the surroundings mean for reading on. */
export class Cursor {
  position = 0;
  /** Whether a line break ends an expression: true only between the entries of an object. */
  breaksCount = false;
  /** Names bound by the `for` expressions around this place. */
  readonly bindings: string[] = [];
  private depth = 0;

  constructor(readonly source: string) {}

  get atEnd(): boolean {
    return this.position >= this.source.length;
  }

  fail(message: string, offset = this.position): never {
    throw new ParseError(message, offset);
  }

  span(start: number): Span {
    return { source: this.source, start, end: this.position };
  }

  /** Skips blanks and comments, and line breaks where they mean nothing; returns the place reached. */
  skip(): number {
    const blank = this.breaksCount
      ? /(?:[ \t\r]|\/\*[\s\S]*?\*\/|(?:#|\/\/)[^\n]*)*/y
      : /(?:\s|\/\*[\s\S]*?\*\/|(?:#|\/\/)[^\n]*)*/y;
    this.read(blank);
    return this.position;
  }

  /** Consumes what a sticky pattern matches here. */
  read(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.source)?.[0];
    if (match !== undefined) this.position += match.length;
    return match;
  }

  looksAt(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  /** Consumes the symbol when it comes next, blanks aside. */
  take(symbol: string): boolean {
    this.skip();
    if (!this.looksAt(symbol)) return false;
    this.position += symbol.length;
    return true;
  }

  expect(symbol: string, context: string): void {
    if (!this.take(symbol)) this.fail(`Expected "${symbol}" ${context}, found ${this.describe()}`);
  }

  identifier(): string | undefined {
    this.skip();
    return this.read(IDENTIFIER);
  }

  /** Consumes the word when it comes next as a whole word. */
  keyword(word: string): boolean {
    const start = this.skip();
    if (this.read(IDENTIFIER) === word) return true;
    this.position = start;
    return false;
  }

  /** What comes next, for a message. */
  describe(): string {
    if (this.atEnd) return "the end of the text";
    const next = this.source.codePointAt(this.position);
    return next === 10 || next === undefined ? "a line break" : JSON.stringify(String.fromCodePoint(next));
  }

  /** Reads something nested, in which line breaks do or do not count. */
  nested<T>(breaksCount: boolean, read: () => T): T {
    if (++this.depth > MAX_DEPTH) this.fail("The expression is nested too deeply");
    const before = this.breaksCount;
    this.breaksCount = breaksCount;
    const result = read();
    this.breaksCount = before;
    this.depth--;
    return result;
  }

  /** Reads something in which the names are bound. */
  binding<T>(names: readonly (string | undefined)[], read: () => T): T {
    const before = this.bindings.length;
    this.bindings.push(...names.filter((name) => name !== undefined));
    const result = read();
    this.bindings.length = before;
    return result;
  }

  checkChain(length: number): void {
    if (length > MAX_CHAIN) this.fail("The expression is too long");
  }
}

import type { Value } from "../../../../schema/unknown.js";
import { fail } from "../errors.js";

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

const cache = new Map<string, RegExp>();

/**
 * Translates a pattern of Go's RE2 syntax. What the two syntaxes do not share (look-around and back references here;
 * flags inside a pattern, `\Q`, `\C` there) is refused.
 */
export function compileRegex(pattern: string, flags: "" | "g"): RegExp {
  const key = flags + pattern;
  let compiled = cache.get(key);
  if (!compiled) {
    const { source, inline } = translate(pattern);
    try {
      compiled = new RegExp(source, flags + inline + "u");
    } catch {
      return fail("function", "The pattern is not a valid regular expression");
    }
    if (cache.size > 1000) cache.clear();
    cache.set(key, compiled);
  }
  compiled.lastIndex = 0;
  return compiled;
}

function translate(pattern: string): { source: string; inline: string } {
  const leading = /^\(\?([ims]+)\)/.exec(pattern);
  const inline = [...new Set(leading?.[1] ?? "")].join("");
  const body = pattern.slice(leading?.[0].length ?? 0);
  let source = "";
  let inClass = false;
  for (let i = 0; i < body.length;) {
    const rest = body.slice(i);
    const [token, written] = inClass ? classToken(rest) : bodyToken(rest, inline);
    if (token === "[" && !inClass) inClass = true;
    else if (token === "]" && inClass) inClass = false;
    source += written;
    i += token.length;
  }
  return { source, inline };
}

/** The next token outside of brackets, and what it is written as. */
function bodyToken(rest: string, inline: string): readonly [string, string] {
  const named = /^\(\?P?<(\w+)>/.exec(rest);
  if (named) return [named[0], `(?<${named[1] ?? ""}>`];
  if (/^\(\?(?!:)/.test(rest))
    return fail("unsupported", 'This kind of group "(?" is not supported in a pattern');
  const bracket = /^\[\^?\]?/.exec(rest);
  if (bracket) return ["[", "["];
  if (rest.startsWith("\\A")) return ["\\A", inline.includes("m") ? "(?<![\\s\\S])" : "^"];
  if (rest.startsWith("\\z")) return ["\\z", "(?![\\s\\S])"];
  if (rest.startsWith("$") && !inline.includes("m")) return ["$", "(?![\\s\\S])"];
  if (/^[\]}]/.test(rest)) return [rest.charAt(0), `\\${rest.charAt(0)}`];
  const repeat = /^\{\d+(?:,\d*)?\}/.exec(rest);
  if (repeat) return [repeat[0], repeat[0]];
  if (rest.startsWith("{")) return ["{", "\\{"];
  return commonToken(rest);
}

function classToken(rest: string): readonly [string, string] {
  const posix = /^\[:(\w+):\]/.exec(rest);
  const members = CLASSES[posix?.[1] ?? ""];
  if (posix && members !== undefined) return [posix[0], members];
  if (rest.startsWith("[")) return ["[", "\\["];
  return commonToken(rest);
}

function commonToken(rest: string): readonly [string, string] {
  if (!rest.startsWith("\\")) {
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    return [character, character];
  }
  const property = /^\\([pP])([A-Z])/.exec(rest);
  if (property) return [property[0], `\\${property[1] ?? ""}{${property[2] ?? ""}}`];
  const script = /^\\([pP])\{(\w{3,})\}/.exec(rest);
  if (script) return [script[0], `\\${script[1] ?? ""}{Script=${script[2] ?? ""}}`];
  const wide = /^\\x\{([\da-fA-F]+)\}/.exec(rest);
  if (wide) return [wide[0], `\\u{${wide[1] ?? ""}}`];
  const escape = rest.slice(0, 2);
  if (escape === "\\a") return [escape, "\\x07"];
  if (/^\\s/i.test(escape)) return [escape, escape === "\\s" ? "[\\t\\n\\f\\r ]" : "[^\\t\\n\\f\\r ]"];
  if (/^\\[QCE1-9]/.test(escape)) return fail("unsupported", `"${escape}" is not supported in a pattern`);
  // RE2 lets any punctuation be escaped; with the flag "u" only characters of syntax may be.
  return /^\\[^\w^$\\.*+?()[\]{}|/-]/.test(escape) ? [escape, escape.slice(1)] : [escape, escape];
}

/** What regex() gives for a match: the text, or its groups, or its named groups. */
export function captures(match: RegExpExecArray): Value {
  const [whole, ...groups] = match;
  const orNull = (group: string | undefined): string | null => group ?? null;
  if (match.groups)
    return Object.fromEntries(Object.entries(match.groups).map(([name, group]) => [name, orNull(group)]));
  return groups.length > 0 ? groups.map(orNull) : whole;
}

/** Puts groups into a replacement: `$1`, `$name`, `${1}`, `${name}`, and `$$` for a dollar. `match` is as String.replace gives it. */
export function expandReplacement(replacement: string, match: readonly unknown[]): string {
  const last = match.at(-1);
  const named =
    typeof last === "object" && last !== null ? (last as Readonly<Record<string, string | undefined>>) : {};
  const groups = match.slice(
    0,
    match.findIndex((item) => typeof item === "number"),
  );
  return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return whole === "$$" ? "$" : whole;
    const group = /^\d+$/.test(name) ? groups[Number(name)] : named[name];
    return typeof group === "string" ? group : "";
  });
}

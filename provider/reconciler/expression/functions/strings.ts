import { posix } from "node:path";
import { isList, type Value } from "../../../../schema/unknown.js";
import { toText } from "../convert.js";
import { fail } from "../errors.js";
import {
  define,
  defineVariadic,
  type FunctionDefinition,
  integer,
  list,
  nullable,
  text,
  any,
} from "./definition.js";
import { format } from "./format.js";
import { compileRegex, captures, expandReplacement } from "./regex.js";

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

/** The characters of a text as people see them: Terraform counts grapheme clusters. */
// Every ASCII character but CR is a cluster of its own.
export const graphemes = (value: string): string[] =>
  /^[^\r\u0080-\uffff]*$/.test(value)
    ? value.split("")
    : Array.from(segmenter.segment(value), (part) => part.segment);

const trimSet = (value: string, set: string, left: boolean, right: boolean): string => {
  const cut = new Set(set);
  const characters = Array.from(value);
  let start = 0;
  let end = characters.length;
  while (left && start < end && cut.has(characters[start] ?? "")) start++;
  while (right && end > start && cut.has(characters[end - 1] ?? "")) end--;
  return characters.slice(start, end).join("");
};

function substring(value: string, offset: number, length: number): string {
  const all = graphemes(value);
  const start = offset < 0 ? Math.max(0, all.length + offset) : offset;
  return all.slice(start, length < 0 ? undefined : start + length).join("");
}

/** What stands before the last slash, tidied. */
function directory(path: string): string {
  const tidy = posix.normalize(path.slice(0, path.lastIndexOf("/") + 1));
  return tidy.length > 1 && tidy.endsWith("/") ? tidy.slice(0, -1) : tidy;
}

/** Formats once for every position of the lists among the arguments; single values are repeated. */
function formatEach(pattern: string, args: readonly Value[]): Value {
  const lists = args.filter(isList);
  const length = lists[0]?.length ?? 1;
  if (lists.some((one) => one.length !== length))
    return fail("function", "The lists given to formatlist() differ in length");
  return Array.from({ length }, (_, i) =>
    format(
      pattern,
      args.map((arg) => (isList(arg) ? (arg[i] ?? null) : arg)),
    ),
  );
}

function joinLists(separator: string, lists: readonly (readonly Value[])[]): string {
  const items = lists
    .flat()
    .map((item) =>
      item === null ? fail("function", "An element given to join() is null") : toText(item as string),
    );
  return items.join(separator);
}

function replace(value: string, search: string, replacement: string): string {
  if (search.length < 2 || !search.startsWith("/") || !search.endsWith("/"))
    return value.split(search).join(replacement);
  return value.replace(compileRegex(search.slice(1, -1), "g"), (...match: unknown[]) =>
    expandReplacement(replacement, match),
  );
}

export const stringFunctions: readonly FunctionDefinition[] = [
  define("lower", [text("str")], (value) => value.toLowerCase()),
  define("upper", [text("str")], (value) => value.toUpperCase()),
  define("title", [text("str")], (value) =>
    value.replace(/(?<![\p{L}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase()),
  ),
  define("trim", [text("str"), text("cutset")], (value, set) => trimSet(value, set, true, true)),
  define("trimspace", [text("str")], (value) => value.trim()),
  define("trimprefix", [text("str"), text("prefix")], (value, prefix) =>
    value.startsWith(prefix) ? value.slice(prefix.length) : value,
  ),
  define("trimsuffix", [text("str"), text("suffix")], (value, suffix) =>
    value.endsWith(suffix) ? value.slice(0, value.length - suffix.length) : value,
  ),
  define("startswith", [text("str"), text("prefix")], (value, prefix) => value.startsWith(prefix)),
  define("endswith", [text("str"), text("suffix")], (value, suffix) => value.endsWith(suffix)),
  define("strcontains", [text("str"), text("substr")], (value, part) => value.includes(part)),
  define("strrev", [text("str")], (value) => graphemes(value).reverse().join("")),
  define("substr", [text("str"), integer("offset"), integer("length")], substring),
  define("indent", [integer("spaces"), text("str")], (spaces, value) =>
    value.replace(/\n/g, `\n${" ".repeat(Math.max(0, spaces))}`),
  ),
  define("basename", [text("path")], (path) => posix.basename(path) || (path === "" ? "." : "/")),
  define("dirname", [text("path")], directory),
  define("chomp", [text("str")], (value) => value.replace(/[\r\n]+$/, "")),
  define("split", [text("separator"), text("str")], (separator, value) =>
    separator === "" ? Array.from(value) : value.split(separator),
  ),
  defineVariadic("join", [text("separator")], list("lists"), (lists, separator) =>
    joinLists(separator, lists),
  ),
  define("replace", [text("str"), text("substr"), text("replace")], replace),
  define("regex", [text("pattern"), text("str")], (pattern, value) => {
    const match = compileRegex(pattern, "").exec(value);
    return match ? captures(match) : fail("function", "The pattern of regex() does not match the text");
  }),
  define("regexall", [text("pattern"), text("str")], (pattern, value) =>
    Array.from(value.matchAll(compileRegex(pattern, "g")), captures),
  ),
  defineVariadic("format", [text("format")], nullable(any("args")), (args, pattern) => format(pattern, args)),
  defineVariadic("formatlist", [text("format")], nullable(any("args")), (args, pattern) =>
    formatEach(pattern, args),
  ),
];

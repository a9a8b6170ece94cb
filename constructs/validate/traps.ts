import { Aspects, Tokenization, type App } from "cdktf";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { Path } from "../../schema/unknown.js";
import type { Marked } from "./tokens";
import type { Entry, Tree } from "./tree";

/** What cdktf itself gets wrong without a word. */
export const checkTraps = (app: App, tree: Tree): Diagnostic[] => [
  ...checkAspects(app),
  ...tree.merged.map(({ entry, lost }) => merged(entry, lost)),
  ...tree.entries.flatMap((entry) => checkTexts(entry, entry.resolved.value, [])),
];

function checkAspects(app: App): Diagnostic[] {
  if (Aspects.of(app).all.length === 0) return [];
  return [
    errorDiagnostic("IEC2026", "An aspect of the app is never applied", {
      detail: "cdktf applies the aspects of stacks only.\nAdd it to each stack: Aspects.of(stack).add(...).",
    }),
  ];
}

const merged = ({ address, origin, element }: Entry, lost: Entry): Diagnostic =>
  errorDiagnostic("IEC2023", "Two constructs are written under one address", {
    address,
    origin,
    detail:
      `${lost.element.node.path} and ${element.node.path} both become ${address}, because cdktf leaves out characters ` +
      "of ids and joins them: the first would be lost.\nGive one of them another id.",
  });

function checkTexts(entry: Entry, value: Marked, path: Path): Diagnostic[] {
  if (typeof value === "string") return checkText(entry, value, path);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, item]) =>
    checkTexts(entry, item as Marked, [...path, Array.isArray(value) ? Number(name) : name]),
  );
}

/** How cdktf writes a number that stands for a value not known yet; a sign or a dot before it hides it from cdktf. */
const NUMBER_TOKEN = /-?\d+(?:\.\d+)?e\+\d+/gi;
/** An operand that cdktf takes for a missing one. */
const DROPPED = /\$\{[^}]*(?:[<>=!+\-*/%&|]\s*undefined\b|\bundefined\s*[<>=!+\-*/%&|])/;

function checkText(entry: Entry, text: string, path: Path): Diagnostic[] {
  const token = text.match(NUMBER_TOKEN)?.find(isNumberToken);
  if (token !== undefined) {
    return [
      errorDiagnostic("IEC2024", "A number that is not known yet was put into a text", {
        address: entry.address,
        path,
        origin: entry.origin,
        detail: `The text would be ${JSON.stringify(text)}.\nWrite \${Tokenization.stringifyNumber(n)} instead of \${n}.`,
      }),
    ];
  }
  if (!DROPPED.test(text)) return [];
  return [
    errorDiagnostic("IEC2025", "An operand of an expression is lost", {
      address: entry.address,
      path,
      origin: entry.origin,
      detail:
        'cdktf 0.21 leaves out 0, false and "" as the right operand of Op.*.\n' +
        'Write it as an expression: Fn.tonumber("0"), Fn.tobool("false"), Fn.tostring("").',
    }),
  ];
}

/** Whether the number, or the same without its sign, was made for a token. */
const isNumberToken = (text: string): boolean =>
  [Number(text), -Math.abs(Number(text))].some((number) =>
    Tokenization.isResolvable(Tokenization.reverseNumber(number)),
  );

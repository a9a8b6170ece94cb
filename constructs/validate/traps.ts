import { Aspects, Tokenization, type App } from "cdktf";
import type { IConstruct } from "constructs";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { Path } from "../../schema/unknown.js";
import { sourceOf } from "../sources";
import { hasMark, marksIn, type Marked, type Resolved, type Term } from "./tokens";
import type { Entry, Tree } from "./tree";

/** What cdktf itself gets wrong without a word. */
export const checkTraps = (app: App, tree: Tree): Diagnostic[] => [
  ...checkAspects(app),
  ...checkIds(tree.constructs),
  ...tree.merged.flatMap(({ entry, lost }) =>
    entry.element.node.path === lost.element.node.path ? [] : [merged(entry, lost)],
  ),
  ...tree.entries.filter(({ failure }) => failure !== undefined).map(failed),
  ...tree.entries
    .filter(({ resolved }) => mayHoldTrap(resolved))
    .flatMap((entry) => checkTexts(entry, entry.resolved.value, [])),
];

function checkIds(constructs: readonly IConstruct[]): Diagnostic[] {
  const byPath = new Map<string, IConstruct>();
  return constructs.flatMap((construct) => {
    const { path } = construct.node;
    const first = byPath.get(path);
    if (first === undefined) {
      byPath.set(path, construct);
      return [];
    }
    // What lies below a duplicate has its path only because of it.
    const scopes = [first.node.scope, construct.node.scope];
    if (scopes[0] !== scopes[1]) return [];
    const source = sourceOf(first);
    return [
      errorDiagnostic("IEC2030", "Two constructs of one scope have the same id", {
        origin: { constructPath: path, ...sourceOf(construct) },
        detail:
          `The id is ${JSON.stringify(construct.node.id)}` +
          (source ? `, and was given before at ${source.file}:${source.line}.` : ".") +
          "\nGive one of them another id.",
      }),
    ];
  });
}

const failed = ({ address, origin, failure }: Entry): Diagnostic =>
  errorDiagnostic("IEC2031", "A construct cannot be written", {
    address,
    origin,
    detail: `cdktf says: ${reasonOf(failure)}\nLook at the values that it is given: one is of the wrong kind.`,
  });

const MOST_REASON = 300;

/** What an error says, without its stack, and no more of it than people read. */
export function reasonOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).trim().split(/\n\s*\n/)[0] ?? "";
  return text.length > MOST_REASON ? `${text.slice(0, MOST_REASON)}...` : text;
}

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
  if (typeof value === "string") {
    const inside = hasMark(value)
      ? marksIn(value).flatMap((index) => partsOf(entry.resolved.terms[index]))
      : [];
    return [...checkText(entry, value, path), ...inside.flatMap((part) => checkTexts(entry, part, path))];
  }
  if (value === null || typeof value !== "object") return [];
  const found: Diagnostic[] = [];
  for (const name of Object.keys(value)) {
    const item = (value as Readonly<Record<string, Marked>>)[name] ?? null;
    found.push(...checkTexts(entry, item, [...path, Array.isArray(value) ? Number(name) : name]));
  }
  return found;
}

/** Few elements do: the others need no path to each text. A reference has no parts. */
const mayHoldTrap = ({ value, terms }: Resolved): boolean =>
  terms.some(({ kind }) => kind !== "reference") || holdsTrap(value);

function holdsTrap(value: Marked): boolean {
  if (typeof value === "string") return value.includes("e+") || value.includes("undefined");
  return value !== null && typeof value === "object" && Object.values<Marked>(value).some(holdsTrap);
}

/** What an expression is made of. */
function partsOf(term: Term | undefined): readonly Marked[] {
  switch (term?.kind) {
    case "call":
      return term.args;
    case "access":
      return [term.target, ...term.keys];
    case "choice":
      return [term.condition, term.yes, term.no];
    case "operation":
      return term.operands;
    default:
      return [];
  }
}

/** How cdktf writes a number that stands for a value not known yet; a sign or a dot before it hides it from cdktf. */
const NUMBER_TOKEN = /-?\d+(?:\.\d+)?e\+\d+/gi;
/** An operand that cdktf takes for a missing one. */
const DROPPED = /\$\{[^}]*(?:[<>=!+\-*/%&|]\s*undefined\b|\bundefined\s*[<>=!+\-*/%&|])/;

function checkText(entry: Entry, text: string, path: Path): Diagnostic[] {
  const token = text.includes("e+") ? text.match(NUMBER_TOKEN)?.find(isNumberToken) : undefined;
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
  if (!text.includes("undefined") || !DROPPED.test(text)) return [];
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

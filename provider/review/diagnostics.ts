import type { Diagnostic } from "../../schema/diagnostics.js";
import { formatPath } from "../../schema/unknown.js";
import type { Paint } from "./paint.js";
import { printable, wrap } from "./text.js";

/** Diagnostics as boxes, errors last, so that they are what a reader sees above the prompt. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: { readonly paint: Paint; readonly width: number },
): string {
  const sorted = [
    ...diagnostics.filter(({ severity }) => severity === "warning"),
    ...diagnostics.filter(({ severity }) => severity === "error"),
  ];
  return sorted.map((diagnostic) => box(diagnostic, options)).join("");
}

function box(diagnostic: Diagnostic, { paint, width }: { paint: Paint; width: number }): string {
  const { severity, code, summary, detail } = diagnostic;
  const colour = severity === "error" ? paint.red : paint.yellow;
  const label = severity === "error" ? "Error" : "Warning";
  const inside = Math.max(20, width - 2);
  const [first = "", ...rest] = wrap(`${label} ${code}: ${printable(summary)}`, inside);
  const title = [
    colour(paint.bold(first.slice(0, label.length))) + paint.bold(first.slice(label.length)),
    ...rest.map(paint.bold),
  ];
  const place = placeLines(diagnostic).map((line) => `  ${line}`);
  const text = detail === undefined ? [] : wrap(printable(detail), inside);
  const sections = [title, place, text].filter((lines) => lines.length > 0);
  const lines = sections.flatMap((section, i) => (i === 0 ? section : ["", ...section]));
  return [
    colour("╷"),
    ...lines.map((line) => (line === "" ? colour("│") : `${colour("│")} ${line}`)),
    colour("╵"),
    "",
  ].join("\n");
}

/** Where it is: one fact a line, so that addresses and paths can be copied. */
function placeLines({ address, path, origin }: Diagnostic): string[] {
  const attribute = path === undefined || path.length === 0 ? undefined : formatPath(path);
  const file =
    origin?.file === undefined
      ? undefined
      : origin.file + (origin.line === undefined ? "" : `:${origin.line}`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["resource", address],
    ["attribute", attribute],
    ["construct", origin?.constructPath],
    ["written at", file],
  ];
  return facts.flatMap(([label, fact]) =>
    fact === undefined ? [] : [`${`${label}:`.padEnd(12)}${printable(fact)}`],
  );
}

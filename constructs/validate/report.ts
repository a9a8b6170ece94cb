import type { Diagnostic } from "../../schema/diagnostics.js";
import { formatPath } from "../../schema/unknown.js";
import type { Validation } from "./index";

/** How much of the files was written. */
export type Outcome = "nothing" | "some" | "all";

/** The findings of all stacks as people read them, in lines of at most so many columns. */
export function textReport(
  { diagnostics, conditional }: Validation,
  written: Outcome,
  columns = Infinity,
): string {
  const open =
    conditional.length === 0
      ? []
      : [
          `${count(conditional.length, "check")} of isolation cannot be decided yet and ${conditional.length === 1 ? "is" : "are"} left to the plan:\n` +
            openOnes(conditional)
              .map((line) => `  ${line}`)
              .join("\n"),
        ];
  const total = {
    nothing: `${count(diagnostics.length, "problem")}. Nothing was written.`,
    some: `${count(diagnostics.length, "problem")}. The output is not complete: do not deploy it.`,
    all: `${count(diagnostics.length, "warning")}.`,
  }[written];
  const text = [...diagnostics.map(paragraph), ...open, total].join("\n\n");
  const lines = text.split("\n").map((line) => wrap(line, columns));
  return `${lines.join("\n")}\n`;
}

const MOST_OPEN = 10;

/** One line each; of many, the first. */
function openOnes(conditional: Validation["conditional"]): string[] {
  const lines = conditional.map(
    ({ code, origin, address, path, detail }) =>
      `${code} ${origin?.constructPath ?? address} ${formatPath(path)}: ${detail}`,
  );
  const rest = lines.length - MOST_OPEN;
  return rest > 0 ? [...lines.slice(0, MOST_OPEN), `and ${rest} more`] : lines;
}

/** Breaks a line between words, and goes on below its text. */
function wrap(line: string, columns: number): string {
  const indent = `${/^ */.exec(line)?.[0] ?? ""}  `;
  const lines = [""];
  for (const word of line.split(/(?<=\S) /)) {
    const current = lines.at(-1) ?? "";
    if (current === "") lines[lines.length - 1] = word;
    else if (current.length + 1 + word.length <= columns) lines[lines.length - 1] = `${current} ${word}`;
    else lines.push(indent + word);
  }
  return lines.join("\n");
}

function paragraph({ severity, code, summary, detail, ...place }: Diagnostic): string {
  const title = `${severity === "error" ? "Error" : "Warning"} ${code}: ${summary}`;
  const lines = [title, ...placeLines(place), ...(detail?.split("\n") ?? [])];
  return lines.map((line, i) => (i === 0 ? line : `  ${line}`)).join("\n");
}

function placeLines({ address, path, origin }: Pick<Diagnostic, "address" | "path" | "origin">): string[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["construct", origin?.constructPath],
    ["resource", address],
    ["attribute", path && formatPath(path)],
    ["written at", origin?.file && `${origin.file}:${origin.line ?? ""}`],
  ];
  return facts.flatMap(([label, fact]) => (fact ? [`${`${label}:`.padEnd(12)}${fact}`] : []));
}

/** The same for machines, one JSON object. */
export const jsonReport = ({ diagnostics, conditional }: Validation): string =>
  JSON.stringify({
    format_version: "1.0",
    diagnostics: diagnostics.map(({ severity, code, summary, detail, address, path, origin }) => ({
      severity,
      code,
      summary,
      detail,
      address,
      attribute: path && formatPath(path),
      construct_path: origin?.constructPath,
      file: origin?.file,
      line: origin?.line,
    })),
    conditional: conditional.map(({ code, address, path, detail, unknowns }) => ({
      code,
      address,
      attribute: formatPath(path),
      detail,
      unknowns,
    })),
  }) + "\n";

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

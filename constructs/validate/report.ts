import { hasErrors, type Diagnostic } from "../../schema/diagnostics.js";
import { formatPath } from "../../schema/unknown.js";
import type { Validation } from "./index";

/** The findings of all stacks as people read them. */
export function textReport({ diagnostics, conditional }: Validation): string {
  const errors = diagnostics.map(paragraph);
  const open =
    conditional.length === 0
      ? []
      : [
          `${count(conditional.length, "check")} of isolation left to the plan: values not known before it decide.`,
        ];
  const total = hasErrors(diagnostics)
    ? `${count(diagnostics.length, "problem")}. Nothing was written.`
    : `${count(diagnostics.length, "warning")}.`;
  return [...errors, ...open, total].join("\n\n") + "\n";
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

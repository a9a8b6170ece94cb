/** Switches that Terraform lets one write as `-switch=false`. */
const OFF_BY_DEFAULT = new Set([
  "auto-approve",
  "destroy",
  "detailed-exitcode",
  "json",
  "no-color",
  "stats",
  "sarif",
  "matrix",
  "mermaid",
  "offline",
]);
const ON_BY_DEFAULT = new Set(["input", "lock", "refresh"]);

/**
 * Rewrites what Terraform accepts into what the parser does: `-target=x` to `--target=x`, `--refresh=false` to
 * `--no-refresh`. What follows `--` is not touched.
 */
export function normalizeArguments(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  return [...own.flatMap(normalize), ...(end === -1 ? [] : args.slice(end))];
}

function normalize(argument: string): string[] {
  const [, name = "", value] = /^--?([a-z][a-z-]+)(?:=(.*))?$/s.exec(argument) ?? [];
  if (name === "") return [argument];
  const on = value === undefined || value === "true";
  if (OFF_BY_DEFAULT.has(name) && (on || value === "false")) return on ? [`--${name}`] : [];
  if (ON_BY_DEFAULT.has(name) && (on || value === "false")) return on ? [] : [`--no-${name}`];
  return [`--${argument.replace(/^-+/, "")}`];
}

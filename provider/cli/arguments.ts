/** Switches that Terraform lets one write as `-switch=false`. */
const SWITCHES = new Set([
  "auto-approve",
  "destroy",
  "detailed-exitcode",
  "input",
  "json",
  "lock",
  "no-color",
  "refresh",
  "stats",
]);

/**
 * Rewrites what Terraform accepts into what the parser does: `-target=x` to `--target=x`, `--refresh=false` to
 * `--no-refresh`. What follows `--` is not touched.
 */
export function normalizeArguments(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  return [...own.map(normalize), ...(end === -1 ? [] : args.slice(end))];
}

function normalize(argument: string): string {
  const match = /^--?([a-z][a-z-]+)(?:=(.*))?$/s.exec(argument);
  if (match === null) return argument;
  const [, name = "", value] = match;
  if (!SWITCHES.has(name)) return `--${argument.replace(/^-+/, "")}`;
  if (value === "false") return name === "no-color" ? "--color" : `--no-${name}`;
  return value === undefined || value === "true" ? `--${name}` : `--${name}=${value}`;
}

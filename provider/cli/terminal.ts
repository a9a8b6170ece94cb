import picocolors from "picocolors";
import type { Paint } from "../review/index.js";
import type { Io, Output } from "./io.js";

const DEFAULT_WIDTH = 80;
const LEAST_WIDTH = 40;
/** Longer lines are hard to read. */
const MOST_WIDTH = 120;

/** How to write to one stream. */
export interface Terminal {
  readonly paint: Paint;
  readonly width: number;
  /** Whether lines may be redrawn. */
  readonly live: boolean;
}

/** The one place that decides about colour, width and redrawing. */
export function terminalOf(
  output: Output,
  environment: Io["environment"],
  options: { readonly color: boolean },
): Terminal {
  const isSet = (name: string) => (environment[name] ?? "") !== "";
  const capable = output.isTTY && environment["TERM"] !== "dumb";
  const coloured = options.color && !isSet("NO_COLOR") && (capable || isSet("FORCE_COLOR"));
  const columns = output.columns ?? DEFAULT_WIDTH;
  const inCi = isSet("CI") && environment["CI"] !== "false";
  return {
    paint: picocolors.createColors(coloured),
    width: Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, columns)),
    live: capable && !inCi,
  };
}

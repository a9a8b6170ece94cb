import type { Clock } from "../../schema/clock.js";

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];

/** Writes a line in the form that Terraform takes for a log entry of its own. */
export type Log = (level: Level, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** `TF_LOG_PROVIDER`, or else `TF_LOG`, says from which level on; nothing is logged without. */
export function createLog(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  write: (line: string) => void,
): Log {
  const wanted = (environment["TF_LOG_PROVIDER"] || environment["TF_LOG"] || "off").toLowerCase();
  const least = wanted === "json" ? 0 : LEVELS.findIndex((level) => level === wanted);
  return (level, message, fields = {}) => {
    if (least < 0 || LEVELS.indexOf(level) < least) return;
    const entry = {
      "@level": level,
      "@message": message,
      "@module": "iec",
      "@timestamp": new Date(clock.now()).toISOString(),
      ...fields,
    };
    write(`${JSON.stringify(entry)}\n`);
  };
}

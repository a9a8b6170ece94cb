import { spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Cloud } from "./cloud.js";

const BIN = fileURLToPath(new URL("../dist/bin", import.meta.url));
export const IEC = join(BIN, "iec.js");
/** Writes what the process used to its fourth file as it exits: only the process itself can tell on every system. */
const REPORT = pathToFileURL(fileURLToPath(new URL("report.mjs", import.meta.url))).href;

export interface Measured {
  /** From start to exit. */
  readonly ms: number;
  readonly calls: number;
  /** User and system time. */
  readonly cpuMs: number;
  readonly peakKiB: number;
}

interface Request {
  readonly cwd: string;
  readonly cloud: Cloud;
  /** A folder to copy the program into first, so that nothing of it is cached. */
  readonly freshProgram?: string;
}

let copies = 0;

/** Runs `iec` and tells what it took; throws when it fails. */
export async function measure(
  args: readonly string[],
  { cwd, cloud, freshProgram }: Request,
): Promise<Measured> {
  let program = IEC;
  if (freshProgram !== undefined) {
    const copy = join(freshProgram, `program-${++copies}`);
    await cp(BIN, copy, { recursive: true });
    program = join(copy, "iec.js");
  }
  await cloud.takeCalls();
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", REPORT, program, ...args], {
    cwd,
    env: { ...cloud.env, PATH: process.env["PATH"] ?? "" },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let [errors, report] = ["", ""];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdio[3]?.on("data", (text: Buffer) => (report += text.toString()));
  let ms = 0;
  child.once("exit", () => (ms = performance.now() - started));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`iec ${args.join(" ")} failed:\n${errors}`);
  const usage = JSON.parse(report) as Pick<Measured, "cpuMs" | "peakKiB">;
  return { ms, calls: await cloud.takeCalls(), ...usage };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Columns as wide as they need; all but the first are numbers, or short. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? "").length)));
  const format = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return [format(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(format)].join("\n");
}

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type { Io } from "./io.js";

export interface Child {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** What to do where the program cannot be started. */
  readonly advice: string;
}

/** Runs a program with this one's input and output. Resolves to its exit code. */
export function runChild(io: Io, { program, args, environment, advice }: Child): Promise<number> {
  const env = { ...io.environment, ...environment };
  // A terminal sends Ctrl-C to the program as well; twice would mean "abort" to it.
  const atTerminal = io.ask !== undefined || io.stdout.isTTY || io.stderr.isTTY;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env, cwd: io.cwd });
    const ignore = io.onInterrupt((signal) => {
      if (signal === "SIGTERM" || !atTerminal) child.kill(signal);
    });
    child.once("error", (error) => {
      ignore();
      const detail = `${error.message}. ${advice}`;
      reject(new DiagnosticError(errorDiagnostic("IEC2017", `"${program}" cannot be started`, { detail })));
    });
    child.once("exit", (code, signal) => {
      ignore();
      // The shell's convention for a process that a signal ended.
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

import { createInterface } from "node:readline";
import { systemClock } from "../../schema/clock.js";
import { renderDiagnostics } from "../review/index.js";
import type { Interrupt, Io, Output } from "./io.js";
import { diagnosticsOf, run } from "./run.js";
import { terminalOf } from "./terminal.js";

/** The entry of the `iec` program: the only place that touches the process. */

function outputOf(stream: NodeJS.WriteStream): Output {
  // Whoever reads may go away (`| head`). The work goes on; its text is lost.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    write(text) {
      if (!stream.destroyed) stream.write(text);
    },
    isTTY: stream.isTTY,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
  };
}

/** Reads one line in the terminal's own mode, so that Ctrl-C stays a signal. */
function ask(question: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
    const onAbort = () => {
      lines.close();
      reject(new Error("interrupted"));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    lines.once("close", () => {
      signal.removeEventListener("abort", onAbort);
      resolve("");
    });
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

const io: Io = {
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  environment: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  ask: process.stdin.isTTY ? ask : undefined,
  onInterrupt(handler) {
    const signals: readonly Interrupt[] = ["SIGINT", "SIGTERM"];
    const listeners = signals.map((signal) => [signal, () => handler(signal)] as const);
    for (const [signal, listener] of listeners) process.on(signal, listener);
    return () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    };
  },
  forceExit(afterMs) {
    setTimeout(() => process.exit(1), afterMs).unref();
  },
};

// What nobody awaited is a bug as well, and is told in the same words.
process.on("uncaughtException", (error) => {
  const terminal = terminalOf(io.stderr, io.environment, { color: true });
  io.stderr.write(renderDiagnostics(diagnosticsOf(error, io.environment), terminal));
  process.exit(1);
});

process.exitCode = await run(process.argv.slice(2), io);

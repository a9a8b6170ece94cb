import type { Clock } from "../../schema/clock.js";

/** Where text goes. */
export interface Output {
  write(text: string): void;
  /** Whether a person reads it on a terminal. */
  readonly isTTY: boolean;
  /** Columns of the terminal, where there is one. */
  readonly columns?: number | undefined;
}

export type Interrupt = "SIGINT" | "SIGTERM";

/** Everything the command line needs of its process; tests bring their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly clock: Clock;
  /** Asks a person and resolves to the answer, empty at the end of input; undefined when there is nobody to ask. */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<string>) | undefined;
  /** Calls `handler` for every signal until the returned function is called. */
  onInterrupt(handler: (signal: Interrupt) => void): () => void;
  /** Ends the process with code 1 after so many milliseconds, if it still runs. */
  forceExit(afterMs: number): void;
}

import type { Clock } from "../../schema/clock.js";
import { count } from "../review/index.js";
import type { ApplyEvent, Operation } from "../reconciler/model.js";
import type { Context } from "./context.js";
import type { Output } from "./io.js";
import type { Terminal } from "./terminal.js";

/** Shows an apply while it runs. */
export interface Progress {
  /** What is being done before there are events, such as reading the cloud. */
  readonly message: (text: string) => void;
  readonly event: (event: ApplyEvent) => void;
  /** Ends it; nothing is written afterwards. */
  readonly stop: () => void;
}

const WORDS: Record<Operation, { doing: string; still: string; done: string }> = {
  create: { doing: "Creating...", still: "Still creating...", done: "Creation" },
  update: { doing: "Modifying...", still: "Still modifying...", done: "Modifications" },
  delete: { doing: "Destroying...", still: "Still destroying...", done: "Destruction" },
  read: { doing: "Reading...", still: "Still reading...", done: "Read" },
};

const TICK_MS = 1000;
/** Terraform's interval of `Still creating...`. */
const REMINDER_MS = 10_000;
/** Running resources shown at once; more would push the rest off the screen. */
const MOST_LINES = 12;

/** `2s`, `1m05s`. */
export function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
}

const withId = (id: string | undefined): string => (id === undefined ? "" : ` [id=${id}]`);

/** The line that an event leaves behind; undefined when it leaves none. Terraform's wording. */
export function eventLine(event: ApplyEvent): string | undefined {
  const { address } = event;
  const words = WORDS[event.operation];
  switch (event.kind) {
    case "start":
      return `${address}: ${words.doing}${withId(event.id)}`;
    case "done": {
      const id = event.operation === "delete" ? "" : withId(event.id);
      return `${address}: ${words.done} complete after ${elapsed(event.ms)}${id}`;
    }
    case "failed":
      return `${address}: ${words.done} failed after ${elapsed(event.ms)}`;
    case "skipped":
      return `${address}: Skipped`;
    case "waiting":
      return undefined;
  }
}

export const reminderLine = (address: string, operation: Operation, ms: number): string =>
  `${address}: ${WORDS[operation].still} [${elapsed(ms)} elapsed]`;

interface Running {
  readonly address: string;
  readonly operation: Operation;
  readonly since: number;
  readonly status: string | undefined;
}

/** What runs, by address, oldest first; told of every event. */
function follow(running: Map<string, Running>, event: ApplyEvent): void {
  const { address, operation, at, kind } = event;
  if (kind === "start") running.set(address, { address, operation, since: at, status: undefined });
  else if (kind === "waiting") {
    const known = running.get(address);
    running.set(address, { address, operation, since: known?.since ?? at, status: event.status });
  } else running.delete(address);
}

/** Calls `tick` every second until stopped. */
function startTicker(clock: Clock, tick: (now: number) => void): () => void {
  const stopped = new AbortController();
  const loop = async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(TICK_MS, stopped.signal);
      tick(clock.now());
    }
  };
  // The only way out of the loop is the abort.
  loop().catch(() => undefined);
  return () => stopped.abort();
}

/** Reports what has been running for another ten seconds. */
export function createReminder(
  clock: Clock,
  remind: (running: { address: string; operation: Operation; ms: number }) => void,
): Pick<Progress, "event" | "stop"> {
  const running = new Map<string, Running>();
  const reminders = new Map<string, number>();
  const stop = startTicker(clock, (now) => {
    for (const { address, operation, since } of running.values()) {
      const due = Math.floor((now - since) / REMINDER_MS);
      if (due <= (reminders.get(address) ?? 0)) continue;
      reminders.set(address, due);
      remind({ address, operation, ms: due * REMINDER_MS });
    }
  });
  return {
    event(event) {
      follow(running, event);
      if (event.kind !== "waiting") reminders.delete(event.address);
    },
    stop,
  };
}

/** Plain lines, for pipes and CI. */
export function plainProgress(output: Output, clock: Clock): Progress {
  const reminder = createReminder(clock, ({ address, operation, ms }) =>
    output.write(`${reminderLine(address, operation, ms)}\n`),
  );
  return {
    message: () => undefined,
    event(event) {
      reminder.event(event);
      const line = eventLine(event);
      if (line !== undefined) output.write(`${line}\n`);
    },
    stop: reminder.stop,
  };
}

/** The line without its id where that would wrap it; `iec show` has all ids. */
const fitting = (line: string, width: number): string =>
  line.length < width ? line : line.replace(/ \[id=.*\]$/, "");

/** Lines of what is done above, redrawn lines of what runs below. */
export function liveProgress(output: Output, clock: Clock, terminal: Terminal, total: number): Progress {
  const { paint, width } = terminal;
  const running = new Map<string, Running>();
  const started = clock.now();
  let drawn = 0;
  let finished = 0;
  let message: string | undefined;

  const footer = (now: number): string[] => {
    if (running.size === 0) return message === undefined ? [] : [message];
    const all = [...running.values()];
    const lines = all.slice(0, MOST_LINES).map(({ address, operation, since, status }) => {
      const state = status === undefined ? "" : ` ${status}`;
      return `${address}: ${WORDS[operation].doing}${state} ${elapsed(now - since)}`;
    });
    if (all.length > MOST_LINES) lines.push(`and ${all.length - MOST_LINES} more`);
    return [...lines, `${finished} of ${count(total, "step")} done, ${elapsed(now - started)}`];
  };
  const draw = (now: number, above = "") => {
    // A line that wraps would take two rows and spoil the way back up.
    const lines = footer(now).map((line) => paint.dim(line.slice(0, width - 1)));
    const back = drawn === 0 ? "" : `\u001b[${drawn}A\u001b[J`;
    const text = back + above + lines.map((line) => `${line}\n`).join("");
    if (text !== "") output.write(text);
    drawn = lines.length;
  };
  const stopTicker = startTicker(clock, (now) => draw(now));
  return {
    message(text) {
      message = text;
      draw(clock.now());
    },
    event(event) {
      follow(running, event);
      const line = event.kind === "start" ? undefined : eventLine(event);
      if (line !== undefined) finished++;
      const colour = event.kind === "failed" ? paint.red : event.kind === "done" ? paint.green : paint.dim;
      draw(event.at, line === undefined ? "" : `${colour(fitting(line, width))}\n`);
    },
    stop() {
      stopTicker();
      running.clear();
      message = undefined;
      draw(clock.now());
    },
  };
}

/** The progress that fits where it is shown. */
export function startProgress({ io, err, json }: Context, total: number): Progress {
  if (json !== undefined) return json.progress();
  return err.live ? liveProgress(io.stderr, io.clock, err, total) : plainProgress(io.stderr, io.clock);
}

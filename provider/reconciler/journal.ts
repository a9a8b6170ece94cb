import {
  closeSync,
  existsSync,
  fdatasync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { promisify } from "node:util";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type { ObjectValue } from "../../schema/unknown.js";
import type { Instance, State } from "./state.js";

/**
 * What an apply did since the state was last written, a line each, beside the state file. It survives the process:
 * the next command folds it into the state before it does anything else.
 *
 * An `intent` without `created` or `failed` is a create whose outcome nobody knows. Its `baseline` lists the objects
 * of the type that existed before the first create, so that those are never taken for the lost one; null = the cloud
 * could not list them.
 */
export type JournalRecord =
  | { readonly kind: "begin"; readonly version: number; readonly lineage: string; readonly serial: number }
  | { readonly kind: "baseline"; readonly type: string; readonly ids: readonly string[] | null }
  | { readonly kind: "intent"; readonly address: string; readonly at: number; readonly instance: Instance }
  | { readonly kind: "created"; readonly address: string; readonly values: ObjectValue }
  | { readonly kind: "failed"; readonly address: string }
  | { readonly kind: "saved"; readonly address: string; readonly instance: Instance }
  | { readonly kind: "deleted"; readonly address: string };

const VERSION = 1;

/** A create that was under way when its process ended. */
export interface OpenIntent {
  readonly address: string;
  /** When it was about to be sent, milliseconds since the epoch. */
  readonly at: number;
  readonly instance: Instance;
}

export interface Recovered {
  readonly state: State;
  readonly intents: readonly OpenIntent[];
  /** Addresses whose id is known, but whose create was not seen to its end. */
  readonly unfinished: readonly string[];
  /** By type; null = not known. */
  readonly baselines: ReadonlyMap<string, ReadonlySet<string> | null>;
}

const sync = promisify(fdatasync);

export const journalPath = (statePath: string): string => `${statePath}.journal`;

export class Journal {
  readonly #fd: number;
  readonly #path: string;
  #flushing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  readonly #baselines: JournalRecord[] = [];
  /** The records of creates that are not seen to their end yet, by address. */
  readonly #open = new Map<string, JournalRecord[]>();

  private constructor(path: string) {
    this.#path = path;
    // It holds what the state will hold, secrets included.
    this.#fd = openSync(path, "ax", 0o600);
  }

  /** Begins a journal on a state. There must be none left over. */
  static begin(statePath: string, state: State): Journal {
    try {
      const journal = new Journal(journalPath(statePath));
      journal.append(beginOn(state));
      return journal;
    } catch (error) {
      if (error instanceof DiagnosticError) throw error;
      throw unwritable(journalPath(statePath), error);
    }
  }

  /** Hands a record to the operating system before it returns: from then on a killed process loses nothing. */
  append(record: JournalRecord): void {
    this.#follow(record);
    try {
      // Unlike writeSync it goes on after a partial write.
      writeFileSync(this.#fd, line(record));
    } catch (error) {
      throw unwritable(this.#path, error);
    }
  }

  #follow(record: JournalRecord): void {
    switch (record.kind) {
      case "begin":
        break;
      case "baseline":
        this.#baselines.push(record);
        break;
      case "intent":
        this.#open.set(record.address, [record]);
        break;
      case "created":
        this.#open.get(record.address)?.push(record);
        break;
      case "failed":
      case "saved":
      case "deleted":
        this.#open.delete(record.address);
        break;
    }
  }

  /** Resolves once everything appended so far is on disk. Calls at the same time share one flush. */
  flush(): Promise<void> {
    if (this.#flushing === undefined) {
      this.#flushing = sync(this.#fd).finally(() => (this.#flushing = undefined));
      return this.#flushing;
    }
    // What was appended while a flush runs may miss it: all of it shares the next one.
    this.#next ??= this.#flushing
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.flush();
      });
    return this.#next;
  }

  /** Ends the journal of an apply whose state is written. What is still open stays on record for the next command. */
  finish(state: State): void {
    closeSync(this.#fd);
    if (this.#open.size === 0) {
      unlinkSync(this.#path);
      return;
    }
    const records = [beginOn(state), ...this.#baselines, ...[...this.#open.values()].flat()];
    const temporary = `${this.#path}.${process.pid}.tmp`;
    writeFileSync(temporary, records.map(line).join(""), { mode: 0o600, flush: true });
    renameSync(temporary, this.#path);
  }
}

const beginOn = ({ lineage, serial }: State): JournalRecord => ({
  kind: "begin",
  version: VERSION,
  lineage,
  serial,
});
const line = (record: JournalRecord): string => `${JSON.stringify(record)}\n`;

const unwritable = (path: string, error: unknown): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC3005", "The journal cannot be written", {
      detail: `${path}: ${(error as Error).message}. Nothing is created without it.`,
      origin: { file: path },
    }),
  );

/** The state with a left-over journal folded in; undefined when there is no journal. */
export function recoverJournal(
  statePath: string,
  state: State | undefined,
  empty: (lineage?: string) => State,
): Recovered | undefined {
  const path = journalPath(statePath);
  if (!existsSync(path)) return undefined;
  const records = readRecords(path);
  const begin = records[0];
  if (begin === undefined)
    return { state: state ?? empty(), intents: [], unfinished: [], baselines: new Map() };
  if (begin.kind !== "begin" || (state !== undefined && state.lineage !== begin.lineage)) {
    throw new DiagnosticError(
      errorDiagnostic("IEC3003", "The journal belongs to another state", {
        detail: `${path} was written for the state of lineage ${begin.kind === "begin" ? begin.lineage : "unknown"}, but the state has lineage ${state?.lineage ?? "none"}. It names objects that an interrupted apply made: put the right state back, or, once those objects are dealt with, remove the journal.`,
        origin: { file: path },
      }),
    );
  }
  if (begin.version !== VERSION) throw newer(path);
  const base = state ?? empty(begin.lineage);
  const instances = new Map(base.instances);
  const intents = new Map<string, OpenIntent>();
  const unfinished = new Set<string>();
  const baselines = new Map<string, ReadonlySet<string> | null>();
  for (const record of records) {
    switch (record.kind) {
      case "begin":
        break;
      case "baseline":
        baselines.set(record.type, record.ids && new Set(record.ids));
        break;
      case "intent":
        intents.set(record.address, { address: record.address, at: record.at, instance: record.instance });
        break;
      case "failed":
        intents.delete(record.address);
        break;
      case "created": {
        const intent = intents.get(record.address);
        if (intent === undefined) break;
        instances.set(record.address, { ...intent.instance, values: record.values });
        intents.delete(record.address);
        unfinished.add(record.address);
        break;
      }
      case "saved":
        intents.delete(record.address);
        unfinished.delete(record.address);
        instances.set(record.address, record.instance);
        break;
      case "deleted":
        instances.delete(record.address);
        unfinished.delete(record.address);
        break;
      default:
        throw newer(path);
    }
  }
  return {
    state: { ...base, instances },
    intents: [...intents.values()],
    unfinished: [...unfinished],
    baselines,
  };
}

const newer = (path: string): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC3002", "The journal was written by a newer version", {
      detail: `${path} names objects that an interrupted apply made, in a form that this version does not know. Upgrade iec-cdk.`,
      origin: { file: path },
    }),
  );

/** Removes a left-over journal that is folded into a written state. */
export const dropJournal = (statePath: string): void => {
  if (existsSync(journalPath(statePath))) unlinkSync(journalPath(statePath));
};

/** Complete records; a last line cut off by a crash was never acted on, and is left out. */
function readRecords(path: string): JournalRecord[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).flatMap((line, i) => {
    try {
      return [JSON.parse(line) as JournalRecord];
    } catch {
      throw new DiagnosticError(
        errorDiagnostic("IEC3001", "The journal cannot be read", {
          detail: `${path}, line ${i + 1} is not valid JSON. It names objects that an interrupted apply made; compare it with what exists before you remove it.`,
          origin: { file: path, line: i + 1 },
        }),
      );
    }
  });
}

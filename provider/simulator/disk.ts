import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Cloud } from "./cloud.js";
import { type Kind, kinds } from "./model.js";

/** Longest time in ms that a change stays unwritten. */
const writeDelayMs = 150;
const version = 2;

interface Stored {
  version: number;
  random: number;
  tables: Partial<Record<Kind, [string, unknown][]>>;
}

/** Keeps a cloud in a file: read at the start, written shortly after changes and at the end. */
export class Disk {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly cloud: Cloud,
    private readonly file: string,
  ) {
    if (!existsSync(file)) return;
    const stored = JSON.parse(readFileSync(file, "utf8")) as Stored;
    if (stored.version !== version) throw new Error(`${file} is not a data file of this simulator`);
    cloud.random.state = stored.random;
    for (const kind of kinds) {
      const entries = cloud.tables[kind].entries as Map<string, unknown>;
      entries.clear();
      for (const [id, entry] of stored.tables[kind] ?? []) entries.set(id, entry);
    }
  }

  /** Something may have changed. */
  touch(): void {
    this.timer ??= setTimeout(() => this.write(), writeDelayMs);
  }

  write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const stored: Stored = {
      version,
      random: this.cloud.random.state,
      tables: Object.fromEntries(kinds.map((kind) => [kind, [...this.cloud.tables[kind].entries]])),
    };
    const draft = `${this.file}.${process.pid}.tmp`;
    writeFileSync(draft, JSON.stringify(stored));
    renameSync(draft, this.file);
  }
}

import { relative, sep } from "node:path";
import type { Attributes } from "../../schema/attributes.js";
import type { Code, Diagnostic, Origin } from "../../schema/diagnostics.js";
import type { TypeTables } from "../../schema/isolation/index.js";
import type { Session, SessionOptions } from "../reconciler/session.js";
import { renderDiagnostics, type RenderOptions } from "../review/index.js";
import type { Io } from "./io.js";
import { createJsonEvents, type JsonEvents } from "./json-events.js";
import { terminalOf, type Terminal } from "./terminal.js";

/** What does the work; loaded only by commands that need it. */
export interface Engine {
  open(options: Omit<SessionOptions, "runtime">): Promise<Session>;
  /** What isolation has to know of the resource types. */
  readonly tables: TypeTables;
  /** The attributes of a resource or data source type. */
  attributesOf(mode: "managed" | "data", type: string): Attributes | undefined;
}

/** What every command gets. */
export interface Context {
  readonly io: Io;
  readonly loadEngine: (io: Io) => Promise<Engine>;
  readonly out: Terminal;
  readonly err: Terminal;
  /** Present with `--json`: results are events then, and no text is printed. */
  readonly json: JsonEvents | undefined;
  /** When the command began, by the clock of `io`. */
  readonly started: number;
}

export function createContext(
  io: Io,
  loadEngine: Context["loadEngine"],
  options: { readonly json: boolean; readonly color: boolean },
): Context {
  return {
    io,
    loadEngine,
    out: terminalOf(io.stdout, io.environment, options),
    err: terminalOf(io.stderr, io.environment, options),
    json: options.json ? createJsonEvents(io.stdout, io.clock) : undefined,
    started: io.clock.now(),
  };
}

/** Tells of diagnostics: as events, or as boxes on stderr. */
export function report({ io, err, json }: Context, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  const shown = collapse(diagnostics).map((diagnostic) => ({
    ...diagnostic,
    origin: nearby(diagnostic.origin, io.cwd),
  }));
  if (json === undefined) io.stderr.write(renderDiagnostics(shown, err));
  else json.diagnostics(shown);
}

/** The way to the cloud is one: when it fails, every call fails in the same way. */
const OF_THE_CONNECTION: ReadonlySet<Code> = new Set<Code>(["IEC4001", "IEC4002"]);

/** Failures of the connection once, without the resource that happened to meet it. */
function collapse(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const alike = ({ code, summary }: Diagnostic) =>
    diagnostics.filter((other) => other.code === code && other.summary === summary);
  return diagnostics.flatMap((diagnostic) => {
    const group = OF_THE_CONNECTION.has(diagnostic.code) ? alike(diagnostic) : [diagnostic];
    if (group.length === 1) return [diagnostic];
    const { severity, code, summary, detail } = diagnostic;
    return diagnostic === group[0] ? [{ severity, code, summary, detail }] : [];
  });
}

/** Files below the working folder are named from there. */
export function nearby(origin: Origin | undefined, cwd: string): Origin | undefined {
  if (origin?.file?.startsWith(cwd + sep) !== true) return origin;
  return { ...origin, file: relative(cwd, origin.file) };
}

/** Prints a result, unless results are events. */
export function print({ io, json }: Context, text: string): void {
  if (json === undefined) io.stdout.write(text);
}

export const renderOptions = ({ out }: Context, engine: Engine): RenderOptions => ({
  paint: out.paint,
  width: out.width,
  attributesOf: (mode, type) => engine.attributesOf(mode, type),
});

import { findSourceMap } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { TerraformDataSource, TerraformResource } from "cdktf";
import { Node, type IConstruct } from "constructs";

/** A place in the user's sources; `file` is relative to the working directory. */
export interface Source {
  readonly file: string;
  readonly line: number;
}

/** Frames between `new Server(...)` and the hooks below; deeper ones are not worth their price. */
const DEPTH = 12;
/** What cdktf notes for every element while it is constructed. */
const NOTE = "stacktrace";

/** A stack as V8 keeps it: text is made of it when first asked for. */
interface Trace {
  stack?: unknown;
}
const traces = new WeakMap<Node, Trace>();
let tracking = false;

/**
 * From now on remembers where each Terraform element is created.
 *
 * cdktf makes the text of the whole stack for every token, which takes longer than all else that it does with them.
 * From now on that text has {@link DEPTH} frames and is made when somebody reads it.
 */
export function trackSources(): void {
  if (tracking) return;
  tracking = true;
  const addMetadata = Object.getOwnPropertyDescriptor(Node.prototype, "addMetadata")
    ?.value as Node["addMetadata"];
  Node.prototype.addMetadata = function (type, data, options) {
    if (type === NOTE) {
      const trace: Trace = {};
      capture(trace, this.addMetadata);
      traces.set(this, trace);
    }
    addMetadata.call(this, type, data, options);
  };
  const stacks = tokenStacks();
  if (stacks !== undefined) stacks.captureStackTrace = captureLazily;
}

/** Private to cdktf: where another version has it elsewhere, its stacks stay as they are. */
function tokenStacks(): { captureStackTrace: typeof captureLazily } | undefined {
  try {
    return require("cdktf/lib/tokens/private/stack-trace") as ReturnType<typeof tokenStacks>;
  } catch {
    return undefined;
  }
}

function capture(trace: Trace, below: (...args: never[]) => unknown): void {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  Error.captureStackTrace(trace, below);
  Error.stackTraceLimit = limit;
}

/** The frames of a token, with the stack that they are going to be made of. */
type Frames = string[] & Trace;

/** Stands for `captureStackTrace` of cdktf: the same list, filled when it is first touched. */
function captureLazily(below: (...args: never[]) => unknown = captureLazily): string[] {
  const frames: Frames = [];
  capture(frames, below);
  return new Proxy(frames, LAZY);
}

/** One for all lists: there are as many as tokens. */
const LAZY: ProxyHandler<Frames> = {
  get: (frames, key, receiver) => Reflect.get(filled(frames), key, receiver) as unknown,
  set: (frames, key, value, receiver) => Reflect.set(filled(frames), key, value, receiver),
  has: (frames, key) => Reflect.has(filled(frames), key),
  ownKeys: (frames) => Reflect.ownKeys(filled(frames)),
  getOwnPropertyDescriptor: (frames, key) => Reflect.getOwnPropertyDescriptor(filled(frames), key),
};

function filled(frames: Frames): Frames {
  if (!Object.hasOwn(frames, "stack")) return frames;
  const lines = linesOf(frames);
  delete frames.stack;
  frames.push(...lines.map((line) => line.replace(/^\s*at\s+/, "")));
  return frames;
}

const linesOf = ({ stack }: Trace): string[] => (typeof stack === "string" ? stack.split("\n").slice(1) : []);

const sources = new WeakMap<Node, Source>();

/** Where a construct was created, when that was tracked. */
export function sourceOf({ node }: IConstruct): Source | undefined {
  const trace = traces.get(node);
  if (trace === undefined) return sources.get(node);
  traces.delete(node);
  const found = sourceIn(trace);
  if (found !== undefined) sources.set(node, found);
  return found;
}

/** Without making text of frames that nobody reads, unless whoever runs the program has a say in how they are made. */
function sourceIn(trace: Trace): Source | undefined {
  const { prepareStackTrace } = Error;
  // Newer versions of Node.js have this one to begin with.
  const own = prepareStackTrace === undefined || prepareStackTrace.name === "ErrorPrepareStackTrace";
  if (!own) return userFrame(linesOf(trace));
  Error.prepareStackTrace = (_error, sites) => sites;
  const { stack } = trace;
  Error.prepareStackTrace = prepareStackTrace;
  // Somebody may have read it before: then it is text.
  return Array.isArray(stack) ? userSite(stack as NodeJS.CallSite[]) : userFrame(linesOf({ stack }));
}

/** One place of a program often makes many constructs. */
const known = new Map<string, Source>();

function userSite(sites: readonly NodeJS.CallSite[]): Source | undefined {
  for (const site of sites) {
    const [name, line, column] = [site.getFileName(), site.getLineNumber(), site.getColumnNumber()];
    if (!name || line === null || column === null || !isUsers(name)) continue;
    const key = `${name}:${line}:${column}`;
    const source = known.get(key) ?? mapped(name, line, column);
    known.set(key, source);
    return source;
  }
  return undefined;
}

function mapped(name: string, line: number, column: number): Source {
  const origin = findSourceMap(name)?.findEntry(line - 1, column - 1);
  return origin !== undefined && "originalSource" in origin
    ? sourceAt(pathOf(origin.originalSource), origin.originalLine + 1)
    : sourceAt(pathOf(name), line);
}

/** The first frame that is neither of this package, nor of an installed one, nor of Node.js. */
export function userFrame(frames: readonly string[]): Source | undefined {
  for (const frame of frames) {
    const [, place = "", line] = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (line !== undefined && isUsers(place)) return sourceAt(pathOf(place), Number(line));
  }
  return undefined;
}

const pathOf = (name: string): string => (name.startsWith("file:") ? fileURLToPath(name) : name);

const scripts = new Map<string, boolean>();

/** Whether a script is neither of this package, nor an installed one, nor of Node.js. */
function isUsers(name: string): boolean {
  let users = scripts.get(name);
  if (users === undefined) {
    const file = pathOf(name);
    users =
      path.isAbsolute(file) && !/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(__dirname + path.sep);
    scripts.set(name, users);
  }
  return users;
}

const sourceAt = (file: string, line: number): Source => ({
  file: path.relative(process.cwd(), file).replaceAll(path.sep, "/"),
  line,
});

/** Makes every resource and data source write its source into its metadata, for whoever reads cdk.tf.json. */
export function writeSources(root: IConstruct): void {
  for (const element of root.node.findAll()) {
    if (
      !TerraformResource.isTerraformResource(element) &&
      !TerraformDataSource.isTerraformDataSource(element)
    )
      continue;
    const source = sourceOf(element);
    if (source === undefined) continue;
    const { metadata } = element["constructNodeMetadata"] as { readonly metadata: object };
    Object.defineProperty(element, "constructNodeMetadata", {
      configurable: true,
      value: { metadata: { ...metadata, source } },
    });
  }
}

import path from "node:path";
import { fileURLToPath } from "node:url";
import { TerraformDataSource, TerraformResource } from "cdktf";
import { Node, type IConstruct } from "constructs";

/** A place in the user's sources; `file` is relative to the working directory. */
export interface Source {
  readonly file: string;
  readonly line: number;
}

/** Frames between `new Server(...)` and the hook below; deeper ones are not worth their price. */
const DEPTH = 16;
/** What cdktf notes for every element while it is constructed. */
const NOTE = "stacktrace";

const traces = new WeakMap<Node, { stack?: string }>();
let tracking = false;

/** From now on remembers where each Terraform element is created. Text is made of it only when asked for. */
export function trackSources(): void {
  if (tracking) return;
  tracking = true;
  const addMetadata = Object.getOwnPropertyDescriptor(Node.prototype, "addMetadata")
    ?.value as Node["addMetadata"];
  Node.prototype.addMetadata = function (type, data, options) {
    if (type === NOTE) traces.set(this, capture(this.addMetadata));
    addMetadata.call(this, type, data, options);
  };
}

function capture(below: Node["addMetadata"]): { stack?: string } {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  Error.captureStackTrace(holder, below);
  Error.stackTraceLimit = limit;
  return holder;
}

const sources = new WeakMap<Node, Source>();

/** Where a construct was created, when that was tracked. */
export function sourceOf({ node }: IConstruct): Source | undefined {
  const known = sources.get(node);
  if (known !== undefined) return known;
  const frames = traces.get(node)?.stack?.split("\n").slice(1);
  const found = frames && userFrame(frames);
  if (found !== undefined) sources.set(node, found);
  return found;
}

/** The first frame that is neither of this package, nor of an installed one, nor of Node.js. */
export function userFrame(frames: readonly string[]): Source | undefined {
  for (const frame of frames) {
    const [, place = "", line] = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (line === undefined) continue;
    const file = place.startsWith("file:") ? fileURLToPath(place) : place;
    if (/[\\/]node_modules[\\/]/.test(file) || file.startsWith(__dirname + path.sep)) continue;
    return { file: path.relative(process.cwd(), file).replaceAll(path.sep, "/"), line: Number(line) };
  }
  return undefined;
}

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

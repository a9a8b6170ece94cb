import { readFile, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import {
  DiagnosticError,
  errorDiagnostic,
  hasErrors,
  type Diagnostic,
  type Origin,
} from "../../schema/diagnostics.js";
import type { Policy } from "../../schema/isolation/policies/policy.js";
import { isObject, type JsonObject } from "../../schema/unknown.js";
import { readPolicies } from "./policies.js";

/** A resource or data source as the configuration writes it. */
export interface Block {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  /** Arguments, expressions still in text form. */
  readonly body: JsonObject;
  readonly dependsOn: readonly string[];
  readonly preventDestroy: boolean;
  /** Attributes whose difference is to be left alone; "all" = every one. */
  readonly ignoreChanges: readonly string[] | "all";
  readonly origin: Origin;
}
export interface VariableBlock {
  readonly type?: string;
  readonly default?: JsonObject[string];
  readonly sensitive: boolean;
  readonly nullable: boolean;
}
export interface OutputBlock {
  readonly value: JsonObject[string];
  readonly sensitive: boolean;
}

/** One synthesized stack. */
export interface Configuration {
  readonly stack: string;
  readonly file: string;
  readonly directory: string;
  readonly statePath: string;
  readonly blocks: ReadonlyMap<string, Block>;
  /** Data sources that read the outputs of other stacks: no cloud is asked for them. */
  readonly remoteStates: ReadonlyMap<string, Block>;
  readonly variables: ReadonlyMap<string, VariableBlock>;
  readonly locals: JsonObject;
  readonly outputs: ReadonlyMap<string, OutputBlock>;
  /** Arguments of the `iec` provider. */
  readonly provider: JsonObject;
  /** What the stack's owners demand of it. */
  readonly policies: readonly Policy[];
}

/** The shape of cdk.tf.json, as far as it is read. */
const NAMED = { type: "object", additionalProperties: { type: "object" } } as const;
const SHAPE = {
  type: "object",
  properties: {
    resource: { type: "object", additionalProperties: NAMED },
    data: { type: "object", additionalProperties: NAMED },
    variable: NAMED,
    output: { type: "object", additionalProperties: { type: "object", required: ["value"] } },
    locals: { type: "object" },
    provider: { type: "object" },
    terraform: { type: "object" },
  },
} as const;
const SUPPORTED_SECTIONS = new Set([
  "//",
  "terraform",
  "provider",
  "resource",
  "data",
  "variable",
  "output",
  "locals",
]);
/** Meta-arguments of the language that change what a block means; each is refused rather than skipped. */
const UNSUPPORTED_META = ["count", "for_each", "dynamic", "provisioner", "connection"];

const META = new Set(["//", "depends_on", "provider", "lifecycle"]);

/** Finds the stack at `path`: a cdktf output folder, a stack's folder, or one JSON file. */
export async function findStack(path: string, stack?: string): Promise<{ stack: string; file: string }> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) {
    throw new DiagnosticError(
      errorDiagnostic("IEC2016", `There is nothing at ${path}`, {
        detail: 'Give the folder that "cdktf synth" wrote (cdktf.out), or a *.tf.json file.',
      }),
    );
  }
  if (info.isFile()) return { stack: stack ?? "default", file: path };
  const manifest = await readJson(join(path, "manifest.json"));
  if (manifest !== undefined) return fromManifest(path, manifest, stack);
  const files = (await readdir(path)).filter((name) => name.endsWith(".tf.json"));
  const [only, ...others] = files;
  if (only !== undefined && others.length === 0) return { stack: stack ?? "default", file: join(path, only) };
  throw new DiagnosticError(
    errorDiagnostic("IEC2016", `There is no synthesized stack in ${path}`, {
      detail:
        only === undefined
          ? 'It holds neither manifest.json nor a *.tf.json file. Run "cdktf synth" first, or give the folder it wrote.'
          : `It holds several *.tf.json files (${files.join(", ")}). Give one of them.`,
    }),
  );
}

function fromManifest(
  path: string,
  manifest: unknown,
  wanted: string | undefined,
): { stack: string; file: string } {
  const file = join(path, "manifest.json");
  const stacks = isObject(manifest) && isObject(manifest["stacks"]) ? manifest["stacks"] : undefined;
  if (stacks === undefined) throw wrongShape(file, "it has no stacks");
  const names = Object.keys(stacks);
  const name = wanted ?? (names.length === 1 ? names[0] : undefined);
  const entry = name === undefined ? undefined : stacks[name];
  if (name === undefined || !isObject(entry)) {
    throw new DiagnosticError(
      errorDiagnostic(
        "IEC2016",
        name === undefined ? "There are several stacks" : `There is no stack "${name}"`,
        {
          detail: `${file} has: ${names.join(", ") || "none"}. Choose one with --stack.`,
        },
      ),
    );
  }
  const synthesized = entry["synthesizedStackPath"];
  if (typeof synthesized !== "string") throw wrongShape(file, `stack "${name}" has no synthesizedStackPath`);
  return { stack: name, file: join(path, synthesized) };
}

/** Reads one synthesized stack. Everything wrong with its shape is reported at once. */
export async function loadConfiguration(
  found: { stack: string; file: string },
  statePath?: string,
): Promise<Configuration> {
  const { file } = found;
  const document = await readJson(file);
  if (document === undefined) {
    throw new DiagnosticError(
      errorDiagnostic("IEC2016", `${file} does not exist`, {
        detail: 'Run "cdktf synth" again.',
        origin: { file },
      }),
    );
  }
  const problems = checkShape(document, file);
  if (hasErrors(problems)) throw new DiagnosticError(...problems);
  const root = document as JsonObject &
    Record<"resource" | "data", Record<string, Record<string, JsonObject>> | undefined>;

  for (const section of Object.keys(root)) {
    if (!SUPPORTED_SECTIONS.has(section)) problems.push(unsupported(`a "${section}" block`, { file }));
  }
  const blocks = new Map<string, Block>();
  const remoteStates = new Map<string, Block>();
  for (const [mode, types] of [
    ["managed", root.resource],
    ["data", root.data],
  ] as const) {
    for (const [type, named] of Object.entries(types ?? {})) {
      if (type === "//") continue;
      for (const [name, body] of Object.entries(named)) {
        if (name === "//") continue;
        const block = readBlock(mode, type, name, body, file, problems);
        const remote = mode === "data" && type === "terraform_remote_state";
        (remote ? remoteStates : blocks).set(block.address, block);
      }
    }
  }
  const terraform = asObject(root["terraform"]);
  const backends = asObject(terraform["backend"]);
  const kind = Object.keys(backends)[0];
  if (kind !== undefined && kind !== "local")
    problems.push(unsupported(`the state backend "${kind}"`, { file }));
  const configuredState = asObject(backends["local"])["path"];
  const directory = dirname(file);
  const provider = readProvider(asObject(root["provider"]), file, problems);
  const metadata = asObject(asObject(root["//"])["metadata"]);
  const { policies, diagnostics } = readPolicies(asObject(metadata["iec"])["policies"], { file });
  problems.push(...diagnostics);
  if (hasErrors(problems)) throw new DiagnosticError(...problems);
  return {
    stack: found.stack,
    file,
    directory,
    statePath:
      statePath ??
      resolve(directory, typeof configuredState === "string" ? configuredState : "terraform.tfstate"),
    blocks,
    remoteStates,
    variables: new Map(
      Object.entries(asObject(root["variable"])).map(([name, v]) => {
        const variable = asObject(v);
        return [
          name,
          {
            ...(typeof variable["type"] === "string" ? { type: variable["type"] } : {}),
            ...("default" in variable ? { default: variable["default"] ?? null } : {}),
            sensitive: variable["sensitive"] === true,
            nullable: variable["nullable"] !== false,
          },
        ];
      }),
    ),
    locals: asObject(root["locals"]),
    outputs: new Map(
      Object.entries(asObject(root["output"])).map(([name, o]) => {
        const output = asObject(o);
        return [name, { value: output["value"] ?? null, sensitive: output["sensitive"] === true }];
      }),
    ),
    provider,
    policies,
  };
}

function readBlock(
  mode: Block["mode"],
  type: string,
  name: string,
  raw: JsonObject,
  file: string,
  problems: Diagnostic[],
): Block {
  const address = `${mode === "data" ? "data." : ""}${type}.${name}`;
  const metadata = asObject(asObject(raw["//"])["metadata"]);
  const source = asObject(metadata["source"]);
  const origin: Origin = {
    constructPath: typeof metadata["path"] === "string" ? metadata["path"] : undefined,
    file: typeof source["file"] === "string" ? source["file"] : file,
    line: typeof source["line"] === "number" ? source["line"] : undefined,
  };
  for (const meta of UNSUPPORTED_META) {
    if (raw[meta] !== undefined) problems.push(unsupported(`"${meta}"`, origin, address));
  }
  if (typeof raw["provider"] === "string" && raw["provider"] !== "iec") {
    problems.push(unsupported(`the provider "${raw["provider"]}" (aliases)`, origin, address));
  }
  const lifecycle = asObject(raw["lifecycle"]);
  for (const [key, value] of Object.entries(lifecycle)) {
    if (!["prevent_destroy", "ignore_changes"].includes(key) && value !== false) {
      problems.push(unsupported(`lifecycle.${key}`, origin, address));
    }
  }
  const ignored = lifecycle["ignore_changes"];
  const dependsOn = raw["depends_on"];
  const body = Object.fromEntries(Object.entries(raw).filter(([key]) => !META.has(key)));
  return {
    address,
    mode,
    type,
    name,
    body,
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
    preventDestroy: lifecycle["prevent_destroy"] === true,
    ignoreChanges: ignored === "all" ? "all" : Array.isArray(ignored) ? ignored.map(String) : [],
    origin,
  };
}

/** The arguments of the one `iec` provider block. Others may be declared as long as nothing uses them. */
function readProvider(providers: JsonObject, file: string, problems: Diagnostic[]): JsonObject {
  const own = providers["iec"];
  const blocks = Array.isArray(own) ? own : own === undefined ? [] : [own];
  if (blocks.length > 1) problems.push(unsupported("several blocks of the provider iec (aliases)", { file }));
  const { alias, ...values } = asObject(blocks[0]);
  if (alias !== undefined) problems.push(unsupported("a provider alias", { file }));
  return values;
}

function checkShape(document: unknown, file: string): Diagnostic[] {
  const check = new Ajv({ allErrors: true, meta: false, validateSchema: false }).compile(SHAPE);
  if (check(document)) return [];
  return (check.errors ?? []).map((error) => {
    const place = error.instancePath.split("/").slice(1).join(".");
    const metadata = constructAt(document, error.instancePath);
    return errorDiagnostic("IEC2002", "The configuration file has the wrong shape", {
      detail: `${place === "" ? "The document" : place} ${shapeProblem(error)}. Synthesize it again.`,
      origin: { file, ...metadata },
    });
  });
}

/** All types that {@link SHAPE} asks for are objects. */
const shapeProblem = ({ keyword, params, message }: ErrorObject): string =>
  keyword === "type"
    ? "must be an object"
    : keyword === "required"
      ? `has no "${String(params["missingProperty"])}"`
      : (message ?? "is wrong");

function constructAt(document: unknown, pointer: string): Origin {
  let current: unknown = document;
  let found: string | undefined;
  for (const step of pointer.split("/").slice(1)) {
    if (!isObject(current)) break;
    current = current[step];
    const path = isObject(current)
      ? asObject(asObject((current as JsonObject)["//"])["metadata"])["path"]
      : undefined;
    if (typeof path === "string") found = path;
  }
  return { constructPath: found };
}

/** undefined = there is no such file. */
async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw wrongShape(file, (error as Error).message);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // V8 names no position, or that of the end, when the text just ends.
    const position = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? text.length);
    const before = text.slice(0, position);
    const line = before.split("\n").length;
    throw new DiagnosticError(
      errorDiagnostic("IEC2001", "The configuration file is not valid JSON", {
        detail: `At line ${line}, column ${before.length - before.lastIndexOf("\n")}: ${
          position >= text.trimEnd().length
            ? "the text ends too early; the file may be cut off"
            : "this is not JSON"
        }. Synthesize it again.`,
        origin: { file, line },
      }),
    );
  }
}

const asObject = (value: unknown): JsonObject => (isObject(value) ? (value as JsonObject) : {});

const unsupported = (what: string, origin: Origin, address?: string): Diagnostic =>
  errorDiagnostic("IEC2009", `iec does not support ${what} yet`, {
    address,
    origin,
    detail: "Nothing was changed. Write it without, or use terraform for this stack.",
  });

const wrongShape = (file: string, why: string): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC2002", "The configuration file has the wrong shape", {
      detail: `${file}: ${why}. Synthesize it again.`,
      origin: { file },
    }),
  );

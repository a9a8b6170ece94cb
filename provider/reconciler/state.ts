import { createHash, randomUUID } from "node:crypto";
import { chmod, copyFile, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import {
  isList,
  isObject,
  type JsonObject,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";

/** The provider's address in state files, the one Terraform derives from `iec-cdk/iec`. */
export const PROVIDER = 'provider["registry.terraform.io/iec-cdk/iec"]';
/** Written into new states; Terraform reads states of its own version and older. */
const TERRAFORM_VERSION = "1.9.0";

export interface Instance {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  readonly schemaVersion: number;
  readonly values: ObjectValue;
  readonly sensitive: readonly Path[];
  /** Addresses it was created after; deleting runs the other way. */
  readonly dependencies: readonly string[];
  readonly tainted: boolean;
  /** Opaque to us: kept for Terraform. */
  readonly privateData?: string | undefined;
}

export interface OutputValue {
  readonly value: Value;
  readonly sensitive: boolean;
}

/** Terraform's state file, version 4, by address. */
export interface State {
  readonly lineage: string;
  readonly serial: number;
  readonly terraformVersion: string;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly outputs: ReadonlyMap<string, OutputValue>;
}

export const emptyState = (lineage: string = randomUUID()): State => ({
  lineage,
  serial: 0,
  terraformVersion: TERRAFORM_VERSION,
  instances: new Map(),
  outputs: new Map(),
});

export const addressOf = (i: {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
}): string => `${i.mode === "data" ? "data." : ""}${i.type}.${i.name}`;

interface RawInstance {
  readonly schema_version?: number;
  readonly index_key?: string | number;
  readonly attributes?: JsonObject;
  readonly sensitive_attributes?: readonly (readonly RawStep[])[];
  readonly dependencies?: readonly string[];
  readonly status?: string;
  readonly deposed?: string;
  readonly private?: string;
}
type RawStep =
  | { readonly type: "get_attr"; readonly value: string }
  | { readonly type: "index"; readonly value: { readonly value: string | number; readonly type: string } };
interface RawState {
  readonly version: number;
  readonly terraform_version: string;
  readonly serial: number;
  readonly lineage: string;
  readonly outputs?: Record<string, { value: Value; sensitive?: boolean }>;
  readonly resources?: readonly {
    readonly module?: string;
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly name: string;
    readonly provider: string;
    readonly instances: readonly RawInstance[];
  }[];
}

/** Reads a state file; undefined when there is none (or an empty file, as Terraform leaves at times). */
export async function readState(path: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(path, (error as Error).message);
  }
  return text.trim() === "" ? undefined : parseState(text, path);
}

export function parseState(text: string, path: string): State {
  let raw: RawState;
  try {
    raw = JSON.parse(text) as RawState;
  } catch {
    throw unreadable(path, "It is not valid JSON; it may be cut off.");
  }
  if (typeof raw.version === "number" && raw.version > 4) {
    throw new DiagnosticError(
      errorDiagnostic("IEC3002", `The state file has format version ${raw.version}`, {
        detail: `${path} was written by a newer tool; this one reads version 4. Upgrade iec-cdk.`,
        origin: { file: path },
      }),
    );
  }
  if (raw.version !== 4)
    throw unreadable(
      path,
      `Its version is ${JSON.stringify(raw.version)}; 4 is needed. Run "terraform refresh" once to upgrade it.`,
    );
  if (typeof raw.lineage !== "string" || typeof raw.serial !== "number")
    throw unreadable(path, "It has no lineage or serial.");
  try {
    return {
      lineage: raw.lineage,
      serial: raw.serial,
      terraformVersion: raw.terraform_version,
      outputs: new Map(
        Object.entries(raw.outputs ?? {}).map(([name, o]) => [
          name,
          { value: o.value, sensitive: o.sensitive === true },
        ]),
      ),
      instances: new Map((raw.resources ?? []).flatMap(readInstances)),
    };
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    throw unreadable(path, "Its resources do not have the shape of a state file.");
  }
}

function readInstances(resource: NonNullable<RawState["resources"]>[number]): [string, Instance][] {
  const base = addressOf(resource);
  return resource.instances.map((raw) => {
    const unsupported =
      resource.module !== undefined
        ? `module ${resource.module}`
        : raw.index_key !== undefined
          ? "count or for_each"
          : raw.deposed !== undefined
            ? "a deposed object (create_before_destroy)"
            : undefined;
    if (unsupported !== undefined) {
      throw new DiagnosticError(
        errorDiagnostic("IEC2009", `The state holds ${base} with ${unsupported}`, {
          address: base,
          detail: "iec does not support that yet. Nothing was changed: go on with terraform for this stack.",
        }),
      );
    }
    return [
      base,
      {
        mode: resource.mode,
        type: resource.type,
        name: resource.name,
        provider: resource.provider,
        schemaVersion: raw.schema_version ?? 0,
        values: raw.attributes ?? {},
        sensitive: (raw.sensitive_attributes ?? []).map((steps) =>
          steps.map((step) => (step.type === "get_attr" ? step.value : step.value.value)),
        ),
        dependencies: raw.dependencies ?? [],
        tainted: raw.status === "tainted",
        privateData: raw.private,
      },
    ];
  });
}

export function formatState(state: State): string {
  const resources = [...state.instances]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, instance]) => ({
      mode: instance.mode,
      type: instance.type,
      name: instance.name,
      provider: instance.provider,
      instances: [
        {
          ...(instance.tainted ? { status: "tainted" } : {}),
          schema_version: instance.schemaVersion,
          attributes: instance.values,
          sensitive_attributes: instance.sensitive.map((path) => path.map(formatStep)),
          ...(instance.privateData === undefined ? {} : { private: instance.privateData }),
          ...(instance.dependencies.length > 0 ? { dependencies: [...instance.dependencies].sort() } : {}),
        },
      ],
    }));
  const outputs = Object.fromEntries(
    [...state.outputs].map(([name, { value, sensitive }]) => [
      name,
      { value, type: typeOf(value), ...(sensitive ? { sensitive } : {}) },
    ]),
  );
  const { terraformVersion: terraform_version, serial, lineage } = state;
  return `${JSON.stringify({ version: 4, terraform_version, serial, lineage, outputs, resources, check_results: null }, null, 2)}\n`;
}

const formatStep = (step: string | number): RawStep =>
  typeof step === "string"
    ? { type: "get_attr", value: step }
    : { type: "index", value: { value: step, type: "number" } };

/** Terraform's type of a plain value, as state files write it. */
function typeOf(value: Value): unknown {
  if (isList(value)) return ["tuple", value.map(typeOf)];
  if (isObject(value))
    return ["object", Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typeOf(v)]))];
  return value === null ? "dynamic" : typeof value === "boolean" ? "bool" : typeof value;
}

/** Identifies a state's content: what a plan was computed from. The serial is no part of it. */
export const hashState = (state: State): string =>
  createHash("sha256")
    .update(formatState({ ...state, serial: 0 }))
    .digest("hex");

/** Replaces the file in one step: a reader, or a crash, sees the old state or the new one. The old one stays as `.backup`. */
export async function writeState(path: string, state: State): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const mode = await stat(path).then(
      (s) => s.mode & 0o777,
      () => undefined,
    );
    // It may hold secrets, as every Terraform state: a new one is for its owner only.
    const file = await open(temporary, "w", mode ?? 0o600);
    try {
      await file.writeFile(formatState(state));
      await file.sync();
    } finally {
      await file.close();
    }
    if (mode !== undefined) {
      await chmod(temporary, mode);
      await copyFile(path, `${path}.backup`);
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw new DiagnosticError(
      errorDiagnostic("IEC3005", "The state cannot be written", {
        detail: `${path}: ${(error as Error).message}. What was done is in the journal beside it: mend the cause and run the command again.`,
        origin: { file: path },
      }),
    );
  }
}

const unreadable = (path: string, why: string): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC3001", "The state file cannot be read", {
      detail: `${path}: ${why} Restore it from ${path}.backup or from your version control.`,
      origin: { file: path },
    }),
  );

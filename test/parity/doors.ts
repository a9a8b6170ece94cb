import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { createEngine } from "../../provider/cli/runtime.js";
import { hasChanges, type Plan } from "../../provider/reconciler/model.js";
import type { PlanRequest, Session, SessionOptions } from "../../provider/reconciler/session.js";
import { resources } from "../../provider/resources/index.js";
import type { Attribute, ElementAttribute } from "../../schema/attributes.js";
import { systemClock } from "../../schema/clock.js";
import { allAttributes } from "../../schema/definition.js";
import type { Diagnostic } from "../../schema/diagnostics.js";
import { isUnknown, type ObjectValue } from "../../schema/unknown.js";
import { Project } from "../acceptance/terraform-project.js";
import type { TestCloud } from "../helpers/cloud.js";
import { newFolder } from "../helpers/stack.js";

type Values = Readonly<Record<string, unknown>>;

/** What a plan says of one resource; what only the apply can tell is `(unknown)`. */
export interface Planned {
  readonly actions: readonly string[];
  readonly after: unknown;
  readonly replacePaths: readonly string[];
}
/** By address. */
export type PlannedStack = Readonly<Record<string, Planned>>;

export const UNKNOWN = "(unknown)";

/** As JSON, sets in an order of their own. */
function canonical(attribute: Attribute | ElementAttribute | undefined, value: unknown): unknown {
  if (isUnknown(value) || value === UNKNOWN) return UNKNOWN;
  if (Array.isArray(value)) {
    const items = value.map((item) =>
      canonical(attribute && "element" in attribute ? attribute.element : attribute, item),
    );
    return attribute?.kind === "set"
      ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const members = attribute && "attributes" in attribute ? attribute.attributes : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, canonical(members[name], item)]),
  );
}

/** Values of a resource of this type, in a form that compares. */
export function comparable(type: string, values: unknown): unknown {
  const definition = resources.get(type);
  if (definition === undefined) throw new Error(`There is no ${type}.`);
  return canonical({ kind: "object", description: "", attributes: allAttributes(definition) }, values);
}

/** Terraform tells known values and what is unknown in two trees. */
function overlay(known: unknown, unknown: unknown): unknown {
  if (unknown === true) return UNKNOWN;
  if (Array.isArray(unknown)) {
    const items: readonly unknown[] = Array.isArray(known) ? known : [];
    return Array.from({ length: Math.max(items.length, unknown.length) }, (_, i) =>
      overlay(items[i] ?? null, unknown[i]),
    );
  }
  if (typeof unknown !== "object" || unknown === null) return known;
  const [values, marks] = [(known ?? {}) as Values, unknown as Values];
  if (known === null && Object.keys(marks).length === 0) return null;
  return Object.fromEntries(
    [...new Set([...Object.keys(values), ...Object.keys(marks)])].map((name) => [
      name,
      overlay(values[name] ?? null, marks[name]),
    ]),
  );
}

interface StoredResource {
  readonly type: string;
  readonly name: string;
  readonly instances: readonly {
    readonly attributes: Values;
    readonly sensitive_attributes?: readonly unknown[];
  }[];
}
interface StoredState {
  readonly resources: readonly StoredResource[];
}

interface TerraformPlan {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly mode: string;
    readonly type: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: unknown;
      readonly after: unknown;
      readonly after_unknown: unknown;
      readonly replace_paths?: readonly unknown[];
    };
  }[];
  readonly output_changes?: Readonly<Record<string, { readonly after?: unknown }>>;
}

const ACTIONS: Readonly<Record<string, readonly string[]>> = { replace: ["delete", "create"] };

/** One folder with one state, that both programs work on in turns, and the cloud it stands for. */
export class Workplace {
  readonly folder: string;
  readonly #cloud: TestCloud;
  readonly #project: Project;

  constructor(cloud: TestCloud) {
    this.#cloud = cloud;
    this.folder = newFolder();
    this.#project = new Project(this.folder, cloud.env);
  }

  /** A workplace for the same cloud whose state is a copy with other resources; this one stays as it is. */
  copy(
    change: (resources: readonly StoredResource[]) => readonly StoredResource[] = (same) => same,
  ): Workplace {
    const copy = new Workplace(this.#cloud);
    const state = this.#stored();
    writeFileSync(copy.#statePath, JSON.stringify({ ...state, resources: change(state.resources) }));
    return copy;
  }
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the stack is from here on. */
  write(stack: object): void {
    this.#project.write({ provider: { iec: [{}] }, ...stack });
  }

  get #statePath(): string {
    return join(this.folder, "terraform.tfstate");
  }
  #stored(): StoredState {
    return JSON.parse(readFileSync(this.#statePath, "utf8")) as StoredState;
  }
  /** The state's resources, by address, and what is sensitive of them. */
  state(): Readonly<Record<string, { readonly values: ObjectValue; readonly sensitive: readonly string[] }>> {
    return Object.fromEntries(
      this.#stored().resources.map(({ type, name, instances: [instance] }) => [
        `${type}.${name}`,
        {
          values: comparable(type, instance?.attributes) as ObjectValue,
          sensitive: (instance?.sensitive_attributes ?? []).map((path) => JSON.stringify(path)).sort(),
        },
      ]),
    );
  }

  async #session<T>(
    operation: SessionOptions["operation"],
    use: (session: Session) => Promise<T>,
  ): Promise<T> {
    const engine = createEngine({ clock: systemClock, environment: this.#cloud.env });
    const session = await engine.open({
      path: join(this.folder, "main.tf.json"),
      statePath: this.#statePath,
      lock: true,
      lockTimeoutMs: 0,
      variables: new Map(),
      parallelism: 30,
      operation,
      signal: new AbortController().signal,
    });
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }

  planByIec = (request: PlanRequest = {}): Promise<Plan> =>
    this.#session("plan", async (session) => {
      const plan = await session.plan(request);
      expect(errorsOf(plan)).toEqual([]);
      return plan;
    });

  applyByIec = (request: PlanRequest = {}): Promise<void> =>
    this.#session(request.destroy === true ? "destroy" : "apply", async (session) => {
      const plan = await session.plan(request);
      const stop = new AbortController().signal;
      const applied = await session.apply(plan, { onEvent: () => undefined, stop });
      expect([...errorsOf(plan), ...errorsOf(applied)]).toEqual([]);
    });

  async iecFindsNothingToDo(): Promise<void> {
    const plan = await this.planByIec();
    const actions = plan.changes.map(({ address, action, changed }) => [address, action, changed]);
    expect(actions.filter(([, action]) => action !== "no-op")).toEqual([]);
    expect(plan.drift.map(({ address, changed }) => [address, changed])).toEqual([]);
    expect(hasChanges(plan)).toBe(false);
  }

  /** Takes objects into the state, by address. */
  importByIec = (ids: ReadonlyMap<string, string>): Promise<void> =>
    this.#session("import", async (session) => {
      for (const [address, id] of ids) {
        const said = await session.import(address, id);
        expect(said.filter(({ severity }) => severity === "error")).toEqual([]);
      }
    });

  async planByTerraform(...args: readonly string[]): Promise<TerraformPlan> {
    await this.#project.succeed("plan", "-out=saved", "-parallelism=30", ...args);
    const { code, stdout, output } = await this.#project.run(["show", "-json", "saved"]);
    expect(code, output).toBe(0);
    return JSON.parse(stdout) as TerraformPlan;
  }
  /** Applies what was planned last. */
  async applyPlannedByTerraform(): Promise<void> {
    await this.#project.succeed("apply", "-parallelism=30", "saved");
  }
  async applyByTerraform(...args: readonly string[]): Promise<void> {
    await this.#project.apply("-parallelism=30", ...args);
  }
  terraformFindsNothingToDo = (): Promise<void> => this.#project.expectNoChanges();
}

export const plannedByIec = ({ changes }: Plan): PlannedStack =>
  Object.fromEntries(
    changes
      .filter(({ mode }) => mode === "managed")
      .map(({ address, type, action, after, replacePaths }) => [
        address,
        {
          actions: ACTIONS[action] ?? [action],
          after: after === null ? null : comparable(type, after),
          replacePaths: replacePaths.map((path) => JSON.stringify(path)).sort(),
        },
      ]),
  );

export const plannedByTerraform = ({ resource_changes = [] }: TerraformPlan): PlannedStack =>
  Object.fromEntries(
    resource_changes
      .filter(({ mode }) => mode === "managed")
      .map(({ address, type, change }) => [
        address,
        {
          actions: change.actions,
          after: change.after === null ? null : comparable(type, overlay(change.after, change.after_unknown)),
          replacePaths: (change.replace_paths ?? []).map((path) => JSON.stringify(path)).sort(),
        },
      ]),
  );

/** Warnings are of the design, which is the same through both doors. */
const errorsOf = ({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): readonly Diagnostic[] =>
  diagnostics.filter(({ severity }) => severity === "error");

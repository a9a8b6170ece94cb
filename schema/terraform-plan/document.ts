import { DiagnosticError, errorDiagnostic, type Diagnostic } from "../diagnostics.js";
import { isList, isObject, type Json, type JsonObject } from "../unknown.js";

/** What is read of `terraform show -json PLAN`, format version 1.x. */
export interface PlanDocument {
  readonly changes: readonly Change[];
  /** Resources as the plan leaves them, unknown attributes left out. */
  readonly planned: readonly StoredResource[];
  /** Resources and data sources as they were read before the plan. */
  readonly prior: readonly StoredResource[];
  readonly configuration: JsonObject;
  /** False: the plan leaves parts of the configuration out. */
  readonly complete: boolean;
}
export interface Change {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly actions: readonly Json[];
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  /** In the shape of the values, true where something is unknown or sensitive. */
  readonly afterUnknown: Json;
  readonly beforeSensitive: Json;
  readonly afterSensitive: Json;
}
export interface StoredResource {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly values: JsonObject;
  readonly sensitive: Json;
}

const ADVICE =
  "Write the plan with `terraform plan -out FILE`, then `terraform show -json FILE > plan.json`.";
const MAJOR = 1;

/**
 * @param name how messages call the file
 * @throws {DiagnosticError} when the text is no plan that can be read
 */
export function parsePlan(text: string, name: string): PlanDocument {
  const document = parseJson(text, name);
  if (!isObject(document)) throw notPlan(name, "It holds JSON, but no object.");
  const stranger = strangerOf(document);
  if (stranger !== undefined) throw notPlan(name, stranger);
  const version = document["format_version"];
  const major = typeof version === "string" ? /^(\d+)\.\d+$/.exec(version)?.[1] : undefined;
  if (major === undefined) throw notPlan(name, "It has no `format_version`, as every plan has.");
  if (Number(major) !== MAJOR) throw otherVersion(name, JSON.stringify(version), Number(major) > MAJOR);
  if (document["errored"] === true) throw errored(name);
  try {
    return read(document);
  } catch (error) {
    if (error instanceof ShapeError) throw notPlan(name, error.message);
    throw error;
  }
}

function parseJson(text: string, name: string): Json {
  if (text.startsWith("PK")) throw notPlan(name, "It is a plan in Terraform's binary form.");
  try {
    return JSON.parse(text) as Json;
  } catch {
    const log = text.startsWith('{"@level"');
    throw notPlan(name, log ? "It is the log that `terraform plan -json` prints." : "It is not JSON.");
  }
}

/** What else the document is, where that can be told. */
function strangerOf(document: JsonObject): string | undefined {
  const has = (key: string) => Object.hasOwn(document, key);
  if (has("lineage")) return "It is a Terraform state file.";
  if (has("resource_changes") || has("planned_values")) return undefined;
  if (has("provider_schemas")) return "It holds the schemas of providers.";
  if (has("@level")) return "It is the log that `terraform plan -json` prints.";
  if (["resource", "data", "provider", "terraform", "module"].some(has)) {
    return "It is a configuration. A configuration's file ends in .tf.json.";
  }
  if (has("format_version")) return "It shows a state, not a plan: `terraform show -json` was given no plan.";
  return undefined;
}

class ShapeError extends Error {}

function object(value: Json | undefined, place: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw new ShapeError(`${place} is ${JSON.stringify(value).slice(0, 40)} instead of an object.`);
}
function list(value: Json | undefined, place: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (isList(value)) return value;
  throw new ShapeError(`${place} is ${JSON.stringify(value).slice(0, 40)} instead of a list.`);
}
function text(from: JsonObject, key: string, place: string): string {
  const value = from[key];
  if (typeof value === "string") return value;
  throw new ShapeError(`${place}.${key} is missing, or no text.`);
}

function read(document: JsonObject): PlanDocument {
  const changes = list(document["resource_changes"], "resource_changes").flatMap((item, i) =>
    changeOf(object(item, `resource_changes[${i}]`), `resource_changes[${i}]`),
  );
  const prior = object(document["prior_state"], "prior_state")["values"];
  return {
    changes,
    planned: storedIn(document["planned_values"], "planned_values"),
    prior: storedIn(prior, "prior_state.values"),
    configuration: object(document["configuration"], "configuration"),
    complete: document["complete"] !== false,
  };
}

function changeOf(item: JsonObject, place: string): Change[] {
  // What an earlier apply could not delete: it is gone after this one.
  if (item["deposed"] !== undefined) return [];
  const change = object(item["change"], `${place}.change`);
  const values = (key: "before" | "after") =>
    isObject(change[key]) ? object(change[key], `${place}.change.${key}`) : null;
  return [
    {
      address: text(item, "address", place),
      mode: text(item, "mode", place),
      type: text(item, "type", place),
      actions: list(change["actions"], `${place}.change.actions`),
      before: values("before"),
      after: values("after"),
      afterUnknown: change["after_unknown"] ?? {},
      beforeSensitive: change["before_sensitive"] ?? {},
      afterSensitive: change["after_sensitive"] ?? {},
    },
  ];
}

/** The resources of the root module and of all below it. */
function storedIn(values: Json | undefined, place: string): StoredResource[] {
  const found: StoredResource[] = [];
  const visit = (module: JsonObject, at: string): void => {
    for (const [i, item] of list(module["resources"], `${at}.resources`).entries()) {
      const here = `${at}.resources[${i}]`;
      const resource = object(item, here);
      const address = text(resource, "address", here);
      const deposed = resource["deposed_key"];
      found.push({
        address: typeof deposed === "string" ? `${address} (deposed ${deposed})` : address,
        mode: text(resource, "mode", here),
        type: text(resource, "type", here),
        values: object(resource["values"], `${here}.values`),
        sensitive: resource["sensitive_values"] ?? {},
      });
    }
    for (const [i, child] of list(module["child_modules"], `${at}.child_modules`).entries()) {
      visit(object(child, `${at}.child_modules[${i}]`), `${at}.child_modules[${i}]`);
    }
  };
  visit(object(object(values, place)["root_module"], `${place}.root_module`), `${place}.root_module`);
  return found;
}

const notPlan = (name: string, why: string): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC2036", `${name} is no Terraform plan`, { detail: `${why}\n${ADVICE}` }),
  );

const otherVersion = (name: string, version: string, newer: boolean): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC2037", `${name} has a plan format that is not known`, {
      detail: `Its format_version is ${version}; known is ${MAJOR}.x. ${newer ? "Upgrade iec-cdk." : "Write the plan with Terraform 1.1 or newer."}`,
    }),
  );

const errored = (name: string): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC2039", `${name} is a plan that failed`, {
      detail: `Planning ended with an error, so resources are missing from it, and nothing could be proved.\n${ADVICE}`,
    }),
  );

/** What to say of a plan that leaves something out. */
export const gapsOf = (document: PlanDocument, name: string): readonly Diagnostic[] =>
  document.complete
    ? []
    : [
        {
          severity: "warning",
          code: "IEC2039",
          summary: `${name} leaves parts of the configuration out`,
          detail:
            "It was made with -target or with deferred changes. What is said of it holds after this apply, not after the next one.",
        },
      ];

import type { Attribute, Attributes } from "../../schema/attributes.js";
import { isConfigurable } from "../../schema/attributes.js";
import { allAttributes, type Resource } from "../../schema/definition.js";
import {
  isList,
  isObject,
  mapObject,
  Unknown,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";
import { changedPaths, sameValue } from "./compare.js";

export type Action = "no-op" | "create" | "update" | "replace" | "delete" | "read";

/** Why an action was chosen. It explains; it never decides. */
export type ActionReason =
  | "tainted"
  | "cannot-update"
  | "requested"
  | "delete-because-no-config"
  | "delete-because-destroy"
  | "read-because-unknown";

export interface ResourcePlan {
  readonly action: Action;
  /** Values after the apply; unknowns are what only the apply can tell. Null for a delete. */
  readonly planned: ObjectValue | null;
  readonly changed: readonly Path[];
  /** The attributes that force a replacement. */
  readonly replacePaths: readonly Path[];
  readonly reason?: ActionReason | undefined;
}

interface PlanRequest {
  readonly definition: Pick<Resource, "attributes" | "timeouts" | "update" | "modifyPlan" | "replaces">;
  readonly address: string;
  /** Decoded configuration: every attribute present, null where not set. */
  readonly config: ObjectValue;
  /** Refreshed state; undefined = does not exist. */
  readonly prior: ObjectValue | undefined;
  readonly tainted?: boolean;
  /** Replacement asked for by `-replace` or by a trigger. */
  readonly forceReplace?: boolean;
  /** Attributes whose difference is left alone once the object exists. */
  readonly ignoreChanges?: readonly string[] | "all";
}

/** What applying `config` to `prior` will do. Never calls the cloud. */
export function planResource(request: PlanRequest): ResourcePlan {
  const { definition, address, prior } = request;
  const attributes = allAttributes(definition);
  const config =
    prior === undefined ? request.config : ignoring(request.ignoreChanges ?? [], request.config, prior);
  const settled = definition.modifyPlan?.(config) ?? {};
  const proposal = (from: ObjectValue | undefined, changed: readonly Path[] = []): ObjectValue => ({
    ...propose(attributes, config, from, address, changed),
    ...settled,
  });
  if (prior === undefined)
    return { action: "create", planned: proposal(undefined), changed: [], replacePaths: [] };

  const proposed = proposal(prior);
  const changed = changedPaths(attributes, prior, proposed);
  // Waiting longer is no change of the object.
  const substantial = changed.filter((path) => path[0] !== "timeouts");
  const forced =
    definition.update === undefined
      ? substantial
      : [
          ...changed.filter((path) => forcesReplacement(attributes, path)),
          ...(definition.replaces?.(prior, proposed) ?? []),
        ];
  if (request.tainted === true || request.forceReplace === true || forced.length > 0) {
    const planned = proposal(undefined);
    const reason = request.tainted === true ? "tainted" : forced.length > 0 ? "cannot-update" : "requested";
    return {
      action: "replace",
      planned,
      changed: changedPaths(attributes, prior, planned),
      replacePaths: forced,
      reason,
    };
  }
  if (substantial.length === 0) return { action: "no-op", planned: proposed, changed: [], replacePaths: [] };
  const planned = proposal(prior, changed);
  return { action: "update", planned, changed: changedPaths(attributes, prior, planned), replacePaths: [] };
}

const ignoring = (ignored: readonly string[] | "all", config: ObjectValue, prior: ObjectValue): ObjectValue =>
  mapObject(config, (value, name) =>
    ignored === "all" || ignored.includes(name) ? (prior[name] ?? null) : value,
  );

/** Terraform's rule: what is configured is planned; what is not is the default, the prior value, or the cloud's to tell. */
function propose(
  attributes: Attributes,
  config: ObjectValue,
  prior: ObjectValue | undefined,
  address: string,
  changed: readonly Path[] = [],
): ObjectValue {
  const touched = new Set(changed.map((path) => String(path[0])));
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]): [string, Value] => {
      const configured = isConfigurable(attribute) ? (config[name] ?? null) : null;
      const before = prior?.[name] ?? null;
      if (attribute.writeOnly === true) return [name, null];
      if (
        configured !== null &&
        !(isList(configured) && configured.length === 0 && attribute.computed === true)
      ) {
        return [name, prior !== undefined && sameValue(attribute, before, configured) ? before : configured];
      }
      if ("default" in attribute) return [name, attribute.default];
      if (attribute.computed !== true) {
        return [name, attribute.kind === "block" && attribute.nesting !== "single" ? [] : null];
      }
      const unknown = new Unknown({ address, path: [name] });
      if (prior === undefined) return [name, unknown];
      return [name, attribute.changesWith?.some((other) => touched.has(other)) === true ? unknown : before];
    }),
  );
}

function forcesReplacement(attributes: Attributes, path: Path): boolean {
  let current: Attributes = attributes;
  for (const step of path) {
    if (typeof step === "number") continue;
    const attribute: Attribute | undefined = current[step];
    if (attribute === undefined) return false;
    if (attribute.requiresReplace === true) return true;
    current = attribute.kind === "block" || attribute.kind === "object" ? attribute.attributes : {};
  }
  return false;
}

/** The planned values once everything they wait for is known: unknowns of the plan replaced by evaluated ones. */
export function resolvePlanned(
  attributes: Attributes,
  planned: ObjectValue,
  config: ObjectValue,
): ObjectValue {
  return Object.fromEntries(
    Object.entries(planned).map(([name, value]) => {
      const attribute = attributes[name];
      const configured = config[name] ?? null;
      if (attribute === undefined || !isConfigurable(attribute) || configured === null) return [name, value];
      return [name, holdsUnknown(value) ? configured : value];
    }),
  );
}

const holdsUnknown = (value: Value): boolean =>
  value instanceof Unknown ||
  (isList(value) && value.some(holdsUnknown)) ||
  (isObject(value) && Object.values(value).some(holdsUnknown));

import type { Attributes } from "../../schema/attributes.js";
import { hasErrors, type Diagnostic } from "../../schema/diagnostics.js";
import type { Methods } from "../../schema/generated/plugin-protocol.js";
import {
  isList,
  isObject,
  isUnknown,
  mapObject,
  UNKNOWN,
  type ObjectValue,
  type Value,
} from "../../schema/unknown.js";
import { decode } from "../../schema/decode.js";
import { planResource } from "../lifecycle/plan.js";
import type { ResourceEntry } from "./catalog.js";
import type { Cloud } from "./cloud.js";
import { toWire, toWirePath } from "./diagnostics.js";
import type { Outgoing } from "./protobuf.js";
import type { Provider } from "./provider.js";
import { decodeValue, encodeValue, objectOf } from "./values.js";

/** The ids of objects are never null: Terraform may rely on it before they are known. */
const NEVER_NULL = ["id"];

/**
 * Called at plan, and again at apply when what the configuration waited for is known. A replacement is planned
 * twice: as a change of what exists, and as a create.
 */
export async function planChange(
  request: Methods["PlanResourceChange"]["request"],
  provider: Provider,
): Promise<Outgoing<Methods["PlanResourceChange"]["response"]>> {
  const entry = provider.catalog.resource(request.typeName);
  const { definition, attributes, type } = entry;
  const plannedPrivate = request.priorPrivate;
  const proposed = decodeValue(type, request.proposedNewState);
  if (proposed === null) return { plannedState: encodeValue(type, null), plannedPrivate };
  const prior = decodeValue(type, request.priorState);
  const { config } = decode(attributes, objectOf(decodeValue(type, request.config)));
  const plan = planResource({
    definition,
    address: definition.type,
    config,
    prior: isObject(prior) ? prior : undefined,
  });
  const planned = honour(attributes, config, plan.planned ?? {});
  const cloud = provider.connected();
  const diagnostics =
    plan.action === "no-op" || cloud === undefined ? [] : await judge(entry, planned, cloud);
  return {
    plannedState: encodeValue(type, planned, NEVER_NULL),
    plannedPrivate,
    requiresReplace: plan.replacePaths.flatMap((path) => toWirePath(path, attributes) ?? []),
    diagnostics: toWire(diagnostics, attributes),
  };
}

/** What can be told before the cloud is asked to make it: isolation, and what the site does not offer. */
async function judge(
  { definition }: ResourceEntry,
  planned: ObjectValue,
  { isolation, offers }: Cloud,
): Promise<readonly Diagnostic[]> {
  const isolated = await isolation.check(definition, planned);
  if (hasErrors(isolated) || definition.check === undefined) return isolated;
  let found = await definition.check(planned, offers.api);
  if (hasErrors(found)) {
    // What is missed may have been made since it was last asked for.
    offers.forget();
    found = await definition.check(planned, offers.api);
  }
  return [...isolated, ...found];
}

/**
 * The plan as Terraform takes it. The lifecycle treats all that is empty alike (null, empty text, empty list), and leaves
 * a computed list that is configured empty to the cloud; Terraform holds a plan to the very value of the configuration,
 * or to that of the state where it is not null. Such a list is stored empty: the next refresh tells what became of it.
 */
function honour(attributes: Attributes, config: ObjectValue, planned: ObjectValue): ObjectValue {
  return mapObject(planned, (value, name) => {
    const attribute = attributes[name];
    const given = config[name] ?? null;
    if (attribute === undefined || attribute.writeOnly === true) return value;
    if (attribute.kind === "block") return honourBlock(attribute.attributes, given, value);
    if (given === null) return attribute.computed === true ? value : null;
    return value === null || (isUnknown(value) && !isUnknown(given)) ? given : value;
  });
}

function honourBlock(attributes: Attributes, config: Value, planned: Value): Value {
  if (isObject(config) && isObject(planned)) return honour(attributes, config, planned);
  if (!isList(config) || !isList(planned) || config.length !== planned.length) return config;
  return planned.map((item, i) => honourBlock(attributes, config[i] ?? null, item));
}

/** The plan as the lifecycle takes it: a computed list that is empty is for the cloud to tell. */
export const leaveEmptyToCloud = (attributes: Attributes, planned: ObjectValue): ObjectValue =>
  mapObject(planned, (value, name) =>
    attributes[name]?.computed === true && isEmpty(value) ? UNKNOWN : value,
  );

const isEmpty = (value: Value | undefined): boolean =>
  isList(value ?? null) && (value as readonly Value[]).length === 0;

/** The new state as Terraform holds it to its plan: what was known is as planned, the rest as the cloud told. */
export function conform(planned: Value, told: Value): Value {
  if (isUnknown(planned)) return settled(told);
  if (isList(planned)) {
    if (!isList(told) || told.length !== planned.length) return settled(planned);
    return planned.map((item, i) => conform(item, told[i] ?? null));
  }
  if (isObject(planned)) {
    return mapObject(planned, (item, key) => conform(item, isObject(told) ? (told[key] ?? null) : null));
  }
  return planned;
}

/** Without unknowns: what nobody told is null. */
function settled(value: Value): Value {
  if (isUnknown(value)) return null;
  if (isList(value)) return value.map(settled);
  return isObject(value) ? mapObject(value, settled) : value;
}

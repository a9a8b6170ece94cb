import {
  isConfigurable,
  type Attribute,
  type Attributes,
  type ElementAttribute,
} from "../../schema/attributes.js";
import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { isList, isObject, isUnknown, type ObjectValue, type Value } from "../../schema/unknown.js";
import type { PlanValues } from "../../schema/definition.js";
import { sameValue } from "./compare.js";

/**
 * The new state after an apply: what was planned, with every unknown settled by what the cloud told.
 * A known planned value that the cloud contradicts is an error, never a silent change.
 */
export function mergeApplied(
  attributes: Attributes,
  planned: ObjectValue,
  told: PlanValues,
): { state: ObjectValue; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const state = Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]): [string, Value] => {
      const before = planned[name] ?? null;
      const value = told[name] === undefined ? undefined : complete(attribute, told[name]);
      if (value === undefined) return [name, isUnknown(before) ? null : before];
      if (isUnknown(before)) return [name, value];
      if (sameValue(attribute, before, told[name] ?? null)) return [name, before];
      if (attribute.volatile === true) return [name, value];
      if (!isConfigurable(attribute)) return [name, before];
      // The cloud's default for something not configured is no contradiction.
      if (before === null && attribute.computed === true) return [name, value];
      diagnostics.push(contradiction(name, attribute, before, value));
      return [name, value];
    }),
  );
  return { state, diagnostics };
}

const contradiction = (name: string, attribute: Attribute, planned: Value, told: Value): Diagnostic =>
  errorDiagnostic("IEC5003", `The cloud did not take ${name} as planned`, {
    path: [name],
    detail:
      attribute.sensitive === true
        ? "Planned and actual value differ (both are sensitive)."
        : `Planned: ${JSON.stringify(planned)}. The cloud says: ${JSON.stringify(told)}. The state holds the cloud's value: plan again to see what is left to do.`,
  });

/**
 * The state after a refresh: what the cloud tells, in the user's spelling where it means the same.
 * What the cloud does not tell stays.
 */
export function mergeRefreshed(attributes: Attributes, prior: ObjectValue, told: PlanValues): ObjectValue {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]): [string, Value] => {
      const before = prior[name] ?? null;
      const value = told[name];
      if (value === undefined || sameValue(attribute, before, value)) return [name, before];
      return [name, complete(attribute, value)];
    }),
  );
}

/** The values of a data source: what is configured, and what the cloud told of the rest, or (not yet asked) will tell. */
export const mergeRead = (
  attributes: Attributes,
  config: ObjectValue,
  told: PlanValues | undefined,
  later: (name: string) => Value = () => null,
): ObjectValue =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => {
      const configured = config[name] ?? null;
      if (attribute.computed !== true) return [name, configured];
      if (told === undefined) return [name, configured ?? later(name)];
      const value = told[name];
      return [name, value === undefined || value === null ? configured : complete(attribute, value)];
    }),
  );

/** A told value with just the members that its objects have: those that the cloud leaves out are null in the state. */
function complete(attribute: Attribute | ElementAttribute, value: Value): Value {
  if (attribute.kind === "object" || attribute.kind === "block") {
    if (isList(value)) return value.map((item) => complete(attribute, item));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(attribute.attributes).map(([name, nested]) => [
        name,
        complete(nested, value[name] ?? null),
      ]),
    );
  }
  if ((attribute.kind === "list" || attribute.kind === "set") && isList(value)) {
    return value.map((item) => complete(attribute.element, item));
  }
  return value;
}

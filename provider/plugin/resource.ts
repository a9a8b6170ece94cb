import { DiagnosticError, errorDiagnostic, hasErrors, type Diagnostic } from "../../schema/diagnostics.js";
import type { Methods } from "../../schema/generated/plugin-protocol.js";
import { kindOf } from "../../schema/isolation/values.js";
import type { ObjectValue, Value } from "../../schema/unknown.js";
import { decode } from "../../schema/decode.js";
import { importObject } from "../lifecycle/import.js";
import { checkValues } from "../../schema/check-values.js";
import type { ResourceEntry } from "./catalog.js";
import { toWire } from "./diagnostics.js";
import { parseJson, valueFromJson } from "./json.js";
import type { Outgoing } from "./protobuf.js";
import type { Provider } from "./provider.js";
import { decodeValue, encodeValue, objectOf } from "./values.js";

type Request<M extends keyof Methods> = Methods[M]["request"];
type Response<M extends keyof Methods> = Promise<Outgoing<Methods[M]["response"]>>;

/** Called for every configuration, in validate and in plan; unknown values pass. */
export function validateResource(
  { typeName, config, clientCapabilities }: Request<"ValidateResourceConfig">,
  { catalog }: Provider,
): Response<"ValidateResourceConfig"> {
  const { definition, attributes, type } = catalog.resource(typeName);
  const given = objectOf(decodeValue(type, config));
  const decoded = decode(attributes, given);
  const problems = hasErrors(decoded.diagnostics)
    ? []
    : [...checkValues(attributes, decoded.config), ...(definition.validate?.(decoded.config) ?? [])];
  const writeOnly =
    clientCapabilities?.writeOnlyAttributesAllowed === true
      ? []
      : Object.keys(attributes).filter(
          (name) => attributes[name]?.writeOnly === true && (given[name] ?? null) !== null,
        );
  const refused = writeOnly.map((name) =>
    errorDiagnostic("IEC2009", `${name} needs a newer Terraform`, {
      path: [name],
      detail: "It is write-only: never stored. Terraform 1.11 is the first to support that.",
    }),
  );
  const diagnostics = toWire([...decoded.diagnostics, ...problems, ...refused], attributes);
  return Promise.resolve({ diagnostics });
}

/** Called for every resource of a state, whatever its version. */
export function upgradeResource(
  { typeName, version, rawState }: Request<"UpgradeResourceState">,
  { catalog }: Provider,
): Response<"UpgradeResourceState"> {
  const { definition, attributes, type } = catalog.resource(typeName);
  if (version > definition.schemaVersion) {
    throw new DiagnosticError(
      errorDiagnostic("IEC3002", `The state of ${typeName} was written by a newer version`, {
        detail: `Its schema version is ${version}; this version of iec-cdk knows ${definition.schemaVersion}. Upgrade the provider.`,
      }),
    );
  }
  const { value, diagnostics } = valueFromJson(type, parseJson(rawState?.json ?? new Uint8Array()));
  if (hasErrors(diagnostics)) return Promise.resolve({ diagnostics: toWire(diagnostics, attributes) });
  return Promise.resolve({ upgradedState: encodeValue(type, withBlocks(attributes, value)) });
}

/** Blocks that are not there are empty lists, never null. */
const withBlocks = (attributes: ResourceEntry["attributes"], value: Value): ObjectValue => {
  const state = objectOf(value);
  const empty = Object.entries(attributes)
    .filter(([name, a]) => a.kind === "block" && a.nesting !== "single" && (state[name] ?? null) === null)
    .map(([name]): [string, Value] => [name, []]);
  return { ...state, ...Object.fromEntries(empty) };
};

export async function readResource(
  { typeName, currentState, private: kept }: Request<"ReadResource">,
  provider: Provider,
): Response<"ReadResource"> {
  const entry = provider.catalog.resource(typeName);
  const { reads, isolation } = provider.cloud();
  const state = objectOf(decodeValue(entry.type, currentState));
  const now = await reads.read(entry, state);
  if (now === undefined) isolation.forget(typeName, state["id"]);
  else isolation.note(typeName, now);
  return { newState: encodeValue(entry.type, now ?? null), private: kept };
}

export async function importResource(
  { typeName, id }: Request<"ImportResourceState">,
  provider: Provider,
): Response<"ImportResourceState"> {
  const { definition, attributes, type } = provider.catalog.resource(typeName);
  const { state, diagnostics } = await importObject(definition, id, provider.cloud().api);
  return {
    importedResources: [{ typeName, state: encodeValue(type, state) }],
    diagnostics: toWire(diagnostics, attributes),
  };
}

const PUBLIC_PROVIDER = /(^|\/)huaweicloud\/huaweicloud$/;

/**
 * `moved { from = huaweicloud_iec_vpc.a  to = iec_vpc.a }`: attributes of one name mean the same in both providers.
 * What is not carried over, the refresh that follows reads.
 */
export function moveResource(
  request: Request<"MoveResourceState">,
  { catalog }: Provider,
): Response<"MoveResourceState"> {
  const { sourceProviderAddress, sourceTypeName, targetTypeName, sourceState } = request;
  const { attributes, type } = catalog.resource(targetTypeName);
  if (!PUBLIC_PROVIDER.test(sourceProviderAddress) || kindOf(sourceTypeName) !== targetTypeName) {
    throw new DiagnosticError(notMovable(sourceTypeName, targetTypeName));
  }
  // Of what has another type over there, the refresh tells ours.
  const { value } = valueFromJson(type, parseJson(sourceState?.json ?? new Uint8Array()));
  const state = withBlocks(attributes, value);
  if (typeof state["id"] !== "string") {
    throw new DiagnosticError(
      errorDiagnostic("IEC3001", `The state of ${sourceTypeName} has no id`, {
        detail: "Import the object instead.",
      }),
    );
  }
  return Promise.resolve({ targetState: encodeValue(type, state) });
}

const notMovable = (from: string, to: string): Diagnostic =>
  errorDiagnostic("IEC2009", `${from} cannot become ${to}`, {
    detail: `${to} takes over huaweicloud_${to} of the public huaweicloud provider. Import the object instead.`,
  });

import type { DataSource } from "../../schema/definition.js";
import { hasErrors } from "../../schema/diagnostics.js";
import type { Methods } from "../../schema/generated/plugin-protocol.js";
import type { Api } from "../client/index.js";
import { providerAttributes } from "../../schema/provider-block.js";
import { applyChange } from "./apply.js";
import { createCatalog, objectType, type Catalog } from "./catalog.js";
import { connectCloud, notConfigured, readArguments, type Cloud, type Surroundings } from "./cloud.js";
import { readDataSource, validateDataSource } from "./data-source.js";
import { toWire } from "./diagnostics.js";
import { closeEphemeral, openEphemeral, renewEphemeral, validateEphemeral } from "./ephemeral.js";
import { callFunction } from "./functions.js";
import { Exclusive } from "./exclusive.js";
import { planChange } from "./plan.js";
import type { Outgoing } from "./protobuf.js";
import { importResource, moveResource, readResource, upgradeResource, validateResource } from "./resource.js";
import { functionSchemas, metadata } from "./schema.js";
import type { Call } from "./transport.js";
import { decodeValue, objectOf } from "./values.js";

/** How each call is answered. */
export type Handlers = {
  readonly [M in Exclude<keyof Methods, "GetProviderSchema">]: (
    request: Methods[M]["request"],
    call: Pick<Call, "signal">,
  ) => Promise<Outgoing<Methods[M]["response"]>>;
};

export interface ProviderOptions extends Surroundings {
  readonly dataSources: ReadonlyMap<string, DataSource<Api>>;
}

/** One configured provider: what the handlers of its calls share. */
export interface Provider extends Surroundings {
  readonly catalog: Catalog;
  readonly exclusive: Exclusive;
  /** Aborted when Terraform asks to stop: waits end, and what exists is told. */
  readonly stopped: AbortSignal;
  /** @throws {DiagnosticError} when the provider is not configured. */
  cloud(): Cloud;
  /** Whether there is a way to the cloud: a plan goes without. */
  connected(): Cloud | undefined;
}

const PROVIDER_TYPE = objectType(providerAttributes);

/** The calls of one connection: each Terraform provider block has one of its own, with its own configuration. */
export function createHandlers(options: ProviderOptions): Handlers {
  const { resources, dataSources } = options;
  const stop = new AbortController();
  let cloud: Cloud | undefined;
  const provider: Provider = {
    ...options,
    catalog: createCatalog(resources, dataSources),
    exclusive: new Exclusive(),
    stopped: stop.signal,
    connected: () => cloud,
    cloud() {
      if (cloud === undefined) throw notConfigured();
      return cloud;
    },
  };
  return {
    GetMetadata: () => Promise.resolve(metadata(resources.keys(), dataSources.keys())),
    GetFunctions: () => Promise.resolve({ functions: functionSchemas() }),
    ValidateProviderConfig: ({ config }) => {
      const { diagnostics } = readArguments(objectOf(decodeValue(PROVIDER_TYPE, config)));
      return Promise.resolve({ diagnostics: toWire(diagnostics, providerAttributes) });
    },
    ConfigureProvider: ({ config, terraformVersion }) => {
      const given = objectOf(decodeValue(PROVIDER_TYPE, config));
      const { cloud: connected, diagnostics } = connectCloud(given, terraformVersion, options);
      cloud = hasErrors(diagnostics) ? undefined : connected;
      return Promise.resolve({ diagnostics: toWire(diagnostics, providerAttributes) });
    },
    StopProvider: () => {
      stop.abort();
      return Promise.resolve({});
    },
    ValidateResourceConfig: (request) => validateResource(request, provider),
    UpgradeResourceState: (request) => upgradeResource(request, provider),
    ReadResource: (request) => readResource(request, provider),
    PlanResourceChange: (request) => planChange(request, provider),
    ApplyResourceChange: (request) => applyChange(request, provider),
    ImportResourceState: (request) => importResource(request, provider),
    MoveResourceState: (request) => moveResource(request, provider),
    ValidateDataResourceConfig: (request) => validateDataSource(request, provider),
    ReadDataSource: (request, { signal }) => readDataSource(request, provider, signal),
    ValidateEphemeralResourceConfig: (request) => validateEphemeral(request),
    OpenEphemeralResource: (request) => openEphemeral(request, provider),
    RenewEphemeralResource: () => renewEphemeral(),
    CloseEphemeralResource: () => closeEphemeral(),
    CallFunction: (request) => callFunction(request, options),
  };
}

import { systemClock } from "../../../schema/clock.js";
import { methods, type Methods } from "../../../schema/generated/plugin-protocol.js";
import { providerAttributes } from "../../../schema/provider-block.js";
import { allAttributes, type DataSource, type Resource } from "../../../schema/definition.js";
import type { Value } from "../../../schema/unknown.js";
import type { Api } from "../../../provider/client/index.js";
import { dataSources } from "../../../provider/data-sources/index.js";
import { objectType } from "../../../provider/plugin/catalog.js";
import { createConnection } from "../../../provider/plugin/connection.js";
import { decodeMessage, encodeMessage, type Outgoing } from "../../../provider/plugin/protobuf.js";
import { decodeValue, encodeValue, type WireType } from "../../../provider/plugin/values.js";
import { resources } from "../../../provider/resources/index.js";

export interface DriverOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly resources?: ReadonlyMap<string, Resource<Api>>;
  readonly dataSources?: ReadonlyMap<string, DataSource<Api>>;
}

/** Terraform's side of the protocol, down to the bytes, without a process. */
export function createDriver(options: DriverOptions = {}) {
  const known = options.resources ?? resources;
  const connection = createConnection({
    dataSources,
    clock: systemClock,
    random: Math.random,
    environment: {},
    log: () => undefined,
    ...options,
    resources: known,
  });
  const send = (method: string, request: Uint8Array) =>
    connection({ method, request, signal: new AbortController().signal });
  const call = async <M extends keyof Methods>(
    method: M,
    request: Outgoing<Methods[M]["request"]>,
  ): Promise<Methods[M]["response"]> => {
    const types = methods[method];
    const answer = await send(`/tfplugin6.Provider/${method}`, encodeMessage(types.request, request));
    return decodeMessage(types.response, answer) as unknown as Methods[M]["response"];
  };
  const typeOf = (typeName: string): WireType => {
    const definition = known.get(typeName);
    if (definition === undefined) throw new Error(`There is no ${typeName}.`);
    return objectType(allAttributes(definition));
  };

  return {
    send,
    call,
    typeOf,
    configure: (config: Value = {}) =>
      call("ConfigureProvider", {
        config: encodeValue(objectType(providerAttributes), config),
        terraformVersion: "1.11.4",
      }),
    async validate(typeName: string, config: Value) {
      return await call("ValidateResourceConfig", {
        typeName,
        config: encodeValue(typeOf(typeName), config),
        clientCapabilities: { writeOnlyAttributesAllowed: true },
      });
    },
    async plan(typeName: string, prior: Value, config: Value) {
      const type = typeOf(typeName);
      const answer = await call("PlanResourceChange", {
        typeName,
        priorState: encodeValue(type, prior),
        proposedNewState: encodeValue(type, config),
        config: encodeValue(type, config),
        priorPrivate: Buffer.from("kept"),
      });
      return { ...answer, planned: decodeValue(type, answer.plannedState) };
    },
    async apply(typeName: string, prior: Value, planned: Value, config: Value) {
      const type = typeOf(typeName);
      const answer = await call("ApplyResourceChange", {
        typeName,
        priorState: encodeValue(type, prior),
        plannedState: encodeValue(type, planned),
        config: encodeValue(type, config),
        plannedPrivate: Buffer.from("kept"),
      });
      return { ...answer, state: decodeValue(type, answer.newState) };
    },
    async read(typeName: string, state: Value) {
      const type = typeOf(typeName);
      const answer = await call("ReadResource", { typeName, currentState: encodeValue(type, state) });
      return { ...answer, state: decodeValue(type, answer.newState) };
    },
    async upgrade(typeName: string, version: number, state: unknown) {
      const answer = await call("UpgradeResourceState", {
        typeName,
        version,
        rawState: { json: Buffer.from(typeof state === "string" ? state : JSON.stringify(state)) },
      });
      return { ...answer, state: decodeValue(typeOf(typeName), answer.upgradedState) };
    },
  };
}
export type Driver = ReturnType<typeof createDriver>;

#!/usr/bin/env node
import { PROVIDER_ADDRESS } from "../../schema/provider-schema.js";
import { listen } from "./grpc.js";
import { schemaResponse } from "./schema-response.js";
import { serve } from "./serve.js";
import type { Connection } from "./transport.js";

/** The answer to GetProviderSchema is at hand; the rest of the program is loaded when it is first needed. */
const connect = (): Connection => {
  let provider: Promise<Connection> | undefined;
  return async (call) => {
    if (call.method === "/tfplugin6.Provider/GetProviderSchema") return schemaResponse();
    provider ??= import("./start.js").then(({ start }) => start());
    return (await provider)(call);
  };
};

serve({
  address: PROVIDER_ADDRESS,
  transport: listen,
  connect,
  debug: process.argv.includes("--debug"),
  ...(process.argv.includes("--until-stdin-ends") ? { leash: process.stdin } : {}),
}).catch((error: unknown) => {
  process.stderr.write(
    `The provider cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
});

import { allAttributes } from "../../schema/definition.js";
import { DiagnosticError, hasErrors } from "../../schema/diagnostics.js";
import { tablesOf } from "../../schema/isolation/index.js";
import { resolveConfiguration } from "../client/configuration.js";
import { createClient } from "../client/index.js";
import { dataSources } from "../data-sources/index.js";
import { functions } from "../functions/index.js";
import { openSession, type Runtime } from "../reconciler/session.js";
import { resources } from "../resources/index.js";
import type { Engine } from "./context.js";
import type { Io } from "./io.js";

/** HTTP requests in flight at least, whatever the parallelism: reading the cloud is cheap. */
const LEAST_CONCURRENCY = 10;

/** The real engine: the definitions, the client, the clock of the process. */
export function createEngine({ clock, environment }: Pick<Io, "clock" | "environment">): Engine {
  const runtime: Runtime = {
    resources,
    dataSources,
    functions,
    clock,
    random: Math.random,
    environment,
    connect(providerArguments, { concurrency: wanted }) {
      const { options, diagnostics } = resolveConfiguration(providerArguments, environment);
      if (options === undefined || hasErrors(diagnostics)) throw new DiagnosticError(...diagnostics);
      const concurrency = Math.max(LEAST_CONCURRENCY, wanted);
      return { api: createClient({ ...options, concurrency, clock, random: Math.random }), diagnostics };
    },
  };
  return {
    open: (options) => openSession({ ...options, runtime }),
    tables: tablesOf(resources.values()),
    attributesOf(mode, type) {
      const definition = mode === "data" ? dataSources.get(type) : resources.get(type);
      return definition === undefined ? undefined : allAttributes(definition);
    },
  };
}

import type { Clock } from "../../schema/clock.js";
import type { Resource } from "../../schema/definition.js";
import { DiagnosticError, errorDiagnostic, hasErrors, type Diagnostic } from "../../schema/diagnostics.js";
import { providerAttributes } from "../../schema/provider-block.js";
import { isWhollyKnown, type ObjectValue } from "../../schema/unknown.js";
import { createClient, createWaiter, resolveConfiguration, type Api, type Waiter } from "../client/index.js";
import type { CallEvent, ConnectionOptions } from "../client/index.js";
import { decode } from "../../schema/decode.js";
import { checkValues } from "../../schema/check-values.js";
import { createIsolation, type Isolation } from "./isolation.js";
import type { Log } from "./log.js";
import { createReads, type Reads } from "./reads.js";
import { rememberAnswers, type Remembering } from "../lifecycle/remember.js";

/** What the provider has around it. */
export interface Surroundings {
  readonly resources: ReadonlyMap<string, Resource<Api>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
}

/** The way to the cloud of one configured provider. */
export interface Cloud {
  readonly options: ConnectionOptions;
  readonly api: Api;
  readonly waiter: Waiter;
  /** For what rarely changes, such as what sites offer. */
  readonly offers: Remembering;
  readonly reads: Reads;
  readonly isolation: Isolation;
}

/** The provider block's arguments, checked. */
export function readArguments(given: ObjectValue): {
  config: ObjectValue;
  diagnostics: readonly Diagnostic[];
} {
  const { config, diagnostics } = decode(providerAttributes, given);
  return { config, diagnostics: [...diagnostics, ...checkValues(providerAttributes, config)] };
}

/**
 * Calls nothing yet. `cloud` is undefined where arguments are not known yet: then nothing can be read, but resources
 * can be planned.
 */
export function connectCloud(
  given: ObjectValue,
  terraformVersion: string,
  { resources, clock, random, environment, log }: Surroundings,
): { cloud: Cloud | undefined; diagnostics: readonly Diagnostic[] } {
  const { config, diagnostics } = readArguments(given);
  if (hasErrors(diagnostics) || !isWhollyKnown(config)) return { cloud: undefined, diagnostics };
  const resolved = resolveConfiguration(config, environment);
  const all = [...diagnostics, ...resolved.diagnostics];
  if (resolved.options === undefined || hasErrors(all)) return { cloud: undefined, diagnostics: all };
  const { options } = resolved;
  const userAgent = `iec-cdk terraform/${terraformVersion}`;
  const onCall = ({ operation, ...event }: CallEvent) => log("debug", operation, { ...event });
  const api = createClient({ ...options, clock, random, userAgent, onCall });
  return {
    cloud: {
      options,
      api,
      waiter: createWaiter({ clock, random }),
      offers: rememberAnswers(api, clock),
      reads: createReads(api, clock),
      isolation: createIsolation(resources, api, clock),
    },
    diagnostics: all,
  };
}

export const notConfigured = (): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC4001", "The provider's configuration is not known yet", {
      detail:
        "It depends on values that only an apply tells. Give the provider known values, or apply what they come from first, with -target.",
    }),
  );

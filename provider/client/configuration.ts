import {
  DiagnosticError,
  errorDiagnostic,
  hasErrors,
  type Code,
  type Diagnostic,
} from "../../schema/diagnostics.js";
import type { ConnectionOptions } from "./api.js";
import { firstOf, pathOf, signIn, VARIABLES, type Lookup, type Name, type SignIn } from "./credentials.js";
import { iamBase } from "./sign.js";

/** The arguments of the provider block, named as in the public provider. */
export interface ProviderArguments {
  /** Accepted so that configurations move over: IEC has one endpoint for all regions. */
  readonly region: string;
  readonly access_key: string;
  readonly secret_key: string;
  readonly security_token: string;
  readonly domain_id: string;
  readonly domain_name: string;
  readonly auth_url: string;
  /** The domain of all endpoints. */
  readonly cloud: string;
  /** The key `iec` replaces the endpoint of IEC, `iam` that of IAM. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly insecure: boolean;
  readonly max_retries: number;
  readonly token: string;
  readonly user_name: string;
  readonly password: string;
  readonly shared_config_file: string;
  readonly profile: string;
  /** One block at most. */
  readonly assume_role: readonly AgencyArguments[];
  /** One block at most. */
  readonly assume_role_with_oidc: readonly OidcArguments[];
}
interface AgencyArguments {
  readonly agency_name?: string | null;
  readonly domain_name?: string | null;
  readonly domain_id?: string | null;
  /** Seconds. */
  readonly duration?: number | null;
}
interface OidcArguments extends AgencyArguments {
  readonly idp_id?: string | null;
  readonly id_token?: string | null;
  readonly id_token_file?: string | null;
}
type Arguments = { readonly [K in keyof ProviderArguments]?: ProviderArguments[K] | null | undefined };

const DEFAULT_CLOUD = "myhuaweicloud.com";

/**
 * Settles how to reach the cloud: argument, else environment, else shared configuration file, else default. Calls
 * nothing.
 *
 * `options` is absent when a diagnostic is an error.
 */
export function resolveConfiguration(
  args: Arguments,
  env: NodeJS.ProcessEnv,
): { options: ConnectionOptions | undefined; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const complain = (code: Code, path: readonly (string | number)[], summary: string, detail: string) => {
    diagnostics.push(errorDiagnostic(code, summary, { detail, path: [...path] }));
  };
  const fromArguments = argumentLookup(args);
  // An empty text is as good as none: pipelines set variables they have no value for.
  const lookup = firstOf(fromArguments, (name) => env[VARIABLES[name]] || undefined);

  const domain = lookup("cloud") ?? DEFAULT_CLOUD;
  const defaultEndpoint = `https://iecs.${domain}`;
  const address = (argument: "endpoints" | "auth_url", given: string): string => {
    // The ecosystem also writes endpoints without a scheme.
    const text = given.includes("://") ? given : `https://${given}`;
    if (!URL.canParse(text) || !/^https?:/.test(text)) {
      complain("IEC2012", [argument], `"${given}" is not a web address`, `Write it like ${defaultEndpoint}.`);
    }
    return text.replace(/\/+$/, "");
  };
  const insecure = args.insecure ?? truth(env["HW_INSECURE"]);
  if (insecure === undefined) {
    complain("IEC2012", ["insecure"], `HW_INSECURE is "${env["HW_INSECURE"] ?? ""}"`, "It is true or false.");
  }
  const retriesText = env["HW_MAX_RETRIES"] || undefined;
  const maxRetries = args.max_retries ?? (retriesText === undefined ? undefined : Number(retriesText));
  if (maxRetries !== undefined && !(Number.isInteger(maxRetries) && maxRetries >= 0)) {
    const given = args.max_retries ?? retriesText ?? "";
    complain("IEC2012", ["max_retries"], `max_retries is "${given}"`, "It is a whole number, 0 or more.");
  }
  const duration = DURATIONS.find((name) => !isDuration(lookup(name) ?? "900"));
  if (duration !== undefined) {
    const given = `The duration of the agency is "${lookup(duration) ?? ""}"`;
    complain("IEC2012", pathOf(duration), given, "It is a whole number of seconds from 900 to 86400.");
  }
  const endpoint = address("endpoints", args.endpoints?.["iec"] || env["IEC_ENDPOINT"] || defaultEndpoint);
  const iam = args.endpoints?.["iam"] || `https://iam.${domain}:443`;
  const authUrl = iamBase(address("auth_url", lookup("auth_url") ?? iam));
  const who = attempt(() => signIn(fromArguments, env), diagnostics);
  if (who === undefined || hasErrors(diagnostics)) return { options: undefined, diagnostics };

  const { credentials, agency, domainId, domainName } = who;
  const options: ConnectionOptions = {
    endpoint,
    authUrl,
    credentials,
    insecure: insecure ?? false,
    ...(agency !== undefined && { agency }),
    ...(domainId !== undefined && { domainId }),
    ...(domainName !== undefined && { domainName }),
    ...(maxRetries !== undefined && { maxRetries }),
  };
  return { options, diagnostics };
}

const DURATIONS = ["assume_role.duration", "assume_role_with_oidc.duration"] as const satisfies Name[];

/** What IAM takes: 15 minutes to a day. */
const isDuration = (seconds: string): boolean =>
  /^\d+$/.test(seconds) && Number(seconds) >= 900 && Number(seconds) <= 86_400;

function argumentLookup(args: Arguments): Lookup {
  return (name) => {
    const found = pathOf(name).reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | null | undefined)?.[step],
      args,
    );
    if (typeof found === "number") return String(found);
    return typeof found === "string" && found !== "" ? found : undefined;
  };
}

function attempt(find: () => SignIn, diagnostics: Diagnostic[]): SignIn | undefined {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    diagnostics.push(...error.diagnostics);
    return undefined;
  }
}

function truth(text: string | undefined): boolean | undefined {
  if (text === undefined || /^(|0|f|false)$/i.test(text)) return false;
  return /^(1|t|true)$/i.test(text) ? true : undefined;
}

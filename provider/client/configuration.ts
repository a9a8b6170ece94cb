import { errorDiagnostic, hasErrors, type Code, type Diagnostic } from "../../schema/diagnostics.js";
import type { ConnectionOptions, Credentials } from "./api.js";
import { iamBase } from "./auth.js";

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
  /** The key `iec` replaces the endpoint of IEC. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly insecure: boolean;
  readonly max_retries: number;
  readonly token: string;
  readonly user_name: string;
  readonly password: string;
}
type Arguments = { readonly [K in keyof ProviderArguments]?: ProviderArguments[K] | null | undefined };

const DEFAULT_ENDPOINT = "https://iecs.myhuaweicloud.com";
const DEFAULT_AUTH_URL = "https://iam.myhuaweicloud.com:443";

/** The environment variable behind each argument. */
const VARIABLES = {
  access_key: "HW_ACCESS_KEY",
  secret_key: "HW_SECRET_KEY",
  security_token: "HW_SECURITY_TOKEN",
  domain_id: "HW_DOMAIN_ID",
  domain_name: "HW_DOMAIN_NAME",
  region: "HW_REGION_NAME",
  auth_url: "HW_AUTH_URL",
  token: "HW_AUTH_TOKEN",
  user_name: "HW_USER_NAME",
  password: "HW_USER_PASSWORD",
} as const;
type TextArgument = keyof typeof VARIABLES;
type Lookup = (name: TextArgument) => string | undefined;

/**
 * Settles how to reach the cloud: argument, else environment, else default. Calls nothing.
 *
 * `options` is absent when a diagnostic is an error.
 */
export function resolveConfiguration(
  args: Arguments,
  env: NodeJS.ProcessEnv,
): { options: ConnectionOptions | undefined; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const complain = (code: Code, argument: keyof ProviderArguments, summary: string, detail: string) => {
    diagnostics.push(errorDiagnostic(code, summary, { detail, path: [argument] }));
    return undefined;
  };
  // An empty text is as good as none: pipelines set variables they have no value for.
  const fromArguments: Lookup = (name) => args[name] ?? undefined;
  const lookup: Lookup = (name) => fromArguments(name) || env[VARIABLES[name]] || undefined;

  const address = (argument: "endpoints" | "auth_url", given: string): string => {
    // The ecosystem also writes endpoints without a scheme.
    const text = given.includes("://") ? given : `https://${given}`;
    if (!URL.canParse(text) || !/^https?:/.test(text)) {
      complain("IEC2012", argument, `"${given}" is not a web address`, `Write it like ${DEFAULT_ENDPOINT}.`);
    }
    return text.replace(/\/+$/, "");
  };
  const insecure = args.insecure ?? truth(env["HW_INSECURE"]);
  if (insecure === undefined) {
    complain("IEC2012", "insecure", `HW_INSECURE is "${env["HW_INSECURE"] ?? ""}"`, "It is true or false.");
  }
  const retriesText = env["HW_MAX_RETRIES"] || undefined;
  const maxRetries = args.max_retries ?? (retriesText === undefined ? undefined : Number(retriesText));
  if (maxRetries !== undefined && !(Number.isInteger(maxRetries) && maxRetries >= 0)) {
    const given = args.max_retries ?? retriesText ?? "";
    complain("IEC2012", "max_retries", `max_retries is "${given}"`, "It is a whole number, 0 or more.");
  }
  const endpoint = address("endpoints", args.endpoints?.["iec"] || env["IEC_ENDPOINT"] || DEFAULT_ENDPOINT);
  const authUrl = iamBase(address("auth_url", lookup("auth_url") ?? DEFAULT_AUTH_URL));
  const domainName = lookup("domain_name");
  const credentials = credentialsFrom(fromArguments, domainName) ?? credentialsFrom(lookup, domainName);
  if (credentials === undefined) diagnostics.push(missingCredentials(lookup));
  if (credentials === undefined || hasErrors(diagnostics)) return { options: undefined, diagnostics };

  const domainId = lookup("domain_id");
  const options: ConnectionOptions = {
    endpoint,
    authUrl,
    credentials: withSecurityToken(credentials, lookup("security_token")),
    insecure: insecure ?? false,
    ...(domainId !== undefined && { domainId }),
    ...(domainName !== undefined && { domainName }),
    ...(maxRetries !== undefined && { maxRetries }),
  };
  return { options, diagnostics };
}

/** The first way to log in that is given completely. */
function credentialsFrom(lookup: Lookup, domain: string | undefined): Credentials | undefined {
  const token = lookup("token");
  if (token) return { kind: "token", token };
  const accessKey = lookup("access_key");
  const secretKey = lookup("secret_key");
  if (accessKey && secretKey) return { kind: "keys", accessKey, secretKey };
  const user = lookup("user_name");
  const password = lookup("password");
  if (user && password && domain) return { kind: "password", user, password, domain };
  return undefined;
}

const withSecurityToken = (credentials: Credentials, securityToken: string | undefined): Credentials =>
  credentials.kind === "keys" && securityToken !== undefined
    ? { ...credentials, securityToken }
    : credentials;

/** Names what is missing of the way that was begun, else both ways. */
function missingCredentials(lookup: Lookup): Diagnostic {
  const ways: TextArgument[][] = [
    ["access_key", "secret_key"],
    ["user_name", "password", "domain_name"],
  ];
  const begun = ways.find((way) => way.slice(0, 2).some((name) => lookup(name) !== undefined));
  const missing = begun?.filter((name) => lookup(name) === undefined);
  const list = (names: readonly TextArgument[]) =>
    names.map((name) => `${VARIABLES[name]} (${name})`).join(" and ");
  return errorDiagnostic("IEC4001", "Credentials are missing", {
    detail:
      missing === undefined
        ? `Set ${list(["access_key", "secret_key"])} in the environment or the provider block. ` +
          "Without an account, `iec simulate -- COMMAND` runs a command against the bundled stand-in."
        : `${list(missing)} is not set. Set it in the environment or the provider block.`,
    path: [missing?.[0] ?? "access_key"],
  });
}

function truth(text: string | undefined): boolean | undefined {
  if (text === undefined || /^(|0|f|false)$/i.test(text)) return false;
  return /^(1|t|true)$/i.test(text) ? true : undefined;
}

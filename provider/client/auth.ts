import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type { DomainList, TokenRequest, TokenResponse } from "../../schema/generated/iam-api.js";
import type { ClientOptions, Credentials } from "./api.js";
import { ApiError } from "./errors.js";
import type { Exchange, Exchanger } from "./exchange.js";
import { signRequest } from "./signer.js";

type Authorize = Exchange["authorize"];

/** Turns credentials into the headers of a call. */
export interface Authorizer {
  /** Asks IAM first where it must, once for all callers. */
  prepare(signal?: AbortSignal): Promise<Authorize>;
  /** Forgets what the cloud refused with 401. Returns whether another try may fare better. */
  renew(refused: Authorize): boolean;
}

/** A new token is fetched this long before the old one ends. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** BEHAVIOUR section 1: a token lives 24 hours. */
const TOKEN_LIFE_MS = 24 * 3_600_000;

/** The address of IAM without the `/v3` that the ecosystem's HW_AUTH_URL often carries. */
export const iamBase = (authUrl: string): string => authUrl.replace(/(\/v3)?\/*$/, "");

export function createAuthorizer(options: ClientOptions, exchanger: Exchanger): Authorizer {
  const { credentials } = options;
  switch (credentials.kind) {
    case "keys":
      return signing(options, credentials, exchanger);
    case "token":
      return { prepare: () => Promise.resolve(withToken(credentials.token)), renew: () => false };
    case "password":
      return loggingIn(options, credentials, exchanger);
  }
}

type Keys = Extract<Credentials, { kind: "keys" }>;

function signing(options: ClientOptions, keys: Keys, exchanger: Exchanger): Authorizer {
  const sign =
    (domainId?: string): Authorize =>
    ({ method, url, headers, body }) =>
      signRequest({
        method,
        url,
        body,
        accessKey: keys.accessKey,
        secretKey: keys.secretKey,
        date: options.clock.now(),
        headers: {
          ...headers,
          ...(domainId !== undefined && { "x-domain-id": domainId }),
          ...(keys.securityToken !== undefined && { "x-security-token": keys.securityToken }),
        },
      });
  if (options.domainId !== undefined) {
    const authorize = sign(options.domainId);
    return { prepare: () => Promise.resolve(authorize), renew: () => false };
  }
  const lookup = once(async () => sign(await lookUpAccount(options, exchanger, sign())));
  return { prepare: (signal) => abortable(lookup.get(), signal), renew: () => false };
}

/** The id of the account that the credentials belong to, as IAM has it. */
export async function lookUpAccount(
  options: ClientOptions,
  exchanger: Exchanger,
  authorize: Authorize,
): Promise<string> {
  const answer = await exchanger.send({
    operation: "GET /v3/auth/domains",
    method: "GET",
    url: `${iamBase(options.authUrl)}/v3/auth/domains`,
    repeat: "repeat",
    authorize,
  });
  return pickDomain(answer.body as DomainList | undefined, options.domainName);
}

function pickDomain(list: DomainList | undefined, name: string | undefined): string {
  const domains = list?.domains ?? [];
  const domain = name === undefined ? domains[0] : domains.find((d) => d.name === name);
  if (domain !== undefined) return domain.id;
  throw new DiagnosticError(
    domains.length === 0
      ? errorDiagnostic("IEC4001", "The access key sees no account", {
          detail:
            "IAM answered with an empty list of accounts, so the key lacks the permission to list them. " +
            "Grant it, or name the account's id with HW_DOMAIN_ID or domain_id.",
        })
      : errorDiagnostic("IEC4001", `The access key does not belong to the account "${name ?? ""}"`, {
          detail: `IAM names ${domains.map((d) => `"${d.name}"`).join(", ")}. Correct HW_DOMAIN_NAME or domain_name.`,
        }),
  );
}

type Login = Extract<Credentials, { kind: "password" }>;

function loggingIn(options: ClientOptions, login: Login, exchanger: Exchanger): Authorizer {
  const { clock } = options;
  let expiresAt = 0;
  const current = once(async () => {
    const request: TokenRequest = {
      auth: {
        identity: {
          methods: ["password"],
          password: { user: { name: login.user, password: login.password, domain: { name: login.domain } } },
        },
        scope: { domain: { name: login.domain } },
      },
    };
    const issued = clock.now();
    const operation = "POST /v3/auth/tokens";
    const answer = await exchanger.send({
      operation,
      method: "POST",
      url: `${iamBase(options.authUrl)}/v3/auth/tokens?nocatalog=true`,
      body: JSON.stringify(request),
      // A second token does no harm.
      repeat: "repeat",
      authorize: ({ headers }) => headers,
    });
    const token = answer.header("x-subject-token");
    if (token === undefined) {
      throw new ApiError({
        kind: "malformed",
        operation,
        endpoint: iamBase(options.authUrl),
        text: "no token in the answer",
      });
    }
    const told = Date.parse((answer.body as Partial<TokenResponse> | undefined)?.token?.expires_at ?? "");
    expiresAt = Number.isNaN(told) ? issued + TOKEN_LIFE_MS : told;
    return withToken(token);
  });
  let latest: Authorize | undefined;
  return {
    async prepare(signal) {
      if (latest !== undefined && clock.now() > expiresAt - RENEW_BEFORE_MS) {
        current.forget();
        latest = undefined;
      }
      return (latest = await abortable(current.get(), signal));
    },
    renew(refused) {
      // Another call may have renewed it already.
      if (refused === latest) {
        current.forget();
        latest = undefined;
      }
      return true;
    },
  };
}

const withToken =
  (token: string): Authorize =>
  ({ headers }) => ({ ...headers, "x-auth-token": token });

/** A value fetched when first asked for and shared by all who ask; a failure is not kept. */
export function once<T>(fetchValue: () => Promise<T>): { get: () => Promise<T>; forget: () => void } {
  let value: Promise<T> | undefined;
  return {
    get() {
      if (value === undefined) {
        const fresh = fetchValue();
        value = fresh;
        fresh.catch(() => {
          if (value === fresh) value = undefined;
        });
      }
      return value;
    },
    forget() {
      value = undefined;
    },
  };
}

/** Stops waiting for shared work when the signal says so; the work itself goes on for the others. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

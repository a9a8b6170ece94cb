import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type { DomainList } from "../../schema/generated/iam-api.js";
import type { ClientOptions } from "./api.js";
import type { Exchanger } from "./exchange.js";
import { createIdentity } from "./identity.js";
import { authorizeAs, iamBase, type Authorize } from "./sign.js";

/** Turns credentials into the headers of a call. */
export interface Authorizer {
  /** Asks IAM first where it must, once for all callers. */
  prepare(signal?: AbortSignal): Promise<Authorize>;
  /** Forgets what the cloud refused with 401. Returns whether another try may fare better. */
  renew(refused: Authorize): boolean;
}

/** What the cloud gave for a while is fetched again this long before it ends. */
const RENEW_BEFORE_MS = 5 * 60_000;

export function createAuthorizer(options: ClientOptions, exchanger: Exchanger): Authorizer {
  const { clock, credentials, agency } = options;
  const renewable = agency !== undefined || credentials.kind === "password" || credentials.kind === "oidc";
  const identify = createIdentity(options, exchanger);
  let renewAt = Infinity;
  let accountId = options.domainId;
  const current = once(async () => {
    const asked = clock.now();
    const identity = await identify();
    if (identity.kind === "keys") {
      accountId ??= await lookUpAccount(options, exchanger, authorizeAs(identity, clock));
    }
    renewAt = identity.expiresAt - Math.min(RENEW_BEFORE_MS, (identity.expiresAt - asked) / 2);
    return authorizeAs(identity, clock, accountId);
  });
  let latest: Authorize | undefined;
  const forget = () => {
    current.forget();
    latest = undefined;
  };
  return {
    async prepare(signal) {
      if (latest !== undefined && clock.now() > renewAt) forget();
      return (latest = await abortable(current.get(), signal));
    },
    renew(refused) {
      // Another call may have renewed it already.
      if (renewable && refused === latest) forget();
      return renewable;
    },
  };
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
            "Grant it, or name the account's id with HW_DOMAIN_ID or domain_id (of assume_role, " +
            "HW_ASSUME_ROLE_DOMAIN_ID, for an agency).",
        })
      : errorDiagnostic("IEC4001", `The access key does not belong to the account "${name ?? ""}"`, {
          detail: `IAM names ${domains.map((d) => `"${d.name}"`).join(", ")}. Correct HW_DOMAIN_NAME or domain_name.`,
        }),
  );
}

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

import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type {
  IdTokenRequest,
  TemporaryKeyRequest,
  TemporaryKeyResponse,
  TokenRequest,
  TokenResponse,
} from "../../schema/generated/iam-api.js";
import type { Agency, ClientOptions, Credentials } from "./api.js";
import { ApiError } from "./errors.js";
import type { Answer, Exchanger } from "./exchange.js";
import { authorizeAs, iamBase, type Authorize, type Identity } from "./sign.js";

/** An identity, and when the cloud ends it: milliseconds since the epoch, or never. */
export type Lease = Identity & { readonly expiresAt: number };

/** BEHAVIOUR section 1: a token lives 24 hours. */
const TOKEN_LIFE_MS = 24 * 3_600_000;
/** Keys for which no life was asked live this long. */
const KEY_LIFE_MS = 15 * 60_000;
/** What the public provider asks for. */
const AGENCY_SECONDS = 12 * 3600;

const LOGIN = "POST /v3/auth/tokens";
const FEDERATE = "POST /v3.0/OS-AUTH/id-token/tokens";
const LEASE_KEYS = "POST /v3.0/OS-CREDENTIAL/securitytokens";

/** How to become whom the options name: each call asks IAM anew where IAM must be asked. */
export function createIdentity(options: ClientOptions, exchanger: Exchanger): () => Promise<Lease> {
  const { clock, credentials, agency } = options;
  const endpoint = iamBase(options.authUrl);

  const ask = (operation: string, body: object, authorize: Authorize, query = ""): Promise<Answer> =>
    exchanger.send({
      operation,
      method: "POST",
      url: endpoint + operation.replace("POST ", "") + query,
      body: JSON.stringify(body),
      // A second token or key does no harm.
      repeat: "repeat",
      authorize,
    });
  const malformed = (operation: string, text: string) =>
    new ApiError({ kind: "malformed", operation, endpoint, text });
  const tokenOf = (operation: string, answer: Answer): string => {
    const token = answer.header("x-subject-token");
    if (token === undefined) throw malformed(operation, "no token in the answer");
    return token;
  };

  async function logIn({ user, password, domain }: Login): Promise<Lease> {
    const asked = clock.now();
    const request: TokenRequest = {
      auth: {
        identity: {
          methods: ["password"],
          password: { user: { name: user, password, domain: { name: domain } } },
        },
        scope: { domain: { name: domain } },
      },
    };
    const answer = await ask(LOGIN, request, anonymous, "?nocatalog=true");
    const told = (answer.body as Partial<TokenResponse> | undefined)?.token?.expires_at;
    return {
      kind: "token",
      token: tokenOf(LOGIN, answer),
      expiresAt: timeOf(told) ?? asked + TOKEN_LIFE_MS,
    };
  }

  async function federate({ idpId, idToken, durationSeconds }: Oidc): Promise<Lease> {
    const request: IdTokenRequest = { auth: { id_token: { id: idToken() } } };
    const answer = await ask(FEDERATE, request, ({ headers }) => ({ ...headers, "x-idp-id": idpId })).catch(
      explain(`IAM refused the identity token of the provider "${idpId}"`, [
        "Check HW_ASSUME_ROLE_IDP_ID (idp_id), and that the token has not ended:",
        "a file (HW_ASSUME_ROLE_ID_TOKEN_FILE, id_token_file) is read anew each time.",
      ]),
    );
    const id = tokenOf(FEDERATE, answer);
    const seconds = durationSeconds === undefined ? {} : { duration_seconds: durationSeconds };
    return leaseKeys(
      { auth: { identity: { methods: ["token"], token: { id, ...seconds } } } },
      anonymous,
      durationSeconds,
    );
  }

  async function assume(role: Agency, caller: Identity): Promise<Lease> {
    const { name, domainId, domainName, durationSeconds = AGENCY_SECONDS } = role;
    const account = domainId === undefined ? { domain_name: domainName ?? "" } : { domain_id: domainId };
    const request: TemporaryKeyRequest = {
      auth: {
        identity: {
          methods: ["assume_role"],
          assume_role: { agency_name: name, ...account, duration_seconds: durationSeconds },
        },
      },
    };
    return leaseKeys(request, authorizeAs(caller, clock), durationSeconds).catch((error: unknown) => {
      // Then it is the caller that IAM does not take, and not the agency.
      if (error instanceof ApiError && error.isUnauthorized) throw error;
      return explain(
        `The agency "${name}" of the account "${domainName ?? domainId ?? ""}" cannot be assumed`,
        [
          "Check HW_ASSUME_ROLE_AGENCY_NAME (agency_name) and HW_ASSUME_ROLE_DOMAIN_NAME (domain_name),",
          "that the agency is for the caller's account, and that the caller may assume agencies (Agent Operator).",
        ],
      )(error);
    });
  }

  async function leaseKeys(
    request: TemporaryKeyRequest,
    authorize: Authorize,
    seconds: number | undefined,
  ): Promise<Lease> {
    const asked = clock.now();
    const answer = await ask(LEASE_KEYS, request, authorize);
    const told = (answer.body as Partial<TemporaryKeyResponse> | undefined)?.credential;
    if (!told?.access || !told.secret || !told.securitytoken) {
      throw malformed(LEASE_KEYS, "no keys in the answer");
    }
    return {
      kind: "keys",
      accessKey: told.access,
      secretKey: told.secret,
      securityToken: told.securitytoken,
      expiresAt: timeOf(told.expires_at) ?? asked + (seconds === undefined ? KEY_LIFE_MS : seconds * 1000),
    };
  }

  const identify = (): Promise<Lease> => {
    switch (credentials.kind) {
      case "keys":
      case "token":
        return Promise.resolve({ ...credentials, expiresAt: Infinity });
      case "password":
        return logIn(credentials);
      case "oidc":
        return federate(credentials);
    }
  };
  return agency === undefined ? identify : async () => assume(agency, await identify());
}

type Login = Extract<Credentials, { kind: "password" }>;
type Oidc = Extract<Credentials, { kind: "oidc" }>;

const anonymous: Authorize = ({ headers }) => headers;

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}

/** Says what a refusal means here. Other failures speak for themselves. */
const explain =
  (summary: string, fix: readonly string[]) =>
  (error: unknown): never => {
    const status = error instanceof ApiError && error.kind === "answer" ? (error.status ?? 0) : 0;
    if (status < 400 || status >= 500 || status === 429) throw error;
    const said = (error as ApiError).message.replace(/\.$/, "");
    throw new DiagnosticError(errorDiagnostic("IEC4001", summary, { detail: `${said}. ${fix.join(" ")}` }));
  };

import type { Clock } from "../../schema/clock.js";
import type { Exchange } from "./exchange.js";
import { signRequest } from "./signer.js";

/** Headers that say who calls. */
export type Authorize = Exchange["authorize"];

/** Whom the cloud takes the caller for. */
export type Identity =
  | ({ readonly kind: "keys" } & Keys)
  | {
      readonly kind: "token";
      readonly token: string;
    };
export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

/** Proves an identity; keys also name the account where the service asks for it. */
export function authorizeAs(identity: Identity, clock: Clock, domainId?: string): Authorize {
  if (identity.kind === "token") return ({ headers }) => ({ ...headers, "x-auth-token": identity.token });
  const { accessKey, secretKey, securityToken } = identity;
  return ({ method, url, headers, body }) =>
    signRequest({
      method,
      url,
      body,
      accessKey,
      secretKey,
      date: clock.now(),
      headers: {
        ...headers,
        ...(domainId !== undefined && { "x-domain-id": domainId }),
        ...(securityToken !== undefined && { "x-security-token": securityToken }),
      },
    });
}

/** The address of IAM without the `/v3` that the ecosystem's HW_AUTH_URL often carries. */
export const iamBase = (authUrl: string): string => authUrl.replace(/(\/v3)?\/*$/, "");

import { isoSeconds } from "./clock.js";
import type { Cloud } from "./cloud.js";
import { codes, Refusal } from "./errors.js";
import { type Answer, type Operations } from "./operation.js";
import { type Credentials, type SignedRequest, verifySignature } from "./signature.js";

/** The one account of a simulated cloud. These are published test values, no secrets. */
export const account = {
  name: "simulator",
  password: "simulator",
  userId: "5b0c1f6cbd0a4c0f8f3c7a5f4d1e2b90",
  domainId: "7d1c3a60f2b84e55a1c09d4be6f83312",
  projectId: "2f6a9be0c1d74f0d9a3e58b7c4d10e66",
  projectName: "cn-north-4",
} as const;

export const permanentKeys: Credentials = {
  accessKey: "SIMULATORACCESSKEY01",
  secretKey: "simulator-secret-key-simulator-secret-key",
};

/** Temporary keys, valid together with their security token. */
export const temporaryKeys = {
  accessKey: "SIMULATORTEMPORARY01",
  secretKey: "simulator-temporary-key-simulator-temporary",
  securityToken: "simulator-security-token",
} as const satisfies Credentials;

/** An agency of the account that it may assume itself. */
export const agency = { agencyName: "simulator-agency", domainName: account.name } as const;

/** An identity provider, and the one identity token that it gave. */
export const identityProvider = { idpId: "simulator-idp", idToken: "simulator-id-token" } as const;

const tokenLifeMs = 24 * 60 * 60 * 1000;

interface TokenRequest {
  auth: {
    identity: { password: { user: { name: string; password: string; domain: { name: string } } } };
    scope: { domain?: { id?: string; name?: string }; project?: { id?: string; name?: string } };
  };
}

interface TemporaryKeyRequest {
  auth: {
    identity: {
      methods: string[];
      assume_role?: {
        agency_name: string;
        domain_id?: string;
        domain_name?: string;
        duration_seconds?: number;
      };
      token?: { id?: string; duration_seconds?: number };
    };
  };
}

/** Without a wish, keys live 15 minutes. */
const keyLifeSeconds = 900;

function iamError(status: number, title: string, message: string): Answer {
  return { status, body: { error: { code: status, title, message } } };
}

/** Logins, tokens and the check that each request belongs to the account. */
export class Gateway {
  private readonly tokens = new Map<
    string,
    { readonly expires: number; readonly scope: "domain" | "project" | "none" }
  >();
  private readonly issued: (Required<Credentials> & { readonly expires: number })[] = [];

  constructor(private readonly cloud: Cloud) {}

  /** Refuses a request to the edge cloud or IAM that does not prove who it is. */
  authenticate(request: SignedRequest, service: "iec" | "iam"): void {
    const token = request.headers.get("x-auth-token");
    if (token !== null) {
      this.checkToken(token, service);
      return;
    }
    if (!request.headers.has("authorization")) {
      throw new Refusal(401, codes.tokenMissing, "The request carries neither a token nor a signature.");
    }
    const ended = this.issued.find(
      ({ accessKey, expires }) =>
        expires <= this.cloud.now && request.headers.get("authorization")?.includes(`Access=${accessKey},`),
    );
    if (ended) throw new Refusal(401, codes.signature, "The temporary access key has expired.");
    verifySignature(request, [permanentKeys, temporaryKeys, ...this.issued], this.cloud.now);
    if (service === "iam") return;
    const domain = request.headers.get("x-domain-id");
    if (domain === null) throw new Refusal(401, codes.signature, "The header X-Domain-Id is missing.");
    if (domain !== account.domainId)
      throw new Refusal(403, codes.denied, "X-Domain-Id is not the domain of the access key.");
  }

  private checkToken(token: string, service: "iec" | "iam"): void {
    const known = this.tokens.get(token);
    if (!known || known.expires <= this.cloud.now) {
      throw new Refusal(401, codes.signature, "The token is unknown or has expired.");
    }
    if (service === "iec" && known.scope !== "domain") {
      throw new Refusal(403, codes.denied, "The token is not scoped to a domain, which this service needs.");
    }
  }

  private issueKeys(seconds = keyLifeSeconds): Answer {
    const { random, now } = this.cloud;
    const expires = now + seconds * 1000;
    const keys = {
      accessKey: random.hex(20).toUpperCase(),
      secretKey: random.hex(40),
      securityToken: random.hex(64),
    };
    this.issued.push({ ...keys, expires });
    return {
      status: 201,
      body: {
        credential: {
          access: keys.accessKey,
          secret: keys.secretKey,
          securitytoken: keys.securityToken,
          expires_at: isoSeconds(expires),
        },
      },
    };
  }

  readonly operations: Operations = {
    CreateTokenWithIdToken: (cloud, call) => {
      const { auth } = call.body as { auth: { id_token: { id: string } } };
      const known =
        call.headers.get("x-idp-id") === identityProvider.idpId &&
        auth.id_token.id === identityProvider.idToken;
      if (!known) return iamError(401, "Unauthorized", "The identity token is not valid.");
      const token = cloud.random.hex(64);
      this.tokens.set(token, { expires: cloud.now + tokenLifeMs, scope: "none" });
      return {
        status: 201,
        headers: { "X-Subject-Token": token },
        body: {
          token: {
            methods: ["mapped"],
            issued_at: isoSeconds(cloud.now),
            expires_at: isoSeconds(cloud.now + tokenLifeMs),
            user: { id: account.userId, name: account.name },
          },
        },
      };
    },

    CreateTemporaryAccessKey: (_cloud, call) => {
      const { assume_role: role, token } = (call.body as TemporaryKeyRequest).auth.identity;
      const proves = call.headers.has("authorization") || call.headers.has("x-auth-token");
      if (role) {
        if (!proves) return iamError(401, "Unauthorized", "The request carries no credentials.");
        const known =
          role.agency_name === agency.agencyName &&
          (role.domain_id ?? account.domainId) === account.domainId &&
          (role.domain_name ?? agency.domainName) === agency.domainName;
        if (!known) return iamError(403, "Forbidden", "The agency does not exist or may not be assumed.");
        return this.issueKeys(role.duration_seconds);
      }
      const id = token?.id ?? call.headers.get("x-auth-token") ?? "";
      const known = this.tokens.get(id);
      if (!known || known.expires <= this.cloud.now)
        return iamError(401, "Unauthorized", "The token is unknown or has expired.");
      return this.issueKeys(token?.duration_seconds);
    },

    KeystoneCreateUserTokenByPassword: (cloud, call) => {
      const { auth } = call.body as TokenRequest;
      const { user } = auth.identity.password;
      if (
        user.name !== account.name ||
        user.password !== account.password ||
        user.domain.name !== account.name
      ) {
        return iamError(401, "Unauthorized", "The username or password is wrong.");
      }
      const domain = auth.scope.domain;
      const project = auth.scope.project;
      const scoped = domain
        ? (domain.id ?? account.domainId) === account.domainId &&
          (domain.name ?? account.name) === account.name
        : (project?.id ?? account.projectId) === account.projectId &&
          (project?.name ?? account.projectName) === account.projectName;
      if (!scoped) return iamError(403, "Forbidden", "The scope is not one of this account.");
      const token = cloud.random.hex(64);
      this.tokens.set(token, { expires: cloud.now + tokenLifeMs, scope: domain ? "domain" : "project" });
      const home = { id: account.domainId, name: account.name };
      return {
        status: 201,
        headers: { "X-Subject-Token": token },
        body: {
          token: {
            methods: ["password"],
            issued_at: isoSeconds(cloud.now),
            expires_at: isoSeconds(cloud.now + tokenLifeMs),
            user: { id: account.userId, name: account.name, domain: home, password_expires_at: "" },
            roles: [],
            catalog: [],
            ...(domain
              ? { domain: home }
              : { project: { id: account.projectId, name: account.projectName, domain: home } }),
          },
        },
      };
    },

    KeystoneListAuthDomains: () => ({
      status: 200,
      body: {
        domains: [{ id: account.domainId, name: account.name, description: "", enabled: true }],
        links: { self: "/v3/auth/domains", next: null, previous: null },
      },
    }),

    KeystoneListProjects: (_cloud, call) => {
      const project = {
        id: account.projectId,
        name: account.projectName,
        description: "",
        domain_id: account.domainId,
        parent_id: account.domainId,
        enabled: true,
        is_domain: false,
      };
      const wanted = Object.entries(call.query).every(
        ([key, value]) => !(key in project) || project[key as keyof typeof project] === value,
      );
      return {
        status: 200,
        body: {
          projects: wanted ? [project] : [],
          links: { self: "/v3/projects", next: null, previous: null },
        },
      };
    },
  };
}

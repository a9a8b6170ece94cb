import { block, bool, element, map, number, string, type Attributes } from "./attributes.js";

const SECONDS = { integer: true, minimum: 900, maximum: 86_400, unit: "s" } as const;

const agencyAttributes = {
  agency_name: string({
    optional: true,
    description: "Name of the agency. Environment: HW_ASSUME_ROLE_AGENCY_NAME.",
  }),
  domain_name: string({
    optional: true,
    description: "Name of the account that made the agency. Environment: HW_ASSUME_ROLE_DOMAIN_NAME.",
  }),
  domain_id: string({
    optional: true,
    description: "Id of that account, instead of its name. Environment: HW_ASSUME_ROLE_DOMAIN_ID.",
  }),
  duration: number({
    ...SECONDS,
    optional: true,
    description:
      "How long the keys live; they are renewed before they end. 12 hours when not set. Environment: HW_ASSUME_ROLE_DURATION.",
  }),
} as const satisfies Attributes;

/** The arguments of `provider "iec"`, named as in the public `huaweicloud` provider. Each has an environment variable. */
export const providerAttributes = {
  region: string({
    optional: true,
    description: "Region that requests are signed for. Environment: HW_REGION_NAME.",
  }),
  access_key: string({ optional: true, description: "Access key id (AK). Environment: HW_ACCESS_KEY." }),
  secret_key: string({
    optional: true,
    sensitive: true,
    description: "Secret access key (SK). Environment: HW_SECRET_KEY.",
  }),
  security_token: string({
    optional: true,
    sensitive: true,
    description: "Security token that belongs to a temporary access key. Environment: HW_SECURITY_TOKEN.",
  }),
  domain_id: string({
    optional: true,
    description: "Id of the account; looked up when not set. Environment: HW_DOMAIN_ID.",
  }),
  domain_name: string({
    optional: true,
    description: "Name of the account, for a login by password. Environment: HW_DOMAIN_NAME.",
  }),
  user_name: string({
    optional: true,
    description: "User name, for a login by password. Environment: HW_USER_NAME.",
  }),
  password: string({
    optional: true,
    sensitive: true,
    description: "Password of the user. Environment: HW_USER_PASSWORD.",
  }),
  token: string({
    optional: true,
    sensitive: true,
    description: "Login token, instead of keys or a password. Environment: HW_AUTH_TOKEN.",
  }),
  shared_config_file: string({
    optional: true,
    description:
      "Configuration file of the `hcloud` tool, `~/.hcloud/config.json` when only a profile is named. Environment: HW_SHARED_CONFIG_FILE.",
  }),
  profile: string({
    optional: true,
    description: "Profile of that file; its current one when not set. Environment: HW_PROFILE.",
  }),
  cloud: string({
    optional: true,
    description: "Domain of all endpoints, `myhuaweicloud.com` when not set. Environment: HW_CLOUD.",
  }),
  auth_url: string({
    optional: true,
    description: "Address of the identity service (IAM). Environment: HW_AUTH_URL.",
  }),
  assume_role: block({
    optional: true,
    maxItems: 1,
    attributes: agencyAttributes,
    description:
      "An agency to assume with the credentials: everything then belongs to the account that made it. Environment: HW_ASSUME_ROLE_AGENCY_NAME.",
  }),
  assume_role_with_oidc: block({
    optional: true,
    maxItems: 1,
    attributes: {
      ...agencyAttributes,
      idp_id: string({
        optional: true,
        description: "Id of the identity provider in IAM. Environment: HW_ASSUME_ROLE_IDP_ID.",
      }),
      id_token: string({
        optional: true,
        sensitive: true,
        description: "OpenID Connect identity token. Environment: HW_ASSUME_ROLE_ID_TOKEN.",
      }),
      id_token_file: string({
        optional: true,
        description:
          "File that holds the identity token, read anew at each sign-in. Environment: HW_ASSUME_ROLE_ID_TOKEN_FILE.",
      }),
    },
    description:
      "Signs in with an OpenID Connect identity token instead of keys, and assumes the agency if one is named. Environment: HW_ASSUME_ROLE_IDP_ID.",
  }),
  endpoints: map({
    optional: true,
    element: element.string({}),
    description:
      "Addresses of services by name; `iec` and `iam` are in use. Environment of `iec`: IEC_ENDPOINT.",
  }),
  insecure: bool({
    optional: true,
    description: "Whether to accept any TLS certificate. For tests only. Environment: HW_INSECURE.",
  }),
  max_retries: number({
    optional: true,
    integer: true,
    minimum: 0,
    description:
      "How often a request is repeated after throttling or a passing failure. Environment: HW_MAX_RETRIES.",
  }),
} as const satisfies Attributes;

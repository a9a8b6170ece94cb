import { bool, element, map, number, string, type Attributes } from "./attributes.js";

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
  auth_url: string({
    optional: true,
    description: "Address of the identity service (IAM). Environment: HW_AUTH_URL.",
  }),
  endpoints: map({
    optional: true,
    element: element.string({}),
    description:
      "Addresses of services by name; `iec` is the one in use. Environment of `iec`: IEC_ENDPOINT.",
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

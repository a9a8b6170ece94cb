import { describe, expect, it } from "vitest";
import { resolveConfiguration, type ProviderArguments } from "../../../provider/client/index.js";

const KEYS = { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "SK" };
const keys = { kind: "keys", accessKey: "AK", secretKey: "SK" };
type Arguments = Partial<ProviderArguments>;
type Env = Record<string, string>;

describe("resolveConfiguration", () => {
  it.each<{ name: string; args?: Arguments; env?: Env; expected: Record<string, unknown> }>([
    {
      name: "defaults",
      env: KEYS,
      expected: {
        endpoint: "https://iecs.myhuaweicloud.com",
        authUrl: "https://iam.myhuaweicloud.com:443",
        credentials: keys,
        insecure: false,
      },
    },
    {
      name: "everything by arguments",
      args: {
        region: "cn-north-4",
        access_key: "a",
        secret_key: "s",
        security_token: "t",
        domain_id: "d",
        domain_name: "n",
        auth_url: "https://iam.example.com:443/v3",
        endpoints: { iec: "https://iec.example.com/", vpc: "https://other" },
        insecure: true,
        max_retries: 2,
      },
      env: {
        ...KEYS,
        HW_DOMAIN_ID: "no",
        HW_INSECURE: "false",
        HW_MAX_RETRIES: "9",
        IEC_ENDPOINT: "https://no",
      },
      expected: {
        endpoint: "https://iec.example.com",
        authUrl: "https://iam.example.com:443",
        credentials: { kind: "keys", accessKey: "a", secretKey: "s", securityToken: "t" },
        domainId: "d",
        domainName: "n",
        insecure: true,
        maxRetries: 2,
      },
    },
    {
      name: "everything by environment",
      env: {
        ...KEYS,
        HW_SECURITY_TOKEN: "t",
        HW_DOMAIN_ID: "d",
        HW_DOMAIN_NAME: "n",
        HW_AUTH_URL: "http://127.0.0.1:8080/v3/",
        HW_INSECURE: "true",
        HW_MAX_RETRIES: "0",
        IEC_ENDPOINT: "http://127.0.0.1:8080",
      },
      expected: {
        endpoint: "http://127.0.0.1:8080",
        authUrl: "http://127.0.0.1:8080",
        credentials: { ...keys, securityToken: "t" },
        domainId: "d",
        domainName: "n",
        insecure: true,
        maxRetries: 0,
      },
    },
    {
      name: "an endpoint without a scheme",
      env: { ...KEYS, IEC_ENDPOINT: "iecs.example.com" },
      expected: { endpoint: "https://iecs.example.com" },
    },
    {
      name: "variables without a value count as not set",
      env: {
        ...KEYS,
        HW_AUTH_TOKEN: "",
        HW_DOMAIN_ID: "",
        HW_MAX_RETRIES: "",
        HW_INSECURE: "",
        IEC_ENDPOINT: "",
      },
      expected: { endpoint: "https://iecs.myhuaweicloud.com", credentials: keys, insecure: false },
    },
    {
      name: "a token",
      env: { ...KEYS, HW_AUTH_TOKEN: "t" },
      expected: { credentials: { kind: "token", token: "t" } },
    },
    {
      name: "keys by argument before a token of the environment",
      args: { access_key: "a", secret_key: "s" },
      env: { HW_AUTH_TOKEN: "t" },
      expected: { credentials: { kind: "keys", accessKey: "a", secretKey: "s" } },
    },
    {
      name: "a key pair of both origins",
      args: { access_key: "a" },
      env: KEYS,
      expected: { credentials: { kind: "keys", accessKey: "a", secretKey: "SK" } },
    },
    {
      name: "a password",
      env: { HW_USER_NAME: "u", HW_USER_PASSWORD: "p", HW_DOMAIN_NAME: "n" },
      expected: { credentials: { kind: "password", user: "u", password: "p", domain: "n" } },
    },
  ])("$name", ({ args = {}, env = {}, expected }) => {
    const { options, diagnostics } = resolveConfiguration(args, env);
    expect(diagnostics).toEqual([]);
    expect(options).toMatchObject(expected);
    if (expected["credentials"] !== undefined) expect(options?.credentials).toEqual(expected["credentials"]);
  });

  it.each<{ name: string; args?: Arguments; env?: Env; code: string; path: string; says: string }>([
    {
      name: "no credentials",
      code: "IEC4001",
      path: "access_key",
      says: "HW_ACCESS_KEY (access_key) and HW_SECRET_KEY",
    },
    {
      name: "no secret key",
      env: { HW_ACCESS_KEY: "AK" },
      code: "IEC4001",
      path: "secret_key",
      says: "HW_SECRET_KEY",
    },
    {
      name: "no access key",
      args: { secret_key: "s" },
      code: "IEC4001",
      path: "access_key",
      says: "HW_ACCESS_KEY",
    },
    {
      name: "a password without its account",
      env: { HW_USER_NAME: "u", HW_USER_PASSWORD: "p" },
      code: "IEC4001",
      path: "domain_name",
      says: "HW_DOMAIN_NAME",
    },
    {
      name: "a bad endpoint",
      args: { endpoints: { iec: "ftp://x" } },
      env: KEYS,
      code: "IEC2012",
      path: "endpoints",
      says: "https://",
    },
    {
      name: "a bad auth_url",
      env: { ...KEYS, HW_AUTH_URL: "http://" },
      code: "IEC2012",
      path: "auth_url",
      says: "https://",
    },
    {
      name: "a bad number of retries",
      env: { ...KEYS, HW_MAX_RETRIES: "few" },
      code: "IEC2012",
      path: "max_retries",
      says: "whole number",
    },
    {
      name: "negative retries",
      args: { max_retries: -1 },
      env: KEYS,
      code: "IEC2012",
      path: "max_retries",
      says: "whole number",
    },
    {
      name: "a bad flag",
      env: { ...KEYS, HW_INSECURE: "maybe" },
      code: "IEC2012",
      path: "insecure",
      says: "true or false",
    },
  ])("refuses: $name", ({ args = {}, env = {}, code, path, says }) => {
    const { options, diagnostics } = resolveConfiguration(args, env);
    expect(options).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code, path: [path], detail: expect.stringContaining(says) as string },
    ]);
  });

  it("tells no secret", () => {
    const env = {
      HW_SECRET_KEY: "very-secret",
      HW_USER_PASSWORD: "very-secret",
      HW_SECURITY_TOKEN: "very-secret",
    };
    expect(JSON.stringify(resolveConfiguration({}, env).diagnostics)).not.toContain("very-secret");
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import type { Environment } from "../helpers/iec.js";
import { temporaryFolder } from "../helpers/stack.js";
import { Project, withTerraform } from "./terraform-project.js";

/** Each way of signing in, through the real Terraform: the guide's table. Which one wins is a table of unit tests. */

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

interface Way {
  /** The provider block. */
  readonly block?: object;
  readonly env?: Environment;
}
type Open = () => Way | Promise<Way>;

const KEYS = () => ({ HW_ACCESS_KEY: cloud.accessKey, HW_SECRET_KEY: cloud.secretKey });
/** A file of `hcloud` with one profile. */
const configFile = (profile: object): string => {
  const file = join(temporaryFolder(), "config.json");
  const profiles = [{ name: "edge", mode: "AKSK", ...profile }];
  writeFileSync(file, JSON.stringify({ current: "other", profiles }));
  return file;
};
const AGENCY = () => ({ agency_name: cloud.agency.agencyName, domain_name: cloud.agency.domainName });

const WAYS: Readonly<Record<string, Open>> = {
  "access key, by argument": () => ({
    block: { access_key: cloud.accessKey, secret_key: cloud.secretKey },
  }),
  "temporary key": () => {
    const { accessKey, secretKey, securityToken } = cloud.temporary;
    return { env: { HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey, HW_SECURITY_TOKEN: securityToken } };
  },
  token: async () => ({ env: { HW_AUTH_TOKEN: await tokenOfUser() } }),
  "user and password": () => ({
    env: { HW_USER_NAME: "simulator", HW_USER_PASSWORD: "simulator", HW_DOMAIN_NAME: "simulator" },
  }),
  "profile, by environment": () => {
    const file = configFile({ accessKeyId: cloud.accessKey, secretAccessKey: cloud.secretKey });
    return { env: { HW_SHARED_CONFIG_FILE: file, HW_PROFILE: "edge" } };
  },
  "agency, with an access key": () => ({ block: { assume_role: [AGENCY()] }, env: KEYS() }),
  "agency, with an identity token": () => ({
    block: {
      assume_role_with_oidc: [
        {
          ...AGENCY(),
          idp_id: cloud.identityProvider.idpId,
          id_token: cloud.identityProvider.idToken,
        },
      ],
    },
  }),
};

withTerraform("signing in", () => {
  test.each(Object.entries(WAYS))("%s", async (_name, way) => {
    const { block = {}, env = {} } = await way();
    const endpoints = { iec: cloud.url, iam: cloud.url };
    const project = new Project(temporaryFolder(), env);
    project.write({
      provider: { iec: [{ ...block, endpoints }] },
      data: { iec_sites: { all: { city: "guangzhou" } } },
      output: { site: { value: "${data.iec_sites.all.sites[0].city}" } },
    });
    expect(await project.succeed("plan")).toMatch(/site += "guangzhou"/i);
    expect(cloud.invalid).toEqual([]);
  });
});

/** A token as IAM gives it to a user. */
async function tokenOfUser(): Promise<string> {
  const user = { name: "simulator", password: "simulator", domain: { name: "simulator" } };
  const auth = {
    identity: { methods: ["password"], password: { user } },
    scope: { domain: { name: "simulator" } },
  };
  const answer = await fetch(`${cloud.url}/v3/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth }),
  });
  return answer.headers.get("x-subject-token") ?? "";
}

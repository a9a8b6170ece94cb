import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readProfile } from "../../../provider/client/shared-config.js";
import { DiagnosticError } from "../../../schema/diagnostics.js";

let home = "";
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "iec-profile-"));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

/** What `hcloud configure` writes, as far as the public provider reads it. */
const CONFIG = {
  language: "en",
  current: "work",
  profiles: [
    {
      name: "work",
      mode: "AKSK",
      accessKeyId: "AK",
      secretAccessKey: "SK",
      securityToken: "",
      region: "cn-north-4",
      projectId: "",
      domainId: "d1",
      agencyDomainId: "",
      agencyDomainName: "lender",
      agencyName: "edge",
    },
    { name: "temporary", mode: "AKSK", accessKeyId: "AK2", secretAccessKey: "SK2", securityToken: "st" },
    {
      name: "sso",
      mode: "SSO",
      ssoAuth: { stsToken: { accessKeyId: "AK3", secretAccessKey: "SK3", securityToken: "st3" } },
    },
    { name: "metadata", mode: "ecsAgency" },
    { name: "signed-out", mode: "SSO", accessKeyId: "AK", secretAccessKey: "very-secret" },
    { name: "odd", accessKeyId: 7, secretAccessKey: "very-secret" },
  ],
};

function write(content: unknown): string {
  const file = path.join(home, "config.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

describe("a profile", () => {
  it.each<{ name: string; profile?: string; expected: object }>([
    {
      name: "the current one",
      expected: {
        accessKey: "AK",
        secretKey: "SK",
        domainId: "d1",
        agencyName: "edge",
        agencyDomainName: "lender",
      },
    },
    {
      name: "temporary keys",
      profile: "temporary",
      expected: { accessKey: "AK2", secretKey: "SK2", securityToken: "st" },
    },
    {
      name: "the keys of a single sign-on",
      profile: "sso",
      expected: { accessKey: "AK3", secretKey: "SK3", securityToken: "st3" },
    },
  ])("tells $name", ({ profile, expected }) => {
    expect(JSON.parse(JSON.stringify(readProfile(write(CONFIG), profile, {})))).toEqual(expected);
  });

  it("is read although an editor put a mark before it", () => {
    expect(readProfile(write(`\uFEFF${JSON.stringify(CONFIG)}`), "sso", {}).accessKey).toBe("AK3");
  });

  it.each(["HOME", "USERPROFILE"])("is looked for in the folder of %s", (variable) => {
    mkdirSync(path.join(home, ".hcloud"));
    writeFileSync(path.join(home, ".hcloud", "config.json"), JSON.stringify(CONFIG));
    expect(readProfile(undefined, "sso", { [variable]: home }).accessKey).toBe("AK3");
    expect(readProfile("~/.hcloud/config.json", "sso", { [variable]: home }).accessKey).toBe("AK3");
  });

  it.each<{ name: string; content?: unknown; profile?: string; path: string; says: string; fix: string }>([
    { name: "no file", path: "shared_config_file", says: "does not exist", fix: "hcloud configure init" },
    {
      name: "no JSON",
      content: '{"secretAccessKey": "very-secret"',
      path: "shared_config_file",
      says: "is not a configuration file of hcloud",
      fix: "list of profiles",
    },
    {
      name: "other JSON",
      content: ["very-secret"],
      path: "shared_config_file",
      says: "is not a configuration file of hcloud",
      fix: "list of profiles",
    },
    {
      name: "no such profile",
      content: CONFIG,
      profile: "play",
      path: "profile",
      says: 'has no profile "play"',
      fix: '"work", "temporary", "sso"',
    },
    {
      name: "no current profile",
      content: { profiles: [] },
      path: "profile",
      says: "names no current profile",
      fix: "It has none. Name one with HW_PROFILE",
    },
    {
      name: "a mode without keys",
      content: CONFIG,
      profile: "metadata",
      path: "profile",
      says: "holds no access key",
      fix: "AKSK or SSO",
    },
    {
      name: "a single sign-on that has ended",
      content: CONFIG,
      profile: "signed-out",
      path: "profile",
      says: "holds no access key",
      fix: "Sign in again",
    },
    {
      name: "keys of another type",
      content: CONFIG,
      profile: "odd",
      path: "profile",
      says: "holds no access key",
      fix: "AKSK or SSO",
    },
  ])("is refused: $name", ({ content, profile, path: argument, says, fix }) => {
    const file = content === undefined ? path.join(home, "none.json") : write(content);
    const error = caught(() => readProfile(file, profile, {}));
    expect(error.diagnostics).toMatchObject([
      {
        code: "IEC4001",
        path: [argument],
        summary: expect.stringContaining(says) as string,
        detail: expect.stringContaining(fix) as string,
      },
    ]);
    expect(error.diagnostics[0]?.summary).toContain(file);
    expect(JSON.stringify(error.diagnostics)).not.toContain("very-secret");
  });

  it("is refused: a folder instead of a file", () => {
    expect(caught(() => readProfile(home, undefined, {})).diagnostics[0]?.summary).toContain(
      "cannot be read (EISDIR)",
    );
  });
});

function caught(work: () => unknown): DiagnosticError {
  try {
    work();
  } catch (error) {
    if (error instanceof DiagnosticError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

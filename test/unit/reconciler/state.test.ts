import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  emptyState,
  formatState,
  hashState,
  parseState,
  readState,
  writeState,
  type State,
} from "../../../provider/reconciler/state.js";
import { temporaryFolder } from "../../helpers/stack.js";
import { complaintsOf, instanceAt, stateOf } from "./harness.js";

const FROM_TERRAFORM = readFileSync(join(import.meta.dirname, "written-by-terraform.json"), "utf8");
const RICH: State = {
  ...stateOf(
    instanceAt("iec_vpc.b", { id: "1", list: [1, "two", null], nested: { a: { b: true } } }),
    instanceAt(
      "iec_server.a",
      { id: "2", admin_pass: "secret", disks: [{ key: "k" }] },
      {
        sensitive: [["admin_pass"], ["disks", 0, "key"]],
        dependencies: ["iec_vpc.b", "iec_keypair.k"],
        tainted: true,
        privateData: "opaque",
        schemaVersion: 2,
      },
    ),
    ["data.iec_sites.all", instanceAt("iec_sites.all", { sites: [] }, { mode: "data" })[1]],
  ),
  outputs: new Map([
    ["plain", { value: "x", sensitive: false }],
    ["hidden", { value: { list: [1, true, null] }, sensitive: true }],
  ]),
};

const parse = (text: string) => parseState(text, "some.tfstate");
const document = (more: object) => JSON.stringify({ version: 4, serial: 1, lineage: "l", ...more });
const resource = (more: object) => ({
  mode: "managed",
  type: "iec_vpc",
  name: "a",
  provider: "p",
  instances: [{ schema_version: 0, attributes: {} }],
  ...more,
});

describe("the state format", () => {
  it("a file that Terraform wrote comes out as it went in", () => {
    const state = parse(FROM_TERRAFORM);
    expect(formatState(state)).toBe(FROM_TERRAFORM);
    expect(state.instances.get("terraform_data.user")).toMatchObject({
      tainted: true,
      sensitive: [["input"]],
      dependencies: ["terraform_data.base"],
    });
    expect(state.outputs.get("secret")).toEqual({ value: "s3cret", sensitive: true });
  });

  it("what is written is read back", () => {
    const state = parse(formatState(RICH));
    expect(formatState(state)).toBe(formatState(RICH));
    // Dependencies are sorted, as Terraform has them; everything else is as it was.
    expect(state.instances.get("iec_server.a")).toEqual({
      ...RICH.instances.get("iec_server.a"),
      dependencies: ["iec_keypair.k", "iec_vpc.b"],
    });
    expect([...state.instances.keys()].sort()).toEqual(["data.iec_sites.all", "iec_server.a", "iec_vpc.b"]);
    expect(state.outputs).toEqual(RICH.outputs);
  });

  it("the hash tells contents apart, not serials or the order they came in", () => {
    const hash = hashState(RICH);
    expect(hashState({ ...RICH, serial: 99 })).toBe(hash);
    expect(hashState({ ...RICH, instances: new Map([...RICH.instances].reverse()) })).toBe(hash);
    expect(hashState({ ...RICH, outputs: new Map() })).not.toBe(hash);
    expect(hashState({ ...RICH, lineage: "other" })).not.toBe(hash);
  });

  it.each([
    ["cut off", FROM_TERRAFORM.slice(0, 300), "IEC3001", "not valid JSON"],
    ["something else", '"hello"', "IEC3001", "version"],
    ["of a newer version", document({ version: 5 }), "IEC3002", "Upgrade iec-cdk"],
    ["of an older version", document({ version: 3 }), "IEC3001", "Its version is 3"],
    ["without a lineage", document({ lineage: undefined }), "IEC3001", "no lineage"],
    ["with resources of another shape", document({ resources: [{ type: "x" }] }), "IEC3001", "shape"],
    ["with a module", document({ resources: [resource({ module: "module.m" })] }), "IEC2009", "terraform"],
    [
      "with count",
      document({ resources: [resource({ instances: [{ index_key: 0, attributes: {} }] })] }),
      "IEC2009",
      "terraform",
    ],
    [
      "with a deposed object",
      document({ resources: [resource({ instances: [{ deposed: "1", attributes: {} }] })] }),
      "IEC2009",
      "terraform",
    ],
  ])("a file that is %s is refused", async (_name, text, code, words) => {
    const [complaint] = await complaintsOf(() => parse(text));
    expect(complaint?.code).toBe(code);
    expect(complaint?.detail).toContain(words);
  });
});

describe("the state file", () => {
  it.each([
    ["there is none", undefined],
    ["it is empty", ""],
    ["it is blank", "\n"],
  ])("%s: no state", async (_name, text) => {
    const path = join(temporaryFolder(), "terraform.tfstate");
    if (text !== undefined) writeFileSync(path, text);
    expect(await readState(path)).toBeUndefined();
  });

  it("a folder in its place is reported", async () => {
    const [complaint] = await complaintsOf(() => readState(temporaryFolder()));
    expect(complaint?.code).toBe("IEC3001");
  });

  it("a new one is for its owner, in a folder that is made for it, with nothing beside it", async () => {
    const folder = join(temporaryFolder(), "a/b");
    const path = join(folder, "terraform.tfstate");
    await writeState(path, RICH);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["terraform.tfstate"]);
    expect(readFileSync(path, "utf8")).toBe(formatState(RICH));
  });

  it("one that is replaced keeps its mode and leaves a backup", async () => {
    const path = join(temporaryFolder(), "terraform.tfstate");
    const first = emptyState("first");
    await writeState(path, first);
    chmodSync(path, 0o640);
    await writeState(path, RICH);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readFileSync(`${path}.backup`, "utf8")).toBe(formatState(first));
    expect(readdirSync(join(path, ".."))).toEqual(["terraform.tfstate", "terraform.tfstate.backup"]);
  });

  it("one that cannot be written is reported, and nothing is left behind", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "terraform.tfstate");
    // A folder cannot be replaced by a file.
    mkdirSync(path);
    writeFileSync(join(path, "inside"), "");
    const [complaint] = await complaintsOf(() => writeState(path, RICH));
    expect(complaint?.code).toBe("IEC3005");
    expect(readdirSync(folder)).toEqual(["terraform.tfstate"]);
  });
});

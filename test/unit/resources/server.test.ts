import { describe, expect, it } from "vitest";
import { fromApi as imageFromApi, image } from "../../../provider/resources/image.js";
import { server } from "../../../provider/resources/server.js";
import { groupsOf, ownNics, type Nic } from "../../../provider/resources/server-nics.js";
import { fromApi as nicFromApi, serverNic } from "../../../provider/resources/server-nic.js";
import { Unknown, UNKNOWN, type ObjectValue } from "../../../schema/unknown.js";

const nic = (port: string, subnet_id: string, ...groups: readonly string[]): Nic => ({
  port,
  mac: null,
  address: null,
  subnet_id,
  security_groups: groups,
});

describe("a server's own NICs", () => {
  const [a, b, b2, c] = [nic("1", "a"), nic("2", "b"), nic("3", "b"), nic("4", "c")];
  it.each([
    { name: "all", all: [a, b], before: undefined, subnets: ["b", "a"], own: ["1", "2"], missing: [] },
    { name: "not another subnet's", all: [a, c], before: undefined, subnets: ["a"], own: ["1"], missing: [] },
    {
      name: "the one it had",
      all: [a, b, b2],
      before: [b2],
      subnets: ["a", "b"],
      own: ["1", "3"],
      missing: [],
    },
    {
      name: "two in one subnet",
      all: [b, b2],
      before: undefined,
      subnets: ["b", "b"],
      own: ["2", "3"],
      missing: [],
    },
    { name: "one is gone", all: [a], before: [a, b], subnets: ["a", "b"], own: ["1"], missing: ["b"] },
    { name: "none", all: [], before: [a], subnets: ["a"], own: [], missing: ["a"] },
  ])("$name", ({ all, before, subnets, own, missing }) => {
    const found = ownNics(all, before, subnets);
    expect([found.own.map(({ port }) => port), found.missing]).toEqual([own, missing]);
  });
});

it.each([
  { name: "as they should be", nics: [nic("1", "a", "x", "y")], known: ["y", "x"], groups: ["x", "y"] },
  { name: "one NIC has others", nics: [nic("1", "a", "x"), nic("2", "b", "z")], known: ["x"], groups: ["z"] },
  { name: "nothing known", nics: [nic("1", "a", "x")], known: undefined, groups: ["x"] },
  { name: "no NIC", nics: [], known: ["x"], groups: undefined },
])("the groups of NICs: $name", ({ nics, known, groups }) => {
  expect(groupsOf(nics, known)).toEqual(groups);
});

describe("what replaces a server", () => {
  const prior = {
    subnet_ids: ["a", "b"],
    security_groups: ["x"],
    nics: [nic("1", "a", "x"), nic("2", "b", "x")] as unknown as ObjectValue[],
  };
  const [subnets, groups] = [[["subnet_ids"]], [["security_groups"]]];
  it.each<{ name: string; planned: ObjectValue; paths: unknown }>([
    { name: "nothing", planned: {}, paths: [] },
    { name: "a NIC more, of a subnet to be made", planned: { subnet_ids: ["b", "a", UNKNOWN] }, paths: [] },
    { name: "a NIC less", planned: { subnet_ids: ["a"] }, paths: [] },
    { name: "the first NIC gone", planned: { subnet_ids: ["b"] }, paths: subnets },
    { name: "a subnet that is replaced", planned: { subnet_ids: ["a", UNKNOWN] }, paths: subnets },
    { name: "the first subnet replaced", planned: { subnet_ids: [UNKNOWN, "b"] }, paths: subnets },
    { name: "another group", planned: { security_groups: ["y"] }, paths: [] },
    { name: "a group that is replaced", planned: { security_groups: [UNKNOWN] }, paths: groups },
    { name: "all unknown", planned: { security_groups: UNKNOWN }, paths: groups },
  ])("$name", ({ planned, paths }) => {
    expect(server.replaces?.(prior, { ...prior, ...planned })).toEqual(paths);
  });
});

it("a server is told without the NICs of others, and without user data that is known", () => {
  const told = { id: "s", nics: [nic("1", "a", "x"), nic("2", "b", "z")], user_data: "dGhlaXJz" };
  const known = { id: "s", subnet_ids: ["a"], security_groups: ["x"], user_data: null };
  expect(server.interpret?.(told as never, known)).toMatchObject({
    nics: [{ port: "1" }],
    subnet_ids: ["a"],
    security_groups: ["x"],
    user_data: undefined,
  });
  expect(server.interpret?.(told as never, { id: "s" })).toEqual(told);
});

describe("the configuration of a server", () => {
  const config = {
    admin_pass: null,
    admin_pass_wo: null,
    key_pair: "key",
    subnet_ids: ["a"],
    bind_eip: true,
  };
  const lines = (...pool_ids: readonly string[]) => ({ coverage_sites: [{ site_id: "s", pool_ids }] });
  it.each<{ name: string; change: ObjectValue; found: unknown }>([
    { name: "a key pair", change: {}, found: [] },
    { name: "a line for each NIC", change: lines("1"), found: [] },
    {
      name: "more lines than NICs",
      change: lines("1", "2"),
      found: [{ code: "IEC2013", path: ["coverage_sites", 0, "pool_ids"] }],
    },
    { name: "more lines than NICs without EIPs", change: { ...lines("1", "2"), bind_eip: null }, found: [] },
    {
      name: "key pair and password",
      change: { admin_pass_wo: "secret" },
      found: [{ code: "IEC2013", path: ["key_pair"] }],
    },
    {
      name: "both passwords",
      change: { key_pair: null, admin_pass: "a", admin_pass_wo: "b" },
      found: [{ path: ["admin_pass_wo"] }],
    },
    { name: "no login", change: { key_pair: null }, found: [{ severity: "warning", path: ["key_pair"] }] },
    { name: "a key pair to be made", change: { key_pair: UNKNOWN }, found: [] },
  ])("$name", ({ change, found }) => {
    expect(server.validate?.({ ...config, ...change })).toMatchObject(found as object[]);
  });
});

describe("a NIC on its own", () => {
  it("is told by its port", () => {
    const port = {
      id: "p",
      device_id: "s",
      network_id: "n",
      security_groups: ["b", "a"],
      mac_address: "fa:16:3e:00:00:01",
      fixed_ips: [{ ip_address: "10.0.0.5" }],
    };
    expect(nicFromApi(port)).toEqual({
      id: "p",
      server_id: "s",
      subnet_id: "n",
      security_groups: ["a", "b"],
      port_id: "p",
      mac: "fa:16:3e:00:00:01",
      address: "10.0.0.5",
    });
  });
  it.each([
    { name: "another group", after: ["y"], paths: [] },
    { name: "a group that is replaced", after: [UNKNOWN], paths: [["security_groups"]] },
    { name: "a group more, to be made", after: ["x", UNKNOWN], paths: [] },
  ])("is replaced: $name", ({ after, paths }) => {
    expect(serverNic.replaces?.({ security_groups: ["x"] }, { security_groups: after })).toEqual(paths);
  });
  it("comes one at a time on each server", () => {
    expect(serverNic.exclusive?.({ server_id: "s" })).toBe("nics of s");
  });
});

describe("an image", () => {
  it.each([
    { source: "instance:i", told: { server_id: "i", source_image_id: null, region: null } },
    { source: "ims:m:cn-north-4", told: { server_id: null, source_image_id: "m", region: "cn-north-4" } },
    { source: undefined, told: {} },
    { source: "elsewhere", told: {} },
  ])("tells its source: $source", ({ source, told }) => {
    const { server_id, source_image_id, region } = imageFromApi({
      id: "x",
      ...(source && { data_source: source }),
    });
    expect({ server_id, source_image_id, region }).toEqual({
      server_id: undefined,
      source_image_id: undefined,
      region: undefined,
      ...told,
    });
  });

  const empty = { name: null, server_id: null, source_image_id: null, region: null };
  const made = new Unknown({ address: "iec_server.a", path: ["id"] });
  it.each<{ name: string; config: ObjectValue; path: string | undefined }>([
    { name: "of a server", config: { name: "n", server_id: made }, path: undefined },
    { name: "of the central cloud", config: { source_image_id: "m", region: "r" }, path: undefined },
    { name: "of nothing", config: {}, path: "source_image_id" },
    { name: "of both", config: { server_id: made, source_image_id: "m" }, path: "server_id" },
    { name: "of a server, without a name", config: { server_id: "i" }, path: "name" },
    {
      name: "of a server, with a region",
      config: { name: "n", server_id: "i", region: "r" },
      path: "region",
    },
    { name: "of the central cloud, without region", config: { source_image_id: "m" }, path: "region" },
    {
      name: "of the central cloud, with a name",
      config: { source_image_id: "m", region: "r", name: "n" },
      path: "name",
    },
    {
      name: "of what is not known yet",
      config: { server_id: UNKNOWN, source_image_id: UNKNOWN },
      path: undefined,
    },
  ])("$name", ({ config, path }) => {
    const found = image.validate?.({ ...empty, ...config }) ?? [];
    expect(found.map((d) => d.path)).toEqual(path === undefined ? [] : [[path]]);
  });
});

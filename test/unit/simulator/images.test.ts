import { describe, expect, test } from "vitest";
import type { FaultRule } from "../../../provider/simulator/index.js";
import {
  addServer,
  addSubnet,
  addVpc,
  asText,
  createWorld,
  ids,
  type Json,
  type Reply,
  serverBody,
  verdict,
  type World,
} from "./harness.js";

const region = "cn-north-4";
const golden = "3d8e5874-b466-5403-b029-98adf9fe5592";
const names = (body: Json): unknown[] => (body["images"] as unknown as Json[]).map((image) => image["name"]);
const cloudImages = async (world: World, query = ""): Promise<Json> =>
  (await world.call("GET", `/v1/cloudimages/${region}${query}`)).body;
const register = (world: World, body: object = { image_id: golden, region_id: region }): Promise<Reply> =>
  world.call("POST", "/v1/images/register", body);
const show = async (world: World, id: string): Promise<Json> =>
  (await world.call("GET", `/v1/images/${id}`)).body;
const retry = (world: World, job: string): Promise<Reply> =>
  world.call("POST", `/v1/${world.app.domainId}/jobs/${job}/action`, { action: "retry" });

async function oneServer(world: World): Promise<string> {
  const vpc = await addVpc(world);
  const root_volume = { size: 60, volume_type: "SAS" };
  return addServer(world, { vpc, subnets: [await addSubnet(world, vpc)], more: { root_volume } });
}
async function registered(world: World): Promise<string> {
  const { body } = await register(world);
  world.pass(1200);
  return asText(body["image_id"]);
}

describe("central images", () => {
  test("private and public ones of a region", async () => {
    const world = createWorld();
    expect(names(await cloudImages(world, "?__imagetype=private&sort_key=name&sort_dir=asc"))).toEqual([
      "golden-db-2024",
      "golden-desktop-2024",
      "golden-draft",
      "golden-web-2024",
    ]);
    expect((await cloudImages(world, "?__imagetype=gold"))["images"]).toHaveLength(10);
    expect(names(await cloudImages(world, `?id=${golden}`))).toEqual(["golden-web-2024"]);
    expect(names(await cloudImages(world, "?status=saving"))).toEqual(["golden-draft"]);
    expect(names(await cloudImages(world, "?__isregistered=false"))).toEqual(["golden-draft"]);
  });

  test("pages by marker, without a total", async () => {
    const world = createWorld();
    const all = names(await cloudImages(world));
    const read: unknown[] = [];
    let marker = "";
    for (;;) {
      const page = await cloudImages(world, `?limit=5&marker=${marker}`);
      expect(Object.keys(page)).toEqual(["images"]);
      const images = page["images"] as unknown as Json[];
      if (images.length === 0) break;
      read.push(...names(page));
      marker = asText(images.at(-1)!["id"]);
    }
    expect(read).toEqual(all);
    expect(read).toHaveLength(14);
  });

  const refused: [path: string, verdict: string][] = [
    [`/v1/cloudimages/${region}?marker=${ids.nobody}`, "400 IEC.000006"],
    [`/v1/cloudimages/${region}?limit=501`, "400 IEC.000006"],
    [`/v1/cloudimages/${region}?limit=0`, "200"],
    ["/v1/cloudimages/mars-1", "400 IEC.000030"],
  ];
  test.each(refused)("%s: %s", async (path, expected) => {
    expect(verdict(await createWorld().call("GET", path))).toBe(expected);
  });
});

describe("register", () => {
  test("queued, saving, active; it tells where it comes from", async () => {
    const world = createWorld();
    const { body } = await register(world);
    const id = asText(body["image_id"]);
    const status = async (): Promise<unknown> => (await show(world, id))["status"];
    expect(await show(world, id)).toMatchObject({
      name: "golden-web-2024",
      status: "queued",
      __isregistered: false,
      relation_job_id: body["job_id"],
    });
    world.pass(200);
    expect(await status()).toBe("saving");
    world.pass(1000);
    expect(await show(world, id)).toMatchObject({
      status: "active",
      __isregistered: true,
      visibility: "private",
      __os_type: "Linux",
      data_source: `ims:${golden}:${region}`,
      origin_region_info: { image_id: golden, region_id: region },
      created_at: "2025-01-01T00:00:00Z",
      updated_at: "2025-01-01T00:00:01Z",
    });
  });

  const rows: [name: string, body: (world: World) => Promise<object>, verdict: string][] = [
    ["no image", () => Promise.resolve({ region_id: region }), "400 IEC.000007"],
    ["no region", () => Promise.resolve({ image_id: golden }), "400 IEC.000007"],
    [
      "an image of another region",
      () => Promise.resolve({ image_id: golden, region_id: "cn-east-3" }),
      "400 IEC.000007",
    ],
    [
      "a public image",
      async (world) => ({
        region_id: region,
        image_id: (await cloudImages(world, "?__imagetype=gold&limit=1"))["images"]![0]!["id"],
      }),
      "400 IEC.000007",
    ],
    [
      "one that is not active",
      async (world) => ({
        region_id: region,
        image_id: (await cloudImages(world, "?status=saving"))["images"]![0]!["id"],
      }),
      "400 IEC.000007",
    ],
    ["the same one again", () => Promise.resolve({ image_id: golden, region_id: region }), "200"],
  ];
  test.each(rows)("%s: %s", async (_name, body, expected) => {
    const world = createWorld();
    await register(world);
    expect(verdict(await register(world, await body(world)))).toBe(expected);
  });

  test("the quota counts the account's own images", async () => {
    const world = createWorld({ quotas: { image: 2 } });
    expect([verdict(await register(world)), verdict(await register(world))]).toEqual([
      "200",
      "400 IEC.000032",
    ]);
  });
});

describe("create from an instance", () => {
  test("as large as its system disk, with the system of its image", async () => {
    const world = createWorld();
    const instance_id = await oneServer(world);
    const { body } = await world.call("POST", "/v1/images/create", { name: "copy", instance_id });
    world.pass(1200);
    expect(await show(world, asText(body["image_id"]))).toMatchObject({
      name: "copy",
      status: "active",
      min_disk: 60,
      __os_version: "Ubuntu 20.04 server 64bit",
      data_source: `instance:${instance_id}`,
    });
  });

  test("an unknown, a new, a deleted instance", async () => {
    const world = createWorld();
    const create = async (instance_id: string): Promise<string> =>
      verdict(await world.call("POST", "/v1/images/create", { name: "copy", instance_id }));
    const id = await oneServer(world);
    const { subnets, vpcs } = world.app.snapshot();
    const spec = { vpc: String(vpcs[0]!["id"]), subnets: [String(subnets[0]!["id"])] };
    const { body } = await world.call("POST", "/v1/cloudservers", serverBody(spec));
    world.pass(200);
    expect(await create(ids.nobody)).toBe("400 IEC.000007");
    expect(await create(asText(body["server_ids"]![0]))).toBe("400 IEC.000007");
    await world.call("POST", "/v1/cloudservers/delete", { servers: [{ id }] });
    expect(await create(id)).toBe("400 IEC.000007");
  });
});

describe("life", () => {
  test("an image of one's own starts instances, once it is active", async () => {
    const world = createWorld();
    const vpc = await addVpc(world);
    const subnet = await addSubnet(world, vpc);
    const { body } = await register(world);
    const more = { image_ref: body["image_id"] };
    const start = async (): Promise<string> =>
      verdict(await world.call("POST", "/v1/cloudservers", serverBody({ vpc, subnets: [subnet], more })));
    expect(await start()).toBe("400 IEC.000007");
    world.pass(1200);
    expect(await start()).toBe("202");
    world.pass(1200);
    const { body: list } = await world.call("GET", "/v1/cloudservers");
    expect(list["servers"]).toMatchObject([{ metadata: { image_name: "golden-web-2024" } }]);
  });

  test("lists find it beside the public ones", async () => {
    const world = createWorld();
    await registered(world);
    const { body } = await world.call("GET", "/v1/images?name=golden-web-2024");
    expect(body["total"]).toBe(2);
    expect((await world.call("GET", "/v1/images")).body["total"]).toBe(12);
  });

  test("delete: at once; a public one never", async () => {
    const world = createWorld();
    const id = await registered(world);
    const remove = async (image: string): Promise<string> =>
      verdict(await world.call("DELETE", `/v1/images/${image}`));
    expect(await remove(id)).toBe("204");
    expect(verdict(await world.call("GET", `/v1/images/${id}`))).toBe("404 IEC.000022");
    expect(await remove(id)).toBe("404 IEC.000022");
    expect(await remove(ids.ubuntu)).toBe("400 IEC.000007");
  });

  test("a failed job leaves a killed image; a retry by its job makes it active", async () => {
    const faults: FaultRule[] = [
      { operation: "RegisterImage", kind: "jobFailed", times: 1 },
      { operation: "RebuildImage", kind: "jobFailed", times: 1 },
    ];
    const world = createWorld({ faults });
    const id = await registered(world);
    const image = await show(world, id);
    expect(image).toMatchObject({ status: "killed", __isregistered: false });
    const job = asText(image["relation_job_id"]);
    for (const status of ["killed", "active"]) {
      expect((await retry(world, job)).status).toBe(204);
      expect((await show(world, id))["status"]).toBe("queued");
      world.pass(1200);
      expect((await show(world, id))["status"]).toBe(status);
    }
    expect(verdict(await retry(world, job))).toBe("400 IEC.010405");
  });

  test("a retry of an unknown job, or in another account", async () => {
    const world = createWorld();
    expect(verdict(await retry(world, "nothing"))).toBe("404 IEC.000022");
    const path = `/v1/${ids.nobody}/jobs/nothing/action`;
    expect(verdict(await world.call("POST", path, { action: "retry" }))).toBe("403 APIGW.0302");
    const other = `/v1/${world.app.domainId}/jobs/nothing/action`;
    expect(verdict(await world.call("POST", other, { action: "cancel" }))).toBe("400 IEC.000007");
  });
});

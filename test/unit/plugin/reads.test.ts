import { describe, expect, test } from "vitest";
import { id, string } from "../../../schema/attributes.js";
import { VirtualClock } from "../../../schema/clock.js";
import type { Observed, Resource } from "../../../schema/definition.js";
import type { Api } from "../../../provider/client/index.js";
import { objectType, type ResourceEntry } from "../../../provider/plugin/catalog.js";
import { createReads } from "../../../provider/plugin/reads.js";
import { rememberAnswers } from "../../../provider/lifecycle/remember.js";

const attributes = { id: id("Id."), name: string({ required: true, description: "Name." }) };
const PAGE = 100;

/** A cloud of named objects that counts what it is asked. */
function cloud(names: readonly string[], options: { readonly listed?: readonly string[] } = {}) {
  const asked: string[] = [];
  const named = new Map(names.map((name) => [`id-${name}`, name]));
  const tell = (key: string): Observed | undefined => {
    const name = named.get(key);
    return name === undefined ? undefined : { id: key, name };
  };
  const definition = {
    type: "iec_thing",
    attributes,
    read: ({ id: key }: Observed) => {
      asked.push(`read ${key}`);
      return Promise.resolve(tell(key));
    },
    list: (_api: Api, maxPages = Infinity) => {
      const pages = Math.max(1, Math.ceil(named.size / PAGE));
      asked.push(pages > maxPages ? "first page" : `list of ${pages}`);
      const listed = options.listed?.map((name) => `id-${name}`) ?? [...named.keys()];
      return Promise.resolve(pages > maxPages ? undefined : listed.flatMap((key) => tell(key) ?? []));
    },
  } as unknown as Resource<Api>;
  const entry: ResourceEntry = { definition, attributes, type: objectType(attributes) };
  const clock = new VirtualClock();
  const reads = createReads({} as Api, clock);
  const read = (name: string) => reads.read(entry, { id: `id-${name}`, name: "as stored" });
  return { asked, named, clock, reads, read };
}
const names = (count: number) => Array.from({ length: count }, (_, i) => String(i));

/** As Terraform does: so many at a time. */
async function inTens<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (const item of { [Symbol.iterator]: () => rest }) await work(item);
    }),
  );
}

describe("reads", () => {
  test("one alone is one read", async () => {
    const { read, asked } = cloud(["a", "b"]);
    expect(await read("a")).toEqual({ id: "id-a", name: "a" });
    expect(asked).toEqual(["read id-a"]);
  });

  test("some at once are one list", async () => {
    const { read, asked } = cloud(["a", "b", "c"]);
    expect(await Promise.all([read("a"), read("c")])).toEqual([
      { id: "id-a", name: "a" },
      { id: "id-c", name: "c" },
    ]);
    expect(asked).toEqual(["list of 1"]);
  });

  test("a thousand, ten at a time, take tens of calls", async () => {
    const all = names(1_000);
    const { read, asked } = cloud(all);
    await inTens(all, read);
    expect(asked).toEqual(["list of 10"]);
  });

  test("a few among very many objects are read one by one", async () => {
    const { read, asked } = cloud(names(100_000));
    await inTens(names(20), read);
    expect(asked.filter((call) => call.startsWith("read"))).toHaveLength(20);
    // The first page of the list tells that it is too long, and is asked for ever more seldom.
    expect(asked.filter((call) => call === "first page").length).toBeLessThanOrEqual(3);
  });

  test("what a list lacks is read before it is believed gone", async () => {
    const { read, asked } = cloud(["a", "late"], { listed: ["a"] });
    expect(await Promise.all([read("a"), read("late"), read("gone")])).toEqual([
      { id: "id-a", name: "a" },
      { id: "id-late", name: "late" },
      undefined,
    ]);
    expect(asked).toEqual(["list of 1", "read id-late", "read id-gone"]);
  });

  test("after a write, and after a while, it is asked again", async () => {
    const { read, asked, named, reads, clock } = cloud(["a", "b"]);
    await Promise.all([read("a"), read("b")]);
    named.set("id-a", "renamed");
    expect(await read("a")).toMatchObject({ name: "a" });
    reads.forget();
    expect(await read("a")).toMatchObject({ name: "renamed" });
    named.set("id-a", "again");
    await clock.sleep(10_000);
    expect(await read("a")).toMatchObject({ name: "again" });
    expect(asked).toHaveLength(3);
  });
});

describe("answers that are remembered", () => {
  test("are asked for once, until they are old or forgotten; failures are not kept", async () => {
    const clock = new VirtualClock();
    let asked = 0;
    const api = { get: () => Promise.resolve(++asked), list: () => Promise.reject(new Error(`${++asked}`)) };
    const memory = rememberAnswers(api as unknown as Api, clock);
    const get = () => memory.api.get("/v1/edgeclouds/quotas") as Promise<unknown>;
    expect([await get(), await get()]).toEqual([1, 1]);
    memory.forget();
    expect(await get()).toBe(2);
    await clock.sleep(30_000);
    expect(await get()).toBe(3);
    await expect(memory.api.list("/v1/vpcs")).rejects.toThrow("4");
    await expect(memory.api.list("/v1/vpcs")).rejects.toThrow("5");
  });
});

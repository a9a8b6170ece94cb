import { describe, expect, it } from "vitest";
import { ApiError, type ListPath } from "../../../provider/client/index.js";
import { failed, harness, ok, outcomeOf, type Seen, type Step } from "./harness.js";

const items = (n: number) => Array.from({ length: n }, (_, i) => ({ id: `i${i}`, name: `n${i}` }));

type Cloud = (request: { limit: number; offset: number; marker: string | null }) => unknown;
const serve =
  (cloud: Cloud) =>
  ({ url }: Seen): Step =>
    ok(
      cloud({
        limit: Number(url.searchParams.get("limit") ?? 25),
        offset: Number(url.searchParams.get("offset") ?? 0),
        marker: url.searchParams.get("marker"),
      }),
    );

const byOffset =
  (key: string, n: number, total = "count", cap = Infinity): Cloud =>
  ({ limit, offset }) => ({ [key]: items(n).slice(offset, offset + Math.min(cap, limit)), [total]: n });
const byPage =
  (key: string, n: number, pageAt: (offset: number) => number): Cloud =>
  ({ limit, offset }) => ({
    [key]: items(n).slice(pageAt(offset) * limit, (pageAt(offset) + 1) * limit),
    count: n,
  });

const vpcs = "/v1/vpcs" as const;
const servers = "/v1/cloudservers" as const;

describe("list", () => {
  it.each([
    { name: "nothing", path: vpcs, cloud: byOffset("vpcs", 0), count: 0, requests: 1 },
    { name: "one page", path: vpcs, cloud: byOffset("vpcs", 7), count: 7, requests: 1 },
    { name: "exactly one full page", path: vpcs, cloud: byOffset("vpcs", 1000), count: 1000, requests: 1 },
    { name: "several pages", path: vpcs, cloud: byOffset("vpcs", 2500), count: 2500, requests: 3 },
    {
      name: "a cloud that caps the limit",
      path: vpcs,
      cloud: byOffset("vpcs", 250, "count", 100),
      count: 250,
      requests: 3,
    },
    {
      name: "total called `total`",
      path: "/v1/images",
      cloud: byOffset("images", 1200, "total"),
      count: 1200,
      requests: 3,
    },
    {
      name: "page numbers from 0",
      path: servers,
      cloud: byPage("servers", 2500, (o) => o),
      count: 2500,
      requests: 3,
    },
    {
      name: "page 1 is page 0 as well",
      path: servers,
      cloud: byPage("servers", 2500, (o) => Math.max(0, o - 1)),
      count: 2500,
      requests: 4,
    },
    {
      name: "page numbers from 1",
      path: "/v1/cloudservers/flavors",
      cloud: byPage("flavors", 2500, (o) => Math.max(0, o - 1)),
      count: 2500,
      requests: 3,
    },
    {
      name: "bare array",
      path: "/v1/os-keypairs",
      cloud: ({ limit, offset }) => items(2500).slice(offset, offset + limit),
      count: 2500,
      requests: 3,
    },
    {
      name: "bare array that ends with a full page",
      path: "/v1/os-keypairs",
      cloud: ({ limit, offset }) => items(1000).slice(offset, offset + limit),
      count: 1000,
      requests: 2,
    },
    {
      name: "no paging",
      path: "/v1/cloudvolumes/volume-types",
      cloud: () => ({ volume_types: items(3) }),
      count: 3,
      requests: 1,
    },
    { name: "an answer without items", path: vpcs, cloud: () => ({}), count: 0, requests: 1 },
  ] satisfies { name: string; path: ListPath; cloud: Cloud; count: number; requests: number }[])(
    "$name",
    async ({ path, cloud, count, requests }) => {
      const { api, seen } = harness(serve(cloud));
      const found: unknown[] = await api.list(path as ListPath);
      expect(new Set(found.map((item) => JSON.stringify(item))).size).toBe(count);
      expect(found).toHaveLength(count);
      expect(seen).toHaveLength(requests);
    },
  );

  it("follows markers, with values in the path and filters", async () => {
    const { api, seen } = harness(
      serve(({ limit, marker }) => {
        const from = marker === null ? 0 : items(1200).findIndex(({ id }) => id === marker) + 1;
        return { images: items(1200).slice(from, from + limit) };
      }),
    );
    const found = await api.list(
      "/v1/cloudimages/{region_id}",
      { name: "a b" },
      { path: { region_id: "cn-north-4" } },
    );
    expect(found).toHaveLength(1200);
    expect(seen.map((request) => request.path)).toEqual([
      "/v1/cloudimages/cn-north-4?name=a%20b&limit=500",
      "/v1/cloudimages/cn-north-4?name=a%20b&limit=500&marker=i499",
      "/v1/cloudimages/cn-north-4?name=a%20b&limit=500&marker=i999",
    ]);
  });

  it.each([
    { name: "within", path: vpcs, cloud: byOffset("vpcs", 2000), count: 2000, requests: 2 },
    { name: "beyond, told by the first page", path: vpcs, cloud: byOffset("vpcs", 2001), requests: 1 },
    {
      name: "beyond, without a total",
      path: "/v1/os-keypairs",
      cloud: ({ limit, offset }) => items(2500).slice(offset, offset + limit),
      requests: 2,
    },
  ] satisfies { name: string; path: ListPath; cloud: Cloud; count?: number; requests: number }[])(
    "two pages at most: $name",
    async ({ path, cloud, count, requests }) => {
      const { api, seen } = harness(serve(cloud));
      const found: unknown[] | undefined = await api.list(path as ListPath, {}, { maxPages: 2 });
      expect(found?.length).toBe(count);
      expect(seen).toHaveLength(requests);
    },
  );

  it("fetches the other pages side by side", async () => {
    const h = harness(() => ok(), {
      fetch: async (input) => {
        await h.clock.sleep(50);
        const offset = Number(new URL(input).searchParams.get("offset"));
        return Response.json({ vpcs: items(5000).slice(offset, offset + 1000), count: 5000 });
      },
    });
    expect(await h.api.list(vpcs)).toHaveLength(5000);
    expect(h.elapsed()).toBe(100);
  });

  it("reads a list again that changed while it was read", async () => {
    const sizes = [2500, 2499, 2499];
    const { api, seen } = harness(
      serve(({ limit, offset }) => {
        const n = sizes[Math.min(seen.length, sizes.length) - 1]!;
        return { vpcs: items(n).slice(offset, offset + limit), count: n };
      }),
    );
    expect(await api.list(vpcs)).toHaveLength(2499);
    expect(seen).toHaveLength(6);
  });

  it("takes no list for whole that some sites did not answer for", async () => {
    const partial = () => ({ servers: items(1), count: 1, err_sites: ["site"] });
    const { api } = harness(serve(partial));
    expect(await api.list(servers, {}, { maxPages: 3 })).toBeUndefined();
    const error = await outcomeOf(api.list(servers));
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).diagnostic().code).toBe("IEC4004");
  });

  it("does not loop on a cloud that ignores the offset", async () => {
    const { api } = harness(serve(() => ({ vpcs: items(1000), count: 2500 })));
    expect(await outcomeOf(api.list(vpcs))).toBeInstanceOf(ApiError);
  });

  it("fails as a call does", async () => {
    const { api } = harness([failed(403, "IEC.000005")]);
    expect(await outcomeOf(api.list(vpcs))).toMatchObject({ status: 403, operation: "GET /v1/vpcs" });
  });
});

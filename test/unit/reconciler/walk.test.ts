import fc from "fast-check";
import PQueue from "p-queue";
import { describe, expect, it } from "vitest";
import { walk } from "../../../provider/reconciler/walk.js";

type Graph = Readonly<Record<string, readonly string[]>>;
const mapOf = (graph: Graph) => new Map(Object.entries(graph).map(([node, needs]) => [node, new Set(needs)]));

/** Walks a graph whose nodes fail as told; `log` holds starts (`+n`) and ends (`-n`) in order. */
async function run(graph: Graph, options: { fail?: string[]; stopAt?: string; concurrency?: number } = {}) {
  const { fail = [], stopAt, concurrency = 10 } = options;
  const log: string[] = [];
  const stop = new AbortController();
  let running = 0;
  let most = 0;
  const { failed, skipped } = await walk(
    mapOf(graph),
    async (node) => {
      log.push(`+${node}`);
      most = Math.max(most, ++running);
      if (node === stopAt) stop.abort();
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      log.push(`-${node}`);
      return !fail.includes(node);
    },
    { queue: new PQueue({ concurrency }), stop: stop.signal },
  );
  const visited = log.filter((entry) => entry.startsWith("+")).map((entry) => entry.slice(1));
  return { log, visited, failed: [...failed].sort(), skipped: [...skipped].sort(), most };
}

const DIAMOND: Graph = { 1: [], 2: ["1"], 3: ["1"], 4: ["2", "3"] };

describe("walking a graph", () => {
  it.each<[string, Graph, Parameters<typeof run>[1], string[], string[]]>([
    ["nothing", {}, {}, [], []],
    ["one node", { 1: [] }, {}, ["1"], []],
    ["a chain", { 3: ["2"], 2: ["1"], 1: [] }, {}, ["1", "2", "3"], []],
    ["a diamond", DIAMOND, {}, ["1", "2", "3", "4"], []],
    ["a need that is no node", { 1: ["nowhere"] }, {}, ["1"], []],
    ["the root fails", DIAMOND, { fail: ["1"] }, ["1"], ["2", "3", "4"]],
    ["a side fails, the other goes on", DIAMOND, { fail: ["2"] }, ["1", "2", "3"], ["4"]],
    ["what does not need it goes on", { ...DIAMOND, 5: [] }, { fail: ["1"] }, ["1", "5"], ["2", "3", "4"]],
    ["stopped at the root", DIAMOND, { stopAt: "1" }, ["1"], ["2", "3", "4"]],
    ["stopped while both sides run", DIAMOND, { stopAt: "3" }, ["1", "2", "3"], ["4"]],
    ["stopped with one at a time", DIAMOND, { stopAt: "2", concurrency: 1 }, ["1", "2"], ["3", "4"]],
  ])("%s", async (_name, graph, options, visited, skipped) => {
    const result = await run(graph, options);
    expect(result.visited).toEqual(visited);
    expect(result.skipped).toEqual(skipped);
    expect(result.failed).toEqual(options?.fail ?? []);
  });

  it("runs what is independent at the same time, as many as allowed", async () => {
    const wide = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [String(i), []]));
    expect((await run(wide, { concurrency: 4 })).most).toBe(4);
  });

  it("does not overflow on a long chain that fails at its start", async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, i) => [`n${i}`, i === 0 ? [] : [`n${i - 1}`]]),
    );
    expect((await run(chain, { fail: ["n0"] })).skipped).toHaveLength(2_999);
  });

  it("passes on what a visit throws", async () => {
    const queue = new PQueue();
    const broken = walk(mapOf({ 1: [] }), () => Promise.reject(new Error("bug")), { queue });
    await expect(broken).rejects.toThrow("bug");
  });

  /** Acyclic: a node needs earlier ones only. */
  const graphs = fc
    .array(fc.array(fc.nat({ max: 11 }), { maxLength: 4 }), { maxLength: 12 })
    .map((rows) =>
      Object.fromEntries(rows.map((needs, i) => [`n${i}`, needs.filter((n) => n < i).map((n) => `n${n}`)])),
    );

  it("visits every node after its needs, and a failure stops exactly what needs it", async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs,
        fc.array(fc.nat({ max: 11 })),
        fc.integer({ min: 1, max: 5 }),
        async (graph, unlucky, concurrency) => {
          const fail = unlucky.map((n) => `n${n}`);
          const { log, visited, skipped, failed, most } = await run(graph, { fail, concurrency });
          for (const node of visited)
            for (const need of graph[node] ?? [])
              expect(log.indexOf(`-${need}`)).toBeLessThan(log.indexOf(`+${node}`));
          const stopped = new Set<string>();
          for (const [node, needs] of Object.entries(graph))
            if (needs.some((need) => fail.includes(need) || stopped.has(need))) stopped.add(node);
          expect(skipped).toEqual([...stopped].sort());
          expect([...visited, ...skipped].sort()).toEqual(Object.keys(graph).sort());
          expect(new Set(failed)).toEqual(new Set(fail.filter((node) => visited.includes(node))));
          expect(most).toBeLessThanOrEqual(concurrency);
        },
      ),
      { numRuns: 60 },
    );
  });
});

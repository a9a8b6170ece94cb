import { describe, expect, it } from "vitest";
import {
  ApiError,
  createWaiter,
  WaitFailedError,
  WaitTimeoutError,
  type WaitRequest,
} from "../../../provider/client/index.js";
import { VirtualClock } from "../../../schema/clock.js";
import { outcomeOf } from "./harness.js";

const transient = () =>
  new ApiError({ kind: "answer", operation: "GET /", endpoint: "https://h", status: 503 });
const notFound = () =>
  new ApiError({ kind: "answer", operation: "GET /", endpoint: "https://h", status: 404 });
const refused = () =>
  new ApiError({ kind: "answer", operation: "GET /", endpoint: "https://h", status: 403 });

type Reply = string | undefined | Error;

function setUp(replies: Reply[] = []) {
  const clock = new VirtualClock();
  const start = clock.now();
  const polls: number[] = [];
  const waiter = createWaiter({ clock, random: () => 0.5 });
  const request: WaitRequest = {
    type: "iec_server",
    id: "a",
    one: () => {
      polls.push(clock.now() - start);
      const reply = replies[Math.min(polls.length, replies.length) - 1];
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
    },
    outcome: (status) => (status === "ACTIVE" ? "done" : status === "ERROR" ? "failed" : "pending"),
    timeoutMs: 60_000,
  };
  return { clock, waiter, request, polls, elapsed: () => clock.now() - start };
}

describe("a single wait", () => {
  it.each<{
    name: string;
    replies: Reply[];
    result: string | undefined | (new (...args: never[]) => Error);
    polls: number;
  }>([
    { name: "ready at once", replies: ["ACTIVE"], result: "ACTIVE", polls: 1 },
    { name: "absent, building, ready", replies: [undefined, "BUILD", "ACTIVE"], result: "ACTIVE", polls: 3 },
    { name: "not found counts as absent", replies: [notFound(), "ACTIVE"], result: "ACTIVE", polls: 2 },
    { name: "failed", replies: ["BUILD", "ERROR"], result: WaitFailedError, polls: 2 },
    { name: "never ready", replies: ["BUILD"], result: WaitTimeoutError, polls: 18 },
    {
      name: "a few failed polls",
      replies: [transient(), transient(), transient(), "ACTIVE"],
      result: "ACTIVE",
      polls: 4,
    },
    {
      name: "many failed polls, never so many in a row",
      replies: [transient(), transient(), "BUILD", transient(), transient(), "ACTIVE"],
      result: "ACTIVE",
      polls: 6,
    },
    { name: "too many failed polls in a row", replies: [transient()], result: ApiError, polls: 4 },
    { name: "a poll that is refused", replies: [refused()], result: ApiError, polls: 1 },
  ])("$name", async ({ replies, result, polls }) => {
    const t = setUp(replies);
    const outcome = await outcomeOf(t.waiter.wait(t.request));
    if (typeof result === "function") expect(outcome).toBeInstanceOf(result);
    else expect(outcome).toBe(result);
    expect(t.polls).toHaveLength(polls);
  });

  it("backs off from half a second to five, and polls a last time at the deadline", async () => {
    const t = setUp(["BUILD"]);
    await outcomeOf(t.waiter.wait({ ...t.request, timeoutMs: 20_000 }));
    expect(t.polls.map(Math.round)).toEqual([500, 1000, 1500, 2250, 3375, 5063, 7594, 11391, 16391, 20000]);
  });

  it("resolves to undefined when something is gone, and tells every status", async () => {
    const t = setUp(["DELETING", undefined]);
    const told: (string | undefined)[] = [];
    const outcome = (status: string | undefined) => (status === undefined ? "done" : "pending");
    expect(
      await t.waiter.wait({ ...t.request, outcome, onPoll: (status) => told.push(status) }),
    ).toBeUndefined();
    expect(told).toEqual(["DELETING", undefined]);
  });

  it("ends at once when cancelled, leaving no timer", async () => {
    const t = setUp(["BUILD"]);
    const stop = new AbortController();
    const onPoll = () => t.polls.length === 3 && stop.abort(new Error("enough"));
    expect(await outcomeOf(t.waiter.wait({ ...t.request, signal: stop.signal, onPoll }))).toMatchObject({
      message: "enough",
    });
    expect([t.polls.length, t.elapsed(), t.clock.sleeping]).toEqual([3, 1500, 0]);
    expect(await outcomeOf(t.waiter.wait({ ...t.request, signal: stop.signal }))).toMatchObject({
      message: "enough",
    });
  });

  it("says what happened", async () => {
    const failed = (await outcomeOf(setUpAndWait(["ERROR"]))) as WaitFailedError;
    expect(failed.diagnostic()).toMatchObject({
      code: "IEC5001",
      summary: "iec_server a reached the status ERROR",
    });
    const late = (await outcomeOf(setUpAndWait(["BUILD"]))) as WaitTimeoutError;
    expect(late.diagnostic()).toMatchObject({
      code: "IEC5002",
      summary: "iec_server a was not ready after 60 s",
    });
  });
});

const setUpAndWait = (replies: Reply[]) => {
  const { waiter, request } = setUp(replies);
  return waiter.wait(request);
};

/** A fixed sequence in [0, 1). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe("many waits of one type", () => {
  /** A hundred servers, made over three seconds, each ready 20 seconds later. */
  async function crowd(random: () => number, size = 100) {
    const clock = new VirtualClock();
    const waiter = createWaiter({ clock, random });
    const readyAt = new Map<string, number>();
    const statusOf = (id: string) => (clock.now() >= (readyAt.get(id) ?? Infinity) ? "ACTIVE" : "BUILD");
    const calls = { one: 0, many: 0 };
    const work = Array.from({ length: size }, async (_, i) => {
      await clock.sleep(i * 30);
      const id = `s${i}`;
      readyAt.set(id, clock.now() + 20_000);
      await waiter.wait({
        type: "iec_server",
        id,
        one: () => (calls.one++, Promise.resolve(statusOf(id))),
        many: () => (
          calls.many++,
          Promise.resolve(new Map([...readyAt.keys()].map((key) => [key, statusOf(key)])))
        ),
        outcome: (status) => (status === "ACTIVE" ? "done" : "pending"),
        timeoutMs: 60_000,
      });
      return clock.now() - (readyAt.get(id) ?? 0);
    });
    const late = await Promise.all(work);
    return { ...calls, late: Math.max(...late), sleeping: clock.sleeping };
  }

  it("share one list call a tick", async () => {
    const alone = await crowd(() => 0.5, 1);
    const together = await crowd(pseudoRandom(7), 100);
    expect(alone).toMatchObject({ one: 10, many: 0 });
    // Not 100 times as many: three times at most, as the hundred start over three seconds.
    expect(together.one + together.many).toBeLessThan(alone.one * 3);
    expect(together.late).toBeLessThan(6_000);
    expect(together.sleeping).toBe(0);
  });

  it("are not judged by a list call that began before them", async () => {
    const clock = new VirtualClock();
    const waiter = createWaiter({ clock, random: () => 0.5 });
    const lists: number[] = [];
    const started = clock.now();
    const wait = (id: string) =>
      waiter.wait({
        type: "iec_eip",
        id,
        one: () => Promise.resolve("DOWN"),
        many: async () => {
          lists.push(clock.now() - started);
          await clock.sleep(300);
          return new Map([
            ["a", "DOWN"],
            ["b", "DOWN"],
          ]);
        },
        // Absent means failed here, so a stale list would fail the wait for `late`.
        outcome: (status) => (status === "DOWN" ? "done" : "failed"),
        timeoutMs: 60_000,
      });
    const work = [wait("a"), wait("b"), clock.sleep(600).then(() => wait("late"))];
    expect(await Promise.all(work)).toEqual(["DOWN", "DOWN", "DOWN"]);
    expect(lists).toEqual([500]);
  });

  it("of different types, or without a list call, go their own ways", async () => {
    const t = setUp();
    let polls = 0;
    const outcome = () => "done" as const;
    const wait = (type: string, id: string) =>
      t.waiter.wait({ ...t.request, type, id, outcome, one: () => (polls++, Promise.resolve("x")) });
    await Promise.all([wait("iec_eip", "a"), wait("iec_eip", "b"), wait("iec_server", "a")]);
    expect(polls).toBe(3);
  });

  it("survive that one of them is cancelled", async () => {
    const t = setUp(["BUILD", "BUILD", "ACTIVE"]);
    const stop = new AbortController();
    const many = () => Promise.resolve(new Map([["a", t.elapsed() > 1000 ? "ACTIVE" : "BUILD"]]));
    const first = outcomeOf(t.waiter.wait({ ...t.request, many, signal: stop.signal }));
    const second = t.waiter.wait({ ...t.request, many });
    await t.clock.sleep(100);
    stop.abort(new Error("enough"));
    expect(await first).toMatchObject({ message: "enough" });
    expect(await second).toBe("ACTIVE");
  });
});

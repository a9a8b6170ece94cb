import { describe, expect, it } from "vitest";
import { systemClock, VirtualClock } from "../../../schema/clock.js";
import { outcomeOf } from "./harness.js";

describe("VirtualClock", () => {
  it("wakes sleepers in order of their due times", async () => {
    const clock = new VirtualClock({ start: 0 });
    const log: string[] = [];
    const sleeper = async (name: string, ...naps: number[]) => {
      for (const ms of naps) {
        await clock.sleep(ms);
        log.push(`${name}@${clock.now()}`);
      }
    };
    await Promise.all([sleeper("a", 30, 30), sleeper("b", 20, 20, 20), sleeper("c", 40)]);
    expect(log).toEqual(["b@20", "a@30", "c@40", "b@40", "a@60", "b@60"]);
  });

  it("stands still when told to, until it is moved", async () => {
    const clock = new VirtualClock({ start: 0, auto: false });
    const log: number[] = [];
    const work = (async () => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(10);
        log.push(clock.now());
      }
    })();
    await clock.advance(25);
    expect([log, clock.now(), clock.sleeping]).toEqual([[10, 20], 25, 1]);
    await clock.advance(5);
    await work;
    expect(log).toEqual([10, 20, 30]);
  });
});

describe.each([
  ["VirtualClock", () => new VirtualClock()],
  ["systemClock", () => systemClock],
])("%s", (_, make) => {
  it("ends a sleep when cancelled, with the reason", async () => {
    const stop = new AbortController();
    const work = outcomeOf(make().sleep(3_600_000, stop.signal));
    stop.abort(new Error("enough"));
    expect(await work).toMatchObject({ message: "enough" });
    expect(await outcomeOf(make().sleep(1, stop.signal))).toMatchObject({ message: "enough" });
  });

  it("sleeps for nothing", async () => {
    await expect(make().sleep(0)).resolves.toBeUndefined();
  });
});

import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../schema/clock.js";
import { lockState } from "../../../provider/reconciler/lock.js";
import { temporaryFolder } from "../../helpers/stack.js";
import { complaintsOf } from "./harness.js";

const world = () => {
  const folder = temporaryFolder();
  const clock = new VirtualClock();
  const file = join(folder, ".terraform.tfstate.lock.info");
  const lock = (more: { timeoutMs?: number; operation?: string; signal?: AbortSignal } = {}) =>
    lockState({
      statePath: join(folder, "terraform.tfstate"),
      operation: "apply",
      timeoutMs: 0,
      clock,
      ...more,
    });
  return { folder, clock, file, lock };
};

/** The id of a process that has ended. */
const deadProcess = () => spawnSync(process.execPath, ["--version"]).pid;

describe("the lock of a state", () => {
  it("lies where Terraform looks for it, says who has it, and goes away", async () => {
    const { folder, file, lock } = world();
    const held = await lock();
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      Operation: "apply",
      Path: join(folder, "terraform.tfstate"),
      Process: process.pid,
      Created: "2025-01-01T00:00:00.000Z",
    });
    await held.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is given to one of two who want it at the same time, and then to the other", async () => {
    const { lock } = world();
    const both = await Promise.allSettled([lock(), lock()]);
    const [held] = both.filter((result) => result.status === "fulfilled");
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await held?.value.release();
    await (await lock()).release();
  });

  it("is given to one after the other of many who wait", async () => {
    const { lock } = world();
    let holders = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const held = await lock({ timeoutMs: 600_000 });
        most = Math.max(most, ++holders);
        await new Promise((resolve) => setImmediate(resolve));
        holders--;
        await held.release();
      }),
    );
    expect(most).toBe(1);
  });

  it("is refused after the timeout, with all that is known of its holder", async () => {
    const { clock, file, lock } = world();
    await lock({ operation: "destroy" });
    const started = clock.now();
    const [complaint] = await complaintsOf(() => lock({ timeoutMs: 5_000 }));
    expect(clock.now() - started).toBe(5_000);
    expect(complaint?.code).toBe("IEC3004");
    for (const words of [`@${hostname()}`, '"destroy"', "2025-01-01T00:00:00.000Z", file])
      expect(complaint?.detail).toContain(words);
  });

  it("is waited for until the wait is aborted", async () => {
    const { lock } = world();
    await lock();
    const abort = new AbortController();
    const waiting = lock({ timeoutMs: 5_000, signal: abort.signal });
    abort.abort(new Error("interrupted"));
    await expect(waiting).rejects.toThrow("interrupted");
  });

  const STALE: Readonly<Record<string, () => object>> = {
    "a process that has ended": () => ({ Host: hostname(), Process: deadProcess() }),
    "another process that had the id of one that runs now": () => ({
      Host: hostname(),
      Process: process.pid,
      Started: "1",
    }),
  };
  it.each(Object.entries(STALE))("of %s is taken over", async (_name, holder) => {
    const { folder, file, lock } = world();
    writeFileSync(file, JSON.stringify({ ID: "old", Operation: "apply", ...holder() }));
    const held = await lock();
    expect(readFileSync(file, "utf8")).not.toContain("old");
    await held.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  const HELD: Readonly<Record<string, () => string>> = {
    "a process of another machine": () =>
      JSON.stringify({ Host: "elsewhere", Process: deadProcess(), Who: "me" }),
    "terraform, which does not say which process it is": () =>
      JSON.stringify({ ID: "1", Operation: "OperationTypeApply", Who: "me@here" }),
    "somebody who is just writing it": () => "",
  };
  it.each(Object.entries(HELD))("of %s is respected", async (_name, content) => {
    const { file, lock } = world();
    writeFileSync(file, content());
    const [complaint] = await complaintsOf(() => lock());
    expect(complaint?.code).toBe("IEC3004");
    expect(complaint?.detail).toContain(`remove ${file}`);
  });

  it("in a place that cannot be written to is reported", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const request = {
      statePath: join(folder, "file/terraform.tfstate"),
      operation: "apply",
      timeoutMs: 0,
      clock: new VirtualClock(),
    };
    const [complaint] = await complaintsOf(() => lockState(request));
    expect(complaint?.code).toBe("IEC3004");
  });
});

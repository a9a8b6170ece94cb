import { describe, expect, it } from "vitest";
import { normalizeArguments } from "../../../provider/cli/arguments.js";
import { createJsonEvents } from "../../../provider/cli/json-events.js";
import { elapsed, liveProgress, plainProgress } from "../../../provider/cli/progress.js";
import { plainPaint } from "../../../provider/review/index.js";
import type { ApplyEvent } from "../../../provider/reconciler/model.js";
import { VirtualClock } from "../../../schema/clock.js";
import { fullPlan } from "../../golden/plans.js";
import { FakeOutput, start } from "./fakes.js";

const event = (kind: ApplyEvent["kind"], at: number, rest: object = {}): ApplyEvent =>
  ({ kind, at, address: "iec_vpc.main", operation: "create", ms: 0, ...rest }) as ApplyEvent;

describe("plain progress", () => {
  it("reads like Terraform's", async () => {
    const clock = new VirtualClock({ start: 0, auto: false });
    const output = new FakeOutput();
    const progress = plainProgress(output, clock);
    progress.event(event("start", 0));
    progress.event(event("start", 0, { address: "iec_eip.a", operation: "delete", id: "e-1" }));
    await clock.advance(12_000);
    progress.event(event("waiting", 12_000, { status: "BUILD" }));
    progress.event(event("failed", 12_000, { address: "iec_eip.a", operation: "delete", ms: 12_000 }));
    await clock.advance(9_000);
    progress.event(event("done", 21_000, { ms: 21_000, id: "v-1" }));
    progress.event(event("skipped", 21_000, { address: "iec_server.b" }));
    progress.event(event("start", 21_000, { address: "iec_vpc.u", operation: "update", id: "v-2" }));
    progress.event(event("done", 21_000, { address: "iec_vpc.u", operation: "update", ms: 999, id: "v-2" }));
    progress.stop();
    await clock.advance(60_000);
    expect(output.text.split("\n")).toEqual([
      "iec_vpc.main: Creating...",
      "iec_eip.a: Destroying... [id=e-1]",
      "iec_vpc.main: Still creating... [10s elapsed]",
      "iec_eip.a: Still destroying... [10s elapsed]",
      "iec_eip.a: Destruction failed after 12s",
      "iec_vpc.main: Still creating... [20s elapsed]",
      "iec_vpc.main: Creation complete after 21s [id=v-1]",
      "iec_server.b: Skipped",
      "iec_vpc.u: Modifying... [id=v-2]",
      "iec_vpc.u: Modifications complete after 0s [id=v-2]",
      "",
    ]);
    expect(clock.sleeping).toBe(0);
  });
});

const ESCAPE = String.fromCharCode(27);
/** Up so many lines, and clear to the end of the screen. */
const UP_AND_CLEAR = new RegExp(`${ESCAPE}\\[(\\d+)A${ESCAPE}\\[J`);

/** What a terminal shows after these bytes; knows only what live progress uses. */
function screen(text: string): string[] {
  const lines: string[] = [];
  for (const part of text.split(UP_AND_CLEAR)) {
    const up = /^(\d+)$/.exec(part)?.[1];
    if (up === undefined) lines.push(...part.split("\n").slice(0, -1));
    else lines.splice(lines.length - Number(up));
  }
  return lines;
}

describe("live progress", () => {
  const setUp = (width = 60) => {
    const clock = new VirtualClock({ start: 0, auto: false });
    const output = new FakeOutput(true, width);
    return {
      clock,
      output,
      progress: liveProgress(output, clock, { paint: plainPaint, width, live: true }, 3),
    };
  };

  it("keeps what is done and redraws what runs", async () => {
    const { clock, output, progress } = setUp();
    progress.event(event("start", 0));
    progress.event(event("start", 0, { address: "iec_eip.a" }));
    progress.event(event("waiting", 0, { status: "BUILD" }));
    await clock.advance(3_000);
    progress.event(event("done", 3_000, { address: "iec_eip.a", ms: 3_000, id: "e-1" }));
    expect(screen(output.text)).toEqual([
      "iec_eip.a: Creation complete after 3s [id=e-1]",
      "iec_vpc.main: Creating... BUILD 3s",
      "1 of 3 steps done, 3s",
    ]);
    await clock.advance(60_000);
    expect(screen(output.text).slice(1)).toEqual([
      "iec_vpc.main: Creating... BUILD 1m03s",
      "1 of 3 steps done, 1m03s",
    ]);
    progress.stop();
    expect(screen(output.text)).toEqual(["iec_eip.a: Creation complete after 3s [id=e-1]"]);
    expect(clock.sleeping).toBe(0);
  });

  it("leaves out an id that would wrap the line", () => {
    const { output, progress } = setUp(40);
    progress.event(event("done", 3_000, { ms: 3_000, id: "e".repeat(32) }));
    expect(screen(output.text)[0]).toBe("iec_vpc.main: Creation complete after 3s");
    progress.stop();
  });

  it("never draws more lines than fit, nor longer ones", () => {
    const { output, progress } = setUp(40);
    for (let i = 0; i < 20; i++)
      progress.event(event("start", 0, { address: `iec_vpc.${"x".repeat(60)}${i}` }));
    const lines = screen(output.text);
    expect(lines).toHaveLength(14);
    expect(lines[12]).toBe("and 8 more");
    expect(Math.max(...lines.map((line) => line.length))).toBe(39);
    progress.stop();
  });

  it("shows what is done before there are events, and takes it away", () => {
    const { output, progress } = setUp();
    progress.message("Reading 3 lists");
    expect(screen(output.text)).toEqual(["Reading 3 lists"]);
    progress.stop();
    expect(screen(output.text)).toEqual([]);
  });
});

it.each([
  [0, "0s"],
  [59_999, "59s"],
  [60_000, "1m00s"],
  [3_725_000, "62m05s"],
])("%d ms reads as %s", (ms, text) => expect(elapsed(ms)).toBe(text));

describe("arguments as Terraform writes them", () => {
  it.each([
    ["-auto-approve", "--auto-approve"],
    ["-auto-approve=true", "--auto-approve"],
    ["-auto-approve=false", ""],
    ["-target=iec_vpc.a", "--target=iec_vpc.a"],
    ["--target iec_vpc.a", "--target iec_vpc.a"],
    ["-var name=-value", "--var name=-value"],
    ["-refresh=false", "--no-refresh"],
    ["--refresh=true --lock", ""],
    ["-refresh=maybe", "--refresh=maybe"],
    ["-lock=false -lock-timeout=5s", "--no-lock --lock-timeout=5s"],
    ["-no-color", "--no-color"],
    ["-h -v", "-h -v"],
    ["simulate --port 0 -- node -eval -lock=false", "simulate --port 0 -- node -eval -lock=false"],
  ])("%s -> %s", (given, expected) => {
    expect(normalizeArguments(given.split(" ")).join(" ")).toBe(expected);
  });
});

describe("JSON events", () => {
  const parse = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown> & { type: string });

  it("tells a plan without telling values", async () => {
    const { exitCode, stdout, stderr } = start(["plan", "--json"], { plan: fullPlan });
    expect(await exitCode).toBe(0);
    const events = parse(stdout.text);
    const types = [...new Set(events.map(({ type }) => type))];
    expect(types).toEqual([
      "version",
      "resource_drift",
      "planned_change",
      "reachability",
      "isolation_conditional",
      "change_summary",
    ]);
    expect(events.find((e) => JSON.stringify(e).includes("iec_server.moved"))).toMatchObject({
      "@level": "info",
      "@message": "iec_server.moved: Plan to replace",
      change: {
        resource: {
          addr: "iec_server.moved",
          resource_type: "iec_server",
          resource_name: "moved",
          resource_key: null,
        },
        action: "replace",
        reason: "cannot_update",
        replace_paths: ["subnet_ids", "coverage_sites[0].site_id", "data_disks"],
      },
    });
    expect(events.at(-1)).toMatchObject({
      "@message": "Plan: 5 to add, 2 to change, 4 to destroy.",
      changes: { add: 5, change: 2, remove: 4, operation: "plan" },
    });
    expect(stdout.text).not.toMatch(/Secret/);
    expect(stderr.text).toBe("");
  });

  it("tells an apply", async () => {
    const { exitCode, stdout } = start(["apply", "--json", "--auto-approve"], {
      plan: fullPlan,
      apply: ({ onEvent }) => {
        onEvent(event("start", 0));
        onEvent(event("waiting", 0));
        onEvent(event("done", 2_500, { ms: 2_500, id: "v-1" }));
        onEvent(event("failed", 2_500, { address: 'iec_eip.e["gz"]', ms: 100 }));
        const outputs = new Map([
          ["secret", { value: "Secret", sensitive: true }],
          ["site", { value: ["gz"], sensitive: false }],
        ]);
        return Promise.resolve({ created: 1, updated: 0, deleted: 0, skipped: [], outputs, diagnostics: [] });
      },
    });
    expect(await exitCode).toBe(0);
    const events = parse(stdout.text);
    expect(events.map(({ type }) => type).slice(-5)).toEqual([
      "apply_start",
      "apply_complete",
      "apply_errored",
      "change_summary",
      "outputs",
    ]);
    expect(events.at(-4)).toMatchObject({
      hook: { action: "create", id_key: "id", id_value: "v-1", elapsed_seconds: 2 },
    });
    expect(events.at(-3)).toMatchObject({ hook: { resource: { resource_name: "e", resource_key: "gz" } } });
    expect(events.at(-1)).toMatchObject({
      outputs: { secret: { sensitive: true }, site: { sensitive: false, value: ["gz"] } },
    });
    expect(stdout.text).not.toMatch(/Secret/);
  });

  it("reminds of what runs long", async () => {
    const clock = new VirtualClock({ start: 0, auto: false });
    const output = new FakeOutput();
    const progress = createJsonEvents(output, clock).progress();
    progress.event(event("start", 0));
    await clock.advance(10_000);
    progress.stop();
    expect(parse(output.text)).toMatchObject([
      { type: "apply_start" },
      { type: "apply_progress", hook: { elapsed_seconds: 10 }, "@timestamp": "1970-01-01T00:00:10.000Z" },
    ]);
  });

  it("tells a wrong command line", async () => {
    const { exitCode, stdout, stderr } = start(["apply", "-json"]);
    expect(await exitCode).toBe(1);
    expect(parse(stdout.text).at(-1)).toMatchObject({
      type: "diagnostic",
      "@level": "error",
      diagnostic: { severity: "error", code: "IEC2017" },
    });
    expect(stderr.text).toBe("");
  });

  it("shows a state without its secrets", async () => {
    const { exitCode, stdout } = start(["show", "--json"]);
    expect(await exitCode).toBe(0);
    expect(JSON.parse(stdout.text)).toMatchObject({
      values: {
        outputs: { o: { sensitive: true, value: null } },
        root_module: {
          resources: [
            { mode: "managed", name: "k", values: { id: "k", private_key: null, tags: [{ a: null }] } },
          ],
        },
      },
    });
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { eventsOf, IEC, runIec, start, startIec } from "../helpers/iec.js";
import { temporaryFolder, writeStack } from "../helpers/stack.js";
import { ADMIN_PASS, edgeStack } from "./edge-stack.js";

/** How the program behaves towards shells, pipelines, terminals and signals. */

let cloud: TestCloud;
beforeAll(async () => void (cloud = await startCloud()));
afterAll(() => cloud.close());

const ESCAPE = String.fromCharCode(27);
const COLOUR = new RegExp(`${ESCAPE}\\[\\d*(?:;\\d+)*m`);

/** A stack, and the shell commands of a pipeline on it. */
function newStack(): { folder: string; shell: (line: string, env?: object) => ReturnType<typeof runIec> } {
  const folder = temporaryFolder();
  writeStack(folder, edgeStack());
  return {
    folder,
    // bash, for pipefail: the exit code is the program's.
    shell: (line, env = {}) =>
      start("bash", ["-o", "pipefail", "-c", line.replaceAll("iec ", `"$NODE" "$IEC" `)], {
        cwd: folder,
        env: { ...cloud.env, NODE: process.execPath, IEC, ...env },
      }).finished,
  };
}

describe("pipelines", () => {
  test("a reader that goes away does no harm", async () => {
    const { shell } = newStack();
    expect(await shell("iec plan | head -n 1")).toEqual({
      code: 0,
      stdout: "iec will do the following. Its symbols mean:\n",
      stderr: "",
      output: "iec will do the following. Its symbols mean:\n",
    });
    const noReader = await shell("iec plan 2>&1 | true");
    expect(noReader.output).toBe("");
  });

  test("an apply goes on when nobody reads it any more", async () => {
    const { folder, shell } = newStack();
    const { code, output } = await shell("iec apply --auto-approve 2>&1 | true");
    expect(output).toBe("");
    expect(code).toBe(0);
    const state = JSON.parse(readFileSync(join(folder, "terraform.tfstate"), "utf8")) as { resources: [] };
    expect(state.resources).toHaveLength(7);
    expect((await shell("iec destroy --auto-approve")).code).toBe(0);
  });

  test.each([
    ["a pipe", "iec plan | cat", {}, false],
    ["a pipe, colours forced", "iec plan | cat", { FORCE_COLOR: "1" }, true],
    ["NO_COLOR stronger than FORCE_COLOR", "iec plan | cat", { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    ["--no-color", "iec plan --no-color | cat", { FORCE_COLOR: "1" }, false],
    ["an error", "iec plan nowhere 2>&1 | cat", {}, false],
    // A terminal, which `script` makes.
    ["a terminal", "script -qec 'iec plan' /dev/null", { TERM: "xterm" }, true],
    ["a terminal with NO_COLOR", "script -qec 'iec plan' /dev/null", { TERM: "xterm", NO_COLOR: "1" }, false],
  ])("colours: %s", async (_name, line, env, coloured) => {
    const { stdout } = await newStack().shell(line, env);
    expect(stdout.length).toBeGreaterThan(100);
    // A terminal without colours may still have its lines redrawn.
    expect(COLOUR.test(stdout)).toBe(coloured);
    if (!coloured && !line.startsWith("script")) expect(stdout).not.toContain(ESCAPE);
  });

  test("results on stdout, progress on stderr", async () => {
    const { shell } = newStack();
    const applied = await shell("iec apply --auto-approve --stats");
    expect(applied.stdout).toMatch(/^iec will do .*Apply complete!.*Outputs:\n\naddress = "10.30.1.\d+"\n$/s);
    expect(applied.stdout).not.toContain("Creating...");
    expect(applied.stderr).toMatch(
      /^iec_\w+\.\w+: Creating\.\.\.\n.*API calls: \d+ \(0 retries\) for 5 resources/s,
    );
    expect((await shell("iec destroy --auto-approve")).code).toBe(0);
  });
});

describe("--json", () => {
  test("every line of every command is an event, and no secret is in it", async () => {
    const { shell } = newStack();
    const types = async (line: string) => {
      const { code, stdout, stderr } = await shell(line);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).not.toContain(ADMIN_PASS);
      return eventsOf(stdout).map((event) => {
        expect(event).toMatchObject({ "@module": "iec.ui", "@level": "info" });
        return String(event["type"]);
      });
    };
    const times = (n: number, type: string) => Array.from({ length: n }, () => type);
    expect((await types("iec plan --json")).sort()).toEqual(
      ["change_summary", ...times(5, "planned_change"), "version"].sort(),
    );
    expect((await types("iec apply --auto-approve --json")).sort()).toEqual(
      [
        "version",
        ...times(5, "planned_change"),
        ...times(2, "change_summary"),
        ...times(5, "apply_start"),
        ...times(5, "apply_complete"),
        "outputs",
      ].sort(),
    );
    expect((await types("iec drift --json")).sort()).toEqual(["version"]);
    expect(
      (await types("iec destroy --auto-approve --json")).filter((type) => type === "apply_complete"),
    ).toHaveLength(5);
  });
});

describe("signals during an apply", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s: what runs is finished, the next apply does the rest",
    async (signal) => {
      const own = await startCloud({ latencyMs: 60 });
      onTestFinished(() => own.close());
      const folder = temporaryFolder();
      writeStack(folder, edgeStack());
      const where = { env: own.env, cwd: folder };
      const { child, finished } = startIec(["apply", "--auto-approve"], where);
      let errors = "";
      await new Promise<void>((resolve) =>
        child.stderr?.on("data", (text: string) => {
          errors += text;
          if (errors.includes("Creating...")) resolve();
        }),
      );
      child.kill(signal);
      const { code, stderr } = await finished;
      expect(code).toBe(1);
      expect(stderr).toContain("Stopping: what runs is finished, nothing new is started.");
      expect(stderr).toMatch(
        /Apply incomplete\. Resources: [12] added, 0 changed, 0 destroyed\.\nNot begun: .*iec_server\.web/,
      );
      expect(stderr.match(/Error IEC\d+/g)).toEqual(["Error IEC5004"]);

      // The state says just what exists, and nothing is left to clean up.
      const state = JSON.parse(readFileSync(join(folder, "terraform.tfstate"), "utf8")) as {
        resources: { mode: string; instances: { attributes: { id: string } }[] }[];
      };
      const known = state.resources
        .filter(({ mode }) => mode === "managed")
        .map(({ instances: [instance] }) => instance?.attributes.id);
      const { vpcs, security_groups: groups } = own.snapshot();
      const existing = [...vpcs, ...groups.filter(({ name }) => name !== "default")].map(({ id }) => id);
      expect(known.sort()).toEqual(existing.sort());
      expect(existsSync(join(folder, "terraform.tfstate.journal"))).toBe(false);
      expect(existsSync(join(folder, ".terraform.tfstate.lock.info"))).toBe(false);

      const again = await runIec(["apply", "--auto-approve"], where);
      expect(again.code, again.output).toBe(0);
      const made = own.snapshot();
      expect([made.vpcs, made.subnets, made.servers].map((objects) => objects.length)).toEqual([1, 1, 1]);
      expect(own.invalid).toEqual([]);
    },
  );

  test("twice: aborted at once, and the next apply takes up what was left", async () => {
    const own = await startCloud({ timeScale: 3 });
    onTestFinished(() => own.close());
    const folder = temporaryFolder();
    writeStack(folder, edgeStack());
    const where = { env: own.env, cwd: folder };
    const { child, finished } = startIec(["apply", "--auto-approve"], where);
    while (own.snapshot().servers.length === 0) await sleep(10);
    const asked = performance.now();
    // Signals in quick succession count as one: a shell and npm may both pass on the same.
    const signals = setInterval(() => child.kill("SIGINT"), 100);
    const { code, stderr } = await finished;
    clearInterval(signals);
    expect(performance.now() - asked).toBeLessThan(3000);
    expect(code).toBe(1);
    expect(stderr).toContain("Aborting.");
    expect(new Set(stderr.match(/Error IEC\d+/g))).toEqual(new Set(["Error IEC5004"]));
    const again = await runIec(["apply", "--auto-approve"], where);
    expect(again.code, again.output).toBe(0);
    const made = own.snapshot();
    expect([made.vpcs, made.subnets, made.servers].map((objects) => objects.length)).toEqual([1, 1, 1]);
  });
});

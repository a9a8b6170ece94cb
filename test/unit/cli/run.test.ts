import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../../provider/reconciler/model.js";
import { DiagnosticError, errorDiagnostic, warningDiagnostic } from "../../../schema/diagnostics.js";
import { emptyPlan, fullPlan } from "../../golden/plans.js";
import { CWD, noResult, start } from "./fakes.js";

const broken: Plan = { ...fullPlan, diagnostics: [errorDiagnostic("IEC1002", "Wrong site")] };
const drifted: Plan = { ...emptyPlan, drift: fullPlan.drift };
const refused = new DiagnosticError(errorDiagnostic("IEC3004", "The state is locked"));
const failed = { ...noResult, diagnostics: [errorDiagnostic("IEC4003", "Refused")], skipped: ["iec_eip.a"] };

describe("exit codes", () => {
  it.each([
    ["no arguments", [], {}, 0],
    ["--version", ["--version"], {}, 0],
    ["plan --help", ["plan", "--help"], {}, 0],
    ["unknown command", ["plna"], {}, 1],
    ["unknown option", ["plan", "--targt=x"], {}, 1],
    ["option without its value", ["plan", "--target"], {}, 1],
    ["plan, no changes", ["plan"], { plan: emptyPlan }, 0],
    ["plan, changes", ["plan"], { plan: fullPlan }, 0],
    ["plan, changes, detailed", ["plan", "--detailed-exitcode"], { plan: fullPlan }, 2],
    ["plan, no changes, detailed", ["plan", "-detailed-exitcode"], { plan: emptyPlan }, 0],
    ["plan, only drift, detailed", ["plan", "-detailed-exitcode"], { plan: drifted }, 0],
    ["plan, errors, detailed", ["plan", "-detailed-exitcode"], { plan: broken }, 1],
    ["plan, locked", ["plan", "-detailed-exitcode"], { open: refused }, 1],
    ["plan, a bug", ["plan", "-detailed-exitcode"], { open: new TypeError("x is undefined") }, 1],
    ["drift", ["drift"], { plan: drifted }, 0],
    ["drift, detailed", ["drift", "--detailed-exitcode"], { plan: drifted }, 2],
    ["no drift, detailed", ["drift", "--detailed-exitcode"], { plan: emptyPlan }, 0],
    ["drift, errors", ["drift"], { plan: broken }, 1],
    ["apply", ["apply", "--auto-approve"], { plan: fullPlan }, 0],
    ["apply, nothing to do", ["apply", "--auto-approve"], { plan: emptyPlan }, 0],
    ["apply, approved", ["apply"], { plan: fullPlan, answer: "yes" }, 0],
    ["apply, not approved", ["apply"], { plan: fullPlan, answer: "y" }, 1],
    ["apply, nobody to ask", ["apply"], { plan: fullPlan }, 1],
    ["apply, told not to ask", ["apply", "-input=false"], { plan: fullPlan, answer: "yes" }, 1],
    [
      "apply, failed",
      ["apply", "--auto-approve"],
      { plan: fullPlan, apply: () => Promise.resolve(failed) },
      1,
    ],
    ["apply, plan with errors", ["apply", "--auto-approve"], { plan: broken }, 1],
    ["destroy", ["destroy", "-auto-approve"], { plan: fullPlan }, 0],
    ["show", ["show"], {}, 0],
    ["simulate, bad latency", ["simulate", "--latency", "soon"], {}, 1],
    ["simulate, command not found", ["simulate", "--", "no-such-program-here"], {}, 1],
    ["simulate, command's own code", ["simulate", "--", process.execPath, "-e", "process.exit(3)"], {}, 3],
    [
      "simulate, command ended by a signal",
      ["simulate", "--", process.execPath, "-e", "process.kill(process.pid)"],
      {},
      143,
    ],
  ] as const)("%s", async (_name, argv, script, expected) => {
    expect(await start(argv, script).exitCode).toBe(expected);
  });
});

describe("what the session is asked for", () => {
  it("gets options as Terraform writes them", async () => {
    const line =
      "plan -state=s.tfstate -var a=1=2 -var=b= -target=iec_vpc.a --target iec_vpc.b -replace=iec_eip.c -refresh=false -lock=false -lock-timeout=1m30s -parallelism=3 -destroy elsewhere";
    const { exitCode, seen } = start(line.split(" "), { plan: emptyPlan });
    expect(await exitCode).toBe(0);
    expect(seen.options).toMatchObject({
      path: join(CWD, "elsewhere"),
      statePath: join(CWD, "s.tfstate"),
      variables: new Map([
        ["a", "1=2"],
        ["b", ""],
      ]),
      lock: false,
      lockTimeoutMs: 90_000,
      parallelism: 3,
      operation: "plan",
    });
    expect(seen.request).toMatchObject({
      destroy: true,
      targets: ["iec_vpc.a", "iec_vpc.b"],
      replace: ["iec_eip.c"],
      refresh: false,
    });
    expect(seen.closed).toBe(1);
  });

  it("has defaults", async () => {
    const { exitCode, seen } = start(["drift"], { plan: emptyPlan });
    await exitCode;
    expect(seen.options).toMatchObject({ path: CWD, lock: true, lockTimeoutMs: 0, parallelism: 10 });
    expect(seen.request).toMatchObject({ destroy: false, targets: [], replace: [], refresh: true });
  });

  it.each([
    ["without changes", emptyPlan, 0],
    ["with changes", fullPlan, 1],
    ["with drift only, to store it", drifted, 1],
    ["with errors", broken, 0],
  ])("applies a plan %s %#", async (_name, plan, applied) => {
    const { exitCode, seen } = start(["apply", "--auto-approve"], { plan });
    await exitCode;
    expect(seen).toMatchObject({ applied, closed: 1 });
  });
});

describe("messages", () => {
  it.each([
    [
      "unknown option",
      ["plan", "--targt=x"],
      {},
      /IEC2017: Unknown option '--targt=x'[^]*Did you mean --target/,
    ],
    ["nobody to ask", ["destroy"], {}, /IEC2017[^]*iec destroy --auto-approve/],
    [
      "a bug",
      ["plan"],
      { open: new TypeError("x is undefined") },
      /IEC5005[^]*x is undefined[^]*IEC_DEBUG=1/,
    ],
    [
      "a bug, debugged",
      ["plan"],
      { open: new Error("x"), environment: { IEC_DEBUG: "1" } },
      /\bat .*run\.test\.ts/,
    ],
    [
      "an incomplete apply",
      ["apply", "--auto-approve"],
      { plan: fullPlan, apply: () => Promise.resolve(failed) },
      /Apply incomplete\.[^]*Not begun: iec_eip\.a[^]*IEC4003/,
    ],
    [
      "a warning beside a plan",
      ["plan"],
      { plan: { ...emptyPlan, diagnostics: [warningDiagnostic("IEC3007", "Adopted")] } },
      /Warning IEC3007/,
    ],
    [
      "statistics",
      ["plan", "--stats"],
      { plan: emptyPlan },
      /^API calls: 9 \(2 retries\) for 25 resources in 0\.00 s$/m,
    ],
  ] as const)("%s", async (_name, argv, script, expected) => {
    const { exitCode, stderr, stdout } = start(argv, script);
    await exitCode;
    expect(stderr.text).toMatch(expected);
    expect(stdout.text).not.toMatch(expected);
  });

  it("has no stack trace without IEC_DEBUG", async () => {
    const { exitCode, stderr } = start(["plan"], { open: new Error("x") });
    await exitCode;
    expect(stderr.text).not.toMatch(/\.ts/);
  });

  it("tells a failure of the connection once", async () => {
    const unreachable = (address: string) =>
      errorDiagnostic("IEC4002", "http://x cannot be reached", { address, detail: `GET /${address}` });
    const diagnostics = [unreachable("a"), unreachable("b"), errorDiagnostic("IEC4003", "Refused")];
    const { exitCode, stderr } = start(["plan"], { plan: { ...emptyPlan, diagnostics } });
    expect(await exitCode).toBe(1);
    expect(stderr.text.match(/IEC\d+/g)).toEqual(["IEC4002", "IEC4003"]);
    expect(stderr.text).not.toMatch(/resource:/);
  });

  it("names files from the working folder", async () => {
    const origin = { file: join(CWD, "stack", "main.ts"), line: 7 };
    const open = new DiagnosticError(errorDiagnostic("IEC2004", "Unknown attribute", { origin }));
    const { exitCode, stderr } = start(["plan"], { open });
    await exitCode;
    expect(stderr.text).toContain(`written at: ${join("stack", "main.ts")}:7\n`);
  });

  it("never repeats a text that may be a secret", async () => {
    const { exitCode, stderr } = start(["plan", "--var", "hunter2"]);
    expect(await exitCode).toBe(1);
    expect(stderr.text).toMatch(/--var has no equals sign/);
    expect(stderr.text).not.toMatch(/hunter2/);
  });

  it("asks what Terraform asks", async () => {
    const { exitCode, seen, stderr } = start(["apply"], { plan: fullPlan, answer: "no" });
    await exitCode;
    expect(seen.questions.join()).toMatch(
      /Do you want to perform these actions\?\s+Only 'yes' will be accepted/,
    );
    expect(stderr.text).toMatch(/Apply cancelled\./);
    expect(seen.applied).toBe(0);
  });
});

describe("colour", () => {
  const escape = "\u001b[";
  it.each([
    ["terminal", ["plan"], { tty: true }, true],
    ["pipe", ["plan"], {}, false],
    ["NO_COLOR", ["plan"], { tty: true, environment: { NO_COLOR: "1" } }, false],
    ["empty NO_COLOR", ["plan"], { tty: true, environment: { NO_COLOR: "" } }, true],
    ["--no-color", ["plan", "--no-color"], { tty: true }, false],
    ["-no-color", ["plan", "-no-color"], { tty: true }, false],
    ["dumb terminal", ["plan"], { tty: true, environment: { TERM: "dumb" } }, false],
    ["FORCE_COLOR", ["plan"], { environment: { FORCE_COLOR: "1" } }, true],
  ] as const)("%s", async (_name, argv, script, coloured) => {
    const { exitCode, stdout } = start(argv, { plan: fullPlan, ...script });
    await exitCode;
    expect(stdout.text.includes(escape)).toBe(coloured);
  });
});

describe("interrupts", () => {
  /** An apply that ends as its signals tell it to. */
  const applying = () => {
    let begun: () => void = () => undefined;
    const begin = new Promise<void>((resolve) => (begun = resolve));
    const result = start(["apply", "--auto-approve"], {
      plan: fullPlan,
      apply: ({ stop }) =>
        new Promise((resolve) => {
          stop.addEventListener("abort", () => resolve({ ...noResult, skipped: ["iec_eip.a"] }));
          begun();
        }),
    });
    return { ...result, begin };
  };

  it.each(["SIGINT", "SIGTERM"] as const)("%s finishes what runs", async (signal) => {
    const { begin, exitCode, interrupt, seen, stderr, handlers } = applying();
    await begin;
    interrupt(signal);
    expect(await exitCode).toBe(1);
    expect(stderr.text).toMatch(/what runs is finished[^]*Apply incomplete/);
    expect(seen).toMatchObject({ closed: 1, forced: 0 });
    expect(handlers.size).toBe(0);
  });

  it("a second SIGINT aborts", async () => {
    const result = start(["apply", "--auto-approve"], {
      plan: fullPlan,
      apply: async () => {
        const signal = result.seen.options?.signal;
        result.interrupt("SIGINT");
        // The same one, passed on by npm.
        result.interrupt("SIGINT");
        await result.clock.advance(1000);
        result.interrupt("SIGTERM");
        expect(signal?.aborted).toBe(false);
        result.interrupt("SIGINT");
        signal?.throwIfAborted();
        return noResult;
      },
    });
    expect(await result.exitCode).toBe(1);
    expect(result.stderr.text).toMatch(/Aborting[^]*IEC5004/);
    expect(result.seen).toMatchObject({ closed: 1, forced: 1 });
  });

  it("one interrupt ends a plan", async () => {
    const result = start(["plan"], {
      plan: () =>
        new Promise((_, reject) => {
          result.seen.options?.signal.addEventListener("abort", () => reject(new Error("aborted")));
          result.interrupt("SIGTERM");
        }),
    });
    expect(await result.exitCode).toBe(1);
    expect(result.stderr.text).toMatch(/IEC5004/);
  });
});

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { DiagnosticError, errorDiagnostic } from "../../../schema/diagnostics.js";
import { runChild } from "../child.js";
import type { Context } from "../context.js";
import type { Io } from "../io.js";
import { builtProvider } from "../packaging/layout.js";

const ATTACH = "TF_REATTACH_PROVIDERS";

/** `iec terraform -- ARGS`: Terraform, attached to a provider that runs for as long as it does. Nothing is installed. */
export async function terraform({ io }: Context, args: readonly string[]): Promise<number> {
  const provider = startProvider(io);
  try {
    const ignore = io.onInterrupt(() => void provider.kill("SIGTERM"));
    const attachment = await attachmentOf(provider).finally(ignore);
    return await runChild(io, {
      program: "terraform",
      args,
      environment: { [ATTACH]: withOthers(attachment, io.environment[ATTACH]), CHECKPOINT_DISABLE: "1" },
      advice: "Terraform 1.0 or later must be on PATH; `iec plan` and `iec apply` need none.",
    });
  } finally {
    await stop(provider);
  }
}

/**
 * In a group of its own: a terminal's Ctrl-C is for Terraform, which asks the provider to stop. Its input ends with this
 * process, however that ends: a Terraform that outlives it finishes its work, and then the provider goes.
 */
const startProvider = (io: Io): ChildProcess =>
  spawn(process.execPath, [builtProvider(), "--debug", "--until-stdin-ends"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: io.environment,
    cwd: io.cwd,
    detached: true,
  });

/** How to attach to it: the first line that it prints says so. */
async function attachmentOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout !== null) {
    for await (const line of createInterface({ input: stdout })) {
      const [, json] = new RegExp(`^${ATTACH}='(.*)'$`).exec(line) ?? [];
      if (json !== undefined) return json;
    }
  }
  const detail = "What it printed says why.";
  throw new DiagnosticError(errorDiagnostic("IEC5005", "The provider cannot be started", { detail }));
}

/** Other providers that run already stay attached. */
function withOthers(own: string, others: string | undefined): string {
  if (others === undefined || others === "") return own;
  return JSON.stringify({ ...parse(others), ...parse(own) });
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Told below.
  }
  const detail = "Unset it, or set it to what the other provider printed.";
  throw new DiagnosticError(errorDiagnostic("IEC2017", `${ATTACH} is not a JSON object`, { detail }));
}

async function stop(provider: ChildProcess): Promise<void> {
  if (provider.exitCode !== null || provider.signalCode !== null) return;
  const ended = once(provider, "exit");
  provider.kill("SIGTERM");
  await ended;
}

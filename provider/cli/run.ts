import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { DiagnosticError, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { normalizeArguments } from "./arguments.js";
import type { InstallFlags } from "./commands/provider.js";
import type { VerifyFlags } from "./commands/verify.js";
import { createContext, report, type Context, type Engine } from "./context.js";
import type { Io } from "./io.js";
import {
  addExitCodeOption,
  addPlanOptions,
  addSessionOptions,
  collect,
  type PlanFlags,
  type SessionFlags,
} from "./options.js";

const defaultEngine = async (io: Io): Promise<Engine> => (await import("./runtime.js")).createEngine(io);

/** Runs one command line, without the name of the program. Resolves to the exit code; never rejects. */
export async function run(
  argv: readonly string[],
  io: Io,
  loadEngine: (io: Io) => Promise<Engine> = defaultEngine,
): Promise<number> {
  const args = argv.length === 0 ? ["--help"] : normalizeArguments(argv);
  const end = args.indexOf("--");
  const own = new Set(end === -1 ? args : args.slice(0, end));
  const context = createContext(io, loadEngine, { json: own.has("--json"), color: !own.has("--no-color") });
  let exitCode = 0;
  const program = createProgram(context, (code) => void (exitCode = code));
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    report(context, diagnosticsOf(error, io.environment));
    return 1;
  }
}

/** Commands and options. What they do is loaded when they are called, which keeps `--version` and `--help` quick. */
function createProgram(context: Context, end: (exitCode: number) => void): Command {
  const { stdout } = context.io;
  const program = new Command("iec")
    .description("Infrastructure as code for Huawei Cloud Intelligent EdgeCloud (IEC).")
    .version(packageJson.version, "-v, --version")
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: () => undefined });
  const version = () => context.json?.version(packageJson.version);
  const planning =
    (
      load: () => Promise<(context: Context, path: string | undefined, flags: PlanFlags) => Promise<number>>,
    ) =>
    async (path: string | undefined, flags: PlanFlags) => {
      version();
      end(await (await load())(context, path, flags));
    };
  const approval = (command: Command) => command.option("--auto-approve", "do not ask");
  const { apply, destroy, drift, importCommand, plan, show, simulate, verify } = {
    plan: program.command("plan").description("show what an apply would do"),
    apply: program.command("apply").description("make the cloud match the configuration"),
    destroy: program.command("destroy").description("delete everything in the state"),
    drift: program.command("drift").description("show what changed in the cloud behind the state's back"),
    importCommand: program
      .command("import")
      .description("take an object that exists already into the state")
      .argument("<address>", "the resource in the stack, such as iec_vpc.main")
      .argument("<id>", "the object's id, or what the resource's page says to import it by"),
    show: program.command("show").description("show the state"),
    verify: program.command("verify").description("prove what can reach what, and what cannot"),
    simulate: program.command("simulate").description("serve a stand-in for the cloud"),
  };

  addExitCodeOption(addPlanOptions(plan))
    .option("--destroy", "plan the destruction of everything")
    .action(planning(async () => (await import("./commands/plan.js")).plan));
  approval(addPlanOptions(apply)).action(planning(async () => (await import("./commands/apply.js")).apply));
  approval(addPlanOptions(destroy)).action(
    planning(async () => (await import("./commands/apply.js")).destroy),
  );
  addExitCodeOption(addPlanOptions(drift)).action(
    planning(async () => (await import("./commands/drift.js")).drift),
  );
  addSessionOptions(show).action(async (path: string | undefined, flags: SessionFlags) =>
    end(await (await import("./commands/show.js")).show(context, path, flags)),
  );
  addExitCodeOption(
    addSessionOptions(
      verify,
      "what `plan` takes, or what `terraform show -json` printed of a plan; - reads that",
    ),
    "end with 0 when nothing is open, 1 for an error or a broken rule, 2 where unknowns decide",
  )
    .option("--policy <file>", "JSON file of policies to hold the design against, beside its own")
    .option("--reach <from:to[:tcp/443]>", "answer this instead; repeatable", collect)
    .option("--matrix", "print who reaches whom in each site")
    .option("--mermaid", "print a Mermaid flowchart")
    .option("--sarif", "print SARIF 2.1.0 for code scanning")
    .option("--offline", "ask nothing: what only the cloud can tell stays unknown")
    .action(async (path: string | undefined, flags: VerifyFlags) =>
      end(await (await import("./commands/verify.js")).verify(context, path, flags)),
    );
  addSessionOptions(importCommand).action(
    async (address: string, id: string, path: string | undefined, flags: SessionFlags) =>
      end(await (await import("./commands/import.js")).importResource(context, address, id, path, flags)),
  );
  simulate
    .argument("[command...]", "run this with the environment set, and end with it")
    .option("--port <port>", "port to serve; 0 takes a free one", "0")
    .option("--latency <duration>", "how long every answer takes, such as 50ms")
    .option("--seed <number>", "seed of everything random")
    .option("--faults <file>", "JSON file of faults to inject")
    .option("--data <file>", "file to keep the simulated cloud in")
    .option("--quota <kind=number>", "such as instance=5; repeatable", collect)
    .option("--no-color", "no colours")
    .action(async (command: string[], options: Record<string, never>) =>
      end(await (await import("./commands/simulate.js")).simulate(context, command, options)),
    );
  program
    .command("terraform")
    .description("run Terraform with this provider; nothing is installed")
    .argument("[arguments...]", "what Terraform gets, after `--`")
    .action(async (args: string[]) =>
      end(await (await import("./commands/terraform.js")).terraform(context, args)),
    );
  program
    .command("provider")
    .description("the Terraform provider")
    .command("install")
    .description("put the provider into a mirror that Terraform takes it from")
    .option("--dir <folder>", "the mirror (default: ~/.terraform.d/plugins, where Terraform looks by itself)")
    .option("--packed", "as the archive that a registry would hold")
    .option("--executable", "as a program with Node.js inside, for machines without (always so on Windows)")
    .option("--platform <name>", "for other machines, such as linux_arm64 (default: as this one)")
    .action(async (flags: InstallFlags) => (await import("./commands/provider.js")).install(context, flags));
  return program;
}

/** Whatever was thrown, as something to tell a person. */
export function diagnosticsOf(error: unknown, environment: NodeJS.ProcessEnv): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics;
  if (error instanceof CommanderError) {
    const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
    const help = "`iec --help` lists the commands, `iec <command> --help` the options.";
    const detail = [...rest.map((line) => line.replace(/^\((.*)\)$/, "$1")), help].join("\n");
    return [errorDiagnostic("IEC2017", first.charAt(0).toUpperCase() + first.slice(1), { detail })];
  }
  const debug = (environment["IEC_DEBUG"] ?? "") !== "";
  const message = error instanceof Error ? error.message : String(error);
  const advice = debug
    ? error instanceof Error && error.stack !== undefined
      ? error.stack
      : "There is no stack trace."
    : "Please report it, with the stack trace that IEC_DEBUG=1 adds.";
  return [errorDiagnostic("IEC5005", `A bug in iec: ${message}`, { detail: advice })];
}

import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import {
  DiagnosticError,
  errorDiagnostic,
  hasErrors,
  warningDiagnostic,
  type Diagnostic,
} from "../../../schema/diagnostics.js";
import type { Assumption } from "../../../schema/graph.js";
import type { IsolationInput } from "../../../schema/isolation/index.js";
import { selects } from "../../../schema/isolation/policies/policy.js";
import { changesBetween, type Change } from "../../../schema/isolation/reachability/changes.js";
import {
  safeOrder,
  tellLeak,
  type OpenLeak,
  type OrderEdge,
} from "../../../schema/isolation/reachability/order.js";
import { goneBetween } from "../../../schema/isolation/reachability/related.js";
import { Transition } from "../../../schema/isolation/reachability/transition.js";
import { workBetween } from "../../../schema/isolation/reachability/work.js";
import { readTerraformPlan } from "../../../schema/terraform-plan/index.js";
import { malformed, readPolicyFile } from "../../reconciler/policies.js";
import {
  renderMatrix,
  renderMermaid,
  renderSarif,
  renderVerification,
  verificationJson,
  verify as judge,
  type Verification,
} from "../../review/index.js";
import { nearby, report, type Context } from "../context.js";
import type { SessionFlags } from "../options.js";
import { startProgress } from "../progress.js";
import { withSession } from "../session.js";

export interface VerifyFlags extends SessionFlags {
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly matrix?: boolean;
  readonly mermaid?: boolean;
  readonly reach?: readonly string[];
  readonly offline?: boolean;
  /** File with policies to hold the design against, beside its own. */
  readonly policy?: string;
  readonly detailedExitcode?: boolean;
}

/** Ends with this under `--detailed-exitcode` when unknowns decide something. */
const EXIT_CONDITIONAL = 2;

/** A network to judge, or why there is none. */
interface Design {
  readonly name: string;
  readonly input: IsolationInput | undefined;
  /** What the plan to it opens and closes. */
  readonly changes?: readonly Change[];
  /** What it is read with, and its plan does not tell. */
  readonly assumptions?: readonly Assumption[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `iec verify`: what can reach what, proved, before anything runs. */
export async function verify(
  context: Context,
  path: string | undefined,
  flags: VerifyFlags,
): Promise<number> {
  const views = [flags.json, flags.sarif, flags.matrix, flags.mermaid].filter((view) => view === true);
  if (views.length > 1) {
    throw new DiagnosticError(
      errorDiagnostic("IEC2017", "Only one of --json, --sarif, --matrix and --mermaid can be had at a time"),
    );
  }
  const conclude = (design: Design): number => show(context, path, flags, design);
  try {
    const text = planText(context, path);
    if (text !== undefined) return conclude(await ofTerraform(context, text, path));
    return await withSession(context, path, flags, "verify", async ({ session }) => {
      const progress = startProgress(context, 0);
      try {
        const onProgress = (message: string) => progress.message(message);
        const { plan, design } = await session.design({ offline: flags.offline, onProgress });
        // What the rules refute is among the verdicts.
        const diagnostics = design === undefined ? plan.diagnostics : plan.diagnostics.filter(isNoVerdict);
        const { changes } = plan.reachability;
        return conclude({ name: session.stack, input: design, changes, diagnostics });
      } finally {
        progress.stop();
      }
    });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return conclude({ name: path ?? "", input: undefined, diagnostics: error.diagnostics });
  }
}

const isNoVerdict = ({ code }: Diagnostic): boolean => !code.startsWith("IEC10") || IN_BETWEEN.has(code);
/** What is told of the apply and not of the design. */
const IN_BETWEEN: ReadonlySet<string> = new Set(["IEC1045", "IEC1046", "IEC1047"]);

/** The text of a Terraform plan; undefined where the path leads to a configuration. */
function planText({ io }: Context, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (path === "-") return readFileSync(0, "utf8");
  const file = resolve(io.cwd, path);
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  return isFile && !/\.tf\.json$|^manifest\.json$/.test(basename(file))
    ? readFileSync(file, "utf8")
    : undefined;
}

async function ofTerraform(context: Context, text: string, path = "-"): Promise<Design> {
  const { tables } = await context.loadEngine(context.io);
  const name = path === "-" ? "The input" : path;
  const { before, after, assumptions, diagnostics } = readTerraformPlan(text, name, tables.refs);
  const was: IsolationInput = { graph: before, ...tables };
  const will: IsolationInput = { graph: after, gone: goneBetween(before, after), ...tables };
  const transition = new Transition(was, will);
  const { edges, leaks, complete } = safeOrder(transition, workBetween(transition));
  const between = [...edges.map(inSteps), ...leaks.map(whatever), ...(complete ? [] : [unseen()])];
  return {
    name: path,
    input: will,
    changes: changesBetween(transition),
    assumptions,
    diagnostics: [...diagnostics, ...between],
  };
}

/** Terraform takes no order from outside: only several applies have one. */
function inSteps(edge: OrderEdge): Diagnostic {
  const { first, then, leak } = edge;
  return warningDiagnostic("IEC1047", `${capital(tellLeak(leak))} while Terraform applies`, {
    address: then.address,
    detail: `Terraform may ${then.verb} ${then.address} before it ${first.verb}s ${first.address}. Apply in two steps:
terraform apply -target='${first.address}'
terraform apply`,
  });
}

const whatever = (leak: OpenLeak): Diagnostic =>
  warningDiagnostic("IEC1045", `${capital(tellLeak(leak))} while Terraform applies`, {
    address: leak.after.at(-1)?.address,
    detail: "iec found no order of the steps that avoids it. Close the path with a change of its own first.",
  });

const unseen = (): Diagnostic =>
  warningDiagnostic("IEC1046", "Not everything that may open while Terraform applies was looked at", {
    detail: "The plan changes too much of the network at once. Plan parts of it with -target.",
  });

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function show(context: Context, path: string | undefined, flags: VerifyFlags, design: Design): number {
  const { io, out } = context;
  const input = design.input && withPolicies(design.input, flags.policy, io.cwd);
  const judged = input && withPlaces(judge(design.name, input, flags.reach, design), io.cwd);
  const diagnostics = [...design.diagnostics, ...(judged?.diagnostics ?? [])].map((d) => ({
    ...d,
    origin: nearby(d.origin, io.cwd),
  }));
  const machine = flags.json === true || flags.sarif === true;
  if (flags.json === true) io.stdout.write(verificationJson(judged, diagnostics));
  else if (flags.sarif === true) {
    const file = path === undefined || path === "-" ? "cdktf.out" : path;
    io.stdout.write(renderSarif(judged, { version: packageJson.version, file, diagnostics }));
  } else if (judged !== undefined) {
    const options = { paint: out.paint, width: out.width };
    if (flags.matrix === true) io.stdout.write(renderMatrix(judged, options));
    else if (flags.mermaid === true) io.stdout.write(renderMermaid(judged));
    else io.stdout.write(renderVerification(judged, options));
  }
  if (!machine) report({ ...context, json: undefined }, diagnostics);
  return exitCode(judged, diagnostics, flags);
}

/** The design with the policies of a file, each of which must be about something in it. */
function withPolicies(input: IsolationInput, path: string | undefined, cwd: string): IsolationInput {
  if (path === undefined) return input;
  const { policies, diagnostics } = readPolicyFile(resolve(cwd, path), path);
  const addresses = [...input.graph.nodes.keys()];
  const idle = policies.flatMap(({ id, ...policy }) =>
    [policy.on, "from" in policy ? policy.from : []].flat().flatMap((name) => {
      const known =
        name === "internet" || name.includes("/") || addresses.some((one) => selects([name], one));
      return known ? [] : [malformed(`Policy ${id}: the design has no resource ${name}.`, { file: path })];
    }),
  );
  if (diagnostics.length + idle.length > 0) throw new DiagnosticError(...diagnostics, ...idle);
  return { ...input, policies: [...(input.policies ?? []), ...policies] };
}

/** 1 for an error or a broken rule, with `--detailed-exitcode` 2 where unknowns decide, else 0. */
function exitCode(
  judged: Verification | undefined,
  diagnostics: readonly Diagnostic[],
  flags: VerifyFlags,
): number {
  if (judged === undefined || hasErrors(diagnostics)) return 1;
  const { verdicts } = judged;
  if (verdicts.some(({ verdict, severity }) => verdict === "REFUTED" && severity === "error")) return 1;
  const open = verdicts.some(({ verdict }) => verdict === "CONDITIONAL");
  return open && flags.detailedExitcode === true ? EXIT_CONDITIONAL : 0;
}

/** Files named from the working folder. */
const withPlaces = (verification: Verification, cwd: string): Verification => ({
  ...verification,
  verdicts: verification.verdicts.map((finding) => ({ ...finding, origin: nearby(finding.origin, cwd) })),
});

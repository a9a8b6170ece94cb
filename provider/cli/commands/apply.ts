import { DiagnosticError, errorDiagnostic, hasErrors } from "../../../schema/diagnostics.js";
import { hasChanges, type ApplyResult, type Plan } from "../../reconciler/model.js";
import { renderOutputs } from "../../review/index.js";
import { print, report, type Context } from "../context.js";
import type { PlanFlags } from "../options.js";
import { startProgress } from "../progress.js";
import { withSession, type Work } from "../session.js";
import { makePlan, showPlan } from "./plan.js";

type Kind = "apply" | "destroy";

/** `iec apply`: plans, asks and does it. */
export const apply = (context: Context, path: string | undefined, flags: PlanFlags): Promise<number> =>
  applyOrDestroy(context, path, flags, "apply");

/** `iec destroy`: the same for a plan that leaves nothing. */
export const destroy = (context: Context, path: string | undefined, flags: PlanFlags): Promise<number> =>
  applyOrDestroy(context, path, { ...flags, destroy: true }, "destroy");

function applyOrDestroy(
  context: Context,
  path: string | undefined,
  flags: PlanFlags,
  kind: Kind,
): Promise<number> {
  // Before anything is read: nobody should wait for a plan that cannot be approved.
  if (flags.autoApprove !== true) assertCanAsk(context, flags, kind);
  return withSession(context, path, flags, kind, async (work) => {
    const plan = await makePlan(context, work, flags);
    showPlan(context, work, plan);
    if (hasErrors(plan.diagnostics)) return 1;
    // A plan without changes may still bring the state up to date with what drifted.
    if (!hasChanges(plan) && plan.drift.length === 0) {
      finish(context, kind, undefined);
      return 0;
    }
    if (flags.autoApprove !== true && hasChanges(plan) && !(await isApproved(context, work, kind))) {
      context.io.stderr.write(`\n${kind === "apply" ? "Apply" : "Destroy"} cancelled.\n`);
      return 1;
    }
    return carryOut(context, work, plan, kind);
  });
}

async function carryOut(context: Context, work: Work, plan: Plan, kind: Kind): Promise<number> {
  const steps = plan.changes.reduce((sum, { action }) => sum + (STEPS[action] ?? 1), 0);
  work.finishWhatRuns();
  if (context.err.live && context.json === undefined) context.io.stderr.write("\n");
  const progress = startProgress(context, steps);
  let result: ApplyResult;
  try {
    result = await work.session.apply(plan, { onEvent: progress.event, stop: work.stop });
  } finally {
    progress.stop();
  }
  finish(context, kind, result);
  const incomplete = work.stop.aborted && result.skipped.length > 0;
  return hasErrors(result.diagnostics) || incomplete ? 1 : 0;
}

const STEPS: Readonly<Record<string, number>> = { "no-op": 0, replace: 2 };

/** The last words: what was done, the outputs, and what went wrong. */
function finish(context: Context, kind: Kind, result: ApplyResult | undefined): void {
  const { created = 0, updated = 0, deleted = 0, skipped = [], diagnostics = [] } = result ?? {};
  const complete = !hasErrors(diagnostics) && skipped.length === 0;
  const title = kind === "apply" ? "Apply" : "Destroy";
  const counts =
    kind === "apply"
      ? `Resources: ${created} added, ${updated} changed, ${deleted} destroyed.`
      : `Resources: ${deleted} destroyed.`;
  const summary = `${title} ${complete ? "complete!" : "incomplete."} ${counts}`;
  context.json?.summary({ add: created, change: updated, remove: deleted }, kind, summary);
  if (complete) {
    const { paint } = context.out;
    print(context, `\n${paint.bold(paint.green(summary))}\n`);
    if (result !== undefined && kind === "apply") {
      const outputs = renderOutputs(result.outputs, context.out);
      print(context, outputs === "" ? "" : `\n${outputs}`);
      context.json?.outputs(result.outputs);
    }
  } else if (context.json === undefined) {
    const notBegun = skipped.length === 0 ? "" : `Not begun: ${skipped.join(", ")}\n`;
    context.io.stderr.write(`\n${context.err.paint.bold(summary)}\n${notBegun}`);
  }
  report(context, diagnostics);
}

const QUESTIONS: Record<Kind, string> = {
  apply: `
Do you want to perform these actions?
  Only 'yes' will be accepted.

  Enter a value: `,
  destroy: `
Do you really want to destroy all of these resources?
  There is no undo. Only 'yes' will be accepted.

  Enter a value: `,
};

async function isApproved({ io }: Context, { abort }: Work, kind: Kind): Promise<boolean> {
  const answer = await io.ask?.(QUESTIONS[kind], abort);
  return answer?.trim() === "yes";
}

function assertCanAsk({ io, json }: Context, flags: PlanFlags, kind: Kind): void {
  if (io.ask !== undefined && flags.input && json === undefined) return;
  throw new DiagnosticError(
    errorDiagnostic("IEC2017", `There is nobody to approve the ${kind}`, {
      detail: `Run \`iec plan\` to see what would happen, then \`iec ${kind} --auto-approve\` to do it without being asked.`,
    }),
  );
}

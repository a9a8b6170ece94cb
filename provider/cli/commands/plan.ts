import { hasErrors } from "../../../schema/diagnostics.js";
import { hasChanges, type Plan } from "../../reconciler/model.js";
import { countChanges, renderPlan } from "../../review/index.js";
import { print, renderOptions, report, type Context } from "../context.js";
import type { PlanFlags } from "../options.js";
import { startProgress } from "../progress.js";
import { withSession, type Work } from "../session.js";

/** Ends with this under `--detailed-exitcode` when there is something to do. */
export const EXIT_CHANGES = 2;

/** `iec plan`: what an apply would do. */
export const plan = (context: Context, path: string | undefined, flags: PlanFlags): Promise<number> =>
  withSession(context, path, flags, "plan", async (work) => {
    const result = await makePlan(context, work, flags);
    showPlan(context, work, result);
    if (hasErrors(result.diagnostics)) return 1;
    return flags.detailedExitcode === true && hasChanges(result) ? EXIT_CHANGES : 0;
  });

/** Plans, and shows on a terminal that it does. */
export async function makePlan(context: Context, { session }: Work, flags: PlanFlags): Promise<Plan> {
  const progress = startProgress(context, 0);
  try {
    return await session.plan({
      destroy: flags.destroy === true,
      targets: flags.target ?? [],
      replace: flags.replace ?? [],
      refresh: flags.refresh,
      onProgress: (message) => progress.message(message),
    });
  } finally {
    progress.stop();
  }
}

/** A plan with errors is none: only its diagnostics are shown. */
export function showPlan(context: Context, { engine }: Work, result: Plan): void {
  if (!hasErrors(result.diagnostics)) {
    print(context, renderPlan(result, renderOptions(context, engine)));
    const counts = countChanges(result.changes);
    const { add, change, remove } = counts;
    context.json?.plan(result);
    context.json?.summary(counts, "plan", `Plan: ${add} to add, ${change} to change, ${remove} to destroy.`);
  }
  report(context, result.diagnostics);
}

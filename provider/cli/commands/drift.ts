import { hasErrors } from "../../../schema/diagnostics.js";
import { renderDrift } from "../../review/index.js";
import { print, renderOptions, report, type Context } from "../context.js";
import type { PlanFlags } from "../options.js";
import { withSession } from "../session.js";
import { EXIT_CHANGES, makePlan } from "./plan.js";

/** `iec drift`: what changed in the cloud behind the state's back. */
export const drift = (context: Context, path: string | undefined, flags: PlanFlags): Promise<number> =>
  withSession(context, path, flags, "drift", async (work) => {
    const plan = await makePlan(context, work, flags);
    report(context, plan.diagnostics);
    if (hasErrors(plan.diagnostics)) return 1;
    print(context, renderDrift(plan, renderOptions(context, work.engine)));
    context.json?.drift(plan);
    return flags.detailedExitcode === true && plan.drift.length > 0 ? EXIT_CHANGES : 0;
  });

import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import { ApiError } from "../client/errors.js";
import type { Api } from "../client/index.js";
import { rememberAnswers } from "../lifecycle/remember.js";
import type { ResourceChange } from "./model.js";
import type { Workspace } from "./workspace.js";

/**
 * What the cloud would refuse, found out before the first call that changes anything: values that a site does not
 * offer, and quotas that the plan as a whole would exceed. Asks each list once, and only for what is to be created
 * or changed.
 */
export async function precheck(
  workspace: Workspace,
  changes: readonly ResourceChange[],
): Promise<readonly Diagnostic[]> {
  const { api } = rememberAnswers(workspace.api, workspace.runtime.clock);
  const checks = changes.map(async (change): Promise<readonly Diagnostic[]> => {
    if (change.after === null || !["create", "replace", "update"].includes(change.action)) return [];
    const found = await workspace.runtime.resources.get(change.type)?.check?.(change.after, api);
    return (found ?? []).map((d) => ({ ...d, address: change.address, origin: change.origin }));
  });
  const found = await Promise.all([...checks, checkQuotas(workspace, changes)]);
  return found.flat();
}

async function checkQuotas(
  workspace: Workspace,
  changes: readonly ResourceChange[],
): Promise<readonly Diagnostic[]> {
  const needed = new Map<string, { amount: number; last: ResourceChange }>();
  for (const change of changes) {
    const sign = change.action === "create" ? 1 : change.action === "delete" ? -1 : 0;
    const values = change.after ?? change.before;
    if (sign === 0 || values === null) continue;
    const uses = workspace.runtime.resources.get(change.type)?.quotas?.(values) ?? {};
    for (const [kind, amount] of Object.entries(uses)) {
      const before = needed.get(kind);
      needed.set(kind, {
        amount: (before?.amount ?? 0) + sign * amount,
        last: sign > 0 || before === undefined ? change : before.last,
      });
    }
  }
  if (![...needed.values()].some(({ amount }) => amount > 0)) return [];
  const limits = await readQuotas(workspace.api);
  return [...needed].flatMap(([kind, { amount, last }]) => {
    const limit = limits.get(kind);
    if (amount <= 0 || limit === undefined || limit.used + amount <= limit.quota) return [];
    return [
      errorDiagnostic("IEC2021", `The quota "${kind}" does not allow this plan`, {
        address: last.address,
        origin: last.origin,
        detail: `The plan needs ${amount} more; ${limit.used} of ${limit.quota} are in use, so ${Math.max(0, limit.quota - limit.used)} are left. Plan less, delete what is not needed, or ask for a higher quota in the console.`,
      }),
    ];
  });
}

/** By kind. Empty when the account may not read its quotas: the cloud itself still holds to them. */
async function readQuotas(api: Api): Promise<ReadonlyMap<string, { used: number; quota: number }>> {
  try {
    const { quotas } = await api.get("/v1/edgeclouds/quotas");
    return new Map(
      (quotas?.resources ?? []).flatMap((r) =>
        r.type === undefined || r.quota === undefined
          ? []
          : [[r.type, { used: r.used ?? 0, quota: r.quota }]],
      ),
    );
  } catch (error) {
    if (error instanceof ApiError && error.isForbidden) return new Map();
    throw error;
  }
}

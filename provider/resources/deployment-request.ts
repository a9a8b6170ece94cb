import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { Api } from "../client/index.js";
import { told } from "./define.js";
import { stackCount, type Places } from "./edge-service-coverage.js";

export type DeploymentRequest = components["schemas"]["EdgeCloudOption"];
type Deployment = components["schemas"]["Deployment"];

/**
 * The id of an open plan for the request: one that an interrupted run left behind, or a new one.
 * @throws {DiagnosticError} when the sites have no room for all of it: running it would make a service that failed.
 */
export async function openPlan(request: DeploymentRequest, places: Places, api: Api): Promise<string> {
  const left = await api.list("/v1/deployments", {
    status: "open",
    ...(request.id !== undefined && { edgecloud_id: request.id }),
  });
  const mine = left.find((plan) => plan.edgecloud !== undefined && isFor(request, plan.edgecloud));
  if (mine?.id !== undefined) return mine.id;
  const answer = await api.post("/v1/deployments", { body: { edgecloud: request } });
  const room = (answer.locations ?? []).map(({ stack_count }) => stack_count);
  const known = room.filter((count) => count !== undefined);
  const placed = known.reduce((sum, count) => sum + count, 0);
  const wanted = stackCount(places);
  if (known.length === room.length && room.length > 0 && placed < wanted) {
    await dropPlan(answer.id, api);
    throw new DiagnosticError(
      errorDiagnostic("IEC4003", "The sites have no room for this edge service", {
        path: ["coverage_sites"],
        detail: `The cloud can place ${placed} of ${wanted} stacks. Nothing was made. Ask for fewer, or for other places, or lines.`,
      }),
    );
  }
  return answer.id;
}

const isFor = (request: DeploymentRequest, plan: NonNullable<Deployment["edgecloud"]>): boolean =>
  (request.id === undefined ? request.name === plan.name : request.id === plan.id) &&
  tells(request.description ?? "", plan.description ?? "") &&
  tells(request.coverage, plan.coverage) &&
  tells(request.stack, plan.stacks);

/** Whether everything that was sent is told alike. Passwords are masked, and so pass. */
export function tells(sent: unknown, answer: unknown, name = ""): boolean {
  if (name === "admin_pass") return true;
  if (Array.isArray(sent)) {
    if (!Array.isArray(answer)) return sent.length === 0 && (answer ?? null) === null;
    return sent.length === answer.length && sent.every((item, i) => tells(item, answer[i]));
  }
  if (typeof sent === "object" && sent !== null) {
    if (typeof answer !== "object" || answer === null) return false;
    const fields = answer as Record<string, unknown>;
    return Object.entries(sent).every(([key, value]) => tells(value, fields[key], key));
  }
  return sent === answer;
}

const dropPlan = async (deployment_id: string, api: Api): Promise<void> => {
  await api.delete("/v1/deployments/{deployment_id}", { params: { path: { deployment_id } } });
};

/** Removes the plans of a service that were carried out: nobody can use them again. */
export async function dropUsedPlans(edgecloud_id: string, api: Api): Promise<void> {
  const used = await api.list("/v1/deployments", { edgecloud_id, status: "closed" });
  await Promise.all(used.map((plan) => dropPlan(told(plan.id, "the plan's id"), api)));
}

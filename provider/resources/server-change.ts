import type { PlanOf, StateOf } from "../../schema/attributes.js";
import type { Steps } from "../../schema/definition.js";
import type { Api } from "../client/index.js";
import { sent, told } from "./define.js";
import type { attributes } from "./server-attributes.js";
import { hasGroups, ownNics, type Nic } from "./server-nics.js";
import { unbindEips } from "./server-read.js";

type Plan = PlanOf<typeof attributes>;
type State = StateOf<typeof attributes>;
type Power = "ACTIVE" | "SHUTOFF";

const idOf = (state: State) => told(state.id, "the server's id");

export const naming = ({ name, description }: Pick<Plan, "name" | "description">) => ({
  server: { name, description: description ?? "" },
});

/**
 * Adds NICs in subnets that have none, and removes those of subnets that are no longer listed. One in a listed subnet
 * that nobody knows of is taken for what an interrupted run added.
 * @returns the server's own NICs.
 */
export async function changeNics(
  prior: State,
  plan: Plan,
  api: Api,
  steps: Steps<typeof attributes>,
): Promise<readonly Nic[]> {
  const params = { path: { instance_id: idOf(prior) } };
  const security_groups = plan.security_groups.map((group) => ({ id: group }));
  const now = async () => (await steps.untilTold(() => true)).nics ?? [];
  const { missing } = ownNics(await now(), prior.nics, plan.subnet_ids);
  for (const subnet_id of new Set(missing)) {
    const isThere = (nic: Nic) => nic.subnet_id === subnet_id;
    const before = (await now()).filter(isThere).length;
    const nic_num = missing.filter((subnet) => subnet === subnet_id).length;
    await api.post("/v1/cloudservers/{instance_id}/nics", {
      params,
      body: { vpc_id: plan.vpc_id, subnet_id, nic_num, security_groups },
    });
    await steps.untilTold(({ nics }) => (nics ?? []).filter(isThere).length >= before + nic_num);
  }
  const { own } = ownNics(await now(), prior.nics, plan.subnet_ids);
  const staying = new Set(own.map(({ port }) => port));
  const leaving = (prior.nics ?? []).flatMap(({ port }) =>
    port === null || staying.has(port) ? [] : [port],
  );
  if (leaving.length > 0) {
    await unbindEips(leaving, api);
    const nics = leaving.map((port) => ({ id: port }));
    await api.post("/v1/cloudservers/{instance_id}/nics/delete", { params, body: { nics } });
    await steps.untilTold((told) => !told.nics?.some(({ port }) => port !== null && leaving.includes(port)));
  }
  return own;
}

/** Sets the groups of each NIC that has others. */
export async function changeGroups(nics: readonly Nic[], plan: Plan, api: Api): Promise<void> {
  const others = nics.filter((nic) => !hasGroups(nic, plan.security_groups));
  await Promise.all(
    others.map(({ port }) =>
      api.put("/v1/ports/{port_id}", {
        params: { path: { port_id: told(port, "a port's id") } },
        body: { port: { security_groups: [...plan.security_groups] } },
      }),
    ),
  );
}

/** Reinstalls the system disk, which needs the server stopped. One whose last reinstall failed may try again. */
export async function changeImage(
  prior: State,
  plan: Plan,
  api: Api,
  steps: Steps<typeof attributes>,
): Promise<void> {
  const instance_id = idOf(prior);
  if (prior.status !== "ERROR") {
    const { status } = await steps.until("ACTIVE", "SHUTOFF");
    if (status === "ACTIVE") await switchTo("SHUTOFF", instance_id, api);
    await steps.until("SHUTOFF");
  }
  await api.post("/v1/cloudservers/{instance_id}/change-os", {
    params: { path: { instance_id } },
    body: {
      image_id: plan.image_id,
      ...sent({ key_name: plan.key_pair }),
      ...(plan.user_data !== null && { metadata: { user_data: plan.user_data } }),
    },
  });
  // Not every cloud tells the id of the image; then the status alone has to do.
  await steps.untilTold(
    ({ image_id: image, status }) =>
      (image === undefined || image === plan.image_id) && (status === "SHUTOFF" || status === "ACTIVE"),
  );
}

/** Leaves the server as `power_state` says or, when that is not set, as it was. */
export async function changePower(
  prior: State,
  plan: Plan,
  api: Api,
  steps: Steps<typeof attributes>,
): Promise<void> {
  const goal = plan.power_state ?? prior.power_state ?? "ACTIVE";
  const { status } = await steps.until("ACTIVE", "SHUTOFF");
  if (status === goal) return;
  await switchTo(goal, idOf(prior), api);
  await steps.until(goal);
}

export const switchTo = async (goal: Power, server: string, api: Api): Promise<void> => {
  const servers = [{ id: server }];
  const body = goal === "ACTIVE" ? { "os-start": { servers } } : { "os-stop": { servers } };
  await api.post("/v1/cloudservers/action", { body });
};

import { bool, element, id, set, string, type ObservedOf } from "../../schema/attributes.js";
import { DiagnosticError, errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import type { ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { NAME, NO_ANGLE_BRACKETS } from "./common.js";
import { defineResource, emptyAsNull, sent, told } from "./define.js";
import { listEach } from "./listing.js";

const attributes = {
  id: id("Id of the route table."),
  name: string({
    optional: true,
    computed: true,
    ...NAME,
    description:
      "Name. Needed unless `default` is true; the default table keeps the one it has when not set.",
  }),
  description: string({ optional: true, maxLength: 255, ...NO_ANGLE_BRACKETS, description: "Free text." }),
  vpc_id: string({ required: true, requiresReplace: true, ref: ["iec_vpc"], description: "Id of the VPC." }),
  subnet_ids: set({
    optional: true,
    element: element.string({ ref: ["iec_vpc_subnet"] }),
    description: "Ids of the subnets of the VPC that use the table. Every other subnet uses the default one.",
  }),
  default: bool({
    optional: true,
    computed: true,
    requiresReplace: true,
    default: false,
    description:
      "Whether it is the table that every VPC has. That one is taken over, not made, and a destroy leaves it as it is.",
  }),
};
type Routetable = components["schemas"]["Routetable"];

export const fromApi = (table: Routetable): ObservedOf<typeof attributes> & { id: string } => ({
  id: told(table.id, "the route table's id"),
  name: table.name,
  description: emptyAsNull(table.description),
  vpc_id: table.vpc_id,
  // Those of the default table are what is left over.
  subnet_ids: table.default === true ? null : idsOf(table),
  default: table.default,
});

const idsOf = ({ subnets = [] }: Routetable): string[] =>
  subnets.map((s) => told(s.id, "the id of a subnet"));

const pathOf = (state: { readonly id: string | null }) => ({
  path: { routetable_id: told(state.id, "the route table's id") },
});

async function show(id: string, api: Api): Promise<Routetable> {
  const answer = await api.get("/v1/routetables/{routetable_id}", { params: pathOf({ id }) });
  return told(answer.routetable, "the route table");
}

/** Puts the subnets into the table, and others out of it: those are the default table's again. */
async function associate(
  id: string,
  wanted: readonly string[],
  now: readonly string[],
  api: Api,
): Promise<void> {
  const params = pathOf({ id });
  const subnet_ids = wanted.filter((subnet) => !now.includes(subnet));
  if (subnet_ids.length > 0)
    await api.post("/v1/routetables/{routetable_id}/associate-subnets", { params, body: { subnet_ids } });
  const others = now.filter((subnet) => !wanted.includes(subnet));
  if (others.length > 0)
    await api.post("/v1/routetables/{routetable_id}/disassociate-subnets", {
      params,
      body: { subnet_ids: others },
    });
}

/** A route table of a VPC: one of its own, or the default one. */
export const routeTable = defineResource({
  type: "iec_route_table",
  description:
    "A route table of a VPC. A subnet has exactly one table: one that names it, or else the default one of its VPC.",
  schemaVersion: 0,
  attributes,
  placement: { role: "other", vpc: "vpc_id", subnets: "subnet_ids[]" },
  api: [
    "POST /v1/routetables",
    "GET /v1/routetables/{routetable_id}",
    "GET /v1/routetables",
    "PUT /v1/routetables/{routetable_id}",
    "DELETE /v1/routetables/{routetable_id}",
    "POST /v1/routetables/{routetable_id}/associate-subnets",
    "POST /v1/routetables/{routetable_id}/disassociate-subnets",
  ],
  adoptBy: ["vpc_id", "name", "description", "default"],
  // Subnets come after the id is saved.
  adoptable: ({ subnet_ids }) => (subnet_ids ?? []).length === 0,
  validate: checkDefault,

  async create(plan, api) {
    const { vpc_id } = plan;
    if (plan.default === true) return await takeOver(vpc_id, plan, api);
    const routetable = { vpc_id, name: plan.name ?? "", ...sent({ description: plan.description }) };
    const { routetable: made } = await api.post("/v1/routetables", { body: { routetable } });
    // Subnets are to be associated yet.
    return { ...fromApi(told(made, "the route table")), subnet_ids: undefined };
  },
  async configure(plan, created, api) {
    const subnets = plan.subnet_ids ?? [];
    await associate(created.id, subnets, [], api);
    return subnets.length > 0;
  },
  read: async (state, api) => fromApi(await show(state.id, api)),
  list: async (api, maxPages) =>
    (
      await listEach(
        () => api.list("/v1/routetables", {}, { maxPages }),
        ({ id: table }) => show(told(table, "the route table's id"), api),
        maxPages,
      )
    )?.map(fromApi),
  async update(prior, plan, api) {
    if (prior.name !== plan.name || prior.description !== plan.description) await describe(prior, plan, api);
    const table = told(prior.id, "the route table's id");
    await associate(table, plan.subnet_ids ?? [], prior.subnet_ids ?? [], api);
    return undefined;
  },
  async makeWay(state, api) {
    if (state.default === true) return undefined;
    const table = told(state.id, "the route table's id");
    await associate(table, [], idsOf(await show(table, api)), api);
    return undefined;
  },
  async delete(state, api) {
    if (state.default === true) return;
    await api.delete("/v1/routetables/{routetable_id}", { params: pathOf(state) });
  },
});

interface Wording {
  readonly name: string | null | undefined;
  readonly description: string | null;
}

const describe = (state: { readonly id: string | null }, { name, description }: Wording, api: Api) =>
  api.put("/v1/routetables/{routetable_id}", {
    params: pathOf(state),
    body: { routetable: { ...sent({ name }), description: description ?? "" } },
  });

async function takeOver(vpc_id: string, plan: Wording, api: Api) {
  const table = (await api.list("/v1/routetables", { vpc_id })).find((one) => one.default === true);
  if (table === undefined) {
    throw new DiagnosticError(
      errorDiagnostic("IEC2019", "The VPC has no default route table", {
        path: ["vpc_id"],
        detail: `Nothing was found for VPC ${vpc_id}. Check the id.`,
      }),
    );
  }
  const now = fromApi(table);
  const name = plan.name ?? now.name;
  if (name !== now.name || plan.description !== (now.description ?? null)) await describe(now, plan, api);
  return { ...now, name, description: plan.description };
}

/** What goes with the default table, and what with the others. */
export function checkDefault(config: ObjectValue): Diagnostic[] {
  const { name, subnet_ids: subnets, default: isDefault } = config;
  if (isDefault === true && subnets !== null) {
    return [
      errorDiagnostic("IEC2013", "The default table takes no subnets", {
        path: ["subnet_ids"],
        detail:
          "It is that of every subnet that no other table names. Remove subnet_ids, and the subnet from the table that has it.",
      }),
    ];
  }
  if ((isDefault === false || isDefault === null) && name === null) {
    return [
      errorDiagnostic("IEC2006", "name is required", {
        path: ["name"],
        detail: "Only the default table of a VPC has a name already. Set name, or default = true.",
      }),
    ];
  }
  return [];
}

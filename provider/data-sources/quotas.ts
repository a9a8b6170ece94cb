import { element, list, number, string } from "../../schema/attributes.js";
import { defineDataSource } from "../resources/define.js";
import { fits } from "./common.js";

const quota = {
  type: string({ computed: true, description: "What is counted, such as `instance` or `publicIp`." }),
  quota: number({ computed: true, description: "How much the account may have; -1 without a limit." }),
  used: number({ computed: true, description: "How much it has." }),
  min: number({ computed: true, description: "Smallest value the quota can be set to." }),
  max: number({ computed: true, description: "Largest value the quota can be set to." }),
};
const attributes = {
  type: string({ optional: true, description: "Only the quota of this type." }),
  quotas: list({
    computed: true,
    element: element.object(quota),
    description: "The quotas, ordered by type.",
  }),
};

/** How much the account may have. */
export const quotas = defineDataSource({
  type: "iec_quotas",
  description: "Quotas of the account, and how much of them is used.",
  attributes,
  api: ["GET /v1/edgeclouds/quotas"],
  async read({ type }, api) {
    const answer = await api.get("/v1/edgeclouds/quotas");
    return {
      quotas: (answer.quotas?.resources ?? [])
        .map((q) => ({
          type: q.type ?? null,
          quota: q.quota ?? null,
          used: q.used ?? null,
          min: q.min ?? null,
          max: q.max ?? null,
        }))
        .filter(fits({ type }))
        .sort((a, b) => (a.type ?? "").localeCompare(b.type ?? "", "en")),
    };
  },
});

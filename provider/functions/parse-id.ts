import { DiagnosticError } from "../../schema/diagnostics.js";
import type { ObjectValue } from "../../schema/unknown.js";
import { ArgumentError, type ProviderFunction } from "./function.js";

/** The attributes that an import id stands for. */
export const parseId: ProviderFunction = {
  name: "parse_id",
  summary: "The attributes that an import id tells",
  description:
    "Takes an import id apart as `terraform import` does: the attributes of the resource that it tells, `id` among them. Most import ids are the id itself; some name a parent too.",
  parameters: [
    { name: "type", type: "string", description: "Resource type, such as `iec_vpc`." },
    { name: "import_id", type: "string", description: "What `terraform import` would be given." },
  ],
  returns: ["map", "string"],
  call([type, text], { resources }) {
    const definition = typeof type === "string" ? resources.get(type) : undefined;
    if (typeof text !== "string") throw new ArgumentError(1, "It is no text.");
    if (definition === undefined)
      throw new ArgumentError(0, `There is no resource type ${JSON.stringify(type)}.`);
    try {
      const told = definition.importId?.(text) ?? { id: text };
      const texts = Object.entries(told).filter(([, value]) => typeof value === "string");
      return Object.fromEntries(texts) as ObjectValue;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      throw new ArgumentError(1, error.diagnostics.map((d) => `${d.summary}. ${d.detail ?? ""}`).join("\n"));
    }
  },
};

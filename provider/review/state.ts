import type { ObjectValue, Path, Value } from "../../schema/unknown.js";
import { bodyLines, valueText } from "./body.js";
import type { Paint } from "./paint.js";
import { parseAddress, type RenderOptions } from "./plan.js";
import { indent } from "./text.js";

/** Outputs by name, as a state or the result of an apply holds them. */
export type Outputs = ReadonlyMap<string, { readonly value: Value; readonly sensitive: boolean }>;

/** What a state holds, as far as it is to be shown. */
export interface StateContent {
  readonly resources: readonly {
    readonly address: string;
    readonly type: string;
    readonly values: ObjectValue;
    readonly sensitive: readonly Path[];
    readonly tainted: boolean;
  }[];
  readonly outputs: Outputs;
}

/** Every resource of a state, then its outputs. */
export function renderState(state: StateContent, options: RenderOptions): string {
  const { paint, attributesOf } = options;
  const sections = state.resources.map(({ address, type, values, sensitive, tainted }) => {
    const { mode, name } = parseAddress(address);
    const attributes = attributesOf?.(mode, type);
    const body = bodyLines(null, values, { paint, sensitive, attributes, symbols: false });
    return [
      paint.bold(`# ${address}:`) + (tainted ? paint.yellow(" (tainted)") : ""),
      `${mode === "data" ? "data" : "resource"} "${type}" "${name}" {`,
      ...indent(body),
      "}",
    ].join("\n");
  });
  if (state.outputs.size > 0) sections.push(renderOutputs(state.outputs, options).trimEnd());
  return sections.length === 0 ? "The state is empty.\n" : `${sections.join("\n\n")}\n`;
}

/** The outputs, or nothing when there are none. */
export function renderOutputs(outputs: Outputs, { paint }: { readonly paint: Paint }): string {
  if (outputs.size === 0) return "";
  const width = Math.max(...[...outputs.keys()].map((name) => name.length));
  const lines = [...outputs].map(([name, { value, sensitive }]) => {
    const text = sensitive ? "(sensitive value)" : valueText(value, paint);
    return `${name.padEnd(width)} = ${text}`;
  });
  return `${paint.green(paint.bold("Outputs:"))}\n\n${lines.join("\n")}\n`;
}

import type { Attributes } from "../../schema/attributes.js";
import type { Drift, OutputChange, Plan, ResourceChange } from "../reconciler/model.js";
import type { Action } from "../lifecycle/plan.js";
import type { Origin } from "../../schema/diagnostics.js";
import { tellChange } from "../../schema/isolation/reachability/changes.js";
import { tellOrder } from "../../schema/isolation/reachability/order.js";
import { formatPath, type ObjectValue, type Path } from "../../schema/unknown.js";
import { bodyLines } from "./body.js";
import type { Paint } from "./paint.js";
import { count, indent, printable, wrap } from "./text.js";

export interface RenderOptions {
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
  /** The attributes of a type, by which blocks and sets are told apart from other values. */
  readonly attributesOf?: ((mode: "managed" | "data", type: string) => Attributes | undefined) | undefined;
}

/** What a summary counts; a replacement is one added and one destroyed. */
export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

export function countChanges(changes: readonly ResourceChange[]): Counts {
  const of = (...actions: Action[]) => changes.filter(({ action }) => actions.includes(action)).length;
  return { add: of("create", "replace"), change: of("update"), remove: of("delete", "replace") };
}

/** The whole plan as text, in Terraform's idiom. */
export function renderPlan(plan: Plan, options: RenderOptions): string {
  const shown = plan.changes.filter(({ action }) => action !== "no-op");
  const sections = [
    driftNote(plan.drift, options),
    changesSection(plan, shown, options),
    reachabilitySection(plan, options),
    conditionalSection(plan, options),
    outputsSection(plan.outputs, options),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** Exactly what differs between the state and the cloud. */
export function renderDrift(plan: Plan, options: RenderOptions): string {
  const { paint } = options;
  if (plan.drift.length === 0)
    return `${paint.green(paint.bold("No drift: the cloud matches the state."))}\n`;
  const entries = plan.drift.map((drift) => driftLines(drift, options).join("\n"));
  const summary = `Drift: ${count(plan.drift.length, "object")} changed outside of iec.`;
  return `${[...entries, paint.bold(summary)].join("\n\n")}\n`;
}

/** Reasons that stand in a header; the others are no news to the reader. */
const REASONS: Partial<Record<NonNullable<ResourceChange["reason"]>, string>> = {
  "delete-because-no-config": "because it is no longer in the configuration",
  "read-because-unknown": "because its arguments wait for values known at apply",
};

const LEGEND: readonly (readonly [Action, string])[] = [
  ["create", "create"],
  ["update", "update in-place"],
  ["replace", "destroy and then create replacement"],
  ["delete", "destroy"],
  ["read", "read (data sources)"],
];

function changesSection(plan: Plan, shown: readonly ResourceChange[], options: RenderOptions): string[] {
  const { paint, width } = options;
  if (shown.length === 0 && plan.outputs.length === 0) {
    return plan.destroy
      ? [paint.green(paint.bold("No changes. There is nothing to destroy."))]
      : [paint.green(paint.bold("No changes. Your infrastructure matches the configuration."))];
  }
  if (shown.length === 0) {
    const text = "Applying this plan only stores new output values; the cloud is not changed.";
    return wrap(text, width);
  }
  const legend = LEGEND.filter(([action]) => shown.some((change) => change.action === action));
  const { add, change, remove } = countChanges(shown);
  return [
    ...wrap("iec will do the following. Its symbols mean:", width),
    ...legend.map(([action, meaning]) => `${symbol(action, paint)} ${meaning}`),
    "",
    ...shown.flatMap((item) => [...changeLines(item, options), ""]),
    `${paint.bold("Plan:")} ${add} to add, ${change} to change, ${remove} to destroy.`,
  ];
}

function changeLines(change: ResourceChange, options: RenderOptions): string[] {
  const { paint } = options;
  const { before, after, action, address } = change;
  const reason = change.reason === undefined ? undefined : REASONS[change.reason];
  const compares = before !== null && after !== null;
  return [
    ...header(`${address} ${verdict(change, paint)}`, change.origin, options),
    ...(reason === undefined ? [] : [`  # (${reason})`]),
    ...resourceLines(symbol(action, paint), change, before, after, options, {
      changed: compares ? new Set(change.changed.map((path) => String(path[0]))) : undefined,
      forced: change.replacePaths,
    }),
  ];
}

function verdict({ action, reason }: ResourceChange, paint: Paint): string {
  switch (action) {
    case "create":
      return "will be created";
    case "update":
      return "will be updated in-place";
    case "delete":
      return `will be ${paint.red("destroyed")}`;
    case "read":
      return "will be read during apply";
    case "no-op":
      return "is unchanged";
    case "replace":
      if (reason === "tainted") return `is tainted, so it must be ${paint.red("replaced")}`;
      if (reason === "requested") return `will be ${paint.red("replaced")}, as requested`;
      return `must be ${paint.red("replaced")}`;
  }
}

function driftNote(drifts: readonly Drift[], options: RenderOptions): string[] {
  if (drifts.length === 0) return [];
  return [
    options.paint.bold("Note: Objects have changed outside of iec"),
    ...drifts.flatMap((drift) => ["", ...driftLines(drift, options)]),
  ];
}

function driftLines(drift: Drift, options: RenderOptions): string[] {
  const { paint } = options;
  const { address, origin, after } = drift;
  if (after === null) {
    return [
      ...header(`${address} has been ${paint.red("deleted")}`, origin, options),
      ...resourceLines(symbol("delete", paint), drift, identityOf(drift.before), null, options, {}),
    ];
  }
  const changed = new Set(drift.changed.map((path) => String(path[0])));
  return [
    ...header(`${address} has changed`, origin, options),
    ...resourceLines(symbol("update", paint), drift, drift.before, after, options, { changed }),
  ];
}

/** What is gone is told by its id and name; its other values are of no more use. */
const identityOf = (values: ObjectValue): ObjectValue =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name === "id" || name === "name"));

/** `# <text>` with the construct path after it, or below it where the line would be too long. */
function header(text: string, origin: Origin | undefined, { paint, width }: RenderOptions): string[] {
  const line = `  ${paint.bold(`# ${text}`)}`;
  if (origin?.constructPath === undefined) return [line];
  const place = printable(origin.constructPath);
  const fits = `  # ${text}  ${place}`.length <= width;
  return fits ? [`${line}  ${paint.dim(place)}`] : [line, `  ${paint.dim(`# ${place}`)}`];
}

function resourceLines(
  mark: string,
  resource: { address: string; type: string; sensitive: readonly Path[] },
  before: ObjectValue | null,
  after: ObjectValue | null,
  { paint, attributesOf }: RenderOptions,
  extra: { changed?: ReadonlySet<string> | undefined; forced?: readonly Path[] },
): string[] {
  const { mode, name } = parseAddress(resource.address);
  const body = bodyLines(before, after, {
    paint,
    symbols: true,
    sensitive: resource.sensitive,
    attributes: attributesOf?.(mode, resource.type),
    ...extra,
  });
  const kind = mode === "data" ? "data" : "resource";
  return [`${mark} ${kind} "${resource.type}" "${name}" {`, ...indent(body, "      "), "    }"];
}

/** What the resource block of an instance is called: `data.iec_sites.all[0]` -> data, `all`. */
export function parseAddress(address: string): { mode: "managed" | "data"; name: string } {
  const name = /^(?:data\.)?[\w-]+\.([\w-]+)/.exec(address)?.[1] ?? address;
  return { mode: address.startsWith("data.") ? "data" : "managed", name };
}

function symbol(action: Action, paint: Paint): string {
  switch (action) {
    case "create":
      return `  ${paint.green("+")}`;
    case "update":
      return `  ${paint.yellow("~")}`;
    case "replace":
      return `${paint.red("-")}/${paint.green("+")}`;
    case "delete":
      return `  ${paint.red("-")}`;
    case "read":
      return ` ${paint.cyan("<=")}`;
    case "no-op":
      return "   ";
  }
}

function outputsSection(outputs: readonly OutputChange[], { paint }: RenderOptions): string[] {
  if (outputs.length === 0) return [];
  const side = (of: "before" | "after") =>
    Object.fromEntries(outputs.map((output) => [output.name, output[of] ?? null]));
  const body = bodyLines(side("before"), side("after"), {
    paint,
    symbols: true,
    sensitive: outputs.filter(({ sensitive }) => sensitive).map(({ name }) => [name]),
    changed: new Set(outputs.map(({ name }) => name)),
  });
  return [paint.bold("Changes to outputs:"), ...indent(body, "  ")];
}

/** More changes of what can reach what than this are only counted. */
const MOST_CHANGES = 20;
/** So are steps that wait for others. */
const MOST_WAITS = 5;

/** What opens and what closes, and what waits so that nothing else is open in between. */
function reachabilitySection({ reachability }: Plan, { paint, width }: RenderOptions): string[] {
  const { changes, order } = reachability;
  const bounded = (lines: readonly string[][], most: number): string[] => [
    ...lines.slice(0, most).flat(),
    ...(lines.length > most ? [`  and ${lines.length - most} more`] : []),
  ];
  const entry = (mark: string, text: string): string[] => {
    const [first = "", ...rest] = wrap(printable(text), width - 4);
    return [`  ${mark} ${first}`, ...indent(rest, "    ")];
  };
  const told = changes.map((change) =>
    entry(change.kind === "opened" ? paint.green("+") : paint.red("-"), tellChange(change)),
  );
  const waits = order.map((edge) => entry(paint.cyan("!"), `iec ${tellOrder(edge)}`));
  return [
    ...(told.length > 0 ? [paint.bold("Reachability:"), ...bounded(told, MOST_CHANGES)] : []),
    ...(waits.length > 0 ? [paint.bold("Order of the apply:"), ...bounded(waits, MOST_WAITS)] : []),
  ];
}

/** More than this many waiting checks are only counted. */
const MOST_CONDITIONAL = 5;

/** Checks that wait: no verdict yet, and none is guessed. */
function conditionalSection({ conditional }: Plan, { paint, width }: RenderOptions): string[] {
  if (conditional.length === 0) return [];
  const [checks, run] = conditional.length === 1 ? ["check waits", "it runs"] : ["checks wait", "they run"];
  const title = `Isolation: ${conditional.length} ${checks} for values known at apply; ${run} again before each call.`;
  const lines = conditional.slice(0, MOST_CONDITIONAL).flatMap(({ code, address, path, unknowns = [] }) => {
    const awaited = unknowns.length === 0 ? "" : ` waits for ${unknowns.join(", ")}`;
    return indent(wrap(`${code} ${address} ${formatPath(path)}${awaited}`, width - 2), "  ");
  });
  const more = conditional.length - MOST_CONDITIONAL;
  return [...wrap(title, width).map(paint.cyan), ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

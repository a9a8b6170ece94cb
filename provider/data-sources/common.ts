import type { Attributes, ObservedOf, StateOf } from "../../schema/attributes.js";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import { sent } from "../resources/define.js";

/** What is looked for: an object fits when each member that is set is equal to its own. */
export type Asked<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Attributes of an object with some that may be asked for: optional, and told when they are not set. */
export const askable = <const A extends Attributes, const K extends keyof A & string>(
  attributes: A,
  ...names: readonly K[]
) => {
  const asked = names.map((name) => [name, { ...attributes[name], optional: true }] as const);
  return { ...attributes, ...Object.fromEntries(asked) } as Omit<A, K> & {
    readonly [P in K]: A[P] & { readonly optional: true };
  };
};

/** The members of an object that `shape` declares; null where the cloud does not tell them. */
export const shaped = <const A extends Attributes>(shape: A, object: ObservedOf<A>): StateOf<A> =>
  Object.fromEntries(Object.keys(shape).map((name) => [name, object[name] ?? null])) as StateOf<A>;

/**
 * Whether an object is among those asked for. The cloud's own filters are not relied on: some take a part of a name,
 * others are missing.
 */
export const fits =
  <K extends string>(asked: { readonly [P in K]?: unknown }) =>
  (object: { readonly [P in K]: unknown }): boolean =>
    Object.entries(sent(asked)).every(([name, value]) => object[name as K] === value);

interface Named {
  readonly id: string | null;
  readonly name?: string | null;
}

/** By name, then id: an order that outlives other objects' coming and going. */
export const byName = (a: Named, b: Named): number =>
  (a.name ?? "").localeCompare(b.name ?? "", "en") || (a.id ?? "").localeCompare(b.id ?? "", "en");

/** How many of the objects found a message names. */
const NAMED = 5;

/** The only object found. Throws a DiagnosticError (IEC2019) when there are none or several. */
export function theOnly<T extends Named>(
  what: string,
  asked: Readonly<Record<string, unknown>>,
  found: readonly T[],
): T {
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return one;
  const filters = Object.entries(sent(asked));
  const wanted =
    filters.length === 0
      ? "Nothing in particular was asked for."
      : `Asked for: ${filters.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ")}.`;
  const several = found.slice(0, NAMED).map(({ id, name }) => (name ? `${name} (${id})` : id));
  const rest = found.length > NAMED ? ` and ${found.length - NAMED} more` : "";
  throw new DiagnosticError(
    one === undefined
      ? errorDiagnostic("IEC2019", `No ${what} was found`, {
          path: filters.slice(0, 1).map(([name]) => name),
          detail: `${wanted} 0 were found. Correct what is asked for, or create the ${what} first.`,
        })
      : errorDiagnostic("IEC2019", `${found.length} ${what}s were found, and one is wanted`, {
          path: filters.slice(0, 1).map(([name]) => name),
          detail: `${wanted} Found: ${several.join(", ")}${rest}. Ask for the id of one.`,
        }),
  );
}

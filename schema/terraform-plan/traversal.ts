import type { Path } from "../unknown.js";

/** One step of a reference: a name after a point, or what stands in brackets. */
export interface Step {
  readonly key: string | number;
  readonly bracket: boolean;
}

const STEP = /\.?([^.[\]"\s]+)|\[(?:(\d+)|("(?:[^"\\]|\\.)*"))\]/gy;

/** The steps of `module.net["a"].ids`; undefined where it is written in a way not known. */
export function parseTraversal(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let end = 0;
  for (const match of text.matchAll(STEP)) {
    const [all, name, index, quoted] = match;
    end = match.index + all.length;
    if (name !== undefined) steps.push({ key: name, bracket: false });
    else if (index !== undefined) steps.push({ key: Number(index), bracket: true });
    else if (quoted !== undefined) steps.push({ key: unquote(quoted), bracket: true });
  }
  return end === text.length ? steps : undefined;
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    // An escape that Go has and JSON does not: still the same text for the same key.
    return quoted;
  }
}

export const pathOf = (steps: readonly Step[]): Path => steps.map(({ key }) => key);

/** The address with an instance key, as Terraform writes it. */
export const withKey = (address: string, key: string | number | undefined): string =>
  key === undefined ? address : `${address}[${typeof key === "number" ? key : JSON.stringify(key)}]`;

/**
 * What an expression refers to. Terraform lists `a.b.id` as `a.b.id`, `a.b`: what is shorter than the entry before
 * it, and begins it, is no reference of its own.
 */
export const maximalReferences = (references: readonly string[]): readonly string[] =>
  references.filter((reference, i) => !isBeginning(reference, references[i - 1]));

const isBeginning = (short: string, long: string | undefined): boolean =>
  long !== undefined && long.startsWith(short) && [".", "["].includes(long.charAt(short.length));

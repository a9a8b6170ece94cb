import type { TerraformStack } from "cdktf";

/** What cdktf's stacks resolve their elements with. */
interface Tokens {
  resolve(scope: TerraformStack, value: unknown, preparing?: boolean): unknown;
}

let quick = false;

/**
 * From now on cdktf resolves only what may hold a token of the elements of its stacks.
 *
 * It resolves each three times, and spends most of a synth on looking for tokens where none can be.
 */
export function resolveQuickly(): void {
  const tokens = stackTokens();
  if (quick || tokens === undefined) return;
  quick = true;
  const { resolve } = tokens;
  tokens.resolve = (scope, value, preparing) => {
    try {
      return resolvePlain(value, (part) => resolve(scope, part, preparing));
    } catch {
      // What cdktf throws names the place, counted from the whole.
      return resolve(scope, value, preparing);
    }
  };
}

/** Private to cdktf: where another version has it elsewhere, it resolves as it does. */
function stackTokens(): Tokens | undefined {
  try {
    return require("cdktf/lib/_tokens") as Tokens;
  } catch {
    return undefined;
  }
}

/** Resolves plain data as cdktf does; whatever may hold a token, and whatever else there is, is left to `resolve`. */
export function resolvePlain<T>(value: T, resolve: (part: unknown) => T): T {
  if (typeof value === "string") return mayHoldToken(value) ? resolve(value) : value;
  if (typeof value === "number") return mayBeToken(value) ? resolve(value) : value;
  if (value === undefined || value === null || typeof value === "boolean") return value;
  if (Array.isArray(value)) {
    if (value.some(mayBeListToken)) return resolve(value);
    return value.map((item: T) => resolvePlain(item, resolve)).filter((item) => item !== undefined) as T;
  }
  if (!isPlainObject(value)) return resolve(value);
  const resolved: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const item = resolvePlain(value[name] as T, resolve);
    if (item !== undefined) resolved[name] = item;
  }
  return resolved as T;
}

/** Tokens stand in texts as `${TfToken[...]}`, and as numbers such as `-1.8e+289`; two whole texts stand for maps. */
const mayHoldToken = (text: string): boolean => text.includes("Token") || /[\d.+|-]e[\d.+|eE-]/.test(text);

/** The numbers that stand for tokens are negative. */
const mayBeToken = (number: number): boolean => !(number >= 0);

/** A list token is the only item of its list. */
const mayBeListToken = (item: unknown): boolean =>
  typeof item === "string" ? item.includes("#{Tf") : typeof item === "number" && mayBeToken(item);

/** An object of data, no name of which may hold a token: no token itself, no construct, and of no class. */
const isPlainObject = (value: object): value is Record<string, unknown> =>
  Object.getPrototypeOf(value) === Object.prototype &&
  !("resolve" in value || "_children" in value) &&
  !Object.keys(value).some(mayHoldToken);

/** What cdktf writes the names of meta-arguments with: `depends_on` for `dependsOn`. */
interface Names {
  keysToSnakeCase(data: unknown): unknown;
}

let once = false;

/** From now on cdktf spells a name once: it does so for every resource, and each time takes longer than for its values. */
export function spellNamesOnce(): void {
  const names = elementNames();
  if (once || names === undefined) return;
  once = true;
  const { keysToSnakeCase } = names;
  const spelled = new Map<string, string>();
  const spell = (name: string): string => {
    let found = spelled.get(name);
    if (found === undefined) {
      found = Object.keys(keysToSnakeCase({ [name]: undefined }) as object)[0] ?? "";
      spelled.set(name, found);
    }
    return found;
  };
  names.keysToSnakeCase = (data) => {
    if (!isFlat(data)) return keysToSnakeCase(data);
    const written: Record<string, unknown> = {};
    for (const name of Object.keys(data)) written[spell(name)] = data[name];
    return written;
  };
}

/** An object of data, without an object in it, and no token. */
const isFlat = (data: unknown): data is Record<string, unknown> =>
  typeof data === "object" &&
  data !== null &&
  Object.getPrototypeOf(data) === Object.prototype &&
  Object.values(data).every((value) => typeof value !== "object" && typeof value !== "function");

/** Private to cdktf: where another version has it elsewhere, it spells as it does. */
function elementNames(): Names | undefined {
  try {
    return require("cdktf/lib/util") as Names;
  } catch {
    return undefined;
  }
}

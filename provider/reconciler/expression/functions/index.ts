import type { FunctionDefinition } from "./definition.js";

const all: readonly FunctionDefinition[] = [];

/** Every function of the language, by name. */
export const functions: ReadonlyMap<string, FunctionDefinition> = new Map(all.map((one) => [one.name, one]));

import { collectionFunctions } from "./collections.js";
import type { FunctionDefinition } from "./definition.js";
import { encodingFunctions } from "./encoding.js";
import { networkFunctions } from "./network.js";
import { numberFunctions } from "./numbers.js";
import { refusedFunctions } from "./refused.js";
import { setFunctions } from "./sets.js";
import { stringFunctions } from "./strings.js";
import { timeFunctions } from "./time.js";
import { typeFunctions } from "./types.js";

/** Every function of the language, by name. */
export const functions: ReadonlyMap<string, FunctionDefinition> = new Map(
  [
    stringFunctions,
    collectionFunctions,
    setFunctions,
    numberFunctions,
    typeFunctions,
    encodingFunctions,
    networkFunctions,
    timeFunctions,
    refusedFunctions,
  ]
    .flat()
    .map((definition) => [definition.name, definition]),
);

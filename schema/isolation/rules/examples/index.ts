import { addressExamples } from "./addresses.js";
import { filterExamples } from "./filters.js";
import { placementExamples } from "./placement.js";
import { routeExamples } from "./routes.js";
import type { RuleExamples } from "./example.js";

export { NETWORK, type Design, type Example, type RuleExamples } from "./example.js";

/** What passes and what fails each rule, by code. */
export const examples: readonly RuleExamples[] = [
  ...placementExamples,
  ...addressExamples,
  ...filterExamples,
  ...routeExamples,
].toSorted((a, b) => (a.code < b.code ? -1 : 1));

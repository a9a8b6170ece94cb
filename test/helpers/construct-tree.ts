import { join } from "node:path";
import type { App } from "cdktf";
import type { IsolationInput } from "../../schema/isolation/index.js";
import { ROOT } from "./iec.js";

/**
 * What synth reads of a construct tree. The sources of the constructs are CommonJS, which this project cannot
 * import by name.
 */
export async function inputOf(app: App): Promise<IsolationInput> {
  const { designOf } = (await import(join(ROOT, "constructs/validate/index.ts"))) as {
    readonly designOf: (app: App) => { readonly input: () => IsolationInput };
  };
  return designOf(app).input();
}

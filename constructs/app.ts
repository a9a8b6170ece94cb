import { App, type AppConfig } from "cdktf";
import { hasErrors } from "../schema/diagnostics.js";
import { trackSources, writeSources } from "./sources";
import { inspectApp } from "./validate/index";
import { jsonReport, textReport } from "./validate/report";

export interface IecAppConfig extends AppConfig {
  /** Form of the report: `text` for people on stderr (the default), `json` for machines on stdout. */
  readonly report?: "text" | "json";
}

/**
 * An `App` that validates all its stacks before it writes any.
 *
 * When something is wrong, `synth()` prints one report, sets the exit code of the process to 1 and writes nothing.
 * Warnings are printed alike, and hinder nothing.
 */
export class IecApp extends App {
  readonly #report: "text" | "json";

  constructor(config: IecAppConfig = {}) {
    super(config);
    this.#report = config.report ?? "text";
    trackSources();
  }

  override synth(): void {
    if (!this.skipValidation) {
      const validation = inspectApp(this);
      if (validation.diagnostics.length > 0) {
        if (this.#report === "json") process.stdout.write(jsonReport(validation));
        else process.stderr.write(textReport(validation));
      }
      if (hasErrors(validation.diagnostics)) {
        process.exitCode = 1;
        return;
      }
    }
    writeSources(this);
    super.synth();
  }
}

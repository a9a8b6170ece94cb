import { App, type AppConfig } from "cdktf";
import { hasErrors } from "../schema/diagnostics.js";
import { keepDuplicates } from "./duplicates";
import { spellNamesOnce } from "./names";
import { resolveQuickly } from "./plain";
import { writeAllPolicies } from "./policies";
import { trackSources, writeSources } from "./sources";
import { failureOf } from "./validate/failure";
import { inspectApp, type Validation } from "./validate/index";
import { jsonReport, textReport, type Outcome } from "./validate/report";

export interface IecAppConfig extends AppConfig {
  /** Form of the report: `text` for people on stderr (the default), `json` for machines on stdout. */
  readonly report?: "text" | "json";
}

/**
 * An `App` that validates all its stacks before it writes any.
 *
 * When something is wrong, `synth()` prints one report, sets the exit code of the process to 1 and writes nothing.
 * What cdktf itself finds only while it writes is reported alike, and the report says what became of the files.
 * Warnings are printed alike, and hinder nothing.
 */
export class IecApp extends App {
  readonly #report: "text" | "json";

  constructor(config: IecAppConfig = {}) {
    super(config);
    this.#report = config.report ?? "text";
    trackSources();
    keepDuplicates();
    resolveQuickly();
    spellNamesOnce();
  }

  override synth(): void {
    if (!this.skipValidation) {
      const validation = inspectApp(this);
      const wrong = hasErrors(validation.diagnostics);
      if (validation.diagnostics.length > 0) this.#print(validation, wrong ? "nothing" : "all");
      if (wrong) {
        process.exitCode = 1;
        return;
      }
    }
    writeSources(this);
    writeAllPolicies(this);
    try {
      super.synth();
    } catch (error) {
      this.#print({ diagnostics: failureOf(this, error), conditional: [] }, "some");
      process.exitCode = 1;
    }
  }

  #print(validation: Validation, written: Outcome): void {
    const { isTTY, columns } = process.stderr;
    if (this.#report === "json") process.stdout.write(jsonReport(validation));
    else process.stderr.write(textReport(validation, written, isTTY ? columns : undefined));
  }
}

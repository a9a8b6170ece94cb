/** Typed constructs for Huawei Cloud Intelligent EdgeCloud: one class per resource and data source. */
export * from "./generated/index";
export { IecApp, type IecAppConfig } from "./app";
export { trackSources } from "./sources";
export { inspectApp, validateApp, type Validation } from "./validate/index";
export type { Diagnostic } from "../schema/diagnostics.js";

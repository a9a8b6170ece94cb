/** Typed constructs for Huawei Cloud Intelligent EdgeCloud: one class per resource and data source. */
export * from "./generated/index";

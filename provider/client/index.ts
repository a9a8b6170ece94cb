export type * from "./api.js";
export { createClient } from "./client.js";
export { ApiError, AmbiguousCreateError, type FailureKind } from "./errors.js";
export type { ListPath } from "./paging.js";
export {
  createWaiter,
  WaitFailedError,
  WaitTimeoutError,
  type Waiter,
  type WaiterOptions,
  type WaitRequest,
} from "./waiter.js";
export { resolveConfiguration, type ProviderArguments } from "./configuration.js";

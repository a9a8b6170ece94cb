/** Plans, states and diagnostics as text: pure functions over values that others decided on. */
export { renderDiagnostics } from "./diagnostics.js";
export { plainPaint, type Paint } from "./paint.js";
export {
  countChanges,
  parseAddress,
  renderDrift,
  renderPlan,
  type Counts,
  type RenderOptions,
} from "./plan.js";
export { renderOutputs, renderState, type Outputs, type StateContent } from "./state.js";
export { count } from "./text.js";
export {
  renderMatrix,
  renderMermaid,
  renderSarif,
  renderVerification,
  verificationJson,
  verify,
  type Finding,
  type Verification,
} from "./verify/index.js";

/** What isolation says of a design, and views of it. */
export { verificationJson } from "./json.js";
export { renderMatrix } from "./matrix.js";
export { renderMermaid } from "./mermaid.js";
export { verify, type Finding, type Verification } from "./model.js";
export { renderSarif } from "./sarif.js";
export { renderVerification } from "./text.js";

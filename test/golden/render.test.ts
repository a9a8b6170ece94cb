import { describe, expect, it } from "vitest";
import {
  plainPaint,
  renderDiagnostics,
  renderDrift,
  renderPlan,
  renderState,
  type Paint,
} from "../../provider/review/index.js";
import { errorDiagnostic, warningDiagnostic } from "../../schema/diagnostics.js";
import { attributesOf, emptyPlan, fullPlan, stateContent } from "./plans.js";
import { expectGolden } from "./golden.js";

const options = { paint: plainPaint, width: 80, attributesOf };
/** Shows in text where colours begin and end. */
const markedPaint = Object.fromEntries(
  Object.keys(plainPaint).map((name) => [name, (text: string) => `<${name}>${text}</${name}>`]),
) as unknown as Paint;

const diagnostics = [
  errorDiagnostic("IEC1002", "A server's NIC lies in a subnet of another site", {
    detail:
      'subnet_ids[0] is iec_vpc_subnet.xian, of site "西安" (a3ff4bd5-3d75-4e6c-b6b5-b2b2e6f8f4c1), but the server is placed in "广州".\nA subnet belongs to one site and is not reached from another.\nUse iec_vpc_subnet.guangzhou.',
    address: "iec_server.guangzhou",
    path: ["subnet_ids", 0],
    origin: { constructPath: "quickstart/guangzhou/server", file: "examples/quickstart/broken.ts", line: 41 },
  }),
  warningDiagnostic("IEC3007", "An interrupted create was found and adopted", { address: "iec_vpc.main" }),
  errorDiagnostic("IEC4002", "The cloud's endpoint cannot be reached"),
];

const renderings: readonly (readonly [file: string, text: () => string])[] = [
  ["plan-full.txt", () => renderPlan(fullPlan, options)],
  ["plan-full-coloured.txt", () => renderPlan(fullPlan, { ...options, paint: markedPaint })],
  [
    "plan-without-schema.txt",
    () =>
      renderPlan(
        { ...emptyPlan, changes: fullPlan.changes, outputs: fullPlan.outputs },
        { ...options, attributesOf: undefined },
      ),
  ],
  ["plan-outputs-only.txt", () => renderPlan({ ...emptyPlan, outputs: fullPlan.outputs }, options)],
  ["drift.txt", () => renderDrift(fullPlan, options)],
  ["diagnostics-60.txt", () => renderDiagnostics(diagnostics, { paint: plainPaint, width: 60 })],
  ["diagnostics-100-coloured.txt", () => renderDiagnostics(diagnostics, { paint: markedPaint, width: 100 })],
  ["state.txt", () => renderState(stateContent, options)],
];

describe("renderings match the files that were read by eye", () => {
  it.each(renderings)("%s", (file, text) => expectGolden(file, text()));

  it.each(renderings)("%s shows no secret and no control character", (_file, text) => {
    expect(text()).not.toMatch(/Secret|(?!\n)\p{Cc}|\p{Bidi_Control}/u);
  });
});

describe("short renderings", () => {
  it.each([
    [
      "no changes",
      renderPlan(emptyPlan, options),
      "No changes. Your infrastructure matches the configuration.\n",
    ],
    [
      "nothing to destroy",
      renderPlan({ ...emptyPlan, destroy: true }, options),
      "No changes. There is nothing to destroy.\n",
    ],
    ["no drift", renderDrift(emptyPlan, options), "No drift: the cloud matches the state.\n"],
    ["empty state", renderState({ resources: [], outputs: new Map() }, options), "The state is empty.\n"],
    ["no diagnostics", renderDiagnostics([], options), ""],
  ])("%s", (_name, text, expected) => expect(text).toBe(expected));
});

import { expect, test } from "vitest";
import { designOf } from "../../../provider/reconciler/design.js";
import type { ResourceChange } from "../../../provider/reconciler/model.js";
import type { Workspace } from "../../../provider/reconciler/workspace.js";
import { Unknown, type ObjectValue } from "../../../schema/unknown.js";

const change = (address: string, before: ObjectValue | null, after: ObjectValue | null) =>
  [address, { address, mode: "managed", type: "iec_eip", before, after } as ResourceChange] as const;

test("ids and public addresses that a plan takes away are gone; what stays or is made is not", async () => {
  const { gone } = await designOf(
    {
      configuration: { blocks: new Map(), policies: [] },
      runtime: { resources: new Map() },
    } as unknown as Workspace,
    new Map([
      change("iec_eip.kept", { id: "kept", public_ip: "1.1.1.1" }, { id: "kept", public_ip: "1.1.1.1" }),
      change("iec_eip.deleted", { id: "deleted", public_ip: "2.2.2.2" }, null),
      change("iec_eip.replaced", { id: "old", public_ip: "3.3.3.3" }, { id: new Unknown() }),
      change("iec_eip.made", null, { id: new Unknown() }),
    ]),
    { offline: true },
  );
  expect([...(gone ?? [])]).toEqual(["deleted", "2.2.2.2", "old", "3.3.3.3"]);
});

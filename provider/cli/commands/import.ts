import type { Context } from "../context.js";
import { print, report } from "../context.js";
import type { SessionFlags } from "../options.js";
import { withSession } from "../session.js";

/** `iec import`: takes an object that exists already into the state. */
export const importResource = (
  context: Context,
  address: string,
  id: string,
  path: string | undefined,
  flags: SessionFlags,
): Promise<number> =>
  withSession(context, path, flags, "import", async ({ session }) => {
    report(context, await session.import(address, id));
    print(context, `${address} is imported [id=${id}].\n`);
    return 0;
  });

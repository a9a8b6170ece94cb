import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { IEC } from "./measure.js";

/** `iec simulate` in a process of its own. */
export interface Cloud {
  /** The environment that leads a program to it. */
  readonly env: Readonly<Record<string, string>>;
  /** API calls that it got since this was asked last. */
  readonly takeCalls: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export async function startCloud(args: readonly string[]): Promise<Cloud> {
  const child = spawn(process.execPath, [IEC, "simulate", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { url, accessKey, secretKey, domainId } = JSON.parse(line) as Record<
    "url" | "accessKey" | "secretKey" | "domainId",
    string
  >;
  return {
    env: {
      IEC_ENDPOINT: url,
      HW_AUTH_URL: `${url}/v3`,
      HW_ACCESS_KEY: accessKey,
      HW_SECRET_KEY: secretKey,
      HW_DOMAIN_ID: domainId,
    },
    takeCalls: async () => {
      const { total } = (await (await fetch(`${url}/_sim/stats`)).json()) as { total: number };
      await fetch(`${url}/_sim/stats/reset`, { method: "POST" });
      return total;
    },
    stop: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import {
  createSimulatorApp,
  type SimulatorApp,
  type SimulatorOptions,
} from "../../provider/simulator/index.js";
import type { Environment } from "../helpers/iec.js";

/** A simulated cloud over HTTP that tells of every call as it arrives, before it has any effect. */
export interface WatchedCloud extends SimulatorApp {
  readonly env: Environment;
  /** Called at each arrival with the number of calls so far. */
  onCall: (count: number) => void;
  /** Calls that arrived. */
  readonly count: () => number;
  /** Begins to count anew. */
  readonly reset: () => void;
  readonly close: () => void;
}

export async function startWatchedCloud(options: SimulatorOptions = {}): Promise<WatchedCloud> {
  const app = createSimulatorApp(options);
  let count = 0;
  const listener = getRequestListener(
    (request, env) => {
      cloud.onCall(++count);
      return app.fetch(request, env);
    },
    { overrideGlobalObjects: false },
  );
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cloud: WatchedCloud = {
    ...app,
    env: {
      IEC_ENDPOINT: url,
      HW_AUTH_URL: `${url}/v3`,
      HW_ACCESS_KEY: app.accessKey,
      HW_SECRET_KEY: app.secretKey,
      HW_DOMAIN_ID: app.domainId,
    },
    onCall: () => undefined,
    count: () => count,
    reset: () => {
      count = 0;
      cloud.onCall = () => undefined;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
      app.flush();
    },
  };
  return cloud;
}

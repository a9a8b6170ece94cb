import { startSimulator, type Simulator, type SimulatorOptions } from "../../provider/simulator/index.js";
import type { Environment } from "./iec.js";

/** A simulated cloud in this process, and the environment that leads a program to it. */
export interface TestCloud extends Simulator {
  readonly env: Environment;
}

/** Starts a cloud whose resources take a hundredth of their time. Close it when done. */
export async function startCloud(options: SimulatorOptions = {}): Promise<TestCloud> {
  const simulator = await startSimulator({ timeScale: 0.01, ...options });
  const { url, accessKey, secretKey, domainId } = simulator;
  const env = {
    IEC_ENDPOINT: url,
    HW_AUTH_URL: `${url}/v3`,
    HW_ACCESS_KEY: accessKey,
    HW_SECRET_KEY: secretKey,
    HW_DOMAIN_ID: domainId,
  };
  return { ...simulator, env };
}

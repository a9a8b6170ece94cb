import { DiagnosticError, errorDiagnostic } from "../../../schema/diagnostics.js";
import { simulateOptions, type SimulateArguments } from "../../simulator/command.js";
import { startSimulator, type Simulator } from "../../simulator/index.js";
import { runChild } from "../child.js";
import type { Context } from "../context.js";
import type { Io } from "../io.js";

/** `iec simulate`: serves until it is told to stop, or as long as a command runs. */
export async function simulate(
  { io }: Context,
  command: readonly string[],
  args: SimulateArguments,
): Promise<number> {
  const simulator = await start(args);
  try {
    const [program, ...rest] = command;
    if (program !== undefined) return await runCommand(io, program, rest, simulator);
    const { url, accessKey, secretKey, domainId } = simulator;
    io.stdout.write(`${JSON.stringify({ url, accessKey, secretKey, domainId })}\n`);
    await interrupted(io);
    return 0;
  } finally {
    await simulator.close();
  }
}

async function start(args: SimulateArguments): Promise<Simulator> {
  try {
    return await startSimulator(simulateOptions(args));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DiagnosticError(errorDiagnostic("IEC2017", "The simulator cannot start", { detail: reason }));
  }
}

const interrupted = (io: Io): Promise<void> =>
  new Promise((resolve) => {
    const ignore = io.onInterrupt(() => {
      ignore();
      resolve();
    });
  });

function runCommand(
  io: Io,
  program: string,
  args: readonly string[],
  { url, accessKey, secretKey, domainId }: Simulator,
): Promise<number> {
  const environment = {
    IEC_ENDPOINT: url,
    HW_AUTH_URL: `${url}/v3`,
    HW_ACCESS_KEY: accessKey,
    HW_SECRET_KEY: secretKey,
    HW_DOMAIN_ID: domainId,
    HW_DOMAIN_NAME: "simulator",
    HW_REGION_NAME: "simulator",
  };
  const advice = "Name a program after `--`, such as `iec simulate -- npm run demo`.";
  return runChild(io, { program, args, environment, advice });
}

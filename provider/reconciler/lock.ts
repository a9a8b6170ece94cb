import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../../schema/clock.js";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";

/** Terraform's lock info, and the process that holds it, so that the lock of a killed process can be told. */
interface LockInfo {
  readonly ID: string;
  readonly Operation: string;
  readonly Info: string;
  readonly Who: string;
  readonly Version: string;
  readonly Created: string;
  readonly Path: string;
  readonly Host?: string;
  readonly Process?: number;
  /** Start time of the process in clock ticks since boot (Linux): a process id may be given again. */
  readonly Started?: string | undefined;
}

export interface Lock {
  release(): Promise<void>;
}

interface LockRequest {
  readonly statePath: string;
  readonly operation: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Takes the lock beside a state file, in the file that Terraform uses. Waits up to `timeoutMs` for another's. */
export async function lockState(request: LockRequest): Promise<Lock> {
  const { statePath, clock, signal } = request;
  const path = join(dirname(statePath), `.${basename(statePath)}.lock.info`);
  const info: LockInfo = {
    ID: randomUUID(),
    Operation: request.operation,
    Info: "",
    Who: `${userName()}@${hostname()}`,
    Version: "iec-cdk",
    Created: new Date(clock.now()).toISOString(),
    Path: statePath,
    Host: hostname(),
    Process: process.pid,
    Started: startOf(process.pid),
  };
  await mkdir(dirname(statePath), { recursive: true }).catch((error: unknown) => {
    throw unlockable(path, error);
  });
  const deadline = clock.now() + request.timeoutMs;
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    if (await create(path, info)) return { release: () => unlink(path).catch(() => undefined) };
    const holder = await read(path);
    if (holder === undefined) continue;
    if (isDead(holder) && (await removeStale(path, holder))) continue;
    if (clock.now() >= deadline) throw locked(path, holder);
    await clock.sleep(Math.min(wait, Math.max(1, deadline - clock.now())), signal);
  }
}

async function create(path: string, info: LockInfo): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(info), { flag: "wx", mode: 0o644 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw unlockable(path, error);
  }
}

/** undefined = released meanwhile. A lock that is just being written reads as held by nobody known. */
async function read(path: string): Promise<Partial<LockInfo> | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Partial<LockInfo>;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : {};
  }
}

/** Whether the holder ran on this machine and does so no more. */
function isDead(holder: Partial<LockInfo>): boolean {
  if (holder.Host !== hostname() || holder.Process === undefined) return false;
  try {
    process.kill(holder.Process, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
  }
  return holder.Started !== undefined && startOf(holder.Process) !== holder.Started;
}

/** Removes the lock of a dead process. A lock of its own keeps two finders from removing each other's new one. */
async function removeStale(path: string, holder: Partial<LockInfo>): Promise<boolean> {
  const guard = `${path}.stale`;
  try {
    await writeFile(guard, "", { flag: "wx" });
  } catch {
    return false;
  }
  try {
    const now = await read(path);
    if (now?.ID === holder.ID) await unlink(path);
    return true;
  } finally {
    await unlink(guard).catch(() => undefined);
  }
}

const startOf = (pid: number): string | undefined => {
  try {
    // Field 22 of /proc/PID/stat; the second field, the command, may hold blanks and is in parentheses.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    // A killed process that nobody has waited for yet runs no more.
    return state === "Z" ? undefined : fields[18];
  } catch {
    return undefined;
  }
};

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
};

const unlockable = (path: string, error: unknown): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC3004", "The state cannot be locked", {
      detail: `${path}: ${(error as Error).message}.`,
    }),
  );

const locked = (path: string, holder: Partial<LockInfo>): DiagnosticError =>
  new DiagnosticError(
    errorDiagnostic("IEC3004", "The state is locked", {
      detail: `${holder.Who ?? "Somebody"} has been running "${holder.Operation ?? "an operation"}" since ${holder.Created ?? "an unknown time"}. Wait for it to end (--lock-timeout=5m waits by itself). If no such process exists, remove ${path}.`,
      origin: { file: path },
    }),
  );

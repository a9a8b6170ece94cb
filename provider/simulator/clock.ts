/** Where the simulator reads time and waits; milliseconds since the epoch. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
};

/** `2024-05-06T07:08:09Z`, as instances and images show time. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19) + "Z";
}

/** `2024-05-06 07:08:09`, as EIPs and bandwidths show time. */
export function spacedSeconds(ms: number): string {
  return isoSeconds(ms).slice(0, 19).replace("T", " ");
}

import type { Packet } from "../packets/fields.js";
import type { Hop } from "./model.js";

/** `tcp/443 from 198.51.100.1 to 10.1.0.5`. */
export function tellPacket({ protocol, port, source, destination }: Packet): string {
  return `${protocol}${port === undefined ? "" : `/${port}`} from ${source} to ${destination}`;
}

/** What a hop does, and where what decides is written. */
export function tellHop({ detail, rule }: Hop): string {
  const { file, line } = rule?.origin ?? {};
  return `${detail}${file === undefined ? "" : ` (${file}${line === undefined ? "" : `:${line}`})`}`;
}

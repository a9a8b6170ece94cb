import type { ObservedOf } from "../../schema/attributes.js";
import type { attributes } from "./server-attributes.js";

export type Nic = NonNullable<ObservedOf<typeof attributes>["nics"]>[number];

/**
 * The NICs that are a server's own: one for each subnet of its list, those it had before others. What else hangs on it
 * belongs to an `iec_server_nic`, or to somebody else. `missing` are the subnets that have none.
 */
export function ownNics(
  all: readonly Nic[],
  before: readonly Nic[] | null | undefined,
  subnets: readonly string[],
): { readonly own: readonly Nic[]; readonly missing: readonly string[] } {
  const had = new Set(before?.map(({ port }) => port));
  const missing = [...subnets];
  const own = new Set(
    [...all.filter(({ port }) => had.has(port)), ...all.filter(({ port }) => !had.has(port))].filter(
      (nic) => {
        const at = missing.indexOf(nic.subnet_id ?? "");
        if (at >= 0) missing.splice(at, 1);
        return at >= 0;
      },
    ),
  );
  return { own: all.filter((nic) => own.has(nic)), missing };
}

const sorted = (groups: readonly string[]) => [...groups].sort().join();

/** Whether a NIC has these security groups; one of which they are not told has. */
export const hasGroups = ({ security_groups: groups }: Nic, wanted: readonly string[] | null | undefined) =>
  groups === null || (wanted !== null && wanted !== undefined && sorted(groups) === sorted(wanted));

/** The groups of a server's NICs: those of one that has others than it should, if there is such a NIC. */
export const groupsOf = (
  nics: readonly Nic[],
  known: readonly string[] | null | undefined,
): readonly string[] | undefined =>
  (nics.find((nic) => !hasGroups(nic, known)) ?? nics[0])?.security_groups ?? undefined;

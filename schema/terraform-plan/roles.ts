import { kindOf, typeOfAddress } from "../isolation/values.js";
import type { TypeTables } from "../isolation/tables.js";
import type { Path, ValueSource } from "../unknown.js";

/** Whether what a reference leads to is what an attribute of a type takes: a subnet's id at `subnet_ids[0]`. */
export type Fits = (type: string, path: Path, source: ValueSource) => boolean;

/** Attributes of which no type says what they take hold ids by their names. */
const ID = /^(id|port|\w+_id)$/;

export function fitsOf(refs: TypeTables["refs"]): Fits {
  const takes = (type: string, path: Path) => refs[kindOf(type)]?.[patternOf(path)];
  return (type, path, source) => {
    const last = source.path.at(-1);
    const wanted = takes(type, path);
    if (wanted === undefined) return ID.test(String(last));
    const kind = kindOf(typeOfAddress(source.address));
    // `data.iec_vpcs.all.vpcs[0].id` is the id of a VPC too.
    if (last === "id") return wanted.some((one) => kind === one || kind === `${one}s`);
    const told = takes(kind, source.path);
    return told === undefined ? last === path.at(-1) : told.every((one) => wanted.includes(one));
  };
}

const patternOf = (path: Path): string =>
  path
    .map((key) => (typeof key === "number" ? "[]" : `.${key}`))
    .join("")
    .slice(1);

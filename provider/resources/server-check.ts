import { expandPath } from "../../schema/definition.js";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import {
  getPath,
  isList,
  isWhollyKnown,
  type ObjectValue,
  type Path,
  type Value,
} from "../../schema/unknown.js";
import type { Api } from "../client/index.js";
import { isGiven } from "./common.js";
import { checkDiskType, checkFlavor, checkImage, checkLine, checkSite, onSite } from "./offers.js";

/** What the site offers, and the image: known or not at plan, each on its own. */
export async function checkOffers(planned: ObjectValue, api: Api): Promise<readonly Diagnostic[]> {
  const { flavor_id: flavor, image_id: image, system_disk_type: systemDisk } = planned;
  const paths = (pattern: string) =>
    expandPath(pattern, planned).map((path) => [path, getPath(planned, path)] as const);
  const disks = [...paths("data_disks[].type"), [["system_disk_type"], systemDisk] as const];
  const [[sitePath, site] = [[], undefined]] = paths("coverage_sites[].site_id");
  const found = await Promise.all([
    typeof image === "string" ? checkImage(image, ["image_id"], api) : [],
    onSite(site, (id) => [
      checkSite(id, sitePath, api),
      ...(typeof flavor === "string" ? [checkFlavor(id, flavor, ["flavor_id"], api)] : []),
      ...disks.flatMap(([path, type]) =>
        typeof type === "string" ? [checkDiskType(id, type, path, api)] : [],
      ),
      ...paths("coverage_sites[].pool_ids[]").flatMap(([path, line]) =>
        typeof line === "string" ? [checkLine(id, line, path, api)] : [],
      ),
    ]),
  ]);
  return found.flat();
}

/** What attributes say of each other. */
export const checkServer = (config: ObjectValue): Diagnostic[] => [
  ...checkLogin(config),
  ...checkEips(config),
];

const LOGINS = ["admin_pass", "admin_pass_wo", "key_pair"] as const;

/** One way to log in: the API takes either, and none can be set later. */
function checkLogin(config: ObjectValue): Diagnostic[] {
  const given = LOGINS.filter((name) => isGiven(config[name]));
  const [first, second] = given;
  if (first !== undefined && second !== undefined) {
    return [
      errorDiagnostic("IEC2013", `Both ${first} and ${second} are set`, {
        path: [second],
        detail: "The cloud takes one way to log in. Remove one of the two.",
      }),
    ];
  }
  if (LOGINS.every((name) => config[name] === null)) {
    return [
      warningDiagnostic("IEC2013", "Nobody can log in to this server", {
        path: ["key_pair"],
        detail: "Neither key_pair nor admin_pass is set, and the API cannot set one later. Set key_pair.",
      }),
    ];
  }
  return [];
}

/** Each line makes an EIP, and each EIP needs a NIC. */
function checkEips(config: ObjectValue): Diagnostic[] {
  const subnets = config["subnet_ids"];
  const pools = getPath(config, ["coverage_sites", 0, "pool_ids"]);
  if (config["bind_eip"] !== true || !isList(subnets ?? null) || !isList(pools ?? null)) return [];
  const [nics, eips] = [subnets, pools].map((list) => (list as readonly unknown[]).length);
  if (nics === undefined || eips === undefined || eips <= nics) return [];
  return [
    errorDiagnostic("IEC2013", "The server would get more EIPs than it has NICs", {
      path: ["coverage_sites", 0, "pool_ids"],
      detail: `It names ${eips} lines, subnet_ids ${nics} subnets. Each line makes an EIP, and each EIP takes a NIC.`,
    }),
  ];
}

/**
 * The first NIC stays with its server. And where something that the server lets go is replaced by something that does
 * not exist yet, the old one cannot be deleted before the server has let it go.
 */
export function replaces(prior: ObjectValue, planned: ObjectValue): readonly Path[] {
  const dropped = (name: string): readonly Value[] => {
    const after = listOf(planned[name]);
    return listOf(prior[name]).filter((id) => !after.includes(id));
  };
  const paths: Path[] = ["subnet_ids", "security_groups"].flatMap((name) =>
    dropped(name).length > 0 && !isWhollyKnown(planned[name] ?? null) ? [[name]] : [],
  );
  const first = getPath(prior, ["nics", 0, "subnet_id"]);
  const loses = typeof first === "string" && dropped("subnet_ids").includes(first);
  return loses && paths[0]?.[0] !== "subnet_ids" ? [["subnet_ids"], ...paths] : paths;
}

const listOf = (value: Value | undefined): readonly Value[] =>
  isList(value ?? null) ? (value as readonly Value[]) : [];

import {
  block,
  bool,
  element,
  list,
  number,
  set,
  string,
  type ObservedOf,
  type PlanOf,
} from "../../schema/attributes.js";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";
import type { components } from "../../schema/generated/iec-api.js";
import { isList, isObject, type ObjectValue } from "../../schema/unknown.js";
import { isGiven } from "./common.js";
import { emptyAsNull, sent } from "./define.js";

const DISK_TYPES = ["SATA", "SAS", "GPSSD", "SSD"] as const;
const NAME = {
  minLength: 1,
  maxLength: 48,
  pattern: /^[a-zA-Z0-9_.\u4e00-\u9fa5-]+$/,
  patternHint: "letters, digits, Chinese characters, underscores, dots and hyphens",
} as const;

/** What each unit of an edge service is made of: what `iec_edge_service` and `iec_deployment_plan` have in common. */
export const stackAttributes = {
  stack_name: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    ...NAME,
    description:
      "Name of the stack, the unit that demands count; the name of its first template when not set.",
  }),
  stack_resources: block({
    optional: true,
    requiresReplace: true,
    minItems: 1,
    description: "Templates of the servers in each stack.",
    attributes: {
      name: string({
        required: true,
        ...NAME,
        description: "Base name of the servers; a number such as `-0001` is added.",
      }),
      with_prefix: bool({
        optional: true,
        description: "Whether `IEC-<city>01-` is put before the names; false when not set.",
      }),
      image_id: string({ required: true, description: "Id of the edge image." }),
      flavor_id: string({
        required: true,
        description: "Flavor, such as `c6.large.2`; the sites must offer it.",
      }),
      vpc_id: string({
        required: true,
        ref: ["iec_vpc"],
        description: "Id of a VPC of mode SYSTEM: the cloud makes its subnets where servers go.",
      }),
      nic_num: number({
        optional: true,
        integer: true,
        minimum: 1,
        maximum: 8,
        description: "Number of NICs, 1 to 8; 1 when not set.",
      }),
      allowed_addresses: list({
        optional: true,
        element: element.string({}),
        description:
          "Addresses other than their own that the NICs may use; `1.1.1.1/0` turns the check of addresses off.",
      }),
      security_groups: set({
        optional: true,
        element: element.string({ ref: ["iec_security_group"] }),
        description: "Ids of the security groups of every NIC; the default group when not set.",
      }),
      key_pair: string({
        optional: true,
        ref: ["iec_keypair"],
        description: "Name of the key pair to log in with; `admin_pass` applies when not set.",
      }),
      bind_eip: bool({
        optional: true,
        description: "Whether each server gets an EIP of its own, deleted with it.",
      }),
      system_disk_type: string({
        required: true,
        enum: DISK_TYPES,
        description: "Type of the system disk; the sites must offer it.",
      }),
      system_disk_size: number({
        required: true,
        integer: true,
        minimum: 40,
        maximum: 100,
        unit: "GB",
        description: "Size of the system disk in GB, 40 to 100.",
      }),
      data_disks: block({
        optional: true,
        maxItems: 2,
        description: "Data disks, at most two.",
        attributes: {
          type: string({
            required: true,
            enum: DISK_TYPES,
            description: "Disk type; the sites must offer it.",
          }),
          size: number({
            required: true,
            integer: true,
            minimum: 1,
            maximum: 500,
            unit: "GB",
            description: "Size in GB, 1 to 500.",
          }),
        },
      }),
      count: number({
        optional: true,
        integer: true,
        minimum: 1,
        maximum: 50,
        description: "Number of such servers in each stack; 1 when not set.",
      }),
      user_data: string({
        optional: true,
        format: "base64",
        description: "User data for the first boot, base64.",
      }),
    },
  }),
  admin_pass: string({
    optional: true,
    requiresReplace: true,
    sensitive: true,
    minLength: 8,
    maxLength: 26,
    description:
      "Administrator password of servers whose template has no `key_pair`, three of: upper case, lower case, digits, special characters. Excludes `admin_pass_wo`.",
  }),
  admin_pass_wo: string({
    optional: true,
    writeOnly: true,
    sensitive: true,
    minLength: 8,
    maxLength: 26,
    description: "The same as `admin_pass`, but never stored in the state.",
  }),
  admin_pass_wo_version: number({
    optional: true,
    requiresReplace: true,
    integer: true,
    description: "A change of it applies a changed `admin_pass_wo`, by replacement.",
  }),
};

export type Stack = PlanOf<typeof stackAttributes>;
type Template = Stack["stack_resources"][number];
type ApiStack = components["schemas"]["Stack"];

export const stackToApi = (stack: Stack): ApiStack => ({
  name: stack.stack_name ?? stack.stack_resources[0]?.name ?? "",
  resources: stack.stack_resources.map((template) =>
    templateToApi(template, stack.admin_pass_wo ?? stack.admin_pass),
  ),
});

const templateToApi = (t: Template, password: string | null): ApiStack["resources"][number] => ({
  name: t.name,
  with_prefix: t.with_prefix ?? false,
  image_ref: t.image_id,
  flavor_ref: t.flavor_id,
  net_config: {
    vpc_id: t.vpc_id,
    nic_num: t.nic_num ?? 1,
    ...sent({ allowed_address_pairs: t.allowed_addresses?.map((ip_address) => ({ ip_address })) }),
  },
  root_volume: { size: t.system_disk_size, volume_type: t.system_disk_type },
  data_volumes: t.data_disks.map(({ size, type }) => ({ size, volume_type: type })),
  count: t.count ?? 1,
  ...sent({
    security_groups: t.security_groups?.map((group) => ({ id: group })),
    bandwidth: t.bind_eip === true ? { sharetype: "WHOLE" as const } : undefined,
    key_name: t.key_pair,
    admin_pass: t.key_pair === null ? password : undefined,
    user_data: t.user_data,
  }),
});

/** The template; passwords are never told. */
export const stackFromApi = (stack: ApiStack | undefined): ObservedOf<typeof stackAttributes> =>
  stack === undefined
    ? {}
    : {
        stack_name: stack.name,
        stack_resources: stack.resources.map((r) => ({
          name: r.name,
          with_prefix: r.with_prefix ?? null,
          image_id: r.image_ref,
          flavor_id: r.flavor_ref,
          vpc_id: r.net_config.vpc_id,
          nic_num: r.net_config.nic_num,
          allowed_addresses: r.net_config.allowed_address_pairs?.map((pair) => pair.ip_address) ?? null,
          security_groups: r.security_groups?.flatMap(({ id }) => id ?? []) ?? null,
          key_pair: emptyAsNull(r.key_name) ?? null,
          bind_eip: r.bandwidth === undefined ? null : true,
          system_disk_type: DISK_TYPES.find((type) => type === r.root_volume.volume_type),
          system_disk_size: r.root_volume.size,
          data_disks: (r.data_volumes ?? []).map(({ size, volume_type }) => ({
            size,
            type: DISK_TYPES.find((type) => type === volume_type),
          })),
          count: r.count ?? null,
          user_data: emptyAsNull(r.user_data) ?? null,
        })),
      };

/** Servers that each stack has. */
export const serversPerStack = (templates: Stack["stack_resources"]): number =>
  templates.reduce((sum, { count }) => sum + (count ?? 1), 0);

/** One way to log in, and a way at all. */
export function checkLogin(config: ObjectValue): Diagnostic[] {
  const { admin_pass: password, admin_pass_wo: writeOnly, stack_resources: templates } = config;
  if (isGiven(password) && isGiven(writeOnly)) {
    return [
      errorDiagnostic("IEC2013", "Both admin_pass and admin_pass_wo are set", {
        path: ["admin_pass"],
        detail: "Servers have one password. Remove one of the two.",
      }),
    ];
  }
  if (password !== null || writeOnly !== null || !isList(templates ?? null)) return [];
  return (templates as readonly unknown[]).flatMap((template, i) =>
    isObject(template) && template["key_pair"] === null
      ? [
          warningDiagnostic("IEC2013", "Nobody could log in to these servers", {
            path: ["stack_resources", i, "key_pair"],
            detail: "Set key_pair, or admin_pass or admin_pass_wo: the API cannot set one later.",
          }),
        ]
      : [],
  );
}

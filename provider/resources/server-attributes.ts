import { block, bool, element, id, list, number, set, string } from "../../schema/attributes.js";

export const attributes = {
  id: id("Id of the server."),
  name: string({
    required: true,
    minLength: 1,
    maxLength: 48,
    pattern: /^[a-zA-Z0-9_\u4e00-\u9fa5-]+$/,
    patternHint: "letters, digits, Chinese characters, hyphens and underscores",
    description: "Name, stored as given (no `IEC-<city>` prefix is added).",
  }),
  description: string({
    optional: true,
    maxLength: 85,
    pattern: /^[^<>]*$/,
    patternHint: "anything but < and >",
    description: "Free text.",
  }),
  flavor_id: string({
    required: true,
    requiresReplace: true,
    description: "Flavor, such as `c6.large.2`; the site must offer it.",
  }),
  image_id: string({
    required: true,
    description:
      "Id of the edge image. A change reinstalls the system disk: the server is stopped, changed, and started again; NICs and data disks stay. It keeps `key_pair`; of `admin_pass` the cloud says nothing.",
  }),
  vpc_id: string({
    required: true,
    requiresReplace: true,
    ref: ["iec_vpc"],
    description: "Id of the VPC (mode CUSTOMER) of the subnets.",
  }),
  subnet_ids: list({
    required: true,
    unordered: true,
    minItems: 1,
    maxItems: 8,
    element: element.string({ ref: ["iec_vpc_subnet"] }),
    description:
      "Ids of the subnets, one NIC each. All must be of the VPC and of the server's site. NICs are added and removed in place, but for the first one. NICs in other subnets are left alone: see `iec_server_nic`, which should not share a subnet with this list.",
  }),
  security_groups: set({
    required: true,
    minItems: 1,
    element: element.string({ ref: ["iec_security_group"] }),
    description: "Ids of the security groups of every NIC in `subnet_ids`.",
  }),
  coverage_sites: block({
    requiresReplace: true,
    minItems: 1,
    maxItems: 1,
    optional: true,
    description: "The edge site the server is placed in: exactly one.",
    attributes: {
      site_id: string({ required: true, description: "Id of the edge site." }),
      operator: string({ optional: true, description: "Network operator wanted, such as `chinatelecom`." }),
      pool_ids: list({
        optional: true,
        element: element.string({}),
        description:
          "Lines (`pools[].pool_id`) on which `bind_eip` makes an EIP each; the site's first line when not set.",
      }),
    },
  }),
  coverage_policy: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    enum: ["centralize"],
    default: "centralize",
    description: "centralize: everything in one site, the only policy for a server of its own.",
  }),
  coverage_level: string({
    optional: true,
    computed: true,
    requiresReplace: true,
    enum: ["SITE"],
    default: "SITE",
    normalize: (level) => level.toUpperCase(),
    description: "SITE: placed by site id, the only level for a server of its own.",
  }),
  system_disk_type: string({
    required: true,
    requiresReplace: true,
    enum: ["SATA", "SAS", "GPSSD", "SSD"],
    description: "Type of the system disk; the site must offer it.",
  }),
  system_disk_size: number({
    required: true,
    requiresReplace: true,
    integer: true,
    minimum: 40,
    maximum: 100,
    unit: "GB",
    description: "Size of the system disk in GB, 40 to 100.",
  }),
  data_disks: block({
    optional: true,
    requiresReplace: true,
    maxItems: 2,
    description: "Data disks, at most two. They live and die with the server.",
    attributes: {
      type: string({
        required: true,
        enum: ["SATA", "SAS", "GPSSD", "SSD"],
        description: "Disk type; the site must offer it.",
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
  admin_pass: string({
    optional: true,
    requiresReplace: true,
    sensitive: true,
    minLength: 8,
    maxLength: 26,
    description:
      "Administrator password, three of: upper case, lower case, digits, special characters. Excludes `admin_pass_wo` and `key_pair`.",
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
    description:
      "A change of it applies a changed `admin_pass_wo`, by replacement: the API cannot set one later.",
  }),
  key_pair: string({
    optional: true,
    requiresReplace: true,
    ref: ["iec_keypair"],
    description: "Name of the key pair to log in with. Excludes `admin_pass` and `admin_pass_wo`.",
  }),
  bind_eip: bool({
    optional: true,
    requiresReplace: true,
    description: "Whether the cloud makes and binds an EIP of the server's own, deleted with it.",
  }),
  user_data: string({
    optional: true,
    requiresReplace: true,
    format: "base64",
    description: "User data for the first boot, base64.",
  }),
  power_state: string({
    optional: true,
    computed: true,
    enum: ["ACTIVE", "SHUTOFF"],
    description:
      "ACTIVE: the server is kept running; SHUTOFF: stopped. Left as it is when not set: then a change of the image that is interrupted may leave it stopped.",
  }),
  nics: list({
    computed: true,
    changesWith: ["subnet_ids", "security_groups"],
    element: element.object({
      port: string({ computed: true, description: "Port id." }),
      mac: string({ computed: true, description: "MAC address." }),
      address: string({ computed: true, description: "Private IPv4 address." }),
      subnet_id: string({ computed: true, description: "Id of the subnet." }),
      security_groups: list({
        computed: true,
        element: element.string({}),
        description: "Ids of the security groups.",
      }),
    }),
    description: "The NICs in `subnet_ids`.",
  }),
  volume_attached: list({
    computed: true,
    element: element.object({
      volume_id: string({ computed: true, description: "Disk id." }),
      boot_index: string({ computed: true, description: "0 for the system disk." }),
      device: string({ computed: true, description: "Device path." }),
      type: string({ computed: true, description: "Disk type." }),
      size: number({ computed: true, unit: "GB", description: "Size in GB." }),
    }),
    description: "The disks.",
  }),
  public_ip: string({
    computed: true,
    volatile: true,
    description: "The first public address bound to it, if any.",
  }),
  public_ips: list({
    computed: true,
    volatile: true,
    element: element.string({}),
    description: "All public addresses bound to it.",
  }),
  system_disk_id: string({ computed: true, description: "Id of the system disk." }),
  image_name: string({ computed: true, changesWith: ["image_id"], description: "Name of the image." }),
  flavor_name: string({ computed: true, description: "Name of the flavor." }),
  edgecloud_id: string({
    computed: true,
    description: "Id of the edge service the server belongs to, if any.",
  }),
  edgecloud_name: string({
    computed: true,
    description: "Name of the edge service the server belongs to, if any.",
  }),
  origin_server_id: string({ computed: true, description: "Id of the underlying server." }),
  status: string({
    computed: true,
    changesWith: ["power_state", "image_id"],
    description: "ACTIVE when running, SHUTOFF when stopped.",
  }),
};

import { describe, expect, test } from "vitest";
import { dataSources } from "../../../provider/data-sources/index.js";
import type { Attribute, Attributes } from "../../../schema/attributes.js";

/**
 * Attributes of the public provider's IEC data sources (huaweicloud_iec_*), arguments first: a configuration moves
 * over by renaming the type. Left out on purpose: `region` (IEC has none), and `user_data` of a server (may be secret).
 */
const PUBLIC: Readonly<Record<string, { readonly arguments: string; readonly attributes: string }>> = {
  iec_bandwidths: {
    arguments: "site_id",
    attributes:
      "site_info bandwidths.id bandwidths.name bandwidths.size bandwidths.share_type bandwidths.charge_mode bandwidths.line bandwidths.status",
  },
  iec_eips: {
    arguments: "site_id port_id",
    attributes:
      "site_info eips.id eips.public_ip eips.private_ip eips.port_id eips.status eips.ip_version eips.bandwidth_id eips.bandwidth_name eips.bandwidth_size eips.bandwidth_share_type",
  },
  iec_flavors: {
    arguments: "name site_ids area province city operator",
    attributes: "flavors.id flavors.name flavors.vcpus flavors.memory",
  },
  iec_images: {
    arguments: "name os_type",
    attributes: "images.id images.name images.status images.os_type",
  },
  iec_keypair: { arguments: "name", attributes: "public_key fingerprint" },
  iec_network_acl: {
    arguments: "id name",
    attributes: "description status networks.vpc_id networks.subnet_id inbound_rules outbound_rules",
  },
  iec_port: {
    arguments: "id fixed_ip mac_address subnet_id",
    attributes: "status site_id security_groups",
  },
  iec_security_group: {
    arguments: "name",
    attributes:
      "description security_group_rules.description security_group_rules.direction security_group_rules.ethertype security_group_rules.id security_group_rules.protocol security_group_rules.port_range_max security_group_rules.port_range_min security_group_rules.remote_group_id security_group_rules.remote_ip_prefix security_group_rules.security_group_id",
  },
  iec_server: {
    arguments: "name edgecloud_id status",
    attributes:
      "flavor_id flavor_name image_id image_name key_pair vpc_id security_groups edgecloud_name coverage_sites.site_id coverage_sites.site_info coverage_sites.operator nics.port nics.mac nics.address volume_attached.volume_id volume_attached.boot_index volume_attached.device volume_attached.type volume_attached.size public_ip system_disk_id",
  },
  iec_sites: {
    arguments: "area province city",
    attributes:
      "sites.id sites.name sites.area sites.province sites.city sites.lines.id sites.lines.name sites.lines.operator sites.lines.ip_version sites.status",
  },
  iec_vpc: { arguments: "id name", attributes: "cidr mode subnet_num" },
  iec_vpc_subnets: {
    arguments: "vpc_id site_id",
    attributes:
      "subnets.id subnets.name subnets.cidr subnets.gateway_ip subnets.site_id subnets.site_info subnets.dns_list subnets.status",
  },
};

/** The attribute that a path of names leads to. */
function attributeAt(attributes: Attributes, path: string): Partial<Attribute> | undefined {
  const [first = "", ...rest] = path.split(".");
  const attribute = attributes[first];
  if (attribute === undefined || rest.length === 0) return attribute;
  const element = "element" in attribute ? attribute.element : attribute;
  return "attributes" in element ? attributeAt(element.attributes, rest.join(".")) : undefined;
}

describe.each(Object.entries(PUBLIC))("%s", (type, { arguments: given, attributes: told }) => {
  const attributes = dataSources.get(type)?.attributes ?? {};
  test.each(given.split(" "))("takes %s", (name) => {
    const { optional, required } = attributeAt(attributes, name) ?? {};
    expect(optional ?? required).toBe(true);
  });
  test.each(told.split(" "))("tells %s", (path) => {
    expect(attributeAt(attributes, path)?.computed).toBe(true);
  });
});

test.each([...dataSources])(
  "nothing in %s is sensitive: what is secret is not told",
  (_type, { attributes }) => {
    expect(JSON.stringify(attributes)).not.toMatch(/"sensitive"|private_key|admin_pass|user_data/);
  },
);

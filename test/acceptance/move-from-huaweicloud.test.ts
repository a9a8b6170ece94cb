import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../helpers/cloud.js";
import { ROOT } from "../helpers/iec.js";
import { temporaryFolder } from "../helpers/stack.js";
import { override, Project, PROVIDER_FILE, PROVIDER_FOLDER } from "./terraform-project.js";

const EXAMPLE = join(ROOT, "examples/migrate-from-huaweicloud");

/** What the public provider keeps of each resource, by its own pages; and what it keeps that ours does not. */
const PUBLIC: Readonly<Record<string, { readonly kept: string; readonly own?: object }>> = {
  iec_vpc: { kept: "id name cidr mode subnet_num" },
  iec_vpc_subnet: {
    kept: "id name cidr vpc_id site_id gateway_ip dns_list dhcp_enable site_info status",
  },
  iec_keypair: { kept: "id name public_key fingerprint" },
  iec_security_group: { kept: "id name description", own: { security_group_rules: [] } },
  iec_security_group_rule: {
    kept: "id security_group_id direction ethertype protocol port_range_min port_range_max remote_ip_prefix remote_group_id description",
  },
  iec_network_acl: {
    kept: "id name description networks status inbound_rules outbound_rules",
  },
  iec_network_acl_rule: {
    kept: "id network_acl_id direction description protocol action source_ip_address destination_ip_address source_port destination_port enabled ip_version policy_id",
  },
  iec_server: {
    kept: "id name flavor_id image_id vpc_id subnet_ids security_groups key_pair system_disk_type system_disk_size coverage_sites coverage_level coverage_policy nics volume_attached public_ip status",
  },
  iec_vip: {
    kept: "id subnet_id port_ids mac_address allowed_addresses",
    own: { fixed_ips: ["10.40.1.9"] },
  },
  iec_eip: {
    kept: "id site_id port_id ip_version status public_ip private_ip site_info",
  },
};

interface State {
  resources: {
    mode: string;
    type: string;
    provider: string;
    instances: { attributes: Record<string, unknown>; private?: string }[];
  }[];
}

/** The state as the public provider would have written it. */
function asPublic(text: string): State {
  const state = JSON.parse(text) as State;
  state.resources = state.resources.filter(({ mode }) => mode === "managed");
  for (const resource of state.resources) {
    const { kept, own } = PUBLIC[resource.type]!;
    resource.type = `huaweicloud_${resource.type}`;
    resource.provider = 'provider["registry.terraform.io/huaweicloud/huaweicloud"]';
    for (const instance of resource.instances) {
      const { attributes } = instance;
      const entries = kept.split(" ").map((name): [string, unknown] => [name, attributes[name] ?? null]);
      instance.attributes = { ...Object.fromEntries(entries), ...own, region: "cn-north-4" };
      delete instance.private;
    }
  }
  return state;
}

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

test("the example moves each of the ten resources over, and nothing in the cloud is touched", async () => {
  const made = new Project(temporaryFolder(), cloud.env);
  const stack = readFileSync(join(EXAMPLE, "main.tf"), "utf8");
  made.write(stack);
  await made.apply();
  const state = asPublic(made.stateText());
  expect(state.resources).toHaveLength(Object.keys(PUBLIC).length);

  // Terraform starts the provider that a state names, though nothing is asked of it but its schema.
  const stand = temporaryFolder();
  cpSync(join(PROVIDER_FOLDER, PROVIDER_FILE), join(stand, "terraform-provider-huaweicloud.cjs"));
  const project = new Project(
    temporaryFolder(),
    cloud.env,
    override({ "huaweicloud/huaweicloud": stand, "iec-cdk/iec": PROVIDER_FOLDER }),
  );
  project.write(stack);
  cpSync(join(EXAMPLE, "moved.tf"), join(project.folder, "moved.tf"));
  writeFileSync(join(project.folder, "terraform.tfstate"), JSON.stringify(state));

  const writes = () => cloud.calls.filter(({ operationId }) => !/^(Show|List)/.test(operationId)).length;
  const before = writes();
  const output = await project.apply();
  expect(output.match(/has moved to/g), output).toHaveLength(state.resources.length);
  expect(output).toContain("0 added, 0 changed, 0 destroyed");
  expect(writes()).toBe(before);
  await project.expectNoChanges();
  const attributes = (type: string) => {
    const after = JSON.parse(project.stateText()) as State;
    return after.resources.find((resource) => resource.type === type)?.instances[0]?.attributes;
  };
  // Told only once, to the old provider; everything else is read.
  expect(attributes("iec_keypair")).toMatchObject({ private_key: null });
  expect(attributes("iec_vpc_subnet")).toMatchObject({ neutron_subnet_id: expect.any(String) as string });
  expect(attributes("iec_vip")).toMatchObject({ ip_address: expect.any(String) as string });
  // The blocks have done their work.
  rmSync(join(project.folder, "moved.tf"));
  await project.expectNoChanges();
});

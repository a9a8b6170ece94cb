import { describe, expect, test } from "vitest";
import { checkAddress, fromApi } from "../../../provider/resources/vip.js";
import { bindingSteps, boundTo, type Port } from "../../../provider/resources/vip-binding.js";
import { DiagnosticError } from "../../../schema/diagnostics.js";
import { Unknown, type ObjectValue } from "../../../schema/unknown.js";

const port = (id: string, addresses: readonly string[], pairs: readonly string[], owner: string): Port => ({
  id,
  network_id: "net",
  device_owner: owner,
  fixed_ips: addresses.map((ip_address) => ({ ip_address })),
  allowed_address_pairs: pairs.map((ip_address) => ({ ip_address })),
});
const vip = (...pairs: readonly string[]) => port("v", ["10.0.0.100"], pairs, "neutron:VIP_PORT");
const nic = (n: number, ...pairs: readonly string[]) => port(`n${n}`, [`10.0.0.${n}`], pairs, "compute:x");
const OPEN = "1.1.1.1/0";

describe("binding", () => {
  type Row = [string, Port, readonly Port[], readonly string[], readonly string[], readonly string[]];
  test.each<Row>([
    ["nothing to nothing", vip(), [nic(1)], [], [], ["v:"]],
    [
      "two NICs",
      vip(),
      [nic(1), nic(2)],
      ["n2", "n1"],
      [],
      ["v:10.0.0.2,10.0.0.1", `n2:${OPEN}`, `n1:${OPEN}`],
    ],
    ["a NIC that is open already", vip(), [nic(1, OPEN)], ["n1"], [], ["v:10.0.0.1"]],
    ["a NIC with a pair of somebody", vip(), [nic(1, "x")], ["n1"], [], ["v:10.0.0.1", `n1:x,${OPEN}`]],
    ["no NIC any more", vip("10.0.0.1"), [nic(1, "x", OPEN)], [], ["n1"], ["v:", "n1:x"]],
    [
      "another NIC",
      vip("10.0.0.1"),
      [nic(1, OPEN), nic(2)],
      ["n2"],
      ["n1"],
      ["v:10.0.0.2", `n2:${OPEN}`, "n1:"],
    ],
    ["after its pairs were lost", vip(), [nic(1, OPEN)], [], ["n1"], ["v:", "n1:"]],
    ["a NIC that is gone", vip("10.0.0.1"), [], [], ["n1"], ["v:"]],
    ["an open NIC that was never bound", vip(), [nic(1, OPEN)], [], [], ["v:"]],
    [
      "a NIC that another VIP needs",
      vip("10.0.0.1"),
      [nic(1, OPEN), port("w", ["10.0.0.101"], ["10.0.0.1"], "neutron:VIP_PORT")],
      [],
      ["n1"],
      ["v:"],
    ],
  ])("%s", (_name, own, others, wanted, bound, expected) => {
    const steps = bindingSteps(own, [own, ...others], wanted, bound);
    const text = steps.map(
      ([id, { allowed_address_pairs: pairs = [] }]) => `${id}:${pairs.map((p) => p.ip_address).join(",")}`,
    );
    expect(text).toEqual(expected);
  });

  test("an IPv6 VIP to the NIC's IPv6 address", () => {
    const six = port("v", ["fd00::100"], [], "neutron:VIP_PORT");
    const dual = port("n", ["10.0.0.1", "fd00::1"], [], "compute:x");
    expect(bindingSteps(six, [six, dual], ["n"], [])[0]).toEqual([
      "v",
      { allowed_address_pairs: [{ ip_address: "fd00::1" }] },
    ]);
  });

  test.each(["absent", "v"])("not to %s", (id) => {
    expect(() => bindingSteps(vip(), [vip()], [id], [])).toThrow(DiagnosticError);
  });

  test.each<[string, Port, Port, readonly string[]]>([
    ["both sides agree", vip("10.0.0.1"), nic(1, OPEN), ["n1"]],
    ["the VIP does not know the NIC", vip(), nic(1, OPEN), []],
    ["the NIC is checked", vip("10.0.0.1"), nic(1), []],
    ["the NIC is elsewhere", vip("10.0.0.1"), { ...nic(1, OPEN), network_id: "far" }, []],
  ])("bound only where %s", (_name, own, other, expected) => {
    expect(boundTo(own, [own, other])).toEqual(expected);
  });
});

describe("a virtual IP", () => {
  test("as the cloud tells it", () => {
    expect(
      fromApi(
        {
          ...vip("10.0.0.1"),
          status: "DOWN",
          mac_address: "m",
          site_id: "s",
          security_groups: null,
          ipv6_bandwidth_id: "",
        },
        [nic(1, OPEN)],
      ),
    ).toEqual({
      id: "v",
      subnet_id: "net",
      ip_address: "10.0.0.100",
      ip_version: 4,
      port_ids: ["n1"],
      security_groups: [],
      allowed_addresses: ["10.0.0.1"],
      mac_address: "m",
      site_id: "s",
      ipv6_bandwidth_id: null,
      status: "DOWN",
    });
  });

  test.each<[string, ObjectValue, readonly string[]]>([
    ["nothing", { ip_address: null, ip_version: null }, []],
    ["an IPv4 address", { ip_address: "10.0.0.9", ip_version: 4 }, []],
    ["an IPv6 address", { ip_address: "fd00::9", ip_version: null }, []],
    ["not known yet", { ip_address: new Unknown(), ip_version: 6 }, []],
    ["a range", { ip_address: "10.0.0.0/24", ip_version: null }, ["ip_address"]],
    ["another version", { ip_address: "fd00::9", ip_version: 4 }, ["ip_address"]],
    ["version 5", { ip_address: null, ip_version: 5 }, ["ip_version"]],
  ])("checked: %s", (_name, config, paths) => {
    expect(checkAddress(config).map((d) => d.path?.join("."))).toEqual(paths);
  });
});

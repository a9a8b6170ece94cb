import { expect, test } from "vitest";
import { importObject } from "../../provider/lifecycle/import.js";
import { readObject } from "../../provider/lifecycle/refresh.js";
import { resources } from "../../provider/resources/index.js";
import type { Resource } from "../../schema/definition.js";
import { DiagnosticError } from "../../schema/diagnostics.js";
import type { ObjectValue } from "../../schema/unknown.js";
import type { Api } from "../../provider/client/index.js";
import { network, openBench, server, serverNeeds, SITE, type Blocks } from "./resource-bench.js";

/** A resource of each type that shapes a network, beside what it needs. */
const everything: Blocks = {
  ...network(["a", "b"]),
  ...serverNeeds,
  iec_server: { web: server("web") },
  iec_eip: { e: { site_id: SITE } },
  iec_bandwidth: { b: { bandwidth_id: "${iec_eip.e.bandwidth_id}", size: 500 } },
  iec_network_acl: {
    acl: {
      name: "front",
      networks: [{ vpc_id: "${iec_vpc.net.id}", subnet_id: "${iec_vpc_subnet.b.id}" }],
    },
  },
  iec_network_acl_rule: {
    one: { network_acl_id: "${iec_network_acl.acl.id}", direction: "ingress", protocol: "tcp", name: "one" },
    two: { network_acl_id: "${iec_network_acl.acl.id}", direction: "egress", action: "reject" },
  },
  iec_vip: { v: { subnet_id: "${iec_vpc_subnet.a.id}", port_ids: ["${iec_server.web.nics[0].port}"] } },
  iec_route_table: {
    own: { name: "own", vpc_id: "${iec_vpc.net.id}", subnet_ids: ["${iec_vpc_subnet.b.id}"] },
    main: { vpc_id: "${iec_vpc.net.id}", default: true },
  },
  iec_route: {
    r: {
      route_table_id: "${iec_route_table.own.id}",
      destination: "192.168.0.0/16",
      type: "vip",
      nexthop: "${iec_vip.v.ip_address}",
    },
  },
};
const TYPES = ["bandwidth", "network_acl", "network_acl_rule", "vip", "route_table", "route"].map(
  (t) => `iec_${t}`,
);

/** Without what is not set: null, or empty. */
const told = (values: ObjectValue) =>
  Object.fromEntries(
    Object.entries(values).filter(([, v]) => v !== null && !(Array.isArray(v) && v.length === 0)),
  );

test("an import tells all there is, by read as by list", async () => {
  const bench = openBench();
  await bench.settle(everything);
  const { values } = await bench.run(everything);
  const api = bench.connect();
  const mine = Object.entries(values).filter(([address]) => TYPES.includes(address.split(".")[0] ?? ""));
  expect(mine).toHaveLength(8);
  for (const [address, value] of mine) {
    const definition = resources.get(address.split(".")[0] ?? "") as Resource<Api>;
    const { id, network_acl_id: acl, direction } = value as Readonly<Record<string, string>>;
    const key = acl === undefined ? id : [acl, direction, id].join("/");
    const { state } = await importObject(definition, key ?? "", api);
    expect(told(state), address).toEqual(told(value));
    const known = { ...value, id: id ?? "" };
    const listed = (await definition.list?.(api))?.find((object) => object.id === id);
    const read = await readObject(definition, known, api);
    expect(listed && (definition.interpret?.(listed, known) ?? listed), address).toEqual(read);
  }
});

test.each([
  ["iec_route", "a system route", "127.0.0.0/8", "IEC2012"],
  ["iec_route", "a route that is not there", "10.99.0.0/16", "IEC2019"],
])("%s: %s cannot be imported", async (type, _name, destination, code) => {
  const bench = openBench();
  await bench.settle(network());
  const table = String(bench.cloud.snapshot().routetables[0]?.["id"]);
  const definition = resources.get(type) as Resource<Api>;
  const refused = importObject(definition, `${table}/${destination}`, bench.connect());
  const error: unknown = await refused.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DiagnosticError);
  expect((error as DiagnosticError).diagnostics).toMatchObject([{ code }]);
});

test("a server's NIC is no virtual IP", async () => {
  const bench = openBench();
  const { values } = await bench.settle({ ...network(), ...serverNeeds, iec_server: { web: server("web") } });
  const nics = values["iec_server.web"]?.["nics"] as readonly { readonly port: string }[];
  const refused = importObject(
    resources.get("iec_vip") as Resource<Api>,
    nics[0]?.port ?? "",
    bench.connect(),
  );
  await expect(refused).rejects.toBeInstanceOf(DiagnosticError);
});

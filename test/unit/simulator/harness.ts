import { createSimulatorApp, type SimulatorApp } from "../../../provider/simulator/index.js";

type Options = NonNullable<Parameters<typeof createSimulatorApp>[0]>;
/** JSON of an answer: tests pick what they expect out of it. */
export interface Json {
  [key: string]: Json;
  [index: number]: Json;
}
/** A leaf of an answer that is known to be text. */
export function asText(value: Json | undefined): string {
  if (typeof value !== "string") throw new Error(`not a text: ${JSON.stringify(value)}`);
  return value;
}
export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
}
export interface World {
  readonly app: SimulatorApp;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Reply>;
  /** Lets time pass. */
  readonly pass: (ms: number) => void;
}

export const epoch = Date.UTC(2025, 0, 1);

/** A cloud in this process with a clock that stands still, and without the need to log in. */
export function createWorld(options: Options = {}): World {
  let now = epoch;
  const clock = {
    now: () => now,
    sleep: (ms: number) => {
      now += ms;
      return Promise.resolve();
    },
  };
  const app = createSimulatorApp({ clock, checkSignatures: false, ...options });
  return {
    app,
    pass: (ms) => {
      now += ms;
    },
    call: async (method, path, body) => {
      const init = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
      const response = await app.fetch(
        new Request("http://sim" + path, {
          method,
          headers: { "content-type": "application/json" },
          ...init,
        }),
      );
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: (text ? JSON.parse(text) : {}) as Json,
      };
    },
  };
}

export const ids = {
  guangzhou: "c5f8bfb3-2b78-5ffe-babd-9b03afc6c351",
  ubuntu: "2ef42ce4-3c65-5f1e-b149-be8d2390395f",
  windows: "78402aef-5ea1-549f-8d31-462114a7d5a8",
  nobody: "00000000-0000-4000-8000-000000000000",
};
export const lines = { guangzhou: "5_sbgp_site12", xian: "5_sbgp_site16" };

export async function siteId({ call }: World, city: string): Promise<string> {
  const { body } = await call("GET", `/v1/sites?city=${encodeURIComponent(city)}`);
  return asText(body["sites"]![0]!["id"]);
}

export async function addVpc(
  { call }: World,
  name = "net",
  cidr = "10.0.0.0/16",
  mode = "CUSTOMER",
): Promise<string> {
  const { body } = await call("POST", "/v1/vpcs", { vpc: { name, cidr, mode } });
  return asText(body["vpc"]!["id"]);
}

/** An active subnet with the first address as its gateway. */
export async function addSubnet(
  world: World,
  vpc_id: string,
  cidr = "10.0.1.0/24",
  site_id = ids.guangzhou,
): Promise<string> {
  const gateway_ip = cidr.replace(/\d+\/\d+$/, (tail) => String(Number.parseInt(tail, 10) + 1));
  const subnet = { name: "sub", cidr, gateway_ip, vpc_id, site_id };
  const { body } = await world.call("POST", "/v1/subnets", { subnet });
  world.pass(300);
  return asText(body["subnet"]!["id"]);
}

export interface ServerSpec {
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly site?: string;
  readonly line?: string;
  readonly groups?: readonly string[];
  readonly eip?: boolean;
  readonly more?: Readonly<Record<string, unknown>>;
}

export function serverBody(spec: ServerSpec): object {
  return {
    server: {
      name: "web",
      with_prefix: false,
      image_ref: ids.ubuntu,
      flavor_ref: "c6.large.2",
      net_config: { vpc_id: spec.vpc, subnets: spec.subnets.map((id) => ({ id })) },
      root_volume: { size: 40, volume_type: "SAS" },
      count: 1,
      ...(spec.groups ? { security_groups: spec.groups.map((id) => ({ id })) } : {}),
      ...(spec.eip ? { bandwidth: { sharetype: "WHOLE" } } : {}),
      coverage: {
        coverage_policy: "centralize",
        coverage_level: "site",
        coverage_sites: [
          {
            site: spec.site ?? ids.guangzhou,
            demands: [spec.line === undefined ? {} : { pool_id: spec.line }],
          },
        ],
      },
      ...spec.more,
    },
  };
}

/** An active instance. */
export async function addServer(world: World, spec: ServerSpec): Promise<string> {
  const { body } = await world.call("POST", "/v1/cloudservers", serverBody(spec));
  world.pass(1200);
  return asText(body["server_ids"]![0]);
}

export async function addGroup({ call }: World, name = "web"): Promise<string> {
  const { body } = await call("POST", "/v1/security-groups", { security_group: { name } });
  return asText(body["security_group"]!["id"]);
}

export async function addRule({ call }: World, rule: Readonly<Record<string, unknown>>): Promise<string> {
  const { body } = await call("POST", "/v1/security-group-rules", { security_group_rule: rule });
  return asText(body["security_group_rule"]!["id"]);
}

/** Status and error code of an answer, as the tables write them. */
export function verdict({ status, body }: Reply): string {
  const code = body["error_code"];
  return code === undefined ? String(status) : `${status} ${asText(code)}`;
}

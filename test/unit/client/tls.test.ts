import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiError, createClient } from "../../../provider/client/index.js";
import { selfSigned } from "../../../provider/plugin/certificate.js";
import { VirtualClock } from "../../../schema/clock.js";
import { outcomeOf } from "./harness.js";

/** A cloud whose certificate nobody vouches for. */
let server: Server;
beforeAll(async () => {
  const { pem, keyPem } = selfSigned(Date.now());
  server = createServer({ cert: pem, key: keyPem }, (_request, response) => {
    response.setHeader("content-type", "application/json").end('{"vpcs":[],"count":0}');
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => void server.close());

const listVpcs = (options: { readonly insecure?: boolean }) => {
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { kind: "keys", accessKey: "AK", secretKey: "SK" } as const;
  const clock = new VirtualClock();
  const api = createClient({
    endpoint,
    authUrl: endpoint,
    credentials,
    domainId: "d",
    clock,
    random: () => 0,
    ...options,
  });
  return outcomeOf(api.list("/v1/vpcs"));
};

it("a certificate of nobody's is refused, and the message names the way out", async () => {
  const error = await listVpcs({});
  expect(error).toBeInstanceOf(ApiError);
  const { code, detail } = (error as ApiError).diagnostic();
  expect(code).toBe("IEC4002");
  expect(detail).toContain("`insecure` or HW_INSECURE=true accepts it");
});

it("with insecure it is accepted", async () => {
  expect(await listVpcs({ insecure: true })).toEqual([]);
});

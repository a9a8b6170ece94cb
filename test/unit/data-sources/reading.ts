import { createClient, type Api } from "../../../provider/client/index.js";
import type { DataSource, PlanValues } from "../../../schema/definition.js";
import { systemClock } from "../../../schema/clock.js";

/** What was sent: `GET /v1/vpcs?name=a`, and the body. */
export interface Sent {
  readonly request: string;
  readonly body: unknown;
}

/** Reads a data source from answers by method and path. What is not configured is null, or an empty list for blocks. */
export async function readFrom(
  definition: DataSource<Api>,
  config: PlanValues,
  answers: Readonly<Record<string, unknown>>,
): Promise<{ readonly told: PlanValues; readonly sent: readonly Sent[] }> {
  const sent: Sent[] = [];
  const api = createClient({
    endpoint: "http://cloud.test",
    authUrl: "http://cloud.test/v3",
    credentials: { kind: "keys", accessKey: "key", secretKey: "secret" },
    domainId: "d",
    maxRetries: 0,
    clock: systemClock,
    random: () => 0.5,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      sent.push({
        request: `${request.method} ${pathname}${decodeURIComponent(search)}`,
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
      });
      const answer = answers[`${request.method} ${pathname}`];
      return answer === undefined
        ? Response.json({ error_code: "IEC.000022", error_msg: "none" }, { status: 404 })
        : Response.json(answer);
    },
  });
  const unset = Object.fromEntries(
    Object.entries(definition.attributes).map(([name, a]) => [name, a.kind === "block" ? [] : null]),
  );
  return { told: await definition.read({ ...unset, ...config }, api), sent };
}

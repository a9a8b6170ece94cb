import { setMaxListeners } from "node:events";
import { createFinalURL, createQuerySerializer, defaultPathSerializer } from "openapi-fetch";
import type { Api, Call, ClientOptions } from "./api.js";
import { abortable, createAuthorizer, lookUpAccount, once } from "./auth.js";
import { ApiError } from "./errors.js";
import { createExchanger, type Answer } from "./exchange.js";
import { readAll, type Page, type PageQuery } from "./list.js";
import { PAGING, type ListPath, type ListStyle } from "./paging.js";
import { repeatability, retryDelay } from "./retry.js";

interface Init {
  readonly params?: { readonly path?: Record<string, unknown>; readonly query?: Record<string, unknown> };
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** How often a list that changes while it is read, or that some sites did not answer for, is read in all. */
const LIST_TRIES = 3;

/** A client of the IEC API: signs, repeats, limits and counts its calls. */
export function createClient(options: ClientOptions): Api {
  const exchanger = createExchanger(options);
  const authorizer = createAuthorizer(options, exchanger);
  const account = once(
    async () => options.domainId ?? (await lookUpAccount(options, exchanger, await authorizer.prepare())),
  );
  const baseUrl = options.endpoint.replace(/\/+$/, "");
  const querySerializer = createQuerySerializer();

  async function call(method: string, path: string, init: Init = {}): Promise<unknown> {
    const { body, signal, params = {} } = init;
    const exchange = {
      operation: `${method} ${path}`,
      method,
      url: createFinalURL(path, { baseUrl, params, querySerializer, pathSerializer: defaultPathSerializer }),
      body: body === undefined ? undefined : JSON.stringify(body),
      repeat: repeatability(method, path),
      signal,
    };
    const authorize = await authorizer.prepare(signal);
    let answer: Answer;
    try {
      answer = await exchanger.send({ ...exchange, authorize });
    } catch (error) {
      const refused = error instanceof ApiError && error.isUnauthorized;
      if (!refused || !authorizer.renew(authorize)) throw error;
      answer = await exchanger.send({ ...exchange, authorize: await authorizer.prepare(signal) });
    }
    return answer.body;
  }

  async function list(
    path: ListPath,
    query: Record<string, unknown> = {},
    { maxPages, signal, path: pathParameters }: ListInit = {},
  ): Promise<unknown[] | undefined> {
    const style: ListStyle = PAGING[path];
    const fetchPage = async (page: PageQuery) => {
      const params = { query: { ...query, ...page }, path: pathParameters ?? {} };
      return readPage(style, await call("GET", path, { params, signal }));
    };
    for (let number = 1; ; number++) {
      const listing = await readAll(style, fetchPage, maxPages ?? Infinity);
      if (listing === "too-long") return undefined;
      if (listing !== "unsteady") return listing.items;
      if (number === LIST_TRIES) break;
      await options.clock.sleep(retryDelay(number, options.random), signal);
    }
    if (maxPages !== undefined) return undefined;
    throw new ApiError({ kind: "incomplete", operation: `GET ${path}`, endpoint: new URL(baseUrl).origin });
  }

  const build = (base: AbortSignal | undefined): Api => {
    const withBase = <I extends { signal?: AbortSignal | undefined }>(init: I): I => {
      const signal = joinSignals(base, init.signal);
      return signal === undefined ? init : { ...init, signal };
    };
    // The types of the public methods follow from the contract; behind them, a call is data.
    const method = (name: string) => (path: string, init?: Init) => call(name, path, withBase(init ?? {}));
    return {
      get: method("GET") as Call<"get">,
      post: method("POST") as Call<"post">,
      put: method("PUT") as Call<"put">,
      delete: method("DELETE") as Call<"delete">,
      list: ((path: ListPath, query?: Record<string, unknown>, init?: ListInit) =>
        list(path, query, withBase(init ?? {}))) as Api["list"],
      accountId: () => abortable(account.get(), base),
      stats: exchanger.stats,
      withSignal: (signal) => build(joinSignals(base, signal)),
    };
  };
  return build(undefined);
}

interface ListInit {
  readonly maxPages?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly path?: Record<string, unknown> | undefined;
}

/** Takes a page out of an answer. A list that some sites did not answer for is no list: what is missing may exist. */
function readPage(style: ListStyle, body: unknown): Page | "unsteady" {
  if (Array.isArray(body)) return { items: body, total: undefined };
  const fields = (body ?? {}) as Record<string, unknown>;
  const failedSites = fields["err_sites"];
  if (Array.isArray(failedSites) && failedSites.length > 0) return "unsteady";
  const items = style.items === null ? [] : fields[style.items];
  const total = style.total === undefined ? undefined : fields[style.total];
  return { items: Array.isArray(items) ? items : [], total: typeof total === "number" ? total : undefined };
}

function joinSignals(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  const joined = a === undefined || b === undefined || a === b ? (a ?? b) : AbortSignal.any([a, b]);
  // As many calls as there are may listen to one signal.
  if (joined !== undefined) setMaxListeners(0, joined);
  return joined;
}

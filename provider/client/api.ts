import type { ParamsOption, RequestBodyOption } from "openapi-fetch";
import type { Clock } from "../../schema/clock.js";
import type { paths } from "../../schema/generated/iec-api.js";
import type { ListPath, PAGING } from "./paging.js";

export type Credentials =
  | {
      readonly kind: "keys";
      readonly accessKey: string;
      readonly secretKey: string;
      readonly securityToken?: string;
    }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "password"; readonly user: string; readonly password: string; readonly domain: string }
  | {
      readonly kind: "oidc";
      /** The identity provider, as IAM knows it. */
      readonly idpId: string;
      /** Asked anew for each sign-in: identity tokens end soon, and their file is rewritten. */
      readonly idToken: () => string;
      /** How long the keys shall live; as long as IAM likes when absent. */
      readonly durationSeconds?: number;
    };

/** Rights that another account lends. Its name or its id tells which account. */
export interface Agency {
  readonly name: string;
  readonly domainName?: string;
  readonly domainId?: string;
  /** How long the keys shall live; 12 hours by default. */
  readonly durationSeconds?: number;
}

/** Where the cloud is and who calls it. */
export interface ConnectionOptions {
  /** `https://iecs.myhuaweicloud.com` */
  readonly endpoint: string;
  /** IAM, with or without `/v3`. */
  readonly authUrl: string;
  readonly credentials: Credentials;
  /** Assumed with the credentials: calls are then those of its account, `domainId` and `domainName`. */
  readonly agency?: Agency;
  /** The account's id; looked up once by a signed call when absent. */
  readonly domainId?: string;
  /** Picks the account when the lookup finds several. */
  readonly domainName?: string;
  /** Repetitions of one call after 429, 5xx or a broken connection; 5 by default. */
  readonly maxRetries?: number;
  /** HTTP requests in flight; 10 by default. */
  readonly concurrency?: number;
  /** How long one HTTP request may take, in milliseconds; 60,000 by default. */
  readonly callTimeoutMs?: number;
  /** Accept any TLS certificate, for this client only. */
  readonly insecure?: boolean;
  readonly userAgent?: string;
}

export interface ClientOptions extends ConnectionOptions {
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  /** Replaces the network, for tests. */
  readonly fetch?: typeof fetch;
  /** Told of every HTTP request after it ended. */
  readonly onCall?: (event: CallEvent) => void;
}

export interface CallEvent {
  /** `GET /v1/vpcs/{vpc_id}` */
  readonly operation: string;
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
  readonly ms: number;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly error?: string;
}

export interface Stats {
  /** HTTP requests sent, repetitions and logins included. */
  readonly calls: number;
  readonly retries: number;
  readonly byOperation: Readonly<Record<string, number>>;
}

type Method = "get" | "post" | "put" | "delete";
type PathsWith<M extends Method> = {
  [P in keyof paths]: NonNullable<paths[P][M]> extends { responses: unknown } ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;
type SuccessStatus = 200 | 201 | 202 | 204;

/** The parsed answer of a success; undefined where the answer has no body. */
export type Body<T> = T extends { responses: infer R }
  ? {
      [S in keyof R & SuccessStatus]: R[S] extends { content: { "application/json": infer B } }
        ? B
        : undefined;
    }[keyof R & SuccessStatus]
  : never;

export type CallInit<T> = ParamsOption<T> & RequestBodyOption<T> & { signal?: AbortSignal | undefined };
// Empty options may be left out.
type InitArguments<T> = object extends CallInit<T> ? [init?: CallInit<T>] : [init: CallInit<T>];

/** One method of the API, by path template. Failures throw `ApiError`, lost creates `AmbiguousCreateError`. */
export type Call<M extends Method> = <P extends PathsWith<M>>(
  path: P,
  ...init: InitArguments<Operation<P, M>>
) => Promise<Body<Operation<P, M>>>;

/** One item of a list. */
export type Item<P extends ListPath> = (typeof PAGING)[P]["items"] extends infer K
  ? K extends keyof Body<Operation<P, "get">>
    ? NonNullable<Body<Operation<P, "get">>[K]> extends readonly (infer I)[]
      ? I
      : never
    : Body<Operation<P, "get">> extends readonly (infer I)[]
      ? I
      : never
  : never;

/** The filters of a list; paging is the client's. */
export type ListQuery<P extends ListPath> = Omit<
  NonNullable<paths[P]["get"]["parameters"]["query"]>,
  "limit" | "offset" | "marker"
>;
export interface ListOptions<P extends ListPath> {
  readonly signal?: AbortSignal | undefined;
  /** Values of the path template. */
  readonly path?: paths[P]["get"]["parameters"]["path"];
}

/** The cloud, typed by its published contract. */
export interface Api {
  readonly get: Call<"get">;
  readonly post: Call<"post">;
  readonly put: Call<"put">;
  readonly delete: Call<"delete">;
  /**
   * All items of all pages. The first page tells how many there are; the others are fetched side by side.
   *
   * With `maxPages`, resolves to undefined when the whole would take more pages than that, or when the cloud
   * says that its list is incomplete. Without, an incomplete list throws.
   */
  list<P extends ListPath>(
    path: P,
    query: ListQuery<P> | undefined,
    options: ListOptions<P> & { readonly maxPages: number | undefined },
  ): Promise<Item<P>[] | undefined>;
  list<P extends ListPath>(
    path: P,
    query?: ListQuery<P>,
    options?: ListOptions<P> & { readonly maxPages?: never },
  ): Promise<Item<P>[]>;
  /** The id of the account that calls; looked up once when it was not given. */
  accountId(): Promise<string>;
  readonly stats: Stats;
  /** The same client, with every call cancelled by the signal as well. */
  withSignal(signal: AbortSignal): Api;
}

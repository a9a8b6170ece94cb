import { errorDiagnostic, type Diagnostic } from "../../schema/diagnostics.js";

/**
 * Why a call failed.
 *
 * - `answer`: the cloud answered with an error status.
 * - `unreachable`: no connection was made, so nothing was sent.
 * - `broken`: the connection ended before the answer was complete.
 * - `timeout`: no answer in time.
 * - `malformed`: an answer that is not what the contract says.
 * - `incomplete`: a list that changes while it is read, or that some sites did not answer for.
 */
export type FailureKind = "answer" | "unreachable" | "broken" | "timeout" | "malformed" | "incomplete";

export interface Failure {
  readonly kind: FailureKind;
  /** `POST /v1/vpcs` */
  readonly operation: string;
  /** Scheme and host that was called. */
  readonly endpoint: string;
  readonly status?: number | undefined;
  /** `error_code` of the answer, or the system's code such as `ECONNREFUSED`. */
  readonly code?: string | undefined;
  readonly text?: string | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

// BEHAVIOUR section 8: in-use answers are mostly 400 and once 500, so the code decides before the status.
const IN_USE = new Set(["IEC.010002", "IEC.020008", "IEC.020009", "IEC.020913"]);

/** A call that failed for good: the cloud refused it, or could not be reached. */
export class ApiError extends Error {
  readonly kind: FailureKind;
  readonly operation: string;
  readonly endpoint: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;

  constructor(failure: Failure) {
    const said = [failure.code, failure.text].filter(Boolean).join(": ");
    super(`${failure.operation} failed${said === "" ? ` (${describeKind(failure)})` : `: ${said}`}`, {
      cause: failure.cause,
    });
    this.name = "ApiError";
    this.kind = failure.kind;
    this.operation = failure.operation;
    this.endpoint = failure.endpoint;
    this.status = failure.status;
    this.code = failure.code;
    this.requestId = failure.requestId;
  }

  /** The object does not exist. An API the gateway does not know is another matter. */
  get isNotFound(): boolean {
    return this.code === "IEC.000022" || (this.status === 404 && !this.#fromGateway);
  }
  get isInUse(): boolean {
    return this.status === 409 || IN_USE.has(this.code ?? "");
  }
  get isThrottled(): boolean {
    return this.status === 429 || this.code === "APIGW.0308";
  }
  get isUnauthorized(): boolean {
    return this.status === 401 || this.code === "APIGW.0301";
  }
  get isForbidden(): boolean {
    return this.status === 403;
  }
  /** Worth another try later: nothing in the request itself is wrong. */
  get isTransient(): boolean {
    if (this.kind !== "answer") return true;
    return this.isThrottled || (!this.isInUse && (this.status ?? 0) >= 500);
  }
  get #fromGateway(): boolean {
    return this.code?.startsWith("APIGW.") ?? false;
  }

  diagnostic(): Diagnostic {
    const id = this.requestId === undefined ? "" : ` Request id: ${this.requestId}.`;
    const detail = (fix: string) => ({ detail: `${this.message.replace(/\.$/, "")}.${id} ${fix}`.trim() });
    if (this.kind === "unreachable" || this.kind === "broken") {
      return errorDiagnostic(
        "IEC4002",
        `${this.endpoint} cannot be reached`,
        detail(connectionFix(this.code)),
      );
    }
    if (this.kind === "timeout" || this.kind === "incomplete") {
      return errorDiagnostic(
        "IEC4004",
        `${this.endpoint} did not answer ${this.kind === "timeout" ? "in time" : "in full"}`,
        detail("Try again later."),
      );
    }
    if (this.kind === "malformed") {
      return errorDiagnostic(
        "IEC4005",
        `The answer of ${this.operation} has the wrong shape`,
        detail(`Check that ${this.endpoint} is the endpoint of IEC.`),
      );
    }
    if (this.isUnauthorized) {
      return errorDiagnostic(
        "IEC4001",
        `${this.endpoint} refused the credentials`,
        detail(
          "Check the access key and secret key (or token, or password), and this machine's clock. " +
            "Temporary keys and tokens end: get new ones if these are old.",
        ),
      );
    }
    return errorDiagnostic("IEC4003", `The cloud refused ${this.operation}`, detail(refusalFix(this)));
  }
}

/**
 * A create whose answer was lost: the cloud may have done it or not. It was not repeated, as that could make a
 * second object; list what there is to find out.
 */
export class AmbiguousCreateError extends Error {
  readonly operation: string;

  /** `cause` is the failure, or the reason of the abort that cut the call off. */
  constructor(operation: string, cause: unknown) {
    super(`The answer to ${operation} was lost: it may have been carried out`, { cause });
    this.name = "AmbiguousCreateError";
    this.operation = operation;
  }

  diagnostic(): Diagnostic {
    const cause = this.cause instanceof Error ? ` (${this.cause.message})` : "";
    return errorDiagnostic("IEC4004", `The answer to ${this.operation} was lost`, {
      detail: `The object may exist${cause}. Run again: what was made is found by listing.`,
    });
  }
}

function describeKind(failure: Failure): string {
  switch (failure.kind) {
    case "answer":
      return `HTTP ${failure.status ?? 0}`;
    case "unreachable":
      return "no connection";
    case "broken":
      return "connection broken";
    case "timeout":
      return "no answer in time";
    case "malformed":
      return "answer is not JSON";
    case "incomplete":
      return "the list stayed incomplete";
  }
}

function connectionFix(code = ""): string {
  if (/CERT|TLS|SSL|SIGNATURE/.test(code)) {
    return "Its TLS certificate is not trusted; `insecure` or HW_INSECURE=true accepts it.";
  }
  return "Check the network and the address (IEC_ENDPOINT, HW_AUTH_URL, or `endpoints` and `auth_url` of the provider).";
}

function refusalFix(error: ApiError): string {
  if (error.isForbidden)
    return "Check the account's domain (HW_DOMAIN_ID). It needs access to IEC, and the user an IAM permission for this call.";
  if (error.isThrottled) return "Too many calls; lower --parallelism or try again later.";
  if ((error.status ?? 0) >= 500) return "The cloud failed; try again later.";
  return "";
}

/** Reads the error forms of the cloud: flat, gateway, and IAM's nested one. */
export function parseErrorBody(text: string): { code?: string; text?: string; requestId?: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  const visit = (value: unknown): { code?: string; text?: string; requestId?: string } | undefined => {
    if (typeof value !== "object" || value === null) return undefined;
    const fields = value as Record<string, unknown>;
    for (const [codeKey, textKey] of [
      ["error_code", "error_msg"],
      ["code", "message"],
    ] as const) {
      if (fields[codeKey] === undefined && fields[textKey] === undefined) continue;
      return {
        ...optional("code", fields[codeKey]),
        ...optional("text", fields[textKey]),
        ...optional("requestId", fields["request_id"]),
      };
    }
    for (const child of Object.values(fields)) {
      const found = visit(child);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(body) ?? {};
}

const optional = <K extends string>(key: K, value: unknown): Partial<Record<K, string>> =>
  typeof value === "string" || typeof value === "number"
    ? ({ [key]: String(value) } as Partial<Record<K, string>>)
    : {};

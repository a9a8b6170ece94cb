import type { Certificate } from "./certificate.js";

/** One call as the transport hands it on. */
export interface Call {
  /** `/tfplugin6.Provider/GetProviderSchema` */
  readonly method: string;
  readonly request: Uint8Array;
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
}

/** Answers the calls of one connection. A rejection reaches the caller as an RPC error. */
export type Connection = (call: Call) => Promise<Uint8Array>;

export interface ListenOptions {
  /** Where to listen: the path of a socket, or a port of the loopback address, 0 for a free one. */
  readonly at: { readonly path: string } | { readonly port: number };
  /** Both sides prove who they are: with this certificate, and with exactly this one of the client. */
  readonly tls?: { readonly own: Certificate; readonly clientPem: string } | undefined;
  /** Called for each connection: what one connection configures is its own. */
  readonly connect: () => Connection;
  /** Called when a connection has ended, with how many are left. */
  readonly onDisconnect?: (left: number) => void;
}

/** What Terraform's plugin protocol travels on. */
export interface Listener {
  /** The path, or `host:port`. */
  readonly address: string;
  /** Ends every connection at once. */
  close(): void;
}
export type Transport = (options: ListenOptions) => Promise<Listener>;

/** The status codes of gRPC in use. */
export const STATUS = { ok: 0, unimplemented: 12, internal: 13, resourceExhausted: 8 } as const;

/** A call that ends with a status other than ok. */
export class RpcError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "RpcError";
    this.status = status;
  }
}

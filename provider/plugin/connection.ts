import { methods, type Methods } from "../../schema/generated/plugin-protocol.js";
import { explain, toWire } from "./diagnostics.js";
import { decodeMessage, encodeMessage } from "./protobuf.js";
import { createHandlers, type Handlers, type ProviderOptions } from "./provider.js";
import { RpcError, STATUS, type Call, type Connection } from "./transport.js";

const SERVICE = "/tfplugin6.Provider/";

/** Answers the calls of one connection: decode, handle, encode. What goes wrong is told as a diagnostic. */
export function createConnection(options: ProviderOptions): Connection {
  const handlers = createHandlers(options);
  return async (call) => {
    const { method, request } = call;
    const name = method.startsWith(SERVICE) ? method.slice(SERVICE.length) : "";
    if (!isHandled(name, handlers)) throw new RpcError(STATUS.unimplemented, `${method} is not supported`);
    const types = methods[name];
    const handle = handlers[name] as (message: unknown, call: Call) => Promise<object>;
    let answer: object;
    try {
      answer = await handle(decodeMessage(types.request, request), call);
    } catch (error) {
      answer = failure(name, error);
      options.log("error", `${name} failed`, { error: error instanceof Error ? error.stack : error });
    }
    return encodeMessage(types.response, answer);
  };
}

const isHandled = (name: string, handlers: Handlers): name is keyof Handlers => Object.hasOwn(handlers, name);

/** Most answers hold diagnostics; a function's error is a text. */
function failure(name: keyof Methods, error: unknown): object {
  const diagnostics = explain(error);
  if (name !== "CallFunction") return { diagnostics: toWire(diagnostics) };
  return { error: { text: diagnostics.map((d) => `${d.summary}. ${d.detail ?? ""}`).join("\n") } };
}

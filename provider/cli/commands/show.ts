import { getPath, type ObjectValue, type Path, type Value } from "../../../schema/unknown.js";
import type { StateView } from "../../reconciler/session.js";
import { parseAddress, renderState } from "../../review/index.js";
import { print, renderOptions, type Context } from "../context.js";
import type { SessionFlags } from "../options.js";
import { withSession } from "../session.js";

/** `iec show`: the resources and outputs of the state. Calls nothing. */
export const show = (context: Context, path: string | undefined, flags: SessionFlags): Promise<number> =>
  withSession(context, path, flags, "show", ({ session, engine }) => {
    const state = session.state();
    print(context, renderState(state, renderOptions(context, engine)));
    if (context.json !== undefined) context.io.stdout.write(`${JSON.stringify(stateJson(state))}\n`);
    return Promise.resolve(0);
  });

/** Shaped as `terraform show -json`, except that sensitive values are null: they are never printed. */
const stateJson = ({ resources, outputs }: StateView) => ({
  format_version: "1.0",
  values: {
    outputs: Object.fromEntries(
      [...outputs].map(([name, { value, sensitive }]) => [
        name,
        { sensitive, value: sensitive ? null : value },
      ]),
    ),
    root_module: {
      resources: resources.map(({ address, type, values, sensitive, tainted }) => ({
        address,
        ...parseAddress(address),
        type,
        provider_name: "iec-cdk/iec",
        tainted,
        values: sensitive.reduce<ObjectValue>(withoutValue, values),
        sensitive_values: sensitive,
      })),
    },
  },
});

/** The object with null at a path. */
function withoutValue(values: ObjectValue, path: Path): ObjectValue {
  const clear = (value: Value, [step, ...rest]: Path): Value => {
    if (step === undefined) return null;
    const inner = getPath(value, [step]);
    if (inner === undefined || inner === null) return value;
    const cleared = clear(inner, rest);
    return Array.isArray(value)
      ? value.map((item: Value, i) => (i === step ? cleared : item))
      : { ...(value as ObjectValue), [step]: cleared };
  };
  return clear(values, path) as ObjectValue;
}

import type { Clock } from "../../schema/clock.js";
import type { Api } from "../client/index.js";

/** How long an answer is believed to hold. */
const FRESH_MS = 30_000;

/** A client that asks the same thing once in a while only. For what changes rarely, such as what a site offers. */
export interface Remembering {
  readonly api: Api;
  forget(): void;
}

export function rememberAnswers(api: Api, clock: Clock): Remembering {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  const once =
    (name: string, ask: (...args: readonly unknown[]) => Promise<unknown>) =>
    (...args: readonly unknown[]): Promise<unknown> => {
      const key = `${name} ${JSON.stringify(args)}`;
      const known = answers.get(key);
      if (known !== undefined && clock.now() - known.at < FRESH_MS) return known.answer;
      const answer = ask(...args);
      const entry = { at: clock.now(), answer };
      answers.set(key, entry);
      // A failure is not kept.
      answer.catch(() => {
        if (answers.get(key) === entry) answers.delete(key);
      });
      return answer;
    };
  return {
    api: {
      ...api,
      get: once("get", api.get as (...args: readonly unknown[]) => Promise<unknown>) as Api["get"],
      list: once(
        "list",
        api.list.bind(api) as (...args: readonly unknown[]) => Promise<unknown>,
      ) as Api["list"],
    },
    forget: () => answers.clear(),
  };
}

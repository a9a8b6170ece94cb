import { createRequire } from "node:module";
import { join } from "node:path";
import { Token } from "cdktf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ROOT } from "../../helpers/iec.js";

const require = createRequire(import.meta.url);

interface Names {
  keysToSnakeCase: (data: unknown) => unknown;
}
const names = require("cdktf/lib/util") as Names;
const { keysToSnakeCase: cdktfs } = names;
const { spellNamesOnce } = require(join(ROOT, "dist/lib/constructs/names.js")) as {
  readonly spellNamesOnce: () => void;
};
spellNamesOnce();

const name = fc.oneof(
  fc.constantFrom(
    "dependsOn",
    "forEach",
    "tags",
    "environment",
    "aBC1d_e-f",
    "__proto__",
    "",
    "_",
    "resolve",
  ),
  fc.string(),
);
const scalar = fc.oneof(fc.constantFrom(undefined, 0, "", false), fc.string(), fc.integer());
const data = fc.dictionary(name, fc.oneof(scalar, fc.array(scalar), fc.dictionary(name, scalar)), {
  noNullPrototype: false,
});

test("names are spelled as cdktf spells them", () => {
  expect(names.keysToSnakeCase).not.toBe(cdktfs);
  fc.assert(
    fc.property(data, (object) => {
      const [own, theirs] = [names.keysToSnakeCase(object), cdktfs(object)];
      expect(own).toStrictEqual(theirs);
      expect(Object.keys(own as object)).toEqual(Object.keys(theirs as object));
    }),
  );
});

test.each([
  ["a token", { resolve: () => 1, creationStack: [] }],
  ["a token in a list", [Token.nullValue()]],
])("%s stays what it is", (_, token) => {
  expect(names.keysToSnakeCase(token)).toStrictEqual(cdktfs(token));
});

/**
 * The import table of the design, a row a rule: whatever a rule does not allow to its folder is an error.
 * Tests, benchmarks and scripts may import anything; nobody imports them.
 */

const SCHEMA = "^schema/[^/]+\\.ts$";
const ISOLATION = "^schema/isolation/";
const API = "^schema/api/";
const API_TYPES = "^schema/generated/[^/]+-api\\.ts$";
const RESOURCES = "^provider/(resources|data-sources)/";
/** What else of the client is a contract: its errors, to tell them apart, and its waiter, which takes the clock. */
const CLIENT_CONTRACT = "^provider/client/(errors|waiter)\\.ts$";
/** How a function of the provider is called, and how it refuses. */
const FUNCTION_CONTRACT = "^provider/functions/function\\.ts$";
const folder = (name) => `^provider/${name}/`;
const OUTSIDE = "^node_modules/|^(node:)?[a-z0-9_/]+$";

/** A row: files of `from` may import each other, packages and Node, `to`, and the types of `types`. */
const row = (name, from, { to = [], types = [] } = {}) => [
  {
    name,
    severity: "error",
    from: { path: from },
    to: { pathNot: [from, OUTSIDE, ...to, ...types] },
  },
  ...(types.length === 0
    ? []
    : [
        {
          name: `${name}-types`,
          comment: "Types only.",
          severity: "error",
          from: { path: from },
          to: { path: types, pathNot: [from, ...to], dependencyTypesNot: ["type-only"] },
        },
      ]),
];

const packages = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^node_modules/", pathNot: allowed.map((pattern) => `^node_modules/${pattern}/`) },
});

module.exports = {
  forbidden: [
    ...row("schema", SCHEMA),
    ...row("isolation", ISOLATION, { to: [SCHEMA] }),
    ...row("terraform-plan", "^schema/terraform-plan/", { to: [SCHEMA, ISOLATION] }),
    ...row("generated", "^schema/generated/"),
    ...row("resources", RESOURCES, { to: [SCHEMA, API_TYPES], types: [folder("client")] }),
    ...row("functions", folder("functions"), { to: [SCHEMA], types: [folder("client")] }),
    ...row("client", folder("client"), { to: [SCHEMA, API_TYPES] }),
    ...row("lifecycle", folder("lifecycle"), { to: [SCHEMA, CLIENT_CONTRACT], types: [folder("client")] }),
    ...row("reconciler", folder("reconciler"), {
      to: [SCHEMA, ISOLATION, folder("lifecycle"), FUNCTION_CONTRACT, CLIENT_CONTRACT],
      types: [folder("client")],
    }),
    ...row("review", folder("review"), {
      to: [SCHEMA, ISOLATION],
      types: [folder("reconciler"), folder("lifecycle")],
    }),
    ...row("plugin", folder("plugin"), {
      to: [
        SCHEMA,
        ISOLATION,
        "^schema/generated/",
        RESOURCES,
        folder("functions"),
        folder("lifecycle"),
        folder("client"),
      ],
    }),
    ...row("simulator", folder("simulator"), { to: [API, API_TYPES] }),
    ...row("cli", folder("cli"), { to: ["^schema/", "^provider/", "^package\\.json$"] }),
    ...row("constructs", "^constructs/", {
      // What they know of resource types.
      to: [SCHEMA, ISOLATION, "^schema/generated/(attributes|placement)\\.json$"],
    }),
    ...row("examples", "^examples/", { to: ["^dist/lib/", "^iec-cdk(/l2)?$"] }),
    packages("constructs-packages", "^constructs/", ["cdktf", "constructs"]),
    packages("examples-packages", "^examples/", ["cdktf", "constructs"]),
    {
      name: "schema-does-no-io",
      severity: "error",
      from: { path: "^schema/" },
      // node:net tells IP addresses apart.
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?net$" },
    },
    {
      name: "nobody-imports-tools",
      severity: "error",
      from: { pathNot: "^(test|bench|scripts)/" },
      to: { path: "^(test|bench|scripts)/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "everything-resolves",
      comment: "The package itself resolves once it is built.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^iec-cdk(/l2|/testing)?$" },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "^dist/"] },
    exclude: { path: ["cdktf[^/]*\\.out/", "^constructs/tsconfig"] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "types", "default"],
      extensions: [".ts", ".js", ".json"],
    },
  },
};

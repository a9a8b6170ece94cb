/** Source: API Explorer. */
export const SERVICE_NAME = {
  minLength: 1,
  maxLength: 32,
  pattern: /^[a-zA-Z0-9_.\u4e00-\u9fa5-]+$/,
  patternHint: "letters, digits, Chinese characters, underscores, dots and hyphens",
} as const;
export const DESCRIPTION = {
  maxLength: 255,
  pattern: /^[^<>]*$/,
  patternHint: "anything but < and >",
} as const;

/**
 * What is told, without attributes that cannot change and are known already: a default that the cloud fills in, or a
 * member that it leaves out, must not read as a change that replaces everything.
 */
export const onlyUnlessKnown = <T extends object>(
  told: T & { readonly id: string },
  known: object,
  fixed: readonly (keyof T & string)[],
): T & { readonly id: string } => ({
  ...told,
  ...Object.fromEntries(
    fixed
      .filter((name) => (known as Record<string, unknown>)[name] !== undefined)
      .map((name) => [name, undefined]),
  ),
});

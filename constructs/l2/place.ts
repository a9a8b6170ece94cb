/**
 * What the types know of a place: a literal, or nothing. What they do not know fits everywhere: `IecApp` and the plan
 * know more.
 */
export type Known<T extends string> = string extends T ? never : T;
/** What fits where `T` is wanted. */
export type Wanted<T extends string> = string extends T ? string : T;

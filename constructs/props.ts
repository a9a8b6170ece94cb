import type { IConstruct } from "constructs";

const props = new WeakMap<IConstruct, object>();

/** Keeps what a construct is given, as it is written: cdktf keeps only what it knows. */
export const noteProps = (construct: IConstruct, given: object): void => void props.set(construct, given);

export const propsOf = (construct: IConstruct): object | undefined => props.get(construct);

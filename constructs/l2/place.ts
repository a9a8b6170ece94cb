/**
 * What the types know of a place: a literal, or nothing. What they do not know fits everywhere, and takes everything:
 * `IecApp` and the plan know more.
 */
export type Known<T extends string> = string extends T ? any : T;

/** Where something is. For the compiler only: no such member exists. */
export interface VpcPlace<VpcName extends string> {
  readonly vpc: Known<VpcName>;
}
export interface SitePlace<City extends string> {
  readonly city: Known<City>;
}
export interface SubnetPlace<City extends string, VpcName extends string, Id extends string> {
  readonly city: Known<City>;
  readonly vpc: Known<VpcName>;
  /** Its construct id, `string` where it is not known. */
  readonly subnet: Id;
}
export interface ServerPlace<City extends string, VpcName extends string, SubnetId extends string> {
  readonly city: Known<City>;
  readonly vpc: Known<VpcName>;
  /** A function, because it stands in several subnets, and one of them is what is wanted. */
  readonly in: (subnet: Known<SubnetId>) => void;
}

interface In<Place> {
  readonly place: Place;
}
export type InVpc<VpcName extends string> = In<{ readonly vpc: Known<VpcName> }>;
export type InSite<City extends string> = In<{ readonly city: Known<City> }>;
export type InSiteOfVpc<City extends string, VpcName extends string> = In<{
  readonly city: Known<City>;
  readonly vpc: Known<VpcName>;
}>;
export type InSubnet<City extends string, VpcName extends string, Id extends string> = In<{
  readonly city: Known<City>;
  readonly vpc: Known<VpcName>;
  readonly in: (subnet: Known<Id>) => void;
}>;

import { kindOf, typeOfAddress } from "./values.js";

/**
 * Families of central-cloud resources whose ids never work in IEC (BEHAVIOUR: "IEC VPCs and EIPs are unrelated to
 * the central VPC and EIP services and cannot be managed there"). Private IMS images and key pairs are not among
 * them.
 */
const FAMILIES =
  /^huaweicloud_(vpcs?|networking|network_acl|nat|compute_(instance|interface|eip|volume)|ecs|evs|blockstorage|eips?|global_eip|bandwidth)(_|s?$)/;

/** Whether the address is a resource or data source of the central cloud's VPC, ECS, EVS or EIP. */
export function centralType(address: string): boolean {
  if (!address.includes("huaweicloud_")) return false;
  const type = typeOfAddress(address);
  return kindOf(type) === type && FAMILIES.test(type);
}

/** Whether a text is an id as the central cloud's resource names (URN) are written; IEC has none of that form. */
export const isCentralId = (text: string): boolean => /^urn:/i.test(text);

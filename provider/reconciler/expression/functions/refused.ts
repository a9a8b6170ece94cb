import { type FunctionDefinition, refuse } from "./definition.js";

const files = "expressions may not read files; read the file in the program that makes the stack";
const impure = "its result differs with every run, so that a plan would never be empty";
const missing = "it is not there yet";

export const refusedFunctions: readonly FunctionDefinition[] = [
  ...[
    "abspath",
    "pathexpand",
    "file",
    "fileexists",
    "fileset",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "filemd5",
    "filesha1",
    "filesha256",
    "filesha512",
    "templatefile",
  ].map((name) => refuse(name, files)),
  ...["timestamp", "uuid", "bcrypt"].map((name) => refuse(name, impure)),
  ...[
    "base64gzip",
    "defaults",
    "ephemeralasnull",
    "plantimestamp",
    "rsadecrypt",
    "templatestring",
    "textdecodebase64",
    "textencodebase64",
    "type",
    "yamldecode",
    "yamlencode",
  ].map((name) => refuse(name, missing)),
];

import { crc32, deflateRawSync } from "node:zlib";

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
  /** Whether unpacking makes it a program. */
  readonly executable: boolean;
}

/** Version 2.0 of the format, which knows deflate; in the upper byte the system whose file modes are given: Unix. */
const MADE_BY = 0x0314;
const NEEDS = 20;
const UTF8_NAMES = 0x0800;
const DEFLATE = 8;
/** 1980-01-01, the first day the format knows: equal content makes equal archives. */
const NO_DATE = 0x00210000;
const REGULAR_FILE = 0o100000;

/** A zip archive. Source of the layout: PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, executable } of entries) {
    const packed = deflateRawSync(content);
    const path = Buffer.from(name);
    const common = Buffer.concat([
      u16(NEEDS, UTF8_NAMES, DEFLATE),
      u32(NO_DATE, crc32(content), packed.length, content.length),
      u16(path.length, 0),
    ]);
    const local = Buffer.concat([u32(0x04034b50), common, path, packed]);
    const mode = (REGULAR_FILE | (executable ? 0o755 : 0o644)) * 0x10000;
    directory.push(u32(0x02014b50), u16(MADE_BY), common, u16(0, 0, 0), u32(mode, offset), path);
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = [
    u32(0x06054b50),
    u16(0, 0, entries.length, entries.length),
    u32(central.length, offset),
    u16(0),
  ];
  return Buffer.concat([...locals, central, ...end]);
}

const u16 = (...values: readonly number[]): Buffer =>
  Buffer.concat(values.map((value) => Buffer.of(value & 0xff, value >>> 8)));
const u32 = (...values: readonly number[]): Buffer =>
  Buffer.concat(values.map((value) => u16(value & 0xffff, value >>> 16)));

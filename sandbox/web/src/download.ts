/** Files for the reader's disk: one as it is, several in a ZIP archive (stored, not packed). */

import type { SourceFile } from "./draft";
import { el } from "./dom";

export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function saveFiles(files: SourceFile[], language: string): void {
  const [only] = files;
  if (files.length === 1 && only) save(new Blob([only.text]), only.name);
  else save(new Blob([archive(files)]), `${language}.zip`);
}

/** A ZIP archive (PKWARE's APPNOTE, 4.3.7, 4.3.12 and 4.3.16): UTF-8 names, no compression, dated 1980. */
export function archive(files: SourceFile[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const file of files) {
    const name = encoder.encode(file.name);
    const data = encoder.encode(file.text);
    // version needed, UTF-8 names, stored, time, date, checksum, both sizes, length of the name, no extra field
    const facts = [20, 0x0800, 0, 0, 0x21, crc32(data), data.length, data.length, name.length, 0];
    const local = pack("42222244422", 0x04034b50, ...facts);
    parts.push(local, name, data);
    directory.push(pack("42222224442222244", 0x02014b50, 20, ...facts, 0, 0, 0, 0, offset), name);
    offset += local.length + name.length + data.length;
  }
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const end = pack("42222442", 0x06054b50, 0, 0, files.length, files.length, size, offset, 0);
  return joined([...parts, ...directory, end]);
}

function pack(layout: string, ...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer([...layout].reduce((sum, width) => sum + Number(width), 0)));
  let at = 0;
  [...layout].forEach((width, index) => {
    if (width === "2") view.setUint16(at, values[index] ?? 0, true);
    else view.setUint32(at, values[index] ?? 0, true);
    at += Number(width);
  });
  return new Uint8Array(view.buffer);
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function crc32(data: Uint8Array): number {
  let sum = ~0;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return ~sum >>> 0;
}

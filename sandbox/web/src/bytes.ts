/** Bytes as the wire has them, and as people read them. */

import type { Bytes } from "./words";

const encoder = new TextEncoder();

export function bytesOf(value: Bytes): Uint8Array<ArrayBuffer> {
  if (typeof value === "string") return encoder.encode(value);
  return Uint8Array.from(atob(value.base64), (character) => character.charCodeAt(0));
}

/** As text; what is not UTF-8 becomes U+FFFD. */
export function textOf(value: Bytes): string {
  return typeof value === "string" ? value : new TextDecoder().decode(bytesOf(value));
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${short(bytes / 1024)} kB`;
  return `${short(bytes / 1024 / 1024)} MB`;
}

export function duration(seconds: number): string {
  if (seconds < 0.0995) return `${short(seconds * 1000)} ms`;
  return `${Number(seconds.toPrecision(3))} s`;
}

function short(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0);
}

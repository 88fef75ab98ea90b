/** A draft as the fragment of an address: it never reaches a server. */

import { type Draft, draftOf } from "./draft";

const VERSION = "1.";
const LONGEST = 8 * 1024 * 1024;

/** `#…` for the address bar, compressed. Answers to other problems than the chosen one stay here. */
export async function fragmentOf(draft: Draft): Promise<string> {
  const answer = draft.answers[draft.problem];
  const shared = {
    ...draft,
    answers: draft.mode === "judge" && answer !== undefined ? { [draft.problem]: answer } : {},
  };
  const plain = new Blob([JSON.stringify(shared)]).stream();
  const packed = await new Response(plain.pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer();
  return `#${VERSION}${base64url(new Uint8Array(packed))}`;
}

/** The draft in a fragment; null if it holds none, or was damaged on its way. */
export async function draftIn(fragment: string): Promise<Draft | null> {
  if (!fragment.startsWith(`#${VERSION}`)) return null;
  try {
    const packed = new Blob([bytes(fragment.slice(1 + VERSION.length))]).stream();
    const text = await bounded(packed.pipeThrough(new DecompressionStream("deflate-raw")));
    return text === null ? null : draftOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return null;
    throw error;
  }
}

/** A small link can unpack to gigabytes: null rather than that. */
async function bounded(stream: ReadableStream<Uint8Array>): Promise<string | null> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    if (text.length > LONGEST) {
      await reader.cancel();
      return null;
    }
  }
}

function base64url(data: Uint8Array): string {
  let text = "";
  for (let start = 0; start < data.length; start += 0x8000) {
    text += String.fromCharCode(...data.subarray(start, start + 0x8000));
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
}

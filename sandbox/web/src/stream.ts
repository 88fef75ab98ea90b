/** One of the two streams of a step: what arrived on it, and what of that there is room for. */

import { Ansi, type Piece } from "./ansi";
import { bytesOf, size } from "./bytes";
import { el } from "./dom";
import { save } from "./download";
import type { Bytes, StreamName } from "./words";

/** Characters; each stream has its own, so that a flood on one does not hide the other. */
const SHOWN = 256 * 1024;

export class Stream {
  /** Says what is not shown, and offers all of it. */
  readonly note = el("p", { class: "dropped", hidden: true });
  private chunks: Uint8Array<ArrayBuffer>[] = [];
  private bytes = 0;
  private room = SHOWN;
  private hidden = 0;
  private decoder = new TextDecoder();
  private ansi = new Ansi();
  /** What is shown, without colours. */
  text = "";
  /** The element that was written to last. */
  place: HTMLElement | null = null;

  constructor(readonly name: StreamName) {}

  get empty(): boolean {
    return this.bytes === 0;
  }

  /** What of `data` is to be shown. */
  take(data: Bytes): Piece[] {
    const bytes = bytesOf(data);
    if (!bytes.length) return [];
    this.chunks.push(bytes);
    this.bytes += bytes.length;
    if (this.room <= 0) {
      this.hidden += bytes.length;
      return [];
    }
    return this.shown(this.ansi.pieces(this.fitting(this.decoder.decode(bytes, { stream: true }))));
  }

  /** What was still waiting for its end. */
  flush(): Piece[] {
    return this.room > 0 ? this.shown([...this.ansi.pieces(this.decoder.decode()), ...this.ansi.flush()]) : [];
  }

  clear(): void {
    this.note.hidden = true;
    this.chunks = [];
    this.bytes = this.hidden = 0;
    this.room = SHOWN;
    this.decoder = new TextDecoder();
    this.ansi = new Ansi();
    this.text = "";
    this.place = null;
  }

  /** Say what is missing: what had no room here, and `dropped` bytes that the server has not kept. */
  tell(dropped: number): void {
    const parts = [
      this.hidden ? `${size(this.hidden)} more arrived and are not shown` : "",
      dropped ? `${size(dropped)} more were dropped at the output limit` : "",
    ].filter(Boolean);
    this.note.hidden = !parts.length;
    if (!parts.length) return;
    const all = el(
      "button",
      { type: "button", class: "link", onclick: () => save(new Blob(this.chunks), `${this.name}.txt`) },
      `Download ${size(this.bytes)}`,
    );
    this.note.replaceChildren(`${this.name}: ${parts.join("; ")}. `, all);
  }

  private fitting(text: string): string {
    const taken = text.slice(0, this.room);
    if (taken.length < text.length) this.hidden += new TextEncoder().encode(text.slice(this.room)).length;
    this.room -= taken.length;
    return taken;
  }

  private shown(pieces: Piece[]): Piece[] {
    this.text += pieces.map((piece) => piece.text).join("");
    return pieces;
  }
}

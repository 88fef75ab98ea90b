/** One stream of one step: what it wrote, as it writes, no more of it than a page can hold. */

import { Ansi, type Piece } from "./ansi";
import { bytesOf, size } from "./bytes";
import { el } from "./dom";
import { save } from "./download";
import type { Bytes } from "./words";

const SHOWN = 256 * 1024;
const MOST_SPANS = 10_000;
/** Characters that may be more than fit without scrolling. */
const FILLS = 500;

export class Pane {
  readonly element: HTMLElement;
  private readonly log: HTMLElement;
  private readonly note = el("p", { class: "dropped" });
  private chunks: Uint8Array<ArrayBuffer>[] = [];
  private bytes = 0;
  private room = SHOWN;
  private spans = 0;
  private hidden = 0;
  private decoder = new TextDecoder();
  private ansi = new Ansi();
  /** What is shown, without colours. */
  text = "";

  constructor(
    private readonly title: string,
    kind: string,
  ) {
    this.log = el("pre", { class: "log", role: "log", "aria-label": title, tabindex: 0 });
    const heading = el("p", { class: "stream-name", "aria-hidden": "true" }, kind);
    this.element = el("div", { class: `pane ${kind}`, hidden: true }, heading, this.log, this.note);
    this.note.hidden = true;
  }

  get empty(): boolean {
    return this.bytes === 0;
  }

  write(data: Bytes): void {
    const bytes = bytesOf(data);
    if (!bytes.length) return;
    this.element.hidden = false;
    this.chunks.push(bytes);
    this.bytes += bytes.length;
    if (this.room <= 0) {
      this.hidden += bytes.length;
      this.tell(0);
      return;
    }
    this.show(this.ansi.pieces(this.take(this.decoder.decode(bytes, { stream: true }))));
  }

  /** The step is over; `dropped` bytes the server has not kept. */
  end(dropped: number): void {
    if (this.room > 0) this.show([...this.ansi.pieces(this.decoder.decode()), ...this.ansi.flush()]);
    this.tell(dropped);
  }

  clear(): void {
    this.log.replaceChildren();
    this.element.hidden = this.note.hidden = true;
    this.chunks = [];
    this.bytes = this.hidden = this.spans = 0;
    this.room = SHOWN;
    this.text = "";
    this.decoder = new TextDecoder();
    this.ansi = new Ansi();
  }

  private take(text: string): string {
    const taken = text.slice(0, this.room);
    this.hidden += new TextEncoder().encode(text.slice(this.room)).length;
    this.room -= taken.length;
    return taken;
  }

  private show(pieces: Piece[]): void {
    // To ask where it is scrolled to costs a layout of the page.
    const atEnd = this.log.firstChild && this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 30;
    const made = document.createDocumentFragment();
    for (const piece of pieces) {
      this.text += piece.text;
      made.append(this.node(piece));
    }
    this.log.append(made);
    if (this.hidden) this.tell(0);
    if (atEnd || (atEnd === null && this.text.length > FILLS)) this.log.scrollTop = this.log.scrollHeight;
  }

  /** Plain text costs no element; too many colours become plain text. */
  private node(piece: Piece): Node {
    const { text, classes, foreground, background } = piece;
    if ((!classes && !foreground && !background) || this.spans >= MOST_SPANS) return document.createTextNode(text);
    this.spans += 1;
    const span = el("span", { class: classes || null }, text);
    span.style.color = foreground;
    span.style.backgroundColor = background;
    return span;
  }

  private tell(dropped: number): void {
    const parts = [
      this.hidden ? `${size(this.hidden)} more arrived and are not shown` : "",
      dropped ? `${size(dropped)} more were dropped at the output limit` : "",
    ].filter(Boolean);
    if (!parts.length) return;
    this.element.hidden = this.note.hidden = false;
    const all = el(
      "button",
      { type: "button", class: "link", onclick: () => this.download() },
      `Download ${size(this.bytes)}`,
    );
    this.note.replaceChildren(`${parts.join("; ")}. `, all);
  }

  private download(): void {
    save(new Blob(this.chunks), `${this.title.split(" ").pop()!.toLowerCase()}.txt`);
  }
}

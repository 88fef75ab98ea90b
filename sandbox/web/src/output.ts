/** What one step writes, as it writes: both streams in one view, in the order in which they came. */

import type { Piece } from "./ansi";
import { el } from "./dom";
import { Stream } from "./stream";
import type { Bytes, StreamName } from "./words";

const MOST_ELEMENTS = 10_000;
/** Characters that may be more than fit without scrolling. */
const FILLS = 500;
/** Pixels: who is so near to the end wants to stay there. */
const NEAR = 30;

export class Output {
  readonly element: HTMLElement;
  private readonly log: HTMLElement;
  private readonly choice: HTMLElement;
  private readonly streams = { stdout: new Stream("stdout"), stderr: new Stream("stderr") };
  private last: Stream | null = null;
  private elements = 0;

  constructor(title: string) {
    this.log = el("pre", { class: "log", role: "log", "aria-label": `${title} output`, tabindex: 0 });
    this.choice = el(
      "div",
      { class: "choice", role: "group", "aria-label": `Streams of ${title}` },
      ...["both", "stdout", "stderr"].map((name) =>
        el("button", { type: "button", onclick: () => this.choose(name) }, name),
      ),
    );
    const notes = Object.values(this.streams).map((stream) => stream.note);
    const alone = el("p", { class: "stream-name", "aria-hidden": "true" }, "stderr");
    this.element = el("div", { class: "written", hidden: true }, this.choice, alone, this.log, ...notes);
    this.choose("both");
  }

  get empty(): boolean {
    return this.streams.stdout.empty && this.streams.stderr.empty;
  }

  /** What is shown, without colours; complaints first. */
  get text(): string {
    return `${this.streams.stderr.text}\n${this.streams.stdout.text}`;
  }

  write(name: StreamName, data: Bytes): void {
    const stream = this.streams[name];
    this.show(stream, stream.take(data));
    this.element.hidden = this.empty;
    stream.tell(0);
  }

  /** The step is over; so many bytes of each stream the server has not kept. */
  end(dropped: Record<StreamName, number>): void {
    for (const stream of Object.values(this.streams)) {
      this.show(stream, stream.flush());
      stream.tell(dropped[stream.name]);
      if (dropped[stream.name]) this.element.hidden = false;
    }
  }

  clear(): void {
    this.element.hidden = true;
    this.log.replaceChildren();
    this.last = null;
    this.elements = 0;
    this.element.classList.remove("stdout-wrote", "stderr-wrote");
    for (const stream of Object.values(this.streams)) stream.clear();
    this.choose("both");
  }

  private choose(chosen: string): void {
    this.log.dataset.shows = chosen;
    for (const button of this.choice.children)
      button.setAttribute("aria-pressed", String(button.textContent === chosen));
  }

  private show(stream: Stream, pieces: Piece[]): void {
    if (!pieces.length) return;
    // To ask where it is scrolled to costs a layout of the page.
    const first = !this.log.firstChild;
    const atEnd = !first && this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
    const place = this.placeOf(stream);
    const made = document.createDocumentFragment();
    for (const piece of pieces) made.append(this.node(piece));
    place.append(made);
    if (atEnd || (first && stream.text.length > FILLS)) this.log.scrollTop = this.log.scrollHeight;
  }

  /** Where `stream` goes on. Once there are too many turns, each stream goes on where it last was. */
  private placeOf(stream: Stream): HTMLElement {
    if (stream.place && (this.last === stream || this.elements >= MOST_ELEMENTS)) return stream.place;
    this.element.classList.add(`${stream.name}-wrote`);
    this.elements += 1;
    this.last = stream;
    stream.place = el("span", { class: stream.name });
    this.log.append(stream.place);
    return stream.place;
  }

  /** Plain text costs no element; too many colours become plain text. */
  private node({ text, classes, foreground, background }: Piece): Node {
    const plain = !classes && !foreground && !background;
    if (plain || this.elements >= MOST_ELEMENTS) return document.createTextNode(text);
    this.elements += 1;
    const span = el("span", { class: classes || null }, text);
    span.style.color = foreground;
    span.style.backgroundColor = background;
    return span;
  }
}

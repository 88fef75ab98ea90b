/** What compilers complain about, as a list that leads to the lines. */

import { el } from "./dom";
import type { Message } from "./messages";

const SIGNS = { error: "Error", warning: "Warning", info: "Note" };

export class Problems {
  readonly element = el("ul", { class: "problems", "aria-label": "Messages about lines of the code", hidden: true });

  constructor(private readonly goTo: (message: Message) => void) {}

  show(messages: Message[]): void {
    this.element.hidden = !messages.length;
    this.element.replaceChildren(...messages.map((one) => el("li", {}, this.button(one))));
  }

  private button(one: Message): HTMLElement {
    const place = `${one.file}:${one.line}${one.column === null ? "" : `:${one.column}`}`;
    const sign = el("span", { class: `sign ${one.severity}` }, SIGNS[one.severity]);
    return el(
      "button",
      { type: "button", onclick: () => this.goTo(one) },
      sign,
      el("span", { class: "place" }, place),
      ` ${one.text}`,
    );
  }
}

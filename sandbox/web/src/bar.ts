/** The bar on top: what to run, run, stop, how it stands, and what to take away. */

import { el } from "./dom";
import type { Mode } from "./draft";
import type { Picker } from "./picker";

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);
const KEYS = MAC ? { run: "⌘↵", stop: "⌘⇧↵" } : { run: "Ctrl+↵", stop: "Ctrl+Shift+↵" };
const RUN: Record<Mode, string> = { run: "Run", tests: "Run tests", judge: "Judge" };

export interface Wishes {
  run(): void;
  stop(): void;
  share(): void;
  download(): void;
}

export class Bar {
  readonly element: HTMLElement;
  readonly runButton: HTMLButtonElement;
  private readonly runWord = el("span");
  private readonly stopButton: HTMLButtonElement;
  private readonly status = el("p", { class: "status", role: "status" });

  constructor(wishes: Wishes, picker: Picker, full: string | null) {
    const hint = (text: string): HTMLElement => el("kbd", { "aria-hidden": "true" }, text);
    this.runButton = el(
      "button",
      { type: "button", class: "primary run", onclick: wishes.run, "aria-keyshortcuts": "Control+Enter Meta+Enter" },
      this.runWord,
      hint(KEYS.run),
    );
    this.stopButton = el(
      "button",
      {
        type: "button",
        class: "stop",
        onclick: wishes.stop,
        disabled: true,
        title: `Stop (${KEYS.stop})`,
        "aria-keyshortcuts": "Control+Shift+Enter Meta+Shift+Enter",
      },
      "Stop",
    );
    const brand = full ? null : el("h1", { class: "brand" }, "Lovelace");
    const ends = full
      ? [el("a", { href: full, target: "_blank", rel: "noopener" }, "Open in Lovelace")]
      : [
          el("button", { type: "button", class: "quiet", onclick: wishes.share }, "Share"),
          el("button", { type: "button", class: "quiet", onclick: wishes.download }, "Download"),
        ];
    this.element = el(
      "header",
      { class: "bar" },
      brand,
      picker.element,
      el("div", { class: "go" }, this.runButton, this.stopButton),
      this.status,
      el("div", { class: "ends" }, ...ends),
    );
    document.addEventListener("keydown", (event) => this.key(event, wishes), { capture: true });
  }

  show(mode: Mode): void {
    this.runWord.textContent = RUN[mode];
  }

  busy(busy: boolean): void {
    this.runButton.toggleAttribute("aria-disabled", busy);
    if (busy) this.runButton.setAttribute("aria-disabled", "true");
    const focused = document.activeElement === this.stopButton;
    this.stopButton.disabled = !busy;
    if (focused && !busy) this.runButton.focus();
  }

  say(words: string): void {
    this.status.textContent = words;
    this.status.title = words;
  }

  private key(event: KeyboardEvent, wishes: Wishes): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) wishes.stop();
    else wishes.run();
  }
}

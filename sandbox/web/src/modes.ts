/** The tabs of the right side: run, tests, judge. */

import { el } from "./dom";
import type { Mode } from "./draft";

const TITLES: Record<Mode, string> = { run: "Run", tests: "Tests", judge: "HumanEval" };

export class Modes {
  readonly tabs = el("div", { class: "modes", role: "tablist", "aria-label": "What to do with the code" });
  readonly panels: HTMLElement[];
  private readonly modes: Mode[];
  private readonly buttons: HTMLButtonElement[];

  constructor(
    panels: Record<Mode, HTMLElement>,
    private readonly choose: (mode: Mode) => void,
  ) {
    this.modes = Object.keys(panels) as Mode[];
    this.buttons = this.modes.map((mode) => this.button(mode));
    this.panels = this.modes.map((mode) =>
      el(
        "div",
        { class: "mode", role: "tabpanel", id: `panel-${mode}`, "aria-labelledby": `tab-${mode}` },
        panels[mode],
      ),
    );
    this.tabs.append(...this.buttons);
    this.tabs.addEventListener("keydown", (event) => this.key(event));
  }

  show(mode: Mode): void {
    this.modes.forEach((one, index) => {
      const chosen = one === mode;
      this.buttons[index]!.setAttribute("aria-selected", String(chosen));
      this.buttons[index]!.tabIndex = chosen ? 0 : -1;
      this.panels[index]!.hidden = !chosen;
    });
  }

  offer(mode: Mode, offered: boolean): void {
    this.buttons[this.modes.indexOf(mode)]!.hidden = !offered;
  }

  private button(mode: Mode): HTMLButtonElement {
    const attributes = { type: "button", role: "tab", id: `tab-${mode}`, "aria-controls": `panel-${mode}` };
    return el("button", { ...attributes, onclick: () => this.choose(mode) }, TITLES[mode]);
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const offered = this.buttons.filter((one) => !one.hidden);
    const next =
      offered[(offered.indexOf(document.activeElement as HTMLButtonElement) + step + offered.length) % offered.length]!;
    event.preventDefault();
    next.focus();
    next.click();
  }
}

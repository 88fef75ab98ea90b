/** The choice of language: a button that opens a searchable list (ARIA's combobox pattern). */

import { el, unique } from "./dom";
import type { Language } from "./words";

export class Picker {
  readonly element: HTMLElement;
  private readonly name = el("span", { class: "name" });
  private readonly version = el("span", { class: "version" });
  private readonly button: HTMLButtonElement;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly popup: HTMLElement;
  private languages: Language[] = [];
  private found: Language[] = [];
  private chosen = "";
  private active = 0;

  constructor(private readonly choose: (language: Language) => void) {
    const id = unique("languages");
    this.button = el(
      "button",
      {
        type: "button",
        class: "picked",
        "aria-haspopup": "listbox",
        "aria-expanded": "false",
        onclick: () => this.toggle(),
      },
      el("span", { class: "out-of-sight" }, "Language: "),
      this.name,
      this.version,
    );
    this.list = el("ul", { role: "listbox", id, "aria-label": "Languages" });
    this.input = el("input", {
      type: "search",
      role: "combobox",
      "aria-expanded": "true",
      "aria-controls": id,
      "aria-autocomplete": "list",
      "aria-label": "Search a language by name, alias or version",
      placeholder: "Search: name, alias, version",
      autocomplete: "off",
      oninput: () => this.search(),
      onkeydown: (event: KeyboardEvent) => this.key(event),
    });
    this.popup = el("div", { class: "popup", hidden: true }, this.input, this.list);
    this.element = el(
      "div",
      { class: "picker", onfocusout: (event: FocusEvent) => this.left(event) },
      this.button,
      this.popup,
    );
  }

  offer(languages: Language[]): void {
    this.languages = languages;
    this.show(this.chosen);
  }

  /** This one is the chosen one now. */
  show(name: string): void {
    this.chosen = name;
    const found = this.languages.find((one) => one.name === name);
    this.name.textContent = name;
    this.version.textContent = found ? number(found.version) : "";
    this.button.title = found?.version ?? "";
  }

  private toggle(): void {
    if (!this.popup.hidden) return this.close();
    this.popup.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.input.value = "";
    this.search();
    this.input.focus();
  }

  private close(): void {
    this.popup.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }

  private left(event: FocusEvent): void {
    if (!this.element.contains(event.relatedTarget as Node | null)) this.close();
  }

  private search(): void {
    const parts = this.input.value.toLowerCase().split(/\s+/);
    this.found = this.languages.filter((one) => {
      const names = [one.name, ...one.aliases, one.version].join(" ").toLowerCase();
      return parts.every((part) => names.includes(part));
    });
    const exact = this.found.findIndex((one) => [one.name, ...one.aliases].includes(this.input.value.toLowerCase()));
    const chosen = this.found.findIndex((one) => one.name === this.chosen);
    this.active = Math.max(exact, this.input.value ? 0 : chosen, 0);
    this.list.replaceChildren(...this.found.map((one, index) => this.option(one, index)));
    if (!this.found.length)
      this.list.append(el("li", { class: "none", role: "option", "aria-disabled": "true" }, "No such language here"));
    this.mark();
  }

  private option(one: Language, index: number): HTMLElement {
    const aliases = one.aliases.length ? el("span", { class: "aliases" }, one.aliases.join(", ")) : null;
    const pick = (event: Event): void => {
      event.preventDefault(); // focus stays, so that the list is not closed before it is heard
      this.pick(index);
    };
    const id = `${this.list.id}-${index}`;
    return el(
      "li",
      { role: "option", id, onmousedown: pick },
      el("span", { class: "name" }, one.name),
      aliases,
      el("span", { class: "version" }, number(one.version)),
    );
  }

  private mark(): void {
    [...this.list.children].forEach((option, index) =>
      option.setAttribute("aria-selected", String(index === this.active)),
    );
    const active = this.found.length ? this.list.children[this.active] : null;
    if (active) this.input.setAttribute("aria-activedescendant", active.id);
    else this.input.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }

  private key(event: KeyboardEvent): void {
    const count = this.found.length;
    if (event.key === "ArrowDown" && count) this.active = (this.active + 1) % count;
    else if (event.key === "ArrowUp" && count) this.active = (this.active + count - 1) % count;
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.pick(this.active);
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.mark();
  }

  private leave(): void {
    this.close();
    this.button.focus();
  }

  private pick(index: number): void {
    const found = this.found[index];
    if (!found) return;
    this.leave();
    this.choose(found);
  }
}

/** "3.13.5" of "Python 3.13.5". */
function number(version: string): string {
  return /\d+(?:\.\d+)+/.exec(version)?.[0] ?? version;
}

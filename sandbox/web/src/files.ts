/** The files as tabs above the editor. */

import { ask } from "./dialog";
import { type SourceFile, refusedName } from "./draft";
import { el } from "./dom";

export interface Wishes {
  select(index: number): void;
  change(files: SourceFile[], active: number): void;
}

export class Files {
  readonly element: HTMLElement;
  private readonly tabs = el("div", { class: "tabs", role: "tablist", "aria-label": "Files" });
  private readonly tools = el("div", { class: "tools" });
  private files: SourceFile[] = [];
  private active = 0;

  constructor(
    private readonly wishes: Wishes,
    private readonly panel: string,
  ) {
    this.tabs.addEventListener("keydown", (event) => this.key(event));
    this.element = el("div", { class: "files" }, this.tabs, this.tools);
  }

  /** `fixed` files can be read and written, and neither added nor renamed. */
  show(files: SourceFile[], active: number, fixed = false): void {
    const focused = this.tabs.contains(document.activeElement);
    this.files = files;
    this.active = active;
    this.tabs.replaceChildren(...files.map((file, index) => this.tab(file, index)));
    const own = !fixed && active > 0;
    this.tools.replaceChildren(
      ...(fixed ? [] : [this.tool("+", "Add a file", () => this.add())]),
      ...(own
        ? [
            this.tool("Rename", "Rename this file", () => this.rename()),
            this.tool("Delete", "Delete this file", () => this.remove()),
          ]
        : []),
    );
    if (focused) (this.tabs.children[active] as HTMLElement).focus();
  }

  private tab(file: SourceFile, index: number): HTMLElement {
    const selected = index === this.active;
    const attributes = { type: "button", role: "tab", "aria-selected": String(selected), "aria-controls": this.panel };
    return el(
      "button",
      { ...attributes, tabindex: selected ? 0 : -1, onclick: () => this.wishes.select(index) },
      file.name,
    );
  }

  private tool(text: string, label: string, act: () => void): HTMLElement {
    return el("button", { type: "button", class: "link", "aria-label": label, title: label, onclick: act }, text);
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) this.wishes.select((this.active + step + this.files.length) % this.files.length);
    else if (event.key === "Delete" && this.active > 0) this.remove();
    else return;
    event.preventDefault();
  }

  private async add(): Promise<void> {
    const name = await this.name("Add a file", "");
    if (name) this.wishes.change([...this.files, { name, text: "" }], this.files.length);
  }

  private async rename(): Promise<void> {
    const current = this.files[this.active]!;
    const name = await this.name("Rename the file", current.name);
    const renamed = this.files.map((file) => (file === current && name ? { ...file, name } : file));
    if (name) this.wishes.change(renamed, this.active);
  }

  private remove(): void {
    const kept = this.files.filter((_, index) => index !== this.active);
    this.wishes.change(kept, Math.min(this.active, kept.length - 1));
  }

  private name(title: string, current: string): Promise<string | null> {
    const others = this.files.map((file) => file.name).filter((name) => name !== current);
    return ask(title, "Name", current, (name) => refusedName(name, others));
  }
}

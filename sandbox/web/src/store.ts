/** The draft at hand: changed in one place, told to whoever shows a part of it, kept in the browser. */

import { type Draft, type SourceFile, draftOf, empty } from "./draft";
import { example } from "./examples";
import { draftIn } from "./share";

const OWN = "lovelace.draft";
const LINKED = "lovelace.linked";
const FILES = "lovelace.files.";
const SAVE_AFTER = 300;

type Listener = (changed: ReadonlySet<keyof Draft>) => void;

export class Store {
  private listeners: Listener[] = [];
  private saving = 0;

  /** `link` is the address's fragment if the draft came from there: then one's own draft is left as it is. */
  constructor(
    public draft: Draft,
    readonly link: string,
  ) {
    addEventListener("pagehide", () => this.save());
  }

  change(part: Partial<Draft>): void {
    this.draft = { ...this.draft, ...part };
    const changed = new Set(Object.keys(part) as (keyof Draft)[]);
    for (const listener of this.listeners) listener(changed);
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), SAVE_AFTER);
  }

  heed(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Another language: what was written in it before, or its example. */
  turnTo(language: string, source: string): void {
    if (language === this.draft.language) return;
    write(FILES + this.draft.language, this.draft.files);
    const kept = draftOf({ language, files: read(FILES + language) });
    this.change({ language, files: kept?.files ?? fresh(language, source) });
  }

  save(): void {
    clearTimeout(this.saving);
    if (this.link) write(LINKED, { link: this.link, draft: this.draft });
    else write(OWN, this.draft);
  }
}

/** What the address holds, else what was written here before, else an example. */
export async function opened(fragment: string): Promise<{ store: Store; damaged: boolean }> {
  const linked = await draftIn(fragment);
  if (linked) {
    const kept = read(LINKED) as { link?: unknown; draft?: unknown } | null;
    const edited = kept?.link === fragment ? draftOf(kept.draft) : null;
    return { store: new Store(edited ?? linked, fragment), damaged: false };
  }
  const own = draftOf(read(OWN)) ?? empty("python", fresh("python", "main.py"));
  return { store: new Store(own, ""), damaged: fragment.length > 1 };
}

export function fresh(language: string, source: string): SourceFile[] {
  return [{ name: source, text: example(language) }];
}

function read(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null; // forbidden here, or not ours
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    return; // forbidden here, or full: what is on the page is still there
  }
}

/** What goes wrong, and what the reader can do about it. */

import { Refused, Unreachable, alive, useKey } from "./api";
import { el, labelled } from "./dom";

const LOOK_AGAIN = 2000;

interface Action {
  text: string;
  act(): void;
  /** Seconds before it may be done. */
  wait?: number;
}

export class Notice {
  readonly element = el("div", { class: "notice", role: "alert", hidden: true });
  private ticking = 0;
  private looking = false;

  /** `back` is called when the server answers again, or knows who asks. */
  constructor(private readonly back: () => void) {}

  clear(): void {
    clearInterval(this.ticking);
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  say(kind: "bad" | "good" | "plain", text: string, ...actions: Action[]): void {
    this.clear();
    this.element.className = `notice ${kind}`;
    const close = el(
      "button",
      { type: "button", class: "link close", "aria-label": "Dismiss", onclick: () => this.clear() },
      "×",
    );
    this.element.append(el("p", {}, text), ...actions.map((one) => this.button(one)), close);
    this.element.hidden = false;
  }

  /** Whatever was raised by asking the server. `again` asks once more. */
  explain(error: unknown, again: () => void): void {
    if (error instanceof Unreachable) return this.watch(error.message);
    if (!(error instanceof Refused)) throw error;
    const retry = { text: "Try again", act: again, ...(error.retryAfter ? { wait: error.retryAfter } : {}) };
    switch (error.code) {
      case "unauthorized":
        return this.askForKey(error.message);
      case "rate_limited":
        return this.say("bad", "Too many runs from your address in a short time. Yours was not taken.", retry);
      case "queue_full":
        return this.say("bad", "The server is full: as many programs wait as may. Yours was not taken.", retry);
      case "waited_too_long":
        return this.say("bad", "No place became free in time; your program did not run.", retry);
      case "body_too_large":
        return this.say("bad", `This is more than the server takes: ${error.message}.`);
      case "bad_request":
      case "too_long":
        return this.say("bad", `${error.message}.`);
      default:
        return this.say(
          "bad",
          `The server could not run it (${error.message}). That was not your program's fault.`,
          retry,
        );
    }
  }

  private watch(why: string): void {
    this.say("bad", `${upper(why)}. What you wrote is safe here; trying again until it is back …`);
    if (this.looking) return;
    this.looking = true;
    const look = async (): Promise<void> => {
      if (!(await alive())) return void setTimeout(look, LOOK_AGAIN);
      this.looking = false;
      this.say("good", "The server is back.");
      this.back();
    };
    setTimeout(look, LOOK_AGAIN);
  }

  private askForKey(why: string): void {
    this.say("bad", `${upper(why)}.`);
    const input = el("input", { type: "password", autocomplete: "off", required: true, placeholder: "lvs_…" });
    const submit = (event: Event): void => {
      event.preventDefault();
      useKey(input.value.trim());
      this.clear();
      this.back();
    };
    const form = el("form", { class: "key", onsubmit: submit }, labelled("API key", input), el("button", {}, "Use it"));
    this.element.querySelector("p")!.after(form);
  }

  private button(action: Action): HTMLButtonElement {
    const act = (): void => {
      this.clear();
      action.act();
    };
    const made = el("button", { type: "button", onclick: act }, action.text);
    let wait = action.wait ?? 0;
    const tell = (): void => {
      made.disabled = wait > 0;
      made.textContent = wait > 0 ? `${action.text} in ${wait} s` : action.text;
      if (wait <= 0) clearInterval(this.ticking);
      wait -= 1;
    };
    if (wait > 0) this.ticking = setInterval(tell, 1000);
    tell();
    return made;
  }
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

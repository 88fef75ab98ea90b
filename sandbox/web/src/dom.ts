/** Elements, made in one line each. Text is always text: nothing here parses HTML. */

type Child = Node | string | null | undefined | false;
type Value = string | number | boolean | null | undefined | ((event: never) => void);

/** An element. `on…` are listeners, `true` is an attribute without a value, `false` and null are none. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value as EventListener);
    else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

let numbered = 0;

/** A name that no other element has. */
export function unique(prefix: string): string {
  numbered += 1;
  return `${prefix}-${numbered}`;
}

/** An input with its label in front. */
export function labelled(text: string, input: HTMLElement, ...after: Child[]): HTMLElement {
  input.id ||= unique("field");
  return el("div", { class: "field" }, el("label", { for: input.id }, text), input, ...after);
}

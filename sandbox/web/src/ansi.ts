/**
 * What a program writes, as styled text: colours as a terminal shows them, everything else without effect.
 *
 * Covered: escape sequences other than colours vanish, control characters and those that turn the writing direction
 * are shown as signs, and a sequence that never ends swallows at most LONGEST characters.
 */

export interface Piece {
  text: string;
  /** Class names; "" for plain text. */
  classes: string;
  foreground: string;
  background: string;
}

const LONGEST = 256;
const SPECIAL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

interface Style {
  on: Set<string>;
  foreground: string;
  background: string;
}

export class Ansi {
  private style: Style = { on: new Set(), foreground: "", background: "" };
  private pending = "";

  /** The pieces of `text`; a sequence that its end cuts waits for the next one. */
  pieces(text: string): Piece[] {
    const found: Piece[] = [];
    let rest = this.pending + text;
    this.pending = "";
    while (rest) {
      const at = rest.search(SPECIAL);
      if (at < 0) {
        found.push(this.piece(rest));
        break;
      }
      if (at > 0) found.push(this.piece(rest.slice(0, at)));
      rest = this.special(rest.slice(at), found);
    }
    return found;
  }

  /** What was still waiting for its end. */
  flush(): Piece[] {
    const rest = this.pending;
    this.pending = "";
    return [...rest].map((character) => sign(character));
  }

  private special(rest: string, found: Piece[]): string {
    const first = rest[0]!;
    if (first === "\r") return this.carriageReturn(rest, found);
    if (first !== "\x1b") {
      found.push(sign(first));
      return rest.slice(1);
    }
    const length = sequence(rest);
    if (length === 0 && rest.length < LONGEST) {
      this.pending = rest;
      return "";
    }
    if (length > 2 && rest[1] === "[" && rest[length - 1] === "m") this.paint(rest.slice(2, length - 1));
    return rest.slice(length || Math.min(rest.length, LONGEST));
  }

  private carriageReturn(rest: string, found: Piece[]): string {
    if (rest.length === 1) {
      this.pending = rest;
      return "";
    }
    if (rest[1] !== "\n") found.push(this.piece("\n"));
    return rest.slice(1);
  }

  private piece(text: string): Piece {
    const { on, foreground, background } = this.style;
    return { text, classes: [...on].join(" "), foreground, background };
  }

  private paint(parameters: string): void {
    const codes = parameters.split(/[;:]/).map((code) => Number(code || 0));
    while (codes.length) {
      const code = codes.shift()!;
      if (code === 0) this.style = { on: new Set(), foreground: "", background: "" };
      else if (code === 1) this.style.on.add("bold");
      else if (code === 2) this.style.on.add("faint");
      else if (code === 3) this.style.on.add("italic");
      else if (code === 4) this.style.on.add("underline");
      else if (code === 7) this.style.on.add("inverse");
      else if (code === 9) this.style.on.add("struck");
      else if (code === 22) this.without("bold", "faint");
      else if (code === 23) this.without("italic");
      else if (code === 24) this.without("underline");
      else if (code === 27) this.without("inverse");
      else if (code === 29) this.without("struck");
      else this.colour(code, codes);
    }
  }

  private without(...classes: string[]): void {
    for (const name of classes) this.style.on.delete(name);
  }

  private colour(code: number, codes: number[]): void {
    const ground = Math.floor(code / 10) % 10;
    const behind = ground === 4 || ground === 0;
    if (![3, 4, 9, 10].includes(Math.floor(code / 10))) return;
    for (const name of [...this.style.on]) if (name.startsWith(behind ? "bg-" : "fg-")) this.without(name);
    const plain = code % 10;
    const chosen = plain === 8 && code < 50 ? extended(codes) : "";
    if (behind) this.style.background = chosen;
    else this.style.foreground = chosen;
    if (plain < 8) this.style.on.add(`${behind ? "bg" : "fg"}-${code >= 90 ? "bright-" : ""}${NAMES[plain]!}`);
  }
}

/** How long the escape sequence in front of `rest` is; 0 if its end is not there yet. */
function sequence(rest: string): number {
  const kind = rest[1];
  if (kind === undefined) return 0;
  if (kind === "[") return length(/^\x1b\[[0-?]*[ -/]*[@-~]/, rest) || (/^\x1b\[[ -?]*$/.test(rest) ? 0 : 2);
  if ("]PX^_".includes(kind)) return length(/^\x1b.[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)/, rest);
  return length(/^\x1b[ -/]*[0-~]/, rest) || (/^\x1b[ -/]*$/.test(rest) ? 0 : 1);
}

function length(pattern: RegExp, text: string): number {
  return pattern.exec(text.slice(0, LONGEST))?.[0].length ?? 0;
}

function extended(codes: number[]): string {
  const kind = codes.shift();
  if (kind === 2) {
    const [red = 0, green = 0, blue = 0] = codes.splice(0, 3);
    return `rgb(${red & 255} ${green & 255} ${blue & 255})`;
  }
  const number = kind === 5 ? (codes.shift() ?? 0) & 255 : 0;
  if (number < 16) return `var(--ansi-${number > 7 ? "bright-" : ""}${NAMES[number % 8]!})`;
  if (number > 231) return grey(8 + 10 * (number - 232));
  const level = (step: number): number => (step ? 55 + 40 * step : 0);
  const cube = number - 16;
  return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`;
}

function grey(level: number): string {
  return `rgb(${level} ${level} ${level})`;
}

/** A control character, visible: ␀ to ␟, ␡, and U+202E for those that have no picture. */
function sign(character: string): Piece {
  const code = character.codePointAt(0)!;
  const shown =
    code < 0x20
      ? String.fromCodePoint(0x2400 + code)
      : code === 0x7f
        ? "\u2421"
        : code < 0x7f
          ? character
          : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return { text: shown, classes: code >= 0x20 && code < 0x7f ? "" : "control", foreground: "", background: "" };
}

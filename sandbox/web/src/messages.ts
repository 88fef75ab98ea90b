/** Where compilers, interpreters and stack traces point to, read out of what they write. */

export interface Message {
  file: string;
  /** Both from 1; no column where none is told. */
  line: number;
  column: number | null;
  severity: "error" | "warning" | "info";
  text: string;
}

const MOST = 100;
const MOST_TEXT = 128 * 1024;
/** Patterns take at most quadratic time in a line. */
const LONGEST_LINE = 400;

type Severity = Message["severity"];

const GNU = /^(?:\.\/)?([^\s:()]+):(\d+):(?:(\d+):)? (?:(fatal error|error|warning|note): )?(\S.*)$/;
const TSC = /^([^\s()]+)\((\d+),(\d+)\): (error|warning) (\S.*)$/;
const RUST_HEAD = /^(error|warning)(?:\[\w+\])?: (\S.*)$/;
const RUST_PLACE = /^ *--> ([^\s:]+):(\d+):(\d+)$/;
const PYTHON_PLACE = /^ *File "([^"]+)", line (\d+)/;
const PYTHON_END = /^(?:[\w.]+(?:Error|Exception|Warning|Interrupt|Exit|Iteration)|[A-Z]\w*(?:\.\w+)*)(?::.*)?$/;
const TRACE_PLACE =
  /^\s*(?:at .*?\(?|.*\bpanicked at )?((?:[^\s:()]*\/)?[\w-]+\.\w+):(\d+)(?::(\d+))?\)?:?(?: \+0x\w+)?\s*$/;
const SHELL = /^(?:\S*\/)?([\w.-]+): line (\d+): (\S.*)$/;
const TRACE_HEAD = /^(?:panic: |Exception in thread |Uncaught |thread '.*' .*panicked at |\w*(?:Error|Exception)\b)/;

/** The messages in `text` about these files, each place once. */
export function messages(text: string, files: string[]): Message[] {
  const reader = new Reader(files);
  for (const line of text.slice(0, MOST_TEXT).split("\n")) {
    if (reader.found.length >= MOST) break;
    if (line.length <= LONGEST_LINE) reader.read(line.trimEnd());
  }
  return reader.end();
}

class Reader {
  readonly found: Message[] = [];
  private rustHead: { severity: Severity; text: string } | null = null;
  private python: Message | null = null;
  private traceHead = "";

  constructor(private readonly files: string[]) {}

  read(line: string): void {
    if (this.inPython(line) || this.inRust(line) || this.caret(line)) return;
    if (this.plain(line)) return;
    if (TRACE_HEAD.test(line)) this.traceHead = line;
    const trace = TRACE_PLACE.exec(line);
    if (trace) this.add(trace[1]!, trace[2]!, trace[3], "error", this.traceHead || line.trim());
  }

  end(): Message[] {
    if (this.python) this.found.push(this.python);
    const places = new Set<string>();
    return this.found.filter((one) => {
      const place = `${one.file}:${one.line}:${one.severity}`;
      return !places.has(place) && places.add(place);
    });
  }

  private plain(line: string): boolean {
    const tsc = TSC.exec(line);
    if (tsc) return this.add(tsc[1]!, tsc[2]!, tsc[3], tsc[4] as Severity, tsc[5]!);
    const gnu = GNU.exec(line);
    if (gnu && !/^\d+\)?$/.test(gnu[5]!)) return this.add(gnu[1]!, gnu[2]!, gnu[3], severity(gnu[4]), gnu[5]!);
    const shell = SHELL.exec(line);
    return shell !== null && this.add(shell[1]!, shell[2]!, undefined, "error", shell[3]!);
  }

  /** rustc names the message first and its place below. */
  private inRust(line: string): boolean {
    const head = RUST_HEAD.exec(line);
    if (head) {
      this.rustHead = { severity: head[1] as Severity, text: head[2]! };
      return false;
    }
    const place = this.rustHead && RUST_PLACE.exec(line);
    if (!place) return false;
    this.add(place[1]!, place[2]!, place[3], this.rustHead!.severity, this.rustHead!.text);
    this.rustHead = null;
    return true;
  }

  /** A traceback ends with its message; the last of our own lines above is its place. */
  private inPython(line: string): boolean {
    const place = PYTHON_PLACE.exec(line);
    const file = place && this.own(place[1]!);
    if (place && file) {
      this.python = { file, line: Number(place[2]), column: null, severity: "error", text: "here" };
      return true;
    }
    if (!this.python) return place !== null;
    if (PYTHON_END.test(line)) {
      this.found.push({ ...this.python, text: line });
      this.python = null;
    }
    return true;
  }

  /** javac tells the column by a caret below the line. */
  private caret(line: string): boolean {
    const last = this.found.at(-1);
    const caret = /^( *)\^$/.exec(line);
    if (!caret || !last || last.column !== null) return false;
    last.column = caret[1]!.length + 1;
    return true;
  }

  private add(path: string, line: string, column: string | undefined, kind: Severity, text: string): boolean {
    const file = this.own(path);
    if (!file) return false;
    this.found.push({ file, line: Number(line), column: column ? Number(column) : null, severity: kind, text });
    return true;
  }

  /** Which of our files a path means, wherever the compiler ran. */
  private own(path: string): string | null {
    return this.files.find((name) => path === name || path.endsWith(`/${name}`)) ?? null;
  }
}

function severity(word: string | undefined): Severity {
  if (word === "warning") return "warning";
  return word === "note" ? "info" : "error";
}

/** What colours a language's words; each is loaded when it is first needed. */

import { type StreamParser, StreamLanguage } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

type Loader = () => Promise<Extension>;

async function legacy(parser: Promise<StreamParser<unknown>>): Promise<Extension> {
  return StreamLanguage.define(await parser);
}

const clike = () => import("@codemirror/legacy-modes/mode/clike");
const mllike = () => import("@codemirror/legacy-modes/mode/mllike");
const c: Loader = async () => (await import("@codemirror/lang-cpp")).cpp();
const go: Loader = async () => (await import("@codemirror/lang-go")).go();
const rust: Loader = async () => (await import("@codemirror/lang-rust")).rust();
const script =
  (typescript: boolean): Loader =>
  async () =>
    (await import("@codemirror/lang-javascript")).javascript({ typescript });

const LOADERS: Record<string, Loader> = {
  python: async () => (await import("@codemirror/lang-python")).python(),
  c,
  cpp: c,
  java: async () => (await import("@codemirror/lang-java")).java(),
  javascript: script(false),
  typescript: script(true),
  go,
  "go-test": go,
  rust,
  "rust-test": rust,
  bash: () => legacy(import("@codemirror/legacy-modes/mode/shell").then((mode) => mode.shell)),
  clojure: () => legacy(import("@codemirror/legacy-modes/mode/clojure").then((mode) => mode.clojure)),
  csharp: () => legacy(clike().then((mode) => mode.csharp)),
  d: () => legacy(import("@codemirror/legacy-modes/mode/d").then((mode) => mode.d)),
  dart: () => legacy(clike().then((mode) => mode.dart)),
  erlang: () => legacy(import("@codemirror/legacy-modes/mode/erlang").then((mode) => mode.erlang)),
  fortran: () => legacy(import("@codemirror/legacy-modes/mode/fortran").then((mode) => mode.fortran)),
  fsharp: () => legacy(mllike().then((mode) => mode.fSharp)),
  haskell: () => legacy(import("@codemirror/legacy-modes/mode/haskell").then((mode) => mode.haskell)),
  julia: () => legacy(import("@codemirror/legacy-modes/mode/julia").then((mode) => mode.julia)),
  kotlin: () => legacy(clike().then((mode) => mode.kotlin)),
  lisp: () => legacy(import("@codemirror/legacy-modes/mode/commonlisp").then((mode) => mode.commonLisp)),
  lua: () => legacy(import("@codemirror/legacy-modes/mode/lua").then((mode) => mode.lua)),
  ocaml: () => legacy(mllike().then((mode) => mode.oCaml)),
  octave: () => legacy(import("@codemirror/legacy-modes/mode/octave").then((mode) => mode.octave)),
  pascal: () => legacy(import("@codemirror/legacy-modes/mode/pascal").then((mode) => mode.pascal)),
  perl: () => legacy(import("@codemirror/legacy-modes/mode/perl").then((mode) => mode.perl)),
  r: () => legacy(import("@codemirror/legacy-modes/mode/r").then((mode) => mode.r)),
  ruby: () => legacy(import("@codemirror/legacy-modes/mode/ruby").then((mode) => mode.ruby)),
  scala: () => legacy(clike().then((mode) => mode.scala)),
  scheme: () => legacy(import("@codemirror/legacy-modes/mode/scheme").then((mode) => mode.scheme)),
  swift: () => legacy(import("@codemirror/legacy-modes/mode/swift").then((mode) => mode.swift)),
  tcl: () => legacy(import("@codemirror/legacy-modes/mode/tcl").then((mode) => mode.tcl)),
};

/** Nothing for a language that nobody taught the editor, or while the server is not there to bring its colours. */
export async function syntaxOf(language: string): Promise<Extension> {
  try {
    return (await LOADERS[language]?.()) ?? [];
  } catch {
    return [];
  }
}

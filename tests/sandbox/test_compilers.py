"""The fast compilers say what the plain toolchain says, and accept what it accepts."""

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from benchmarks.toolchains import PLAIN
from sandbox import image, languages, owner
from sandbox.lease import Lease
from sandbox.pool import Pool
from sandbox.protocol import COMPILE_LIMITS, Program, Step

if TYPE_CHECKING:
    from docker import APIClient

Plain = Callable[[str, str], tuple[int, str]]
SCRIPT = """
import json, os, subprocess, sys, tempfile
order = json.loads(sys.argv[1])
with tempfile.TemporaryDirectory() as directory:
    open(os.path.join(directory, order["name"]), "w").write(order["source"])
    environment = os.environ | order["environment"]
    done = subprocess.run(order["words"], cwd=directory, env=environment, capture_output=True, text=True)
print(json.dumps([done.returncode, done.stdout + done.stderr]))
"""
STDCXX = "#include <bits/stdc++.h>\n"
GO = 'package main\n\nimport "fmt"\n\nfunc main() {\n%s\n}\n'
GO_TEST = 'package main\n\nimport "testing"\n\n%s\n'
COMMANDS = {
    "cpp": PLAIN["C++ with <bits/stdc++.h>"].steps[0],
    "typescript": PLAIN["TypeScript"].steps[0],
    "go": ("go", "build", "-ldflags=-s -w", "-o", "main", "main.go"),
    "go-test": PLAIN["Go, warm cache"].steps[0],
    "rust-test": PLAIN["Rust"].steps[0],
    "java": PLAIN["Java"].steps[0],
}
WRONG = {
    "cpp": {
        "syntax": STDCXX + "int main() { return 0 }\n",
        "types": STDCXX + "int main() { std::string s = 5.0; std::vector<int> v = s; }\n",
        "deep in a template": STDCXX + "int main() { std::list<int> l; std::sort(l.begin(), l.end()); }\n",
        "missing symbol": STDCXX + "int elsewhere(); int main() { return elsewhere(); }\n",
        "warning": STDCXX + "#warning this\nint main() { int x = 1 << 40; return x; }\n",
        "no header": "#include <bits/stdd++.h>\nint main() {}\n",
        "not the first": "#include <vector>\n" + STDCXX + "int main() { std::vector<int> v = 1.0; }\n",
        "twice": STDCXX + STDCXX + "int main() { std::vector<int> v = 1.0; }\n",
        "a macro before": "#define _GLIBCXX_DEBUG\n" + STDCXX + "int main() { std::vector<int> v = 1.0; }\n",
    },
    "typescript": {
        "types": 'const n: number = "text";\nconsole.log(n);\n',
        "unknown name": "console.log(nowhere);\n",
        "unknown method": "console.shout(1);\n",
        "wrong arguments": "function f(a: number) { return a; }\nconsole.log(f(1, 2), f());\n",
        "half a console": "const c: typeof console = { log() {} };\nc.log(1);\n",
        "half a console by another name": "const c: Console = { log() {} };\nc.log(1);\n",
        "an error that is none": "// @ts-expect-error\nconsole.log(1);\n",
        "a constructor of errors": "const make: ErrorConstructor = Error as any as { new (): Error };\n",
        "node": 'import * as fs from "fs";\nconst n: number = fs.readFileSync(0, "utf8");\n',
        "global": "declare global { var process: number }\nexport {};\n",
        "syntax": "let x = ;\n",
        "browser": 'document.write("x");\n',
    },
    "go": {
        "unused": GO % "\tx := 1\n\tfmt.Println(2)",
        "types": GO % '\tvar n int = "text"\n\tfmt.Println(n)',
        "unknown": GO % "\tfmt.Println(nowhere)",
        "unused import": (GO % "").replace("fmt", "os"),
        "no such package": (GO % "\tnope.X()").replace("fmt", "example.com/nope"),
        "internal": (GO % "\tfmt.Println(abi.FuncPCABI0)").replace('"fmt"', '(\n"fmt"\n"internal/abi"\n)'),
        "syntax": "package main\n\nfunc main() {\n",
        "no main": "package main\n\nfunc other() {}\n",
        "cgo": 'package main\n\nimport "C"\n\nfunc main() {}\n',
        "body elsewhere": "package main\n\nfunc elsewhere()\n\nfunc main() { elsewhere() }\n",
    },
    "go-test": {
        "types": GO_TEST % 'func TestX(t *testing.T) { var n int = "text"; _ = n }',
        "signature": GO_TEST % "func TestX(t *testing.B) {}",
        "twice": GO_TEST % "func TestX(t *testing.T) {}\nfunc TestX(t *testing.T) {}",
        "not testing's": 'package main\n\nimport testing "fmt"\n\nfunc TestX(t *testing.T) {}\n',
    },
    "rust-test": {
        "types": 'fn main() { let n: i32 = "text"; println!("{}", n); }\n',
        "borrow": "fn main() { let a = vec![1]; let b = a; println!(\"{:?} {:?}\", a, b); }\n",
        "warning": "fn unused() {}\nfn main() { let x = 1; }\n#[test]\nfn t() {}\n",
    },
}  # fmt: skip
ACCEPTED = {
    "cpp": {"twice": STDCXX + STDCXX + "int main() { std::vector<int> v{1}; }\n"},
    "go": {
        "not quite main's file": "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
        "debug": "//go:debug panicnil=1\npackage main\n\nfunc main() {}\n",
    },
    "go-test": {
        "nothing": GO_TEST % "var _ testing.TB",
        "main": GO_TEST.replace('"testing"', '(\n"os"\n"testing"\n)')
        % "func TestMain(m *testing.M) { os.Exit(m.Run()) }",
        "example": 'package main\n\nimport "fmt"\n\nfunc ExampleX() {\n\tfmt.Println(1)\n\t// Output: 1\n}\n',
        "beside": 'package main_test\n\nimport "testing"\n\nfunc TestX(t *testing.T) {}\n',
        "lower case": GO_TEST % "func Testable(x int) {}\nfunc TestX(t *testing.T) {}",
    },
    "typescript": {
        "node": 'import * as fs from "fs";\nconst n: string = fs.readFileSync(0, "utf8");\nprocess.stdout.write(n);\n',
        "timers": "setTimeout(() => console.log(1), 1);\n",
        "errors": "Error.captureStackTrace({});\n",
        "console": "const say = console;\nsay.dir({});\n",
    },
}
CASES = [
    # The plain g++ reads all of <bits/stdc++.h> anew for each.
    pytest.param(language, name, marks=[pytest.mark.heavy] if language == "cpp" else [])
    for language, cases in WRONG.items()
    for name in cases
]
GOOD = [(language, name) for language, cases in ACCEPTED.items() for name in cases]


@pytest.fixture(scope="module")
def plain(client: "APIClient") -> Iterator[Plain]:
    """Compile a text without us: the plain toolchain's exit code, and what it says."""
    container = client.create_container(
        image.find(client, list(COMMANDS)).digest,
        command=["infinity"], entrypoint=["sleep"], labels={owner.LABEL: owner.name()},
        host_config=client.create_host_config(network_mode="none", init=True),
    )["Id"]  # fmt: skip
    client.start(container)

    def compiled(language: str, source: str) -> tuple[int, str]:
        found = languages.find(language)
        order = {"name": found.source, "source": source, "words": COMMANDS[language], "environment": found.environment}
        call = client.exec_create(container, ["python3", "-c", SCRIPT, json.dumps(order)])
        code, said = json.loads(client.exec_start(call["Id"]))
        return code, said

    yield compiled
    client.remove_container(container, force=True)


async def compiled_by_us(sandbox: Pool, language: str, source: str) -> Step:
    async with sandbox.lease() as lease:
        found = (await lease.execute(Program(language=language, source=source.encode()))).compile
    assert found is not None
    return found


def same(said: str) -> str:
    """Less the names of temporary files, and of the directory where it is said."""
    return re.sub(r"/runs/\d+|/tmp/tmp\w+", "HERE", re.sub(r"/tmp/\w+\.o", "OBJECT", said))


@pytest.mark.parametrize(("language", "name"), CASES)
async def test_says_what_the_plain_toolchain_says(language: str, name: str, sandbox: Pool, plain: Plain) -> None:
    source = WRONG[language][name]
    code, said = plain(language, source)
    ours = await compiled_by_us(sandbox, language, source)
    assert said, "the plain toolchain has nothing to say of it"
    assert (ours.exit_code, same((ours.stdout + ours.stderr).decode())) == (code, same(said))


@pytest.mark.parametrize(("language", "name"), GOOD)
async def test_accepts_what_the_plain_toolchain_accepts(language: str, name: str, sandbox: Pool, plain: Plain) -> None:
    source = ACCEPTED[language][name]
    assert plain(language, source) == (0, "")
    ours = await compiled_by_us(sandbox, language, source)
    assert (ours.exit_code, ours.stdout, ours.stderr) == (0, b"", b"")


async def test_java_refuses_what_javac_refuses_at_the_same_places(sandbox: Pool, plain: Plain) -> None:
    """Not in the same words: ours gives types their full names, and no count."""
    source = 'class Main {\n  public static void main(String[] a) {\n    int n = "text";\n    nowhere();\n  }\n}\n'
    code, said = plain("java", source)
    ours = await compiled_by_us(sandbox, "java", source)
    assert ours.exit_code == code == 1
    assert places(ours.stderr.decode()) == places(said) != []


def places(said: str) -> list[str]:
    return re.findall(r"^Main\.java:\d+: \w+:", said, re.MULTILINE)


@pytest.mark.heavy
async def test_the_precompiled_header_is_used(lease: Lease) -> None:
    body = STDCXX + "int main() { std::cout << std::vector<int>{1}.size(); }\n"
    fast, slow = await cpu_seconds(lease, "cpp", body, "struct Before;\n" + body)
    assert slow > 3 * fast, "what the header uses is instantiated in every program"


async def test_the_library_in_one_file_is_used(lease: Lease) -> None:
    body = "const squares: number[] = [1, 2, 3].map((n) => n * n);\nconsole.log(squares.at(-1));\n"
    fast, slow = await cpu_seconds(lease, "typescript", body, body + "process.exitCode = 0;\n")
    assert slow > 1.5 * fast


async def cpu_seconds(lease: Lease, language: str, *sources: str) -> list[float]:
    """The least that compiling each takes."""
    found: list[list[float]] = [[] for _ in sources]
    for _ in range(3):
        for source, seconds in zip(sources, found, strict=True):
            step = (await lease.execute(Program(language=language, source=source.encode()))).compile
            assert step is not None
            assert step.succeeded, step.stderr
            seconds.append(step.cpu_seconds)
    return [min(seconds) for seconds in found]


PATIENT = COMPILE_LIMITS.model_copy(update={"wall_seconds": 600})
AHEAD = (
    STDCXX
    + """
struct Point { int x, y; };
template <> struct std::hash<Point> { size_t operator()(const Point& p) const { return p.x; } };
bool operator==(const Point& a, const Point& b) { return a.x == b.x; }
int main() {
    std::cout << std::format("{:>5}|{:#x}|", 42, 255);
    std::cout << std::async(std::launch::deferred, [] { return 7; }).get();
    std::cout << std::make_shared<std::string>("s")->size();
    std::cout << std::unordered_set<Point>{{1, 2}, {1, 3}}.size();
    try { (void)std::vector<int>().at(1); }
    catch (const std::out_of_range& e) { std::cout << std::string(e.what()).substr(0, 6); }
    std::cout << std::filesystem::path("a/b").filename() << std::any_cast<int>(std::any(3)) << '\\n';
}
"""
)


async def test_what_was_instantiated_ahead_does_what_it_does_in_a_program_of_its_own(lease: Lease) -> None:
    said = []
    for source in (AHEAD, "struct Before;\n" + AHEAD):  # the second cannot have the precompiled header
        execution = await lease.execute(Program(language="cpp", source=source.encode(), compile_limits=PATIENT))
        assert execution.compile is not None
        assert execution.compile.succeeded, execution.compile
        said.append(execution.runs[0].stdout)
    assert said[0] == said[1] == b'   42|0xff|711vector"b"3\n'


LITTLE = {
    "c": "int main() {}",
    "cpp": "int main() {}",
    "rust": "fn main() {}",
    "go": "package main\nfunc main() {}",
    "java": "class A { public static void main(String[] a) {} }",
    "typescript": "console.log(1);",
}


@pytest.mark.parametrize("language", LITTLE)
async def test_no_compiler_leaves_a_process_behind(language: str, lease: Lease) -> None:
    """The agent would start anew what it forks programs from, their parent."""
    parent = Program(language="python", source=b"import os; print(os.getppid())")
    for _ in range(2):  # the second warms the parent up
        before = (await lease.execute(parent)).runs[0].stdout
    assert (await lease.execute(Program(language=language, source=LITTLE[language].encode()))).runs[0].succeeded
    assert (await lease.execute(parent)).runs[0].stdout == before

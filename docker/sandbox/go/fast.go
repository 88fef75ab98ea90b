// Command fast calls Go's compiler and linker as the go command would, without its search for what must be built: the
// standard library and testify were built with the image, and nothing else can be imported.
//
//	fast prepare        writes down what the go command tells compiler and linker, beside this program
//	fast go build ...   builds a program from one file
//	fast go test ...    builds a program that runs the tests of one file
//
// Whatever is out of the ordinary, and whatever does not compile, is left to the go command: so are all diagnostics.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
)

// directives are those that the go command itself acts upon.
var directives = regexp.MustCompile(`(?m)^\s*//\s*(go:(debug|embed|build)|\+build)`)

var kinds = regexp.MustCompile(`^(Test|Benchmark|Fuzz|Example)`)

const sample = "TestSample"

func main() {
	if len(os.Args) == 2 && os.Args[1] == "prepare" {
		prepare()
		return
	}
	command := os.Args[1:]
	if len(command) < 3 {
		fail(fmt.Errorf("expected: fast prepare | fast go build|test ... FILE"))
	}
	if build(command[1] == "test", command[len(command)-1]) == nil {
		return
	}
	program, err := exec.LookPath(command[0])
	fail(err)
	fail(syscall.Exec(program, command, os.Environ()))
}

// build makes the program "main" in the working directory. After an error, nothing is there.
func build(test bool, file string) error {
	tests, err := suitable(test, file)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "go-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	directory, err := os.Getwd()
	if err != nil {
		return err
	}
	object, name := filepath.Join(work, "main.a"), "main"
	if test {
		object, name = filepath.Join(work, "tested.a"), "command-line-arguments"
	}
	err = compile(beside("compile.cfg"), name, object, "-trimpath", directory+"=>.;"+work+"=>", "-D", "_"+directory, "./"+file)
	if err != nil {
		return err
	}
	if !test {
		return link(beside("link.cfg"), object)
	}
	return buildTests(work, object, tests)
}

// buildTests links the package in object with a main function that runs tests.
func buildTests(work, object string, tests []string) error {
	template, err := os.ReadFile(beside("testmain"))
	if err != nil {
		return err
	}
	var list strings.Builder
	for _, test := range tests {
		fmt.Fprintf(&list, "\t{%q, _test.%s},\n", test, test)
	}
	source, config := filepath.Join(work, "_testmain.go"), filepath.Join(work, "all.cfg")
	if err := os.WriteFile(source, []byte(strings.Replace(string(template), "TESTS\n", list.String(), 1)), 0o600); err != nil {
		return err
	}
	tested := "packagefile command-line-arguments=" + object + "\n"
	if err := extend("all.cfg", tested, config); err != nil {
		return err
	}
	main := filepath.Join(work, "main.a")
	if err := compile(config, "main", main, "-trimpath", work+"=>", source); err != nil {
		return err
	}
	config = filepath.Join(work, "link.cfg")
	if err := extend("link.cfg", tested, config); err != nil {
		return err
	}
	return link(config, main, "-X", "testing.testBinary=1")
}

// extend writes what prepare wrote, and a line more.
func extend(name, line, path string) error {
	known, err := os.ReadFile(beside(name))
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(known, line...), 0o600)
}

// suitable are the tests of a file that can be built here; an error says that it cannot.
func suitable(test bool, file string) ([]string, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if directives.Match(source) {
		return nil, fmt.Errorf("a directive to the go command")
	}
	mode := parser.SkipObjectResolution
	if !test {
		mode |= parser.PackageClauseOnly
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, mode)
	if err != nil {
		return nil, err
	}
	if !test {
		if parsed.Name.Name != "main" {
			return nil, fmt.Errorf("no package main")
		}
		return nil, nil
	}
	if strings.HasSuffix(parsed.Name.Name, "_test") {
		return nil, fmt.Errorf("a package beside the tested one")
	}
	return testsOf(parsed)
}

func testsOf(file *ast.File) ([]string, error) {
	var tests []string
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Recv != nil || !kinds.MatchString(function.Name.Name) {
			continue
		}
		if !plainTest(function) {
			return nil, fmt.Errorf("%s is no plain test", function.Name.Name)
		}
		tests = append(tests, function.Name.Name)
	}
	if len(tests) == 0 {
		return nil, fmt.Errorf("no tests")
	}
	return tests, nil
}

var plainName = regexp.MustCompile(`^Test[A-Z0-9_][A-Za-z0-9_]*$`)

// plainTest tells whether a function is func TestName(name *testing.T).
func plainTest(function *ast.FuncDecl) bool {
	kind, name := function.Type, function.Name.Name
	if !plainName.MatchString(name) || name == "TestMain" || kind.TypeParams != nil || kind.Results != nil || len(kind.Params.List) != 1 {
		return false
	}
	parameter := kind.Params.List[0]
	pointer, ok := parameter.Type.(*ast.StarExpr)
	if !ok || len(parameter.Names) > 1 {
		return false
	}
	selector, ok := pointer.X.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "T" {
		return false
	}
	of, ok := selector.X.(*ast.Ident)
	return ok && of.Name == "testing"
}

func compile(config, name, object string, more ...string) error {
	version := runtime.Version()
	language := strings.Join(strings.SplitN(version, ".", 3)[:2], ".")
	arguments := []string{
		"-o", object, "-p", name, "-lang=" + language, "-complete", "-goversion", version, "-c=1", "-importcfg", config, "-pack",
	}
	return tool("compile", append(arguments, more...)...)
}

func link(config, object string, more ...string) error {
	debug, err := os.ReadFile(beside("godebug"))
	if err != nil {
		return err
	}
	arguments := []string{"-o", "main", "-importcfg", config, "-X=runtime.godebugDefault=" + string(debug), "-buildmode=exe", "-s", "-w"}
	if err := tool("link", append(append(arguments, more...), object)...); err != nil {
		os.Remove("main")
		return err
	}
	return nil
}

// tool runs one of Go's tools; what it says is dropped, since the go command will say it better.
func tool(name string, arguments ...string) error {
	path, err := os.Readlink(beside("tools"))
	if err != nil {
		return err
	}
	command := exec.Command(filepath.Join(path, name), arguments...)
	command.Env = append(os.Environ(), "GOROOT=")
	return command.Run()
}

// beside is the path of a file that prepare wrote.
func beside(name string) string {
	own, err := os.Executable()
	fail(err)
	return filepath.Join(filepath.Dir(own), name)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "fast:", err)
		os.Exit(2)
	}
}

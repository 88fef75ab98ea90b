package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	packages    = []string{"std", "github.com/stretchr/testify/assert", "github.com/stretchr/testify/require"}
	information = regexp.MustCompile(`(?m)^modinfo .*$`)
	debug       = regexp.MustCompile(`-X=runtime\.godebugDefault=(\S*)`)
	workplace   = regexp.MustCompile(`(?m)^WORK=(.*)$`)
	closed      = regexp.MustCompile(`(^|/)(internal|vendor)/|/internal$`)
)

// prepare asks the go command what it would tell compiler and linker, and writes it down.
func prepare() {
	directory, err := os.MkdirTemp("", "prepare-")
	fail(err)
	defer os.RemoveAll(directory)
	source := "package main\n\nimport \"testing\"\n\nfunc " + sample + "(t *testing.T) {}\n"
	fail(os.WriteFile(filepath.Join(directory, "main_test.go"), []byte(source), 0o600))
	said := ask(directory, "test", "-c", "-x", "-work", "-vet=off", "-ldflags=-s -w", "-o", "main", "main_test.go")
	write("godebug", found(debug, said))
	writeTemplate(found(workplace, said))
	writePackages(information.FindString(said))
	tools := strings.TrimSpace(ask(directory, "env", "GOTOOLDIR"))
	fail(os.Symlink(tools, beside("tools")))
}

// writeTemplate keeps the main function of tests, with a mark in place of the sample's.
func writeTemplate(work string) {
	defer os.RemoveAll(work)
	text, err := os.ReadFile(filepath.Join(work, "b001", "_testmain.go"))
	fail(err)
	line := regexp.MustCompile(`(?m)^.*_test\.` + sample + `\},?[ \t]*\n`)
	if !line.Match(text) {
		fail(fmt.Errorf("expected a line for %s in what go test wrote:\n%s", sample, text))
	}
	write("testmain", string(line.ReplaceAll(text, []byte("TESTS\n"))))
}

// writePackages lists what a program may import, what there is, and what the linker is told.
func writePackages(modinfo string) {
	const format = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"
	listed := ask(".", append([]string{"list", "-export", "-deps", "-f", format}, packages...)...)
	var open strings.Builder
	for _, line := range strings.Split(listed, "\n") {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "packagefile "), "=")
		if line != "" && !closed.MatchString(name) {
			open.WriteString(line + "\n")
		}
	}
	write("compile.cfg", open.String())
	write("all.cfg", listed)
	write("link.cfg", listed+modinfo+"\n")
}

func ask(directory string, arguments ...string) string {
	command := exec.Command("go", arguments...)
	command.Dir = directory
	said, err := command.CombinedOutput()
	if err != nil {
		fail(fmt.Errorf("go %s: %w\n%s", strings.Join(arguments, " "), err, said))
	}
	return string(said)
}

func found(pattern *regexp.Regexp, text string) string {
	match := pattern.FindStringSubmatch(text)
	if match == nil {
		fail(fmt.Errorf("expected %s in:\n%s", pattern, text))
	}
	return match[1]
}

func write(name, text string) {
	fail(os.WriteFile(beside(name), []byte(text), 0o644))
}

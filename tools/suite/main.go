// Command suite runs every test of the repository, in its root: go vet, the Go tests with the race
// detector, and the browser tests. It shows the output of what fails and closes with one line that
// counts: "N passed, N failed". The exit code is 0 only when all ran and none failed.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// count is what one part of the suite found.
type count struct{ passed, failed int }

func main() {
	began := time.Now()
	var total count
	for _, part := range []struct {
		name string
		run  func() (count, error)
	}{{"go vet", vet}, {"go test", goTests}, {"browser", browserTests}} {
		from := time.Now()
		c, err := part.run()
		fmt.Printf("%s took %s\n", part.name, time.Since(from).Round(time.Second))
		total.passed += c.passed
		total.failed += c.failed
		if err != nil && c.failed == 0 {
			total.failed++ // it broke without a test that says so
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	fmt.Printf("took %s\n%d passed, %d failed\n", time.Since(began).Round(time.Second), total.passed, total.failed)
	if total.failed > 0 || total.passed == 0 {
		os.Exit(1)
	}
}

// withRace is a go command with what the race detector needs.
func withRace(args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	return cmd
}

func vet() (count, error) {
	cmd := withRace("vet", "-race", "./...") // what it compiles, the tests need too
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return count{}, fmt.Errorf("go vet: %w", err)
	}
	return count{}, nil
}

func goTests() (count, error) {
	cmd := withRace("test", "-json", "-race", "-vet=off", "-timeout=20m", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return count{}, err
	}
	if err := cmd.Start(); err != nil {
		return count{}, err
	}
	c, err := readEvents(out, os.Stdout)
	if waited := cmd.Wait(); waited != nil {
		err = errors.Join(err, fmt.Errorf("go test: %w", waited))
	}
	return c, err
}

// event is one line of `go test -json`. Build output has no package.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// readEvents prints a line for each package and the output of each test that failed, and counts tests
// and subtests.
func readEvents(r io.Reader, w io.Writer) (count, error) {
	var c count
	said := map[string]*bytes.Buffer{}
	failedIn := map[string]bool{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				fmt.Fprintf(w, "%s", line) // not from a test
			} else {
				c.note(e, said, failedIn, w)
			}
		}
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return c, err
		}
	}
}

func (c *count) note(e event, said map[string]*bytes.Buffer, failedIn map[string]bool, w io.Writer) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(w, e.Output)
	case "output":
		if said[key] == nil {
			said[key] = &bytes.Buffer{}
		}
		said[key].WriteString(e.Output)
	case "pass", "skip", "fail":
		if e.Action == "fail" {
			c.fail(e, said[key], failedIn, w)
		} else if e.Test != "" && e.Action == "pass" {
			c.passed++
		}
		if e.Test == "" && e.Action != "skip" { // a package without tests
			fmt.Fprintf(w, "%-4s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
		}
		delete(said, key)
	}
}

// fail shows what the test or package said. A package counts only when none of its tests failed: then
// it did not build, panicked outside of a test, or ran out of time.
func (c *count) fail(e event, said *bytes.Buffer, failedIn map[string]bool, w io.Writer) {
	if e.Test != "" || !failedIn[e.Package] {
		c.failed++
		failedIn[e.Package] = true
		if said != nil {
			_, _ = said.WriteTo(w) // a broken terminal does not change the count
		}
	}
}

var summary = regexp.MustCompile(`(\d+) passed, (\d+) failed`)

// browserTests runs the suite in e2e, which closes with a line of the same form.
func browserTests() (count, error) {
	var out bytes.Buffer
	cmd := exec.Command("npm", "test", "--prefix", "e2e")
	cmd.Stdout = io.MultiWriter(os.Stdout, &out)
	cmd.Stderr = os.Stderr
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("browser tests: %w", err)
	}
	found := summary.FindAllSubmatch(out.Bytes(), -1)
	if len(found) == 0 {
		return count{}, errors.Join(err, errors.New("browser tests: no line \"N passed, N failed\""))
	}
	last := found[len(found)-1]
	passed, _ := strconv.Atoi(string(last[1])) // digits
	failed, _ := strconv.Atoi(string(last[2])) // digits
	return count{passed, failed}, err
}

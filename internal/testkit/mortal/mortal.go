// Package mortal starts test binaries anew as processes that are killed while they work.
//
// Owns: telling such a process what it is to do, hearing from it, killing it. Does not own: what it does, when it is
// killed, what has to hold afterwards: those are the tests'.
//
// A package whose tests use it asks Role in its TestMain, before anything else.
package mortal

import (
	"bufio"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

const roleVariable = "FENCE_TEST_ROLE"

// Role is what this process is to do; empty in one that runs tests.
func Role() string { return os.Getenv(roleVariable) }

// Process works until it is killed.
type Process struct {
	cmd  *exec.Cmd
	said *bufio.Reader
}

// Start has a new process of this binary play a role, with more environment. It ends with the test at the latest.
func Start(t testing.TB, role string, env ...string) *Process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &Process{cmd: exec.Command(self)}
	p.cmd.Env = append(append(os.Environ(), roleVariable+"="+role), env...)
	p.cmd.Stderr = os.Stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.said = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // most are gone
	return p
}

// Lines reads what it says, up to so many lines: fewer when it has ended.
func (p *Process) Lines(atMost int) (lines []string) {
	for range atMost {
		line, err := p.said.ReadString('\n')
		if err != nil { // also half a line, which it did not finish
			return lines
		}
		lines = append(lines, line[:len(line)-1])
	}
	return lines
}

// Kill ends it at once, wherever it is, and returns what it had said and nobody had read yet.
func (p *Process) Kill() (lines []string) {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	lines = p.Lines(1 << 30)
	_ = p.cmd.Wait() // killed
	return lines
}

// Killed tells, after Kill, that it was at work until then and had not ended by itself.
func (p *Process) Killed() bool {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}

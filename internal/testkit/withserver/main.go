// Command withserver runs a command with one PostgreSQL server for all test packages that it starts.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"fenceplatform.com/fence/internal/testkit"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: withserver COMMAND [ARGUMENT …]")
		return 2
	}
	stop, err := testkit.StartServer()
	if err != nil {
		fmt.Fprintln(os.Stderr, "withserver:", err)
		return 1
	}
	defer stop()
	// Ctrl-C reaches the command too; the server stops when the command has ended.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), testkit.ServerVariable+"="+testkit.SocketDir())
	if err = cmd.Start(); err == nil {
		go func() {
			for s := range signals {
				_ = cmd.Process.Signal(s) // it may have ended
			}
		}()
		err = cmd.Wait()
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "withserver:", err)
		return 1
	}
	return 0
}

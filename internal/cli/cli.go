// Package cli is the command line: one file for each command.
//
// Owns: flags, what is printed, exit codes. Does not own: anything it calls.
// Words: exit 0 done, 1 refused or failed with one sentence on standard error, 2 used wrongly.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"fenceplatform.com/fence/internal/platform/fault"
)

// commands is the whole command line.
type commands struct {
	Serve      serveCommand      `cmd:"" help:"Serve pages and API."`
	Migrate    migrateCommand    `cmd:"" help:"Bring the database to this version, or say where it is."`
	DB         dbCommand         `cmd:"" name:"db" help:"Make roles and database, once, as superuser."`
	Config     configCommand     `cmd:"" help:"Check or show the settings."`
	ContextKey contextKeyCommand `cmd:"" help:"Make a key for FENCE_CONTEXT_KEYS."`
	Org        orgCommand        `cmd:"" help:"Companies on this platform."`
	Demo       demoCommand       `cmd:"" help:"Make the demo company."`

	Takeoff takeoffCommand `cmd:"" help:"Take a layout off: posts, items, concrete."`
	Price   priceCommand   `cmd:"" help:"Price a layout with a price list."`
	ROI     roiCommand     `cmd:"" name:"roi" help:"Calculate the return of one fence against another."`
	Verify  verifyCommand  `cmd:"" help:"Prove a signed PDF offline."`
}

// streams are what a command reads and writes.
type streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run carries out one command and returns the exit code.
func Run(args []string, in io.Reader, out, errOut io.Writer) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("fence"), kong.Description("Software that a fence company runs on."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { exit = code }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(errOut, "fence:", err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintln(errOut, "fence:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(&streams{in, out, errOut})
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(errOut, "fence:", sentence(err))
		return 1
	}
	return 0
}

// sentence is what a person at a terminal needs of an error.
func sentence(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	parts := []string{f.Message}
	for _, field := range f.Fields {
		parts = append(parts, field.Pointer+": "+field.Message)
	}
	return strings.Join(parts, " ")
}

func logger(level string, w io.Writer) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l}))
}

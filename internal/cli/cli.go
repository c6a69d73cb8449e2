// Package cli is the command line: one file for each command.
//
// Owns: flags, what is printed, exit codes. Does not own: anything it calls.
// Words: exit 0 done, 1 refused or failed with one sentence on standard error, 2 used wrongly; what counts
// problems (doctor, lint-db) exits with their number, at most 100.
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
	Doctor     doctorCommand     `cmd:"" help:"Prove a running installation; the exit code is the number of problems."`
	LintDB     lintDBCommand     `cmd:"" name:"lint-db" help:"Look through the database's catalogue for what rows could leak by; the exit code is the number of findings."`
	ContextKey contextKeyCommand `cmd:"" help:"Make a key for FENCE_CONTEXT_KEYS."`
	Org        orgCommand        `cmd:"" help:"Companies on this platform."`
	Operator   operatorCommand   `cmd:"" help:"People who run this platform and may ask companies for access."`
	Stripe     stripeCommand     `cmd:"" help:"The Stripe account that companies pay."`
	Override   overrideCommand   `cmd:"" help:"What companies are granted beyond their plans."`
	Audit      auditCommand      `cmd:"" help:"Prove a company's audit log."`
	Demo       demoCommand       `cmd:"" help:"Make the demo company."`
	Adopt      adoptCommand      `cmd:"" help:"Bring a company's old database in: a dry run, until --apply."`

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
	err = parsed.Run()
	if n, ok := errors.AsType[problems](err); ok {
		return min(int(n), mostProblems)
	}
	if err != nil {
		fmt.Fprintln(errOut, "fence:", sentence(err))
		return 1
	}
	return 0
}

// problems is how many a command has found and told; it is the exit code.
type problems int

func (n problems) Error() string { return fmt.Sprintf("%d problems", int(n)) }

// mostProblems bounds the exit code: above 125 a shell means something else by it.
const mostProblems = 100

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

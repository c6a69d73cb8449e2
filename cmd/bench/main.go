package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := bench
	args := os.Args[1:]
	if len(args) > 0 && args[0] == serveCommand {
		run, args = serve, args[1:]
	}
	err := run(ctx, args)
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// plan is how long and how often is measured.
type plan struct {
	rounds   int
	each     time.Duration
	profiles string // folder for processor profiles of the server; empty: none
}

// connections is how many requests, and transactions of pgbench, are under way at once.
const connections = 32

func bench(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	p := plan{}
	short := flags.Bool("short", false, "measure for half a minute; the figures vary more")
	flags.IntVar(&p.rounds, "rounds", 5, "how often product and pgbench take turns")
	flags.DurationVar(&p.each, "each", 4*time.Second, "how long a turn takes")
	flags.StringVar(&p.profiles, "profiles", "", "folder to write processor profiles of the server to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *short {
		p.rounds, p.each = 3, time.Second
	}
	dir, err := os.MkdirTemp("", "fence-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()     // a leftover under the system's temporary folder
	if err := os.Chmod(dir, 0o755); err != nil { // the database may run as another user
		return err
	}
	engine, err := measureEngine()
	if err != nil {
		return err
	}
	db, err := startDatabase(ctx, dir)
	if err != nil {
		return err
	}
	defer db.stop()
	server, err := startServer(ctx, dir, db, p.profiles != "")
	if err != nil {
		return err
	}
	defer server.stop()
	works, err := prepare(ctx, db, server)
	if err != nil {
		return err
	}
	meter, err := newMeter(ctx, db, server)
	if err != nil {
		return err
	}
	if err := measure(ctx, p, db, server, meter, works); err != nil {
		return err
	}
	cost, err := measureTenancy(ctx, p, db, server, meter, works)
	if err != nil {
		return err
	}
	report(os.Stdout, p, works, engine)
	reportTenancy(os.Stdout, works, cost)
	return nil
}

// prepare names what is measured: the request, and the statements that the product sends for it.
func prepare(ctx context.Context, db *database, s *server) ([]*work, error) {
	recorded, err := record(ctx, db)
	if err != nil {
		return nil, err
	}
	works := []*work{
		{name: "list of 50", request: listRequest, trips: recorded.list},
		{name: "get", request: getRequest, trips: recorded.get},
		{name: "create", request: createRequest, trips: recorded.create},
	}
	for _, w := range works {
		if w.script, err = writeScript(db.dir, w.name, w.trips, recorded); err != nil {
			return nil, err
		}
		// Connections are opened, statements prepared and caches filled before anything counts.
		if _, err := drive(ctx, s.address, w.request, 500*time.Millisecond); err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return works, nil
}

// measure lets product and pgbench take turns. Creations come last, so that the vacuum that follows them does not
// fall into the reads.
func measure(ctx context.Context, p plan, db *database, s *server, m *meter, works []*work) error {
	reads, writes := works[:2], works[2:]
	for _, group := range [][]*work{reads, writes} {
		for range p.rounds {
			for _, w := range group {
				if err := w.turn(ctx, p.each, db, s, m); err != nil {
					return fmt.Errorf("%s: %w", w.name, err)
				}
			}
		}
		if p.profiles == "" {
			continue
		}
		for _, w := range group {
			if err := w.profile(ctx, p, s); err != nil {
				return fmt.Errorf("profile of %s: %w", w.name, err)
			}
		}
	}
	return nil
}

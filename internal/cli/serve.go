package cli

import (
	"context"
	"fmt"
	"os"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
)

// settings are the flags of every command that works on an installation.
type settings struct{ config.Settings }

// read completes the settings from files and defaults, and checks them.
func (s *settings) read() (config.Settings, error) {
	if err := s.ReadFiles(os.LookupEnv); err != nil {
		return s.Settings, err
	}
	if s.DataDir == "" {
		dir, err := cluster.DefaultDataDir()
		if err != nil {
			return s.Settings, err
		}
		s.DataDir = dir
	}
	return s.Settings, s.Check()
}

type serveCommand struct {
	settings
	Demo bool `help:"Make a demo company and print how to log in."`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context, io *streams) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	a, err := app.New(ctx, s, logger(s.LogLevel, io.Err))
	if err != nil {
		return err
	}
	defer a.Close(context.WithoutCancel(ctx))
	if c.Demo {
		if err := demo(ctx, a, s, io.Out); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(io.Out, "Serving %s\n", a.Site.Apex("/"))
	}
	return a.Run(ctx)
}

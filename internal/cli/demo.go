package cli

import (
	"context"
	"fmt"
	"io"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/config"
)

// demo makes the demo company if it is not there and says where everything is.
func demo(ctx context.Context, a *app.App, s config.Settings, out io.Writer) error {
	d, err := a.Demo(ctx)
	if err != nil {
		return fmt.Errorf("make the demo company: %w", err)
	}
	fmt.Fprintf(out, `Fence Platform is running.

  Sign up       %s
  Demo company  %s
  Log in        %s  %s
  Mail          %s
  Clock         %s
  Probes        http://%s/readyz

Ctrl-C stops everything.
`, a.Site.Apex("/"), a.Site.Of(d.Slug, "/"), d.Email, d.Password, a.Site.Apex("/dev/mail"), a.Site.Apex("/dev/clock"), s.AdminListen)
	return nil
}

type demoCommand struct{ settings }

// Run makes the demo company in the installation's own database.
func (c *demoCommand) Run(ctx context.Context, io *streams) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	a, err := app.Beside(ctx, s, logger("warn", io.Err))
	if err != nil {
		return err
	}
	defer a.Close(context.WithoutCancel(ctx))
	d, err := a.Demo(ctx)
	if err != nil {
		return fmt.Errorf("make the demo company: %w", err)
	}
	fmt.Fprintf(io.Out, "%s\n%s  %s\n", a.Site.Of(d.Slug, "/"), d.Email, d.Password)
	return nil
}

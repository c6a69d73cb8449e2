package cli

import (
	"context"
	"fmt"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/lintdb"
	"fenceplatform.com/fence/internal/platform/migrate"
)

type lintDBCommand struct {
	settings
	Rules bool `help:"Show the rules instead of asking them."`
}

// Run asks every rule: one line for each finding, and a last one that counts.
func (c *lintDBCommand) Run(ctx context.Context, io *streams) error {
	rules := lintdb.Rules()
	if c.Rules {
		for _, r := range rules {
			fmt.Fprintf(io.Out, "%s\n  %s\n  %s\n", r.Name, r.What, r.Why)
		}
		return nil
	}
	return c.withDatabase(ctx, io, func(at app.Addresses) error {
		found, err := migrate.Lint(ctx, at.App, rules)
		if err != nil {
			return err
		}
		for _, f := range found {
			fmt.Fprintln(io.Out, f)
		}
		fmt.Fprintf(io.Out, "%d rules, %s\n", len(rules), count(len(found), "finding"))
		if len(found) > 0 {
			return problems(len(found))
		}
		return nil
	})
}

// count says how many of a thing there are.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

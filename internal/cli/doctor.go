package cli

import (
	"context"
	"fmt"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/app/doctor"
)

type doctorCommand struct{ settings }

// Run examines the installation: one line for each thing looked at, and a last one that counts.
func (c *doctorCommand) Run(ctx context.Context, io *streams) error {
	conf, err := c.read()
	if err != nil {
		return err
	}
	keys, err := app.ContextKeys(conf)
	if err != nil {
		return err
	}
	return c.withDatabase(ctx, io, func(at app.Addresses) error {
		n := 0
		report := doctor.Examine(ctx, doctor.Patient{Settings: conf, At: at, Keys: keys})
		for _, r := range report {
			if len(r.Problems) == 0 {
				fmt.Fprintf(io.Out, "ok       %-12s %s\n", r.Name, r.Says)
			}
			for _, p := range r.Problems {
				fmt.Fprintf(io.Out, "PROBLEM  %-12s %s\n", r.Name, p)
			}
			n += len(r.Problems)
		}
		fmt.Fprintf(io.Out, "%d things looked at, %s\n", len(report), count(n, "problem"))
		if n > 0 {
			return problems(n)
		}
		return nil
	})
}

package cli

import (
	"context"
	"fmt"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/business/audit"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Walk a company's audit log from its first entry and name the first that does not fit."`
}

type auditVerifyCommand struct {
	settings
	Org string `required:"" placeholder:"NAME" help:"The company: the first part of its address."`
}

// Run walks the whole chain. A log that does not hold is a refusal: exit code 1 and one sentence.
func (c *auditVerifyCommand) Run(ctx context.Context, io *streams) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	a, err := app.Beside(ctx, s, logger("warn", io.Err))
	if err != nil {
		return err
	}
	defer a.Close(context.WithoutCancel(ctx))
	actor, err := a.Company(ctx, c.Org)
	if err != nil {
		return err
	}
	fits, err := audit.Verify(ctx, a.DB(), actor)
	if err != nil {
		return fmt.Errorf("the audit log of %s does not hold: %w; the %d entries before it do", actor.Org.Name, err, fits)
	}
	fmt.Fprintf(io.Out, "%s: %d entries, each follows the one before\n", actor.Org.Name, fits)
	return nil
}

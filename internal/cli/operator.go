package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/tenancy"
)

type operatorCommand struct {
	Add     operatorAddCommand     `cmd:"" help:"Make an operator's account and print its set-up link."`
	List    operatorListCommand    `cmd:"" help:"List the operators."`
	Renew   operatorRenewCommand   `cmd:"" help:"Have an operator set up anew, as after a lost phone, and print the link."`
	Disable operatorDisableCommand `cmd:"" help:"End an operator's account and whatever access to a company they have."`
}

// beside opens the operations for a command of operators.
func (c *settings) beside(ctx context.Context, io *streams, do func(*app.App) error) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	a, err := app.Beside(ctx, s, logger("warn", io.Err))
	if err != nil {
		return err
	}
	defer a.Close(context.WithoutCancel(ctx))
	return do(a)
}

type operatorAddCommand struct {
	settings
	Name  string `required:"" help:"The operator's name: owners and audit logs see it."`
	Email string `required:"" help:"What the operator logs in with."`
}

// Run makes the account. The link is a secret, shown this once.
func (c *operatorAddCommand) Run(ctx context.Context, io *streams) error {
	return c.beside(ctx, io, func(a *app.App) error {
		_, code, err := a.Services.Operators.Add(ctx, c.Name, c.Email)
		if err != nil {
			return err
		}
		fmt.Fprintln(io.Out, a.OperatorSetUp(code))
		return nil
	})
}

type operatorRenewCommand struct {
	settings
	Email string `arg:"" help:"The operator's address."`
}

// Run forgets password and second factor. The link is a secret, shown this once.
func (c *operatorRenewCommand) Run(ctx context.Context, io *streams) error {
	return c.beside(ctx, io, func(a *app.App) error {
		_, code, err := a.Services.Operators.Renew(ctx, c.Email)
		if err != nil {
			return err
		}
		fmt.Fprintln(io.Out, a.OperatorSetUp(code))
		return nil
	})
}

type operatorListCommand struct{ settings }

// Run lists the accounts, newest last.
func (c *operatorListCommand) Run(ctx context.Context, io *streams) error {
	return c.beside(ctx, io, func(a *app.App) error {
		all, err := a.Services.Operators.List(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(io.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "E-MAIL\tNAME\tSINCE\tSTATE\tID")
		for _, o := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", o.Email, o.Name, o.CreatedAt.UTC().Format(time.DateOnly), operatorState(o), o.ID)
		}
		return w.Flush()
	})
}

func operatorState(o operator.Account) string {
	switch {
	case o.DisabledAt != nil:
		return "disabled"
	case !o.Ready:
		return "not set up"
	}
	return "ready"
}

type operatorDisableCommand struct {
	settings
	Email string `arg:"" help:"The operator's address."`
}

// Run ends the account first: from then on nothing of it works, and the rest only says so in each company's log.
func (c *operatorDisableCommand) Run(ctx context.Context, io *streams) error {
	return c.beside(ctx, io, func(a *app.App) error {
		o, err := a.Services.Operators.Disable(ctx, c.Email)
		if err != nil {
			return err
		}
		ended, err := a.Services.Support.LeaveAll(ctx, o, tenancy.Request{ID: "fence operator disable"})
		if err != nil {
			return fmt.Errorf("the account is disabled and nothing of it works; %d requests were closed, then: %w", ended, err)
		}
		fmt.Fprintf(io.Out, "%s is disabled, %d open requests were closed.\n", o.Email, ended)
		return nil
	})
}

package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
)

type overrideCommand struct {
	Add  overrideAddCommand  `cmd:"" help:"Grant a company a limit, a feature or free use, or stop it."`
	List overrideListCommand `cmd:"" help:"List what a company was granted."`
	End  overrideEndCommand  `cmd:"" help:"End one of them."`
}

type overrideAddCommand struct {
	settings
	Org     string `required:"" help:"The company's address, as acme."`
	Limit   string `help:"A limit, as jobs=200; jobs=-1 has no end." xor:"what" required:""`
	Feature string `help:"A feature, as log_export." xor:"what" required:""`
	Comp    bool   `help:"Free use, until a date." xor:"what" required:""`
	Hold    bool   `help:"Stop the company." xor:"what" required:""`
	Reason  string `required:"" help:"Why. The company reads it."`
	Until   string `help:"The day on which it ends, as 2027-03-31, midnight UTC; without it, for good."`
	By      string `required:"" help:"Who grants it, as an operator's address."`
}

// Run grants it, instead of another of the same kind.
func (c *overrideAddCommand) Run(ctx context.Context, io *streams) error {
	in, err := c.input()
	if err != nil {
		return err
	}
	return c.beside(ctx, io, func(a *app.App) error {
		o, err := a.Services.Operators.Override(ctx, in)
		if err != nil {
			return err
		}
		fmt.Fprintln(io.Out, o.ID)
		return nil
	})
}

func (c *overrideAddCommand) input() (operator.OverrideInput, error) {
	in := operator.OverrideInput{Company: c.Org, Reason: c.Reason, By: operator.Doer{Name: c.By}}
	switch {
	case c.Limit != "":
		metric, number, _ := strings.Cut(c.Limit, "=")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return in, fmt.Errorf("--limit=%s: want a metric and a number, as jobs=200", c.Limit)
		}
		in.Kind, in.Subject, in.Limit = tenancy.OverrideLimit, metric, n
	case c.Feature != "":
		in.Kind, in.Subject = tenancy.OverrideFeature, c.Feature
	case c.Comp:
		in.Kind = tenancy.OverrideComp
	case c.Hold:
		in.Kind = tenancy.OverrideHold
	}
	if c.Until != "" {
		day, err := time.Parse(time.DateOnly, c.Until)
		if err != nil {
			return in, fmt.Errorf("--until=%s: want a day, as 2027-03-31", c.Until)
		}
		in.Until = &day
	}
	return in, nil
}

type overrideListCommand struct {
	settings
	Org string `required:"" help:"The company's address, as acme."`
}

// Run lists them, the newest first.
func (c *overrideListCommand) Run(ctx context.Context, io *streams) error {
	return c.beside(ctx, io, func(a *app.App) error {
		all, err := a.Services.Operators.Overrides(ctx, c.Org)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(io.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "KIND\tWHAT\tLIMIT\tUNTIL\tENDED\tBY\tREASON\tID")
		for _, o := range all {
			limit := ""
			if o.LimitedTo != nil {
				limit = strconv.FormatInt(*o.LimitedTo, 10)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.Kind, o.Subject, limit, dayOf(o.Until), dayOf(o.EndedAt), o.GrantedBy, o.Reason, o.ID)
		}
		return w.Flush()
	})
}

func dayOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

type overrideEndCommand struct {
	settings
	Org    string `required:"" help:"The company's address, as acme."`
	By     string `required:"" help:"Who ends it."`
	Reason string `help:"Why. The company reads it."`
	ID     string `arg:"" help:"Which one, as list shows it."`
}

// Run ends it.
func (c *overrideEndCommand) Run(ctx context.Context, io *streams) error {
	which, err := id.Parse(c.ID)
	if err != nil {
		return fmt.Errorf("%s is no id of an override", c.ID)
	}
	return c.beside(ctx, io, func(a *app.App) error {
		_, err := a.Services.Operators.EndOverride(ctx, operator.EndInput{Company: c.Org, ID: which, Reason: c.Reason, By: operator.Doer{Name: c.By}})
		return err
	})
}

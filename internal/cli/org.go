package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/business/onboarding"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

type orgCommand struct {
	List   orgListCommand   `cmd:"" help:"List the companies."`
	Create orgCreateCommand `cmd:"" help:"Make a company, as the sign-up does."`
}

type orgListCommand struct{ settings }

// Run lists the companies, newest last.
func (c *orgListCommand) Run(ctx context.Context, io *streams) error {
	return c.withDatabase(ctx, io, func(at app.Addresses) error {
		sys, err := pg.OpenSystem(ctx, at.System, pg.Options{MaxConns: 2})
		if err != nil {
			return err
		}
		defer sys.Close()
		type company struct {
			OrgID     id.ID
			Host      string
			Name      string
			Plan      string
			CreatedAt time.Time
		}
		all, err := pg.SystemRows[company](ctx, sys, `SELECT o.org_id, h.host, o.name, o.plan, o.created_at
			FROM platform.organizations o JOIN platform.hosts h ON h.org_id = o.org_id AND h.kind = 'primary' ORDER BY o.created_at, o.org_id`)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(io.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ADDRESS\tNAME\tPLAN\tSINCE\tID")
		for _, o := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", o.Host, o.Name, o.Plan, o.CreatedAt.UTC().Format(time.DateOnly), o.OrgID)
		}
		return w.Flush()
	})
}

type orgCreateCommand struct {
	settings
	Company string `required:"" help:"Name of the company."`
	Email   string `required:"" help:"E-mail of its owner."`
	ZIP     string `name:"zip" help:"Where it works."`
}

// Run makes a company. The owner's password is read from standard input: it stands in no list of processes.
func (c *orgCreateCommand) Run(ctx context.Context, io *streams) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	password, err := bufio.NewReader(io.In).ReadString('\n')
	if err != nil && password == "" {
		return fmt.Errorf("give the owner's password on standard input")
	}
	a, err := app.Beside(ctx, s, logger("warn", io.Err))
	if err != nil {
		return err
	}
	defer a.Close(context.WithoutCancel(ctx))
	done, err := a.Services.SignUps.SignUp(ctx, tenancy.Request{ID: "fence org create"}, onboarding.SignUpInput{
		Company: c.Company, Email: c.Email, ZIP: c.ZIP, Password: strings.TrimRight(password, "\r\n"),
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(io.Out, "%s\n", a.Site.Of(done.Organization.Slug, "/login"))
	return nil
}

package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

type orgCommand struct {
	List orgListCommand `cmd:"" help:"List the companies."`
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

package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/migrate"
)

// form is how much of tenancy the database does. The product sends the same statements to all of them.
type form struct {
	name string
	sql  string
}

// forms in the order of their cost. The first two exist in benchmarks only: no server would serve from them.
var forms = []form{
	{"none", wallSQL("DISABLE") + believed},
	{"wall", wallSQL("ENABLE") + believed},
	{migrate.FormToken, "CALL vault.take_form('" + migrate.FormToken + "')"},
	{migrate.FormVault, "CALL vault.take_form('" + migrate.FormVault + "')"},
}

// believed keeps the organization as it was said, for functions that ask and for the wall: without a signature.
const believed = `
	CREATE OR REPLACE FUNCTION vault.enter(context text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM pg_catalog.set_config('app.org_id', pg_catalog.substr(context, 9, 32), true);
	END $$;
	CREATE OR REPLACE FUNCTION app.org_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER AS $$
		SELECT CASE coalesce(pg_catalog.current_setting('app.org_id', true), '')
			WHEN '' THEN app.no_organization() ELSE pg_catalog.current_setting('app.org_id')::uuid END
	$$`

func wallSQL(deed string) string {
	return `DO $$ DECLARE t regclass; BEGIN
		FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p') OR oid = 'tasks.river_job'::regclass LOOP
			EXECUTE format('ALTER TABLE %s ` + deed + ` ROW LEVEL SECURITY', t);
		END LOOP; END $$;`
}

// tenancyCost is what the product did in each form, by work.
type tenancyCost map[string]map[string][]result

// turnsOfForms is how many turns are made of one: what disturbs the machine for seconds then meets all forms alike.
const turnsOfForms = 4

// measureTenancy lets the forms take turns, work by work. The last one is the form that the product is served with.
func measureTenancy(ctx context.Context, p plan, db *database, s *server, m *meter, works []*work) (tenancyCost, error) {
	superuser, err := pgx.Connect(ctx, db.cluster.SuperuserURL(databaseName))
	if err != nil {
		return nil, err
	}
	defer superuser.Close(ctx)
	cost := tenancyCost{}
	for _, w := range works {
		cost[w.name] = map[string][]result{}
		for range turnsOfForms * p.rounds {
			for _, f := range forms {
				if _, err := superuser.Exec(ctx, f.sql); err != nil {
					return nil, fmt.Errorf("form %s: %w", f.name, err)
				}
				// Statements are planned anew before anything counts.
				if _, err := drive(ctx, s.address, w.request, 300*time.Millisecond); err != nil {
					return nil, fmt.Errorf("%s, form %s: %w", w.name, f.name, err)
				}
				got, err := m.over(func() (result, error) { return drive(ctx, s.address, w.request, p.each/turnsOfForms) })
				if err != nil {
					return nil, fmt.Errorf("%s, form %s: %w", w.name, f.name, err)
				}
				cost[w.name][f.name] = append(cost[w.name][f.name], got)
			}
		}
	}
	return cost, nil
}

// reportTenancy prints requests a second, and the processor time of server and database, which other work on the
// machine disturbs less, as parts of those without tenancy.
func reportTenancy(out io.Writer, works []*work, cost tenancyCost) {
	fmt.Fprintln(out, "\nWhat tenancy costs: none = no row level security and no signature, wall = row level security without signature.")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "requests/s\t")
	for _, f := range forms {
		fmt.Fprintf(w, "%s\t\tprocessor µs\t\t", f.name)
	}
	fmt.Fprintln(w)
	for _, k := range works {
		rate := func(f form) float64 {
			return median(cost[k.name][f.name], func(r result) float64 { return r.perSecond })
		}
		spent := func(f form) float64 {
			return microseconds(median(cost[k.name][f.name], func(r result) time.Duration { return r.spent.server + r.spent.database }))
		}
		fmt.Fprintf(w, "%s\t", k.name)
		for _, f := range forms {
			fmt.Fprintf(w, "%.0f\t%+.1f %%\t%.0f\t%+.1f %%\t", rate(f), 100*(rate(f)/rate(forms[0])-1), spent(f), 100*(spent(f)/spent(forms[0])-1))
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush() // as any print to the terminal
}

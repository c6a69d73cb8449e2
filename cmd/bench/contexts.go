package main

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
)

// contextsTable keeps a signed context of every company for pgbench, which cannot sign. Looking one up by its number
// costs pgbench a few microseconds that the product spends on signing.
const contextsTable = `
CREATE SCHEMA bench;
CREATE TABLE bench.contexts (n int, mode text, context text NOT NULL, PRIMARY KEY (n, mode)) WITH (fillfactor = 50);
GRANT USAGE ON SCHEMA bench TO fence_app;
GRANT SELECT ON bench.contexts TO fence_app`

// contextLength is how a signed context is told from other arguments, together with its key.
const contextLength = 147

func isContext(text string) bool {
	return len(text) == contextLength && text[:len(keys.ID())] == keys.ID()
}

// contextOf is what stands in a script for the signed context of the company that the transaction is of.
func contextOf(context string) string {
	mode := context[contextLength-65 : contextLength-64]
	return "(SELECT context FROM bench.contexts WHERE n = :n AND mode = '" + mode + "')"
}

// renewContexts signs for every company anew, as the product does: a context opens transactions for less than a minute.
func (db *database) renewContexts(ctx context.Context) error {
	r := &recorder{}
	app, err := pg.Open(ctx, db.url("fence_app"), pg.Options{MaxConns: 1, Tracer: r, ContextKeys: keys})
	if err != nil {
		return err
	}
	defer app.Close()
	hosts := tenancy.NewHosts(app, baseHost)
	contexts := &pgx.Batch{}
	for n := first; n < first+organizations; n++ {
		place, err := hosts.Find(ctx, slug(n))
		if err != nil {
			return err
		}
		r.trips = nil
		if _, err := app.Read(ctx, place.Tenant, func(*pg.Reading) {}); err != nil {
			return err
		}
		if err := app.InOrg(ctx, place.Tenant, func(*pg.OrgTx) error { return nil }); err != nil {
			return err
		}
		for _, context := range r.contexts() {
			contexts.Queue(`INSERT INTO bench.contexts AS c VALUES ($1, $2, $3) ON CONFLICT (n, mode) DO UPDATE SET context = excluded.context`,
				n, context[contextLength-65:contextLength-64], context)
		}
	}
	if contexts.Len() != 2*organizations {
		return errors.New("not every company has a context for reading and one for writing")
	}
	superuser, err := pgx.Connect(ctx, db.cluster.SuperuserURL(databaseName))
	if err != nil {
		return err
	}
	defer superuser.Close(ctx)
	return superuser.SendBatch(ctx, contexts).Close()
}

// contexts are the signed contexts among what was recorded.
func (r *recorder) contexts() (found []string) {
	for _, t := range r.trips {
		for _, st := range t {
			for _, arg := range st.args {
				if text, ok := arg.(string); ok && isContext(text) {
					found = append(found, text)
				}
			}
		}
	}
	return found
}

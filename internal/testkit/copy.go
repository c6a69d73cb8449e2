package testkit

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/pg/mint"
)

// Copy clones the database as it is now. Nobody else may be connected to it; its own pools are closed for good.
func (d *Database) Copy(t testing.TB) *Database {
	t.Helper()
	d.App.Close()
	d.System.Close()
	forget(t.Context(), d.Name)
	return clone(t, d.Name)
}

// Drop removes the database before the test ends, whoever is connected.
func (d *Database) Drop(t testing.TB) {
	t.Helper()
	d.App.Close()
	d.System.Close()
	ctx := context.WithoutCancel(t.Context())
	forget(ctx, d.Name)
	err := asSuperuser(ctx, "postgres", func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+d.Name+" WITH (FORCE)")
		return err
	})
	if err != nil {
		t.Fatalf("drop %s: %v", d.Name, err)
	}
}

// Superuser is a connection past every wall, for who plants and looks often. Its holder closes it.
func (d *Database) Superuser(t testing.TB) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), superuserURL(d.Name))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// InOrg runs fn as the serving role in the organization's name, through the door.
func (d *Database) InOrg(t testing.TB, o Org, fn func(*pg.OrgTx) error) error {
	t.Helper()
	return d.App.InOrg(t.Context(), mint.Tenant(o.ID), fn)
}

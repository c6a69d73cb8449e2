package main

import (
	"context"
	_ "embed"
	"encoding/base64"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/migrate"
	"fenceplatform.com/fence/internal/platform/pg/cluster"
	"fenceplatform.com/fence/internal/platform/pg/contextkey"
	"fenceplatform.com/fence/internal/platform/secret"
)

// The size of the world. Companies, and the customers of each, are numbered from first on.
const (
	organizations = 200
	customersEach = 250
	first         = 1000
)

const databaseName = "fence"

// contextKey signs the contexts of the product and of pgbench.
var contextKey = contextkey.New()

var keys = func() contextkey.Keys {
	keys, err := contextkey.Parse(contextKey)
	if err != nil {
		panic(err) // just made
	}
	return keys
}()

// database is the private PostgreSQL that both are measured on. It runs as the product's own does: what is
// acknowledged is on the disk.
type database struct {
	dir     string
	cluster *cluster.Cluster
	binDir  string
}

func startDatabase(ctx context.Context, dir string) (*database, error) {
	c, err := cluster.Start(ctx, cluster.Options{DataDir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	db := &database{dir: dir, cluster: c}
	if err := db.fill(ctx); err != nil {
		db.stop()
		return nil, err
	}
	return db, nil
}

func (db *database) stop() { _ = db.cluster.Stop(context.Background()) } // thrown away in any case

func (db *database) url(role string) string { return db.cluster.URL(role, databaseName) }

//go:embed world.sql
var worldSQL string

// fill migrates and loads the world.
func (db *database) fill(ctx context.Context) error {
	superuser, err := pgx.ParseConfig(db.cluster.SuperuserURL("postgres"))
	if err != nil {
		return err
	}
	if err := migrate.Init(ctx, superuser, databaseName); err != nil {
		return err
	}
	if err := migrate.Up(ctx, db.url("fence_migrate"), keys, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, db.cluster.SuperuserURL(databaseName))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	// pgbench has to be of the same version as the server.
	if err := conn.QueryRow(ctx, "SELECT setting FROM pg_config WHERE name = 'BINDIR'").Scan(&db.binDir); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, worldSQL); err != nil {
		return fmt.Errorf("load the world: %w", err)
	}
	if _, err := conn.Exec(ctx, contextsTable); err != nil {
		return fmt.Errorf("make the table of contexts: %w", err)
	}
	b := &pgx.Batch{}
	b.Queue("SELECT pg_temp.organizations($1, $2)", first, organizations)
	b.Queue("SELECT pg_temp.customers($1, $2, $3)", first, organizations, customersEach)
	for i, token := range tokens {
		b.Queue("SELECT pg_temp.api_key($1, $2)", first+i, secret.Hash(token))
	}
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("load the world: %w", err)
	}
	_, err = conn.Exec(ctx, "VACUUM (ANALYZE, FREEZE)")
	return err
}

func (db *database) program(name string) string { return filepath.Join(db.binDir, name) }

// Ids tell numbers by decimal digits, so that pgbench, which computes with numbers only, can put them together.
func orgID(n int) id.ID         { return numbered(0, n) }
func customerID(n, i int) id.ID { return numbered(n, i) }

func numbered(high, low int) id.ID {
	v, err := id.Parse(fmt.Sprintf("%08d-0000-7000-8000-%012d", high, low))
	if err != nil {
		panic(err) // too many digits
	}
	return v
}

func slug(n int) string { return fmt.Sprintf("company%d", n) }

// tokens are the API keys of the companies, from the first on.
var tokens = func() (keys [organizations]string) {
	for i := range keys {
		org := orgID(first + i)
		keys[i] = "fk_" + base64.RawURLEncoding.EncodeToString(org[:]) + "." + secret.Token()
	}
	return keys
}()

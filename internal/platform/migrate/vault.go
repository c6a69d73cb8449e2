package migrate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"fenceplatform.com/fence/internal/platform/pg/contextkey"
)

// Forms of the signed context; see db/migrations/00008_signed_context.sql.
const (
	FormVault = "vault" // verified once a transaction
	FormToken = "token" // verified by the policy of each table
)

// takeForm gives the database the form of the signed context that its server can do.
func takeForm(ctx context.Context, pool *pgxpool.Pool) (form string, err error) {
	err = pool.QueryRow(ctx, `SELECT CASE WHEN has_parameter_privilege('fence_vault', 'backtrace_functions', 'SET') THEN $1 ELSE $2 END`,
		FormVault, FormToken).Scan(&form)
	if err != nil {
		return "", err
	}
	return form, TakeForm(ctx, pool, form)
}

// TakeForm gives the database one form of the signed context, as the migrating role.
func TakeForm(ctx context.Context, conn interface {
	Exec(context.Context, string, ...any) (pgconn.CommandTag, error)
}, form string) error {
	_, err := conn.Exec(ctx, "CALL vault.take_form($1)", form)
	return err
}

// installKeys makes the database know exactly these keys. Contexts of keys that were taken away are refused from
// here on.
func installKeys(ctx context.Context, pool *pgxpool.Pool, keys contextkey.Keys, log *slog.Logger) error {
	if keys.IsZero() {
		return errors.New("no key to sign contexts with: set FENCE_CONTEXT_KEYS (fence context-key makes one)")
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		var ids []string
		for _, i := range keys.Installations() {
			ids = append(ids, i.ID)
			tag, err := tx.Exec(ctx, `INSERT INTO vault.keys (id, inner_pad, outer_pad) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`, i.ID, i.InnerPad, i.OuterPad)
			if err != nil {
				return err
			}
			if tag.RowsAffected() > 0 {
				log.Info("context key installed", "key", i.ID)
			}
		}
		rows, _ := tx.Query(ctx, `DELETE FROM vault.keys WHERE id <> ALL ($1) RETURNING id`, ids) // rows tell the error too
		gone, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, id := range gone {
			log.Info("context key taken away", "key", id)
		}
		return err
	})
}

func prepareVault(ctx context.Context, pool *pgxpool.Pool, keys contextkey.Keys, log *slog.Logger) error {
	form, err := takeForm(ctx, pool)
	if err != nil {
		return fmt.Errorf("choose the form of the signed context: %w", err)
	}
	log.Info("signed context", "form", form)
	if err := installKeys(ctx, pool, keys, log); err != nil {
		return fmt.Errorf("install the context keys: %w", err)
	}
	return nil
}

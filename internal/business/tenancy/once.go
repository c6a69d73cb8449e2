package tenancy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// keepKeys is how long the answer to an idempotency key is remembered.
const keepKeys = 24 * time.Hour

// claimSQL takes the key or reads what it answered. No row: the same request is being answered right now.
// A key past its age is taken anew.
const claimSQL = `
WITH turn AS (SELECT pg_try_advisory_xact_lock(hashtextextended($1::uuid::text || $2::uuid::text || $3, 0)) AS mine)
INSERT INTO app.idempotency_keys AS k (org_id, actor_id, key, operation, request_hash, created_at)
SELECT $1, $2, $3, $4, $5, app.now() FROM turn WHERE mine
ON CONFLICT (org_id, actor_id, key) DO UPDATE SET
	operation    = CASE WHEN k.created_at < app.now() - $6::interval THEN excluded.operation ELSE k.operation END,
	request_hash = CASE WHEN k.created_at < app.now() - $6::interval THEN excluded.request_hash ELSE k.request_hash END,
	answer       = CASE WHEN k.created_at < app.now() - $6::interval THEN NULL ELSE k.answer END,
	created_at   = CASE WHEN k.created_at < app.now() - $6::interval THEN excluded.created_at ELSE k.created_at END
RETURNING operation, request_hash, answer, created_at = app.now() AS fresh`

type claim struct {
	operation string
	hash      []byte
	answer    []byte
	fresh     bool
	inFlight  bool
}

// Once runs an operation at most once for the actor's idempotency key: the answer is stored in the
// transaction that earns it, and a repeat within a day gets the stored one. Without a key it just runs.
// The same key with other input is Invalid; while the first is still running it is a Conflict.
func Once[In, Out any](ctx context.Context, db *pg.DB, a Actor, operation string, in In, fn func(*pg.OrgTx) (Out, error)) (Out, error) {
	return once(ctx, db, a, operation, in, true, fn)
}

// OnceSecret is Once for answers that carry a secret (a token, a key, a link): the answer is not stored, and
// a repeat is a Conflict that says it is done.
func OnceSecret[In, Out any](ctx context.Context, db *pg.DB, a Actor, operation string, in In, fn func(*pg.OrgTx) (Out, error)) (Out, error) {
	return once(ctx, db, a, operation, in, false, fn)
}

func once[In, Out any](ctx context.Context, db *pg.DB, a Actor, operation string, in In, keep bool, fn func(*pg.OrgTx) (Out, error)) (Out, error) {
	var out Out
	if a.Request.IdempotencyKey == "" {
		err := db.InOrg(ctx, a.tenant, func(tx *pg.OrgTx) (err error) {
			out, err = fn(tx)
			return err
		})
		return out, err
	}
	hash, err := requestHash(operation, in)
	if err != nil {
		return out, err
	}
	var c claim
	args := []any{a.tenant.Org(), a.ID, a.Request.IdempotencyKey, operation, hash, keepKeys}
	scan := func(row pgx.Row) error {
		c = claim{}
		err := row.Scan(&c.operation, &c.hash, &c.answer, &c.fresh)
		if errors.Is(err, pgx.ErrNoRows) {
			c.inFlight, err = true, nil
		}
		return err
	}
	err = db.InOrgAfter(ctx, a.tenant, claimSQL, args, scan, func(tx *pg.OrgTx) error {
		if done, err := c.judge(operation, hash); err != nil || done {
			if done {
				return json.Unmarshal(c.answer, &out)
			}
			return err
		}
		var err error
		if out, err = fn(tx); err != nil {
			return err
		}
		return remember(tx, a, out, keep)
	})
	return out, err
}

// judge tells whether the key was answered already, or why it cannot be used.
func (c claim) judge(operation string, hash []byte) (done bool, err error) {
	switch {
	case c.inFlight:
		return false, fault.New(fault.Conflict, fault.CodeInFlight, "The same request is being answered right now. Try again in a moment.")
	case c.fresh:
		return false, nil
	case c.operation != operation || !bytes.Equal(c.hash, hash):
		return false, fault.New(fault.Invalid, "idempotency-key-reused", "This Idempotency-Key was used with another request.")
	case c.answer == nil:
		return false, fault.New(fault.Conflict, "already-done", "This was done already. Its answer carried a secret and is not shown twice.")
	}
	return true, nil
}

func remember[Out any](tx *pg.OrgTx, a Actor, out Out, keep bool) error {
	if keep {
		answer, err := json.Marshal(out)
		if err != nil {
			return fmt.Errorf("keep the answer: %w", err)
		}
		tx.AtCommit(pg.Plain, `UPDATE app.idempotency_keys SET answer = $4 WHERE org_id = $1 AND actor_id = $2 AND key = $3`,
			a.tenant.Org(), a.ID, a.Request.IdempotencyKey, answer)
	}
	// One request in 32 sweeps its organization's old keys: no timer has to visit every organization.
	if sum := sha256.Sum256([]byte(a.Request.IdempotencyKey)); sum[0] < 8 {
		tx.AtCommit(pg.Plain, `DELETE FROM app.idempotency_keys WHERE org_id = $1 AND created_at < $2`, a.tenant.Org(), tx.Now().Add(-keepKeys))
	}
	return nil
}

func requestHash(operation string, in any) ([]byte, error) {
	body, err := json.Marshal(in, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("hash the request of %s: %w", operation, err)
	}
	sum := sha256.Sum256(append([]byte(operation+"\x00"), body...))
	return sum[:], nil
}

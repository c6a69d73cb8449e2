package files

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Remove takes a file away from its record. It can be brought back for an hour, and takes its room as long.
func (s *Service) Remove(ctx context.Context, a tenancy.Actor, file id.ID) (File, error) {
	return s.turn(ctx, a, "files.remove", file, func(tx *pg.OrgTx) error {
		_, err := tx.Exec(`UPDATE app.files SET state = 'removed', removed_at = $3, version = version + 1 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), file, tx.Now())
		if err != nil {
			return err
		}
		return s.queue.EnqueueAt(tx, Settle{OrgID: tx.Tenant().Org(), FileID: file}, tx.Now().Add(removedFor))
	})
}

// Restore brings a removed file back.
func (s *Service) Restore(ctx context.Context, a tenancy.Actor, file id.ID) (File, error) {
	return s.turn(ctx, a, "files.restore", file, nil)
}

// turn removes a stored file by remove, or brings a removed one back.
func (s *Service) turn(ctx context.Context, a tenancy.Actor, operation string, file id.ID, remove func(*pg.OrgTx) error) (File, error) {
	if err := a.Require(tenancy.FilesRemove); err != nil {
		return File{}, err
	}
	return tenancy.Once(ctx, s.db, a, operation, file, func(tx *pg.OrgTx) (File, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return File{}, err
		}
		deed := audit.Deed{Action: "file.removed"}
		if remove == nil {
			deed.Action = "file.restored"
			// In the last moments the task may already be at it: the file is gone, or this waits for it.
			tag, err := tx.Exec(`UPDATE app.files SET state = 'stored', removed_at = NULL, version = version + 1 WHERE org_id = $1 AND id = $2 AND state = 'removed'`,
				tx.Tenant().Org(), file)
			if err != nil {
				return File{}, err
			}
			if tag.RowsAffected() == 0 {
				return File{}, pgx.ErrNoRows
			}
		}
		f, err := findFile(tx, file)
		if err != nil {
			return File{}, err
		}
		deed.RecordType, deed.RecordID = f.Of.Type, f.Of.ID
		if remove == nil {
			deed.After = f.facts()
		} else {
			deed.Before, f.State = f.facts(), Removed
			f.Version++
			if err := remove(tx); err != nil {
				return File{}, err
			}
		}
		return f, audit.Record(tx, a, deed)
	})
}

// Settle is the task that looks, at the end of its time, at a file that was on its way or removed.
type Settle struct {
	OrgID  id.ID `json:"org_id"`
	FileID id.ID `json:"file_id"`
}

// Kind implements tasks.Args.
func (Settle) Kind() string { return "settle_file" }

// Organization implements tasks.Args.
func (t Settle) Organization() id.ID { return t.OrgID }

// SettleFile gives back what never arrived and deletes what nobody brought back.
func (s *Service) SettleFile(ctx context.Context, a tenancy.Actor, file id.ID) error {
	var wait time.Duration
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		var state State
		var due time.Time
		err := tx.QueryRow(`SELECT state, coalesce(reserved_until, removed_at + $3::interval) FROM app.files
			WHERE org_id = $1 AND id = $2 AND state IN ('reserved', 'removed') FOR UPDATE`, tx.Tenant().Org(), file, removedFor).Scan(&state, &due)
		if errors.Is(err, pgx.ErrNoRows) { // stored, or gone
			return nil
		}
		if err != nil {
			return err
		}
		if wait = due.Sub(tx.Now()); wait > 0 {
			return nil
		}
		return s.letGo(tx, file, state)
	})
	if err == nil && wait > 0 {
		return tasks.Later(wait)
	}
	return err
}

// letGo forgets a file that is in a state, with its forms, and lets blobs leave that nobody else uses. Their room is
// free at once, their bytes are deleted by a task.
func (s *Service) letGo(tx *pg.OrgTx, file id.ID, state State) error {
	org := tx.Tenant().Org()
	var freed int64
	err := tx.QueryRow(`SELECT reserved_bytes FROM app.files WHERE org_id = $1 AND id = $2 AND state = $3 FOR UPDATE`, org, file, state).Scan(&freed)
	if errors.Is(err, pgx.ErrNoRows) { // somebody did it already
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := tx.Query(`DELETE FROM app.file_forms WHERE org_id = $1 AND file_id = $2 RETURNING sha256`, org, file)
	if err != nil {
		return err
	}
	sums, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return err
	}
	slices.SortFunc(sums, bytes.Compare)
	for _, sum := range sums {
		var uses int
		var size int64
		err := tx.QueryRow(`UPDATE app.blobs SET uses = uses - 1, state = CASE WHEN uses = 1 THEN 'leaving' ELSE state END, changed_at = $3
			WHERE org_id = $1 AND sha256 = $2 RETURNING uses, size`, org, sum, tx.Now()).Scan(&uses, &size)
		if err != nil {
			return err
		}
		if uses == 0 {
			freed += size
			if err := s.queue.Enqueue(tx, Forget{OrgID: org, SHA256: hex.EncodeToString(sum)}); err != nil {
				return err
			}
		}
	}
	if _, err := tx.Exec(`DELETE FROM app.files WHERE org_id = $1 AND id = $2`, org, file); err != nil {
		return err
	}
	return usage.ShrinkBy(tx, plan.Storage, freed)
}

// Forget is the task that deletes bytes that leave.
type Forget struct {
	OrgID  id.ID  `json:"org_id"`
	SHA256 string `json:"sha256"`
}

// Kind implements tasks.Args.
func (Forget) Kind() string { return "forget_blob" }

// Organization implements tasks.Args.
func (t Forget) Organization() id.ID { return t.OrgID }

// ForgetBlob deletes bytes whose row says that they leave, and then the row. Until it is gone nobody can use them.
func (s *Service) ForgetBlob(ctx context.Context, a tenancy.Actor, sha256 string) error {
	sum, err := hex.DecodeString(sha256)
	if err != nil {
		return err
	}
	var leaves bool
	_, err = s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&leaves}, `SELECT EXISTS (SELECT FROM app.blobs WHERE org_id = $1 AND sha256 = $2 AND state = 'leaving')`, a.Tenant().Org(), sum)
	})
	if err != nil || !leaves {
		return err
	}
	s.step("forgetting")
	if err := s.blobs.Delete(ctx, blobKey(a.Tenant().Org(), sum)); err != nil {
		return err
	}
	s.step("bytes deleted")
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		_, err := tx.Exec(`DELETE FROM app.blobs WHERE org_id = $1 AND sha256 = $2 AND state = 'leaving'`, a.Tenant().Org(), sum)
		return err
	})
}

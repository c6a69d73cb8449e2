package files

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// SweepDaily is the task that has every organization swept.
type SweepDaily struct{}

// Kind implements tasks.SystemArgs.
func (SweepDaily) Kind() string { return "sweep_files_daily" }

// SweepOrganization is the task that compares one organization's rows with its bytes.
type SweepOrganization struct {
	OrgID id.ID `json:"org_id"`
}

// Kind implements tasks.Args.
func (SweepOrganization) Kind() string { return "sweep_files" }

// Organization implements tasks.Args.
func (t SweepOrganization) Organization() id.ID { return t.OrgID }

// orphanAge is how old bytes without a row have to be: whoever puts them there may be about to write it.
const orphanAge = time.Hour

// Swept is what a sweep found.
type Swept struct {
	Orphans int // bytes without a row: they are deleted
	Lost    int // rows without their bytes: they are marked
	Found   int // rows that were marked, and whose bytes are there again
	Late    int // reservations whose time was over: they are given back
}

// Sweep compares rows and bytes of an organization, both ways. Everything that it finds is a trace of a process that
// died, of a disk or of somebody's hand: what the tasks do in their time is done before.
func (s *Service) Sweep(ctx context.Context, a tenancy.Actor) (Swept, error) {
	var out Swept
	var err error
	if out.Late, err = s.giveBackLate(ctx, a); err != nil {
		return out, err
	}
	began := time.Now()
	known, err := s.blobRows(ctx, a)
	if err != nil {
		return out, err
	}
	prefix := blobsOf(a.Tenant().Org())
	there := map[string]bool{}
	for info, err := range s.blobs.List(ctx, prefix) {
		if err != nil {
			return out, err
		}
		sum := strings.TrimPrefix(info.Key, prefix)
		there[sum] = true
		if known[sum] == "" && info.At.Before(began.Add(-orphanAge)) {
			if err := s.deleteOrphan(ctx, a, info.Key, sum, info.Size); err != nil {
				return out, err
			}
			out.Orphans++
		}
	}
	for sum, state := range known {
		switch {
		case state == "stored" && !there[sum]:
			lost, err := s.mark(ctx, a, sum, "stored", "lost")
			if err != nil {
				return out, err
			}
			out.Lost += lost
		case state == "lost" && there[sum]:
			found, err := s.mark(ctx, a, sum, "lost", "stored")
			if err != nil {
				return out, err
			}
			out.Found += found
		}
	}
	if out != (Swept{}) {
		s.log.Warn("files were swept", "organization", a.Tenant().Org(), "orphans", out.Orphans, "lost", out.Lost, "found", out.Found, "late", out.Late)
	}
	return out, s.blobs.Tidy(ctx, began.Add(-orphanAge))
}

// giveBackLate gives back every reservation whose time is over.
func (s *Service) giveBackLate(ctx context.Context, a tenancy.Actor) (late int, err error) {
	err = s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		rows, err := tx.Query(`SELECT id FROM app.files WHERE org_id = $1 AND state = 'reserved' AND reserved_until <= $2 ORDER BY id FOR UPDATE SKIP LOCKED`,
			tx.Tenant().Org(), tx.Now())
		if err != nil {
			return err
		}
		all, err := pgx.CollectRows(rows, pgx.RowTo[id.ID])
		if err != nil {
			return err
		}
		late = len(all)
		for _, file := range all {
			if err := s.letGo(tx, file, Reserved); err != nil {
				return err
			}
		}
		return nil
	})
	return late, err
}

// blobRows are the states of an organization's blobs by their hash.
func (s *Service) blobRows(ctx context.Context, a tenancy.Actor) (map[string]string, error) {
	known := map[string]string{}
	_, err := s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Rows(func(rows pgx.Rows) error {
			var sum []byte
			var state string
			_, err := pgx.ForEachRow(rows, []any{&sum, &state}, func() error {
				known[hex.EncodeToString(sum)] = state
				return nil
			})
			return err
		}, `SELECT sha256, state FROM app.blobs WHERE org_id = $1`, a.Tenant().Org())
	})
	return known, err
}

// deleteOrphan has bytes deleted that have no row. A row that says that they leave comes first: who sends the same bytes at
// this moment is told to come back, instead of losing them.
func (s *Service) deleteOrphan(ctx context.Context, a tenancy.Actor, key, name string, size int64) error {
	sum, err := hex.DecodeString(name)
	if err != nil || len(sum) != 32 {
		return s.blobs.Delete(ctx, key) // nothing of ours has such a name
	}
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		tag, err := tx.Exec(`INSERT INTO app.blobs (org_id, sha256, size, uses, state, changed_at) VALUES ($1, $2, $3, 0, 'leaving', $4)
			ON CONFLICT (org_id, sha256) DO NOTHING`, tx.Tenant().Org(), sum, size, tx.Now())
		if err != nil || tag.RowsAffected() == 0 { // it has one by now
			return err
		}
		return s.queue.Enqueue(tx, Forget{OrgID: tx.Tenant().Org(), SHA256: name})
	})
}

// mark changes the state of a blob that was seen twice: in the list, and now.
func (s *Service) mark(ctx context.Context, a tenancy.Actor, name, from, to string) (int, error) {
	sum, err := hex.DecodeString(name)
	if err != nil {
		return 0, err
	}
	_, err = s.blobs.Stat(ctx, blobKey(a.Tenant().Org(), sum))
	if gone := errors.Is(err, fs.ErrNotExist); gone != (to == "lost") {
		return 0, nil
	} else if !gone && err != nil {
		return 0, err
	}
	var n int64
	err = s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		tag, err := tx.Exec(`UPDATE app.blobs SET state = $4, changed_at = $5 WHERE org_id = $1 AND sha256 = $2 AND state = $3`, tx.Tenant().Org(), sum, from, to, tx.Now())
		n = tag.RowsAffected()
		return err
	})
	return int(n), err
}

package files

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

const (
	// reservedFor is how long room is kept for a file that is on its way. No request lives as long.
	reservedFor = 15 * time.Minute
	// retryAfter is when to come back to what is away for a moment.
	retryAfter = 2 * time.Second
	// putWithin bounds how long the store of bytes is waited for.
	putWithin = 30 * time.Second
)

// facts are what the log says of a file.
type facts struct {
	FileID  id.ID  `json:"file_id"`
	Name    string `json:"name"`
	Caption string `json:"caption,omitempty"`
	Kind    Kind   `json:"kind"`
	Bytes   int64  `json:"bytes"`
}

func (f File) facts() facts { return facts{f.ID, f.Name, f.Caption, f.Kind, f.Size} }

// Upload takes room, receives a file and keeps it: three transactions, with everything slow between them. Sent again
// with the same key it is answered with the first one's file, if it is the same.
func (s *Service) Upload(ctx context.Context, a tenancy.Actor, in UploadInput) (File, error) {
	if err := in.Validate(); err != nil {
		return File{}, err
	}
	if err := a.Require(tenancy.FilesAdd); err != nil {
		return File{}, err
	}
	file, err := s.reserve(ctx, a, in)
	if err != nil {
		return File{}, err
	}
	s.step("reserved")
	kept, err := s.bring(ctx, a, file, in)
	if err != nil || kept.ID != file { // answered with the first one's
		s.giveBack(ctx, a, file)
	}
	return kept, err
}

// reserve takes room for what was announced.
func (s *Service) reserve(ctx context.Context, a tenancy.Actor, in UploadInput) (id.ID, error) {
	file := id.New()
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return err
		}
		if err := in.Check(tx); err != nil {
			return err
		}
		org, until := tx.Tenant().Org(), tx.Now().Add(reservedFor)
		// Who adds many at once may pass the bound by a few: it is for pages to stay pages.
		tag, err := tx.Exec(`INSERT INTO app.files (org_id, id, record_type, record_id, kind, name, caption, state, reserved_bytes, reserved_until, created_by, created_by_name, created_at)
			SELECT $1, $2, $3, $4, $5, $6, $7, 'reserved', $8, $9, $10, $11, $12
			WHERE (SELECT count(*) FROM app.files WHERE org_id = $1 AND record_type = $3 AND record_id = $4 AND kind = $5) < $13`,
			org, file, in.Of.Type, in.Of.ID, in.Kind, in.Name, in.Caption, in.AtMost, until, a.ID, a.Name, tx.Now(), MaxOfRecord)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "too-many-files", "There are %d here, which is as many as there can be. Remove some first.", MaxOfRecord).With("limit", MaxOfRecord)
		}
		if err := s.queue.EnqueueAt(tx, Settle{OrgID: org, FileID: file}, until); err != nil {
			return err
		}
		return usage.GrowBy(tx, a, plan.Storage, in.AtMost)
	})
	return file, err
}

// part is one form of a file on its way.
type part struct {
	form          Form
	media         string
	width, height int
	size          int64
	sum           [sha256.Size]byte
	body          func() io.Reader
	there         bool // the bytes are stored already
}

func (s *Service) bring(ctx context.Context, a tenancy.Actor, file id.ID, in UploadInput) (File, error) {
	sent, err := s.receive(ctx, in)
	if err != nil {
		return File{}, err
	}
	defer func() { _ = sent.Close() }() // it has no name
	s.step("received")
	parts, err := s.partsOf(ctx, in, sent)
	if err != nil {
		return File{}, err
	}
	s.step("looked at")
	if err := s.expect(ctx, a, file, parts); err != nil {
		return File{}, err
	}
	s.step("expected")
	for _, p := range parts {
		if p.there {
			continue
		}
		if err := s.put(ctx, a.Tenant().Org(), p); err != nil {
			return File{}, noPlace(err)
		}
		s.step("put " + string(p.form))
	}
	kept, err := s.keep(ctx, a, file, in, sent)
	if err == nil {
		s.step("kept")
	}
	return kept, err
}

// partsOf are the original and, of a picture, what we make of it.
func (s *Service) partsOf(ctx context.Context, in UploadInput, sent *spooled) ([]part, error) {
	m, err := sniff(sent.head, in)
	if err != nil {
		return nil, err
	}
	original := part{form: Original, media: m.Type, size: sent.size, sum: sent.sum, body: func() io.Reader { return io.NewSectionReader(sent, 0, sent.size) }}
	if !m.picture {
		return []part{original}, nil
	}
	select {
	case s.looking <- struct{}{}:
		defer func() { <-s.looking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	size, shown, thumbnail, err := look(in.Name, m, io.NewSectionReader(sent, 0, sent.size))
	if err != nil {
		return nil, err
	}
	original.width, original.height = size.Width, size.Height
	return []part{original, shown.as(Shown), thumbnail.as(Thumbnail)}, nil
}

func (m made) as(f Form) part {
	return part{form: f, media: "image/jpeg", width: m.width, height: m.height, size: int64(len(m.jpeg)), sum: sha256.Sum256(m.jpeg),
		body: func() io.Reader { return bytes.NewReader(m.jpeg) }}
}

// useSQL uses a blob once more, or expects a new one. No row: it leaves.
const useSQL = `INSERT INTO app.blobs AS b (org_id, sha256, size, uses, state, changed_at) VALUES ($1, $2, $3, 1, 'expected', $4)
	ON CONFLICT (org_id, sha256) DO UPDATE SET uses = b.uses + 1 WHERE b.state <> 'leaving'
	RETURNING uses, state`

// expect writes down what is about to be put, and exchanges the reserved room for the real one.
func (s *Service) expect(ctx context.Context, a tenancy.Actor, file id.ID, parts []part) error {
	// In one order everywhere, so that two who send the same do not wait for each other.
	slices.SortFunc(parts, func(x, y part) int { return cmp.Or(bytes.Compare(x.sum[:], y.sum[:]), cmp.Compare(x.form, y.form)) })
	return s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		org := tx.Tenant().Org()
		var reserved, grown int64
		err := tx.QueryRow(`SELECT reserved_bytes FROM app.files WHERE org_id = $1 AND id = $2 AND state = 'reserved' FOR UPDATE`, org, file).Scan(&reserved)
		if errors.Is(err, pgx.ErrNoRows) {
			return errTooSlow()
		}
		if err != nil {
			return err
		}
		for i, p := range parts {
			var uses int
			var state string
			err := tx.QueryRow(useSQL, org, p.sum[:], p.size, tx.Now()).Scan(&uses, &state)
			if errors.Is(err, pgx.ErrNoRows) {
				return noPlace(errLeaving)
			}
			if err != nil {
				return err
			}
			if uses == 1 {
				grown += p.size
			}
			parts[i].there = state == "stored"
			tx.AtCommit(pg.Plain, `INSERT INTO app.file_forms (org_id, file_id, form, sha256, media_type, width, height) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				org, file, p.form, p.sum[:], p.media, p.width, p.height)
		}
		tx.AtCommit(pg.Plain, `UPDATE app.files SET reserved_bytes = 0 WHERE org_id = $1 AND id = $2`, org, file)
		if grown > reserved {
			return usage.GrowBy(tx, a, plan.Storage, grown-reserved)
		}
		return usage.ShrinkBy(tx, plan.Storage, reserved-grown)
	})
}

var errLeaving = errors.New("the same bytes are being deleted")

func errTooSlow() error {
	return fault.New(fault.Conflict, "upload-too-slow", "The upload took too long, and its room was given back. Send it again.")
}

func (s *Service) put(ctx context.Context, org id.ID, p part) error {
	ctx, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	return s.blobs.Put(ctx, blobKey(org, p.sum[:]), p.body(), p.size)
}

// blobKey is where bytes of an organization lie.
func blobKey(org id.ID, sum []byte) string { return blobsOf(org) + hex.EncodeToString(sum) }

func blobsOf(org id.ID) string { return "org/" + org.String() + "/" }

// sameUpload is what an upload has to have in common with another to be the same.
type sameUpload struct {
	Of      Record `json:"of"`
	Kind    Kind   `json:"kind"`
	Name    string `json:"name"`
	Caption string `json:"caption"`
	SHA256  string `json:"sha256"`
}

// keep says that all bytes are where they should be.
func (s *Service) keep(ctx context.Context, a tenancy.Actor, file id.ID, in UploadInput, sent *spooled) (File, error) {
	same := sameUpload{in.Of, in.Kind, in.Name, in.Caption, hex.EncodeToString(sent.sum[:])}
	return tenancy.Once(ctx, s.db, a, "files.upload", same, func(tx *pg.OrgTx) (File, error) {
		org := tx.Tenant().Org()
		tag, err := tx.Exec(`UPDATE app.files SET state = 'stored', reserved_until = NULL WHERE org_id = $1 AND id = $2 AND state = 'reserved'`, org, file)
		if err != nil {
			return File{}, err
		}
		if tag.RowsAffected() == 0 {
			return File{}, errTooSlow()
		}
		_, err = tx.Exec(`UPDATE app.blobs SET state = 'stored', changed_at = $3
			WHERE org_id = $1 AND state <> 'stored' AND sha256 IN (SELECT sha256 FROM app.file_forms WHERE org_id = $1 AND file_id = $2)`, org, file, tx.Now())
		if err != nil {
			return File{}, err
		}
		kept, err := findFile(tx, file)
		if err != nil {
			return File{}, err
		}
		return kept, audit.Record(tx, a, audit.Deed{Action: "file.added", RecordType: in.Of.Type, RecordID: in.Of.ID, After: kept.facts()})
	})
}

func findFile(tx *pg.OrgTx, file id.ID) (File, error) {
	rows, err := tx.Query(oneSQL, tx.Tenant().Org(), file)
	if err != nil {
		return File{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scanFile)
}

// giveBack takes back a reservation whose request failed, also when the request's time is over. Where that fails too,
// the task does it.
func (s *Service) giveBack(ctx context.Context, a tenancy.Actor, file id.ID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := s.db.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error { return s.letGo(tx, file, Reserved) })
	if err != nil {
		s.log.Warn("room for an upload is given back later", "error", err)
	}
}

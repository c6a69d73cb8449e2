package files

import (
	"context"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// DescribeInput says what a file shows, over a version of it that was read.
type DescribeInput struct {
	File    id.ID  `json:"file"`
	Version int    `json:"version"`
	Caption string `json:"caption"`
}

// Describe changes a file's caption. Whoever may add files may say what they show.
func (s *Service) Describe(ctx context.Context, a tenancy.Actor, in DescribeInput) (File, error) {
	var p fault.Problems
	if in.Caption = cleanCaption(in.Caption, &p); p.Any() {
		return File{}, p.Err()
	}
	if err := a.Require(tenancy.FilesAdd); err != nil {
		return File{}, err
	}
	return tenancy.Once(ctx, s.db, a, "files.describe", in, func(tx *pg.OrgTx) (File, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			return File{}, err
		}
		// The lock comes first: what is read behind it is what the one before has written.
		if _, err := tx.Exec(`SELECT FROM app.files WHERE org_id = $1 AND id = $2 FOR UPDATE`, tx.Tenant().Org(), in.File); err != nil {
			return File{}, err
		}
		f, err := findFile(tx, in.File)
		if err != nil {
			return File{}, err
		}
		if f.Version != in.Version {
			return File{}, fault.Stale("file").With("current_version", f.Version)
		}
		if f.Caption == in.Caption {
			return f, nil
		}
		before := f
		f.Caption, f.Version = in.Caption, f.Version+1
		tx.AtCommit(pg.Plain, `UPDATE app.files SET caption = $3, version = $4 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), f.ID, f.Caption, f.Version)
		return f, audit.Record(tx, a, audit.Deed{Action: "file.described", RecordType: f.Of.Type, RecordID: f.Of.ID, Before: before.facts(), After: f.facts()})
	})
}

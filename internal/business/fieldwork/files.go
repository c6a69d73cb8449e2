package fieldwork

import (
	"context"
	"io"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// AddFileInput is a photo or document of a job that is being sent.
type AddFileInput struct {
	Job          id.ID
	Kind         files.Kind // a photo when empty
	Name         string
	Caption      string
	DeclaredType string
	AtMost       int64 // bytes, 0 when nobody knows
	Body         io.Reader
}

// AddFile adds a file to a job.
func (s *Service) AddFile(ctx context.Context, a tenancy.Actor, in AddFileInput) (files.File, error) {
	if err := a.Require(tenancy.JobsRead); err != nil {
		return files.File{}, err
	}
	if in.Kind == "" {
		in.Kind = files.Photo
	}
	return s.Files.Upload(ctx, a, files.UploadInput{
		Of: ofJob(in.Job), Kind: in.Kind, Name: in.Name, Caption: in.Caption, DeclaredType: in.DeclaredType, AtMost: in.AtMost, Body: in.Body,
		Check: func(tx *pg.OrgTx) error {
			var there int
			return tx.QueryRow(`SELECT 1 FROM app.jobs WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), in.Job).Scan(&there)
		},
	})
}

func ofJob(job id.ID) files.Record { return files.Record{Type: "job", ID: job} }

// ListPhotos reads the photos of a job, the oldest first.
func (s *Service) ListPhotos(ctx context.Context, a tenancy.Actor, job id.ID) ([]files.View, error) {
	if err := a.Require(tenancy.JobsRead); err != nil {
		return nil, err
	}
	var all []files.File
	var there int
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&there}, `SELECT 1 FROM app.jobs WHERE org_id = $1 AND id = $2`, a.Tenant().Org(), job)
		files.QueueFiles(r, a.Tenant(), ofJob(job), files.Photo, &all)
	})
	if err != nil {
		return nil, err
	}
	return s.Files.Views(a.Tenant(), now, all...), nil
}

// GetFile reads a file of a job.
func (s *Service) GetFile(ctx context.Context, a tenancy.Actor, file id.ID) (files.View, error) {
	if err := a.Require(tenancy.JobsRead); err != nil {
		return files.View{}, err
	}
	var f files.File
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) { files.QueueFile(r, a.Tenant(), file, &f) })
	if err != nil {
		return files.View{}, err
	}
	return s.Files.Views(a.Tenant(), now, f)[0], nil
}

// DescribeFile changes what is said of a file of a job.
func (s *Service) DescribeFile(ctx context.Context, a tenancy.Actor, in files.DescribeInput) (files.File, error) {
	if err := a.Require(tenancy.JobsRead); err != nil {
		return files.File{}, err
	}
	return s.Files.Describe(ctx, a, in)
}

// RemoveFile takes a file away from its job; it can be brought back for an hour.
func (s *Service) RemoveFile(ctx context.Context, a tenancy.Actor, file id.ID) (files.File, error) {
	if err := a.Require(tenancy.JobsRead); err != nil {
		return files.File{}, err
	}
	return s.Files.Remove(ctx, a, file)
}

// RestoreFile brings a removed file back.
func (s *Service) RestoreFile(ctx context.Context, a tenancy.Actor, file id.ID) (files.File, error) {
	if err := a.Require(tenancy.JobsRead); err != nil {
		return files.File{}, err
	}
	return s.Files.Restore(ctx, a, file)
}

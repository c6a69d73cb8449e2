package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
)

type filesOf struct{ Services }

func (s filesOf) register(a *API) {
	register(a, route{
		pattern: "POST /v1/files", name: "add-file", summary: "Add a photo or a document to a job.", status: 201, upload: true,
		more: "Send the file itself, with its media type or application/octet-stream, or a form (multipart/form-data) whose first file is it: up to 25 MiB. " +
			"A photo is a JPEG, PNG or WebP, a document a PDF; what a file is, its content says. Its room is taken from the plan's storage before it is read.",
	}, needs(tenancy.FilesAdd), s.add)
	register(a, route{
		pattern: "GET /v1/files/{id}", name: "get-file", summary: "Get a file, with addresses of its bytes.",
		more: "An address is on the host of files, holds for ten minutes at most, and needs no token: whoever has it can read.",
	}, needs(tenancy.JobsRead), s.get)
	register(a, route{pattern: "PATCH /v1/files/{id}", name: "edit-file", summary: "Change a file's caption by merge patch."},
		needs(tenancy.FilesAdd), s.edit)
	register(a, route{
		pattern: "DELETE /v1/files/{id}", name: "remove-file", summary: "Remove a file.", status: 204,
		more: "On its job's page it can be brought back for an hour; then its bytes are deleted and its room is free.",
	}, needs(tenancy.FilesRemove), s.remove)
	register(a, route{pattern: "GET /v1/jobs/{id}/photos", name: "list-job-photos", summary: "List the photos of a job, oldest first."},
		needs(tenancy.JobsRead), s.photos)
}

type file struct {
	ID            id.ID       `json:"id"`
	JobID         id.ID       `json:"job_id"`
	Kind          string      `json:"kind" enum:"photo,document"`
	Name          string      `json:"name"`
	Caption       string      `json:"caption"`
	MediaType     string      `json:"media_type" doc:"As its content says."`
	Size          int64       `json:"size" doc:"Bytes of the original."`
	SHA256        string      `json:"sha256" doc:"Of the original, in hexadecimal."`
	Width         int         `json:"width" doc:"Pixels of the shown picture; 0 of a document."`
	Height        int         `json:"height"`
	Addresses     fileAddress `json:"addresses"`
	CreatedBy     id.ID       `json:"created_by"`
	CreatedByName string      `json:"created_by_name"`
	CreatedAt     time.Time   `json:"created_at"`
	Version       int         `json:"version"`
}

type fileAddress struct {
	Original  string  `json:"original" doc:"As it was sent, for saving."`
	Shown     *string `json:"shown" doc:"A JPEG of at most 2048 pixels, without what the camera wrote into the file; null of a document."`
	Thumbnail *string `json:"thumbnail" doc:"The same at 320 pixels."`
}

func newFile(v files.View) file {
	out := file{
		ID: v.ID, JobID: v.Of.ID, Kind: string(v.Kind), Name: v.Name, Caption: v.Caption, MediaType: v.MediaType, Size: v.Size, SHA256: v.SHA256,
		Width: v.Width, Height: v.Height, Addresses: fileAddress{Original: v.Addresses[files.Original]},
		CreatedBy: v.CreatedBy, CreatedByName: v.CreatedByName, CreatedAt: v.CreatedAt.UTC(), Version: v.Version,
	}
	if shown, made := v.Addresses[files.Shown]; made {
		out.Addresses.Shown, out.Addresses.Thumbnail = &shown, new(v.Addresses[files.Thumbnail])
	}
	return out
}

// Upload is the body of a request as it comes.
type Upload struct {
	body   io.Reader
	media  string
	params map[string]string
	size   int64
}

// Resolve implements huma.Resolver: it takes what huma would have read.
func (u *Upload) Resolve(ctx huma.Context) []error {
	x, ok := ctx.(*exchange)
	if !ok {
		return []error{errors.New("an upload outside of an exchange")}
	}
	var err error
	u.body, u.size = x.r.Body, x.r.ContentLength
	if u.media, u.params, err = mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil {
		u.media = "" // nothing that anybody could go by
	}
	return nil
}

// file finds the file in the body: it is the body, or the first one of a form.
func (u *Upload) file() (body io.Reader, name, media string, err error) {
	if u.media != "multipart/form-data" {
		if u.media == "" {
			return nil, "", "", fault.New(fault.Invalid, httpx.CodeMediaType, "Send a file with its media type, or a form with one.").With("accepted", uploadTypes)
		}
		return u.body, "", u.media, nil
	}
	for form := multipart.NewReader(u.body, u.params["boundary"]); ; {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, "", "", fault.InvalidField("/file", "The form has no file.")
		}
		if err != nil {
			return nil, "", "", fault.New(fault.Invalid, httpx.CodeMalformed, "The form could not be read.").Because(err)
		}
		if part.FileName() != "" {
			return part, part.FileName(), part.Header.Get("Content-Type"), nil
		}
	}
}

// uploadTypes are what the body of an upload may be.
var uploadTypes = []string{"application/octet-stream", "application/pdf", "image/jpeg", "image/png", "image/webp", "multipart/form-data"}

// uploadBody describes them. It does not say that there has to be one: huma would look for it.
func uploadBody() *huma.RequestBody {
	b := &huma.RequestBody{Content: map[string]*huma.MediaType{}}
	for _, media := range uploadTypes {
		schema := &huma.Schema{Type: huma.TypeString, Format: "binary"}
		if media == "multipart/form-data" {
			schema = &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": schema}, Required: []string{"file"}}
		}
		b.Content[media] = &huma.MediaType{Schema: schema}
	}
	return b
}

type addFile struct {
	Upload
	JobID   recordID `query:"job_id" required:"true" doc:"What it belongs to."`
	Kind    string   `query:"kind" enum:"photo,document" default:"photo"`
	Name    string   `query:"name" maxLength:"300" doc:"As it is shown, and offered to save under; left out: the form's."`
	Caption string   `query:"caption" maxLength:"300" doc:"What it shows."`
}

func (s filesOf) add(ctx context.Context, a tenancy.Actor, in *addFile) (*createdAnswer[file], error) {
	body, name, media, err := in.file()
	if err != nil {
		return nil, err
	}
	if in.Name != "" {
		name = in.Name
	}
	f, err := s.Jobs.AddFile(ctx, a, fieldwork.AddFileInput{
		Job: id.ID(in.JobID), Kind: files.Kind(in.Kind), Name: name, Caption: in.Caption, DeclaredType: media, AtMost: in.size, Body: body,
	})
	if err != nil {
		return nil, err
	}
	view, err := s.Jobs.GetFile(ctx, a, f.ID)
	if err != nil {
		return nil, err
	}
	return &createdAnswer[file]{Location: "/v1/files/" + f.ID.String(), ETag: etag(view.Version), Body: newFile(view)}, nil
}

func (s filesOf) get(ctx context.Context, a tenancy.Actor, in *ByID) (*recordAnswer[file], error) {
	f, err := s.Jobs.GetFile(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &recordAnswer[file]{ETag: etag(f.Version), Body: newFile(f)}, nil
}

type filePatch struct {
	Caption patch[string] `json:"caption,omitzero"`
}

func (s filesOf) edit(ctx context.Context, a tenancy.Actor, in *changeOf[filePatch]) (*recordAnswer[file], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	f, err := s.Jobs.GetFile(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	caption := f.Caption
	in.Body.Caption.onto(&caption)
	if _, err := s.Jobs.DescribeFile(ctx, a, files.DescribeInput{File: f.ID, Version: version, Caption: caption}); err != nil {
		return nil, err
	}
	return s.get(ctx, a, &ByID{ID: in.ID})
}

func (s filesOf) remove(ctx context.Context, a tenancy.Actor, in *ByID) (*struct{}, error) {
	_, err := s.Jobs.RemoveFile(ctx, a, id.ID(in.ID))
	return nil, err
}

func (s filesOf) photos(ctx context.Context, a tenancy.Actor, in *ByID) (*answer[listOf[file]], error) {
	all, err := s.Jobs.ListPhotos(ctx, a, id.ID(in.ID))
	if err != nil {
		return nil, err
	}
	return &answer[listOf[file]]{listed(all, newFile)}, nil
}

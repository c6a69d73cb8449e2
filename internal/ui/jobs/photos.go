package jobs

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/business/fieldwork"
	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

const (
	// MaxUpload is how many bytes one form may bring: what a phone took of a day.
	MaxUpload = 4 * files.MaxSize
	// UploadWithin is how long it may take.
	UploadWithin = 5 * time.Minute
	// maxPhotos is how many photos one form may bring.
	maxPhotos = 30
	// maxField is the longest text that comes along, in bytes.
	maxField = 4096
)

// addPhotos takes the photos of a form one after the other, as they come. One that cannot be taken does not keep the
// others from it.
func (h *Handlers) addPhotos(w http.ResponseWriter, r *http.Request) error {
	job, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	httpx.MoreTime(w, UploadWithin)
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, httpx.CodeMalformed, "This form could not be read.").Because(err)
	}
	in := incoming{a: caller.Of(r).Actor, job: job, announced: r.ContentLength}
	if err := in.takeAll(h, r, parts); err != nil {
		// A browser that is still sending would not see the answer.
		_, _ = io.Copy(io.Discard, r.Body) // bounded like every body
		return err
	}
	if in.added == 0 && len(in.problems) == 0 {
		in.problems = kit.Problems{{Pointer: "/photos", Message: "Choose at least one photo."}}
	}
	if len(in.problems) > 0 {
		return h.showJob(w, r, job, sent{problems: in.problems, caption: in.caption})
	}
	shell.Notify(w, kit.Count(in.added, "photo is", "photos are")+" added.", nil)
	return shell.SeeOther(w, r, Path(job)+"#photos")
}

// incoming is a form of photos on its way.
type incoming struct {
	a         tenancy.Actor
	job       id.ID
	announced int64
	key       string
	caption   string
	seen      int
	added     int
	problems  kit.Problems
}

func (in *incoming) takeAll(h *Handlers, r *http.Request, parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.New(fault.Invalid, "upload-cut", "The upload ended before the form did. Send it again.").Because(err)
		}
		if part.FileName() == "" { // a field, or a file that was not chosen
			err = in.takeField(part)
		} else {
			err = in.takePhoto(h, r, part)
		}
		if err != nil {
			return err
		}
	}
}

func (in *incoming) takeField(part *multipart.Part) error {
	b, err := io.ReadAll(io.LimitReader(part, maxField+1))
	if err != nil {
		return fault.New(fault.Invalid, "upload-cut", "The upload ended before the form did. Send it again.").Because(err)
	}
	name, value := part.FormName(), string(b)
	if len(b) > maxField || !utf8.ValidString(value) {
		return fault.InvalidField("/"+name, "This is too long, or no readable text (UTF-8).")
	}
	field := map[string]*string{kit.KeyField: &in.key, "caption": &in.caption}[name]
	if field == nil {
		return nil
	}
	if *field != "" {
		return fault.InvalidField("/"+name, "This was sent more than once.")
	}
	if *field = value; name == kit.KeyField && len(value) > 200 {
		return fault.InvalidField("/"+name, "A key has at most 200 characters.")
	}
	return nil
}

func (in *incoming) takePhoto(h *Handlers, r *http.Request, part *multipart.Part) error {
	if in.seen++; in.seen > maxPhotos {
		return fault.New(fault.Invalid, "too-many-photos", "One form takes %d photos. The first ones are added.", maxPhotos).With("limit", maxPhotos)
	}
	a := in.a
	if in.key != "" { // each photo of the form is one of its own
		request := a.Request
		request.IdempotencyKey = in.key + " " + strconv.Itoa(in.seen)
		a = a.WithRequest(request)
	}
	_, err := h.Jobs.AddFile(r.Context(), a, fieldwork.AddFileInput{
		Job: in.job, Name: part.FileName(), Caption: in.caption, DeclaredType: part.Header.Get("Content-Type"), AtMost: in.announced, Body: part,
	})
	if fault.Is(err, fault.Invalid) && fault.As(err).Code == "invalid-input" {
		for _, f := range fault.As(err).Fields {
			if f.Pointer == "/file" {
				f.Pointer = "/photos"
			}
			in.problems = append(in.problems, f)
		}
		return nil
	}
	if err == nil {
		in.added++
	}
	return err
}

func (h *Handlers) removePhoto(w http.ResponseWriter, r *http.Request) error {
	f, err := h.turnPhoto(r, h.Jobs.RemoveFile)
	if err != nil {
		return err
	}
	shell.Notify(w, f.Name+" is removed.", &kit.Action{Label: "Undo", Href: "/photos/" + f.ID.String() + "/restore", Post: true})
	return shell.SeeOther(w, r, Path(f.Of.ID)+"#photos")
}

func (h *Handlers) restorePhoto(w http.ResponseWriter, r *http.Request) error {
	f, err := h.turnPhoto(r, h.Jobs.RestoreFile)
	if err != nil {
		return err
	}
	shell.Notify(w, f.Name+" is back.", nil)
	return shell.SeeOther(w, r, Path(f.Of.ID)+"#photos")
}

func (h *Handlers) turnPhoto(r *http.Request, turn func(context.Context, tenancy.Actor, id.ID) (files.File, error)) (files.File, error) {
	file, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return files.File{}, err
	}
	return turn(r.Context(), caller.Of(r).Actor, file)
}

// photo is a photo as the page shows it.
type photo struct {
	Thumbnail, Shown, Original string
	Words                      string // caption, or the name
	Alt                        string
	Width, Height              string
	By                         string
	Remove                     *kit.Action
	Describe                   *kit.Form
	Caption                    kit.Field // of Describe
	Open                       bool      // what was sent is wrong: the form is shown at once
}

// thumbnailWidth is what a thumbnail takes of the page at most; the browser keeps its place by it.
const thumbnailWidth = 320

func (v record) photos() []photo {
	zone := v.c.Actor.Org.Zone()
	all := make([]photo, len(v.Photos))
	for i, f := range v.Photos {
		p := photo{
			Thumbnail: f.Addresses[files.Thumbnail], Shown: f.Addresses[files.Shown], Original: f.Addresses[files.Original], Words: f.Caption,
			Alt: f.Caption, Width: strconv.Itoa(thumbnailWidth), Height: strconv.Itoa(thumbnailWidth * max(f.Height, 1) / max(f.Width, 1)),
			By: f.CreatedByName + ", " + shell.DayName(f.CreatedAt.In(zone), v.c.Now.In(zone)) + f.CreatedAt.In(zone).Format(", 3:04 PM"),
		}
		if p.Words == "" {
			p.Words, p.Alt = f.Name, "Photo "+strconv.Itoa(i+1)
		}
		if v.c.Actor.May(tenancy.FilesAdd) {
			v.describing(&p, f.File)
		}
		if v.c.Actor.May(tenancy.FilesRemove) {
			p.Remove = &kit.Action{Label: "Remove", Icon: "trash-2", Href: "/photos/" + f.ID.String() + "/remove", Post: true}
		}
		all[i] = p
	}
	return all
}

// photoForm is the form that adds photos: with the camera, or from what is on the device.
func (v record) photoForm() *kit.Form {
	if !v.c.Actor.May(tenancy.FilesAdd) {
		return nil
	}
	f := &kit.Form{Action: Path(v.Job.ID) + "/photos", Multipart: true, Submit: "Add photos"}
	if v.sent.photo == id.Nil {
		f.Problems = v.sent.problems
	}
	return f
}

// adding is the caption of photos that are to be added.
func (v record) adding() kit.Field {
	f := kit.Field{Name: "caption", Label: "What they show", Hint: "One line for all of them, like Posts are set.", Optional: true, Max: 300}
	if v.sent.photo == id.Nil {
		f.Value, f.Error = v.sent.caption, v.sent.problems.For("caption")
	}
	return f
}

// captionOf is the name of a photo's caption in forms: a page has many.
func captionOf(photo id.ID) string { return "caption_" + photo.String() }

// describing gives a photo the form that changes its caption.
func (v record) describing(p *photo, f files.File) {
	name := captionOf(f.ID)
	p.Describe = &kit.Form{Action: "/photos/" + f.ID.String(), Version: int64(f.Version), Submit: "Save caption"}
	p.Caption = kit.Field{Name: name, Label: "What it shows", Hint: "Empty shows the file's name.", Optional: true, Max: 300, Value: f.Caption}
	if v.sent.photo == f.ID {
		p.Open, p.Describe.Version, p.Describe.Problems = true, int64(v.sent.version), v.sent.problems
		p.Caption.Value, p.Caption.Error = v.sent.caption, v.sent.problems.For(name)
	}
}

// describePhoto changes what is said of a photo.
func (h *Handlers) describePhoto(w http.ResponseWriter, r *http.Request) error {
	photo, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	version, err := shell.Version(r)
	if err != nil {
		return err
	}
	a, caption := caller.Of(r).Actor, r.PostForm.Get(captionOf(photo))
	f, err := h.Jobs.DescribeFile(r.Context(), a, files.DescribeInput{File: photo, Version: version, Caption: caption})
	switch {
	case err != nil && fault.As(err).Code == fault.CodeStale:
		return h.photoConflict(w, r, photo, caption)
	case fault.Is(err, fault.Invalid) && len(fault.As(err).Fields) > 0:
		now, readErr := h.Jobs.GetFile(r.Context(), a, photo)
		if readErr != nil {
			return readErr
		}
		s := sent{photo: photo, version: version, caption: caption}
		for _, problem := range kit.ProblemsOf(err) {
			if problem.Pointer == "/caption" {
				problem.Pointer = "/" + captionOf(photo)
			}
			s.problems = append(s.problems, problem)
		}
		return h.showJob(w, r, now.Of.ID, s)
	case err != nil:
		return err
	}
	shell.Notify(w, "The caption is saved.", nil)
	return shell.SeeOther(w, r, Path(f.Of.ID)+"#photos")
}

// photoConflict sets both captions side by side. Nothing was overwritten.
func (h *Handlers) photoConflict(w http.ResponseWriter, r *http.Request, photo id.ID, mine string) error {
	f, err := h.Jobs.GetFile(r.Context(), caller.Of(r).Actor, photo)
	if err != nil {
		return err
	}
	back := Path(f.Of.ID) + "#photos"
	c := kit.Conflict{Noun: "photo", Action: "/photos/" + photo.String(), Theirs: int64(f.Version), Keep: back}
	c.Compare(nil, kit.Difference{Name: captionOf(photo), Label: "What it shows", Yours: mine, Hers: f.Caption})
	p := shell.Page{Title: "Two people changed this photo", Area: shell.AreaJobs, Back: &kit.Link{Label: "Job", Href: back}, Status: http.StatusPreconditionFailed}
	return h.Pages.Show(w, r, p, kit.ConflictPage(c))
}

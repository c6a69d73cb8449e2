package requests

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/url"
	"strings"
)

// picture is a photo that no other request has.
func (s *Session) picture() string {
	p := image.NewGray(image.Rect(0, 0, 64, 8))
	number := binary.BigEndian.AppendUint32(nil, uint32(s.next()))
	for i := range p.Pix {
		if x := i % 64 / 2; number[x/8]>>(x%8)&1 == 1 {
			p.Pix[i] = 255
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 100}); err != nil {
		panic("prove: a picture: " + err.Error()) // into memory
	}
	return b.String()
}

// adding is a photo that is sent to A's job.
func (s *Session) adding() Request {
	r := s.api("POST /v1/files", "/v1/files?job_id="+s.some("jobs")+fmt.Sprintf("&name=photo%d.jpg", s.next()), "")
	r.Media, r.Body = "image/jpeg", s.picture()
	return r
}

// newFile adds a photo.
func (s *Session) newFile() string {
	file := field(s.do(s.adding()).Body, "id")
	s.leave("files", file)
	return file
}

// ofFile is a hint for what is done with a photo.
func ofFile(key string) hint {
	return func(s *Session) Request {
		path := strings.Replace(s.Operations[key].Pattern, "{id}", s.newFile(), 1)
		if s.Operations[key].API {
			return s.api(key, path, "")
		}
		return s.bare(key, path, nil)
	}
}

// fileHints say how valid requests about files are made.
var fileHints = map[string]hint{
	"POST /v1/files":     func(s *Session) Request { return s.adding() },
	"GET /v1/files/{id}": ofFile("GET /v1/files/{id}"),
	"PATCH /v1/files/{id}": func(s *Session) Request {
		path := "/v1/files/" + s.newFile()
		r := s.api("PATCH /v1/files/{id}", path, fmt.Sprintf(`{"caption":"Post %d is set"}`, s.next()))
		return s.matched(r, "GET /v1/files/{id}", path)
	},
	"POST /photos/{id}": func(s *Session) Request {
		file := s.newFile()
		fields := url.Values{"version": {"1"}, "caption_" + file: {fmt.Sprintf("Post %d is set", s.next())}}
		return s.bare("POST /photos/{id}", "/photos/"+file, fields)
	},
	"DELETE /v1/files/{id}":    ofFile("DELETE /v1/files/{id}"),
	"POST /photos/{id}/remove": ofFile("POST /photos/{id}/remove"),
	"POST /photos/{id}/restore": func(s *Session) Request {
		file := s.newFile()
		s.do(s.api("DELETE /v1/files/{id}", "/v1/files/"+file, ""))
		return s.bare("POST /photos/{id}/restore", "/photos/"+file+"/restore", nil)
	},
	"POST /jobs/{id}/photos": func(s *Session) Request {
		r := s.bare("POST /jobs/{id}/photos", "/jobs/"+s.some("jobs")+"/photos", nil)
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		_ = form.SetBoundary("fence-prover") // letters; the same in both worlds
		_ = form.WriteField("idempotency_key", fmt.Sprint("prover form ", s.next()))
		if w, err := form.CreateFormFile("photos", "photo.jpg"); err == nil {
			_, _ = w.Write([]byte(s.picture())) // into memory
		}
		_ = form.Close()
		r.Media, r.Body = form.FormDataContentType(), b.String()
		return r
	},
}

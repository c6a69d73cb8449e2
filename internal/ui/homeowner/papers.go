package homeowner

import (
	"context"
	"net/http"
	"strconv"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/ui/kit"
)

// sentPDF is the quote as it was sent, to read before signing.
func (h *Handlers) sentPDF(w http.ResponseWriter, r *http.Request) error {
	return paper(w, r, "inline", h.Quotes.SentPDFByToken)
}

// signedPDF is the sealed copy, to keep.
func (h *Handlers) signedPDF(w http.ResponseWriter, r *http.Request) error {
	return paper(w, r, "attachment", h.Quotes.SignedPDFByToken)
}

func paper(w http.ResponseWriter, r *http.Request, disposition string, read func(context.Context, tenancy.Actor, string) (quoting.Paper, error)) error {
	p, err := read(r.Context(), caller.Of(r).Actor, r.PathValue("token"))
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "application/pdf")
	header.Set("Content-Disposition", disposition+`; filename="`+p.Name+`"`) // a number of ours, no text of anybody
	header.Set("Content-Length", strconv.Itoa(len(p.Bytes)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Robots-Tag", "noindex")
	_, _ = w.Write(p.Bytes) // the client may be gone
	return nil
}

// brandPath is the address of the company's color sheet; empty without a color of its own.
func brandPath(color string) string {
	brand, err := kit.Brand(color)
	if err != nil {
		return ""
	}
	return brand.Path()
}

// brandSheet is the company's color. Its address changes with it, so that it may be kept for ever.
func (h *Handlers) brandSheet(w http.ResponseWriter, r *http.Request) error {
	brand, err := kit.Brand(caller.Of(r).Actor.Org.BrandColor)
	if err != nil || r.URL.Path != brand.Path() {
		return fault.Missing()
	}
	css := brand.CSS()
	header := w.Header()
	header.Set("Content-Type", "text/css; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(css)))
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write([]byte(css)) // the client may be gone
	return nil
}

package sketches

import (
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/business/takeoff/document"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// posted is the document of the island: the drawing as it is on the screen.
type posted struct {
	Layout jsontext.Value `json:"layout"`
	Extras quoting.Extras `json:"extras"`
}

// handed is what the page hands to the island.
type handed struct {
	ID       id.ID          `json:"id"`
	Version  int            `json:"version"`
	Layout   jsontext.Value `json:"layout"`
	Extras   quoting.Extras `json:"extras"`
	SaveURL  string         `json:"save_url"`
	PriceURL string         `json:"price_url"`
	CSRF     *string        `json:"csrf"` // none: requests of other sites are refused by their origin
	SavedAt  string         `json:"saved_at"`
	LookURL  string         `json:"look_url"`
}

// document writes the document into the page. Signs of markup are escaped, so that no name ends the script.
func (s sketch) document() templ.Component {
	at := Path(s.Sketch.ID)
	b, err := json.Marshal(handed{
		ID: s.Sketch.ID, Version: s.Sketch.Version, Layout: s.Sketch.Layout, Extras: s.Sketch.Extras,
		SaveURL: at + "/document", PriceURL: at + "/price", SavedAt: s.SavedAt, LookURL: kit.LookPath,
	}, json.Deterministic(true), jsontext.EscapeForHTML(true))
	return templ.Raw(`<script type="application/json" class="sketch-document">`+string(b)+`</script>`, err)
}

// svg is the picture for a page without script.
func (s sketch) svg() string {
	return drawing.Draw(s.Drawing.Plan(s.Priced.TakeOff.Placed), drawing.Sheet{Audience: drawing.ForOffice, Width: 720}).SVG()
}

// words say the picture.
func (s sketch) words() string { return s.Drawing.Plan(nil).Words() }

// asProblem answers the island's requests: errors are problem documents, not pages.
func asProblem(serve shell.Handler) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := serve(w, r)
		if err == nil {
			return nil
		}
		f := httpx.Fault(err)
		if f.Kind == fault.Internal {
			httpx.Info(r).Err = err
		}
		if f.Kind == fault.Invalid { // the island shows the title above the list
			f = f.With("title", "This drawing cannot be priced as it is.")
		}
		httpx.WriteProblem(w, f, httpx.Info(r).ID)
		return nil
	}
}

func (h *Handlers) saveDocument(w http.ResponseWriter, r *http.Request) error {
	at, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	version, err := ifMatch(r)
	if err != nil {
		return err
	}
	in, err := decode(r)
	if err != nil {
		return err
	}
	a := caller.Of(r).Actor
	saved, err := h.Sketches.SaveSketch(r.Context(), a, at, quoting.SaveSketchInput{Version: version, Layout: in.Layout, Extras: in.Extras})
	if err != nil {
		return err
	}
	return answer(w, struct {
		Version int    `json:"version"`
		SavedAt string `json:"saved_at"`
	}{saved.Version, saved.SavedAt.In(a.Org.Zone()).Format(clock)})
}

// ifMatch is the version that the island has in hand.
func ifMatch(r *http.Request) (int, error) {
	v, err := strconv.Atoi(strings.Trim(r.Header.Get("If-Match"), `"`))
	if err != nil || v < 1 {
		return 0, fault.New(fault.Invalid, httpx.CodePrecondition, `Say in If-Match which version you have, as in "3".`)
	}
	return v, nil
}

func decode(r *http.Request) (posted, error) {
	var in posted
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return in, fault.New(fault.Invalid, httpx.CodeMediaType, "Send application/json.")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return in, err
	}
	return in, document.Decode(body, &in)
}

// priced is the answer to the island's question what the drawing takes and costs.
type priced struct {
	HTML    string          `json:"html"`
	TakeOff takeoff.TakeOff `json:"takeoff"`
	Tiers   []pricedTier    `json:"tiers"`
	Checks  []quoting.Check `json:"checks"`
}

type pricedTier struct {
	Key        string      `json:"key"`
	Name       string      `json:"name"`
	PerFtCents money.Cents `json:"per_ft_cents"`
	TotalCents money.Cents `json:"total_cents"`
	Chosen     bool        `json:"chosen,omitzero"`
}

func (h *Handlers) price(w http.ResponseWriter, r *http.Request) error {
	at, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	in, err := decode(r)
	if err != nil {
		return err
	}
	a := caller.Of(r).Actor
	rec, err := h.Sketches.GetSketch(r.Context(), a, at)
	if err != nil {
		return err
	}
	p, err := h.Sketches.PriceDrawing(r.Context(), a, quoting.PriceDrawingInput{PropertyID: rec.Sketch.PropertyID, Layout: in.Layout, Extras: in.Extras})
	if err != nil {
		return err
	}
	d, err := quoting.ReadDrawing(in.Layout, in.Extras)
	if err != nil {
		return err
	}
	var html strings.Builder
	if err := panelBody(panelOf(p, d)).Render(r.Context(), &html); err != nil {
		return err
	}
	out := priced{HTML: html.String(), TakeOff: p.TakeOff, Tiers: []pricedTier{}, Checks: p.Checks}
	for _, t := range p.Tiers {
		out.Tiers = append(out.Tiers, pricedTier{string(t.Tier.Key), t.Tier.Name, t.Price.PricePerFtCents, t.Price.TotalCents, string(t.Tier.Key) == p.Recommended})
	}
	return answer(w, out)
}

func answer(w http.ResponseWriter, doc any) error {
	b, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the client may be gone
	return nil
}

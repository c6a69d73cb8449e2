package sketches

import (
	"net/http"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// Handlers answer the pages of sketches.
type Handlers struct {
	Pages    *shell.Pages
	Sketches *quoting.Service
	Prices   *pricing.Service
}

// Routes lists the pages and the island's documents.
func (h *Handlers) Routes() []shell.Route {
	return []shell.Route{
		{Pattern: "POST /properties/{id}/sketches", Needs: tenancy.SketchesWrite, Serve: h.create},
		{Pattern: "GET /sketches/{id}", Needs: tenancy.SketchesRead, Serve: h.show},
		{Pattern: "GET /sketches/{id}/table", Needs: tenancy.SketchesRead, Serve: h.show},
		{Pattern: "POST /sketches/{id}/table", Needs: tenancy.SketchesWrite, Serve: h.saveTable},
		{Pattern: "PUT /sketches/{id}/document", Needs: tenancy.SketchesWrite, Serve: asProblem(h.saveDocument)},
		{Pattern: "POST /sketches/{id}/price", Needs: tenancy.SketchesRead, Serve: asProblem(h.price)},
	}
}

// Path is the address of a sketch.
func Path(sketch id.ID) string { return "/sketches/" + sketch.String() }

func (h *Handlers) create(w http.ResponseWriter, r *http.Request) error {
	property, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return err
	}
	made, err := h.Sketches.CreateSketch(r.Context(), caller.Of(r).Actor, quoting.CreateSketchInput{PropertyID: property})
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, Path(made.ID))
}

// sketch is what the page shows.
type sketch struct {
	quoting.SketchRecord
	Priced   quoting.PricedDrawing
	Styles   []pricing.Style
	Table    table
	Quote    *quoting.Quote // the draft that is made of this sketch
	MayQuote bool
	// Frozen says why nothing can be changed now; the page is then a picture.
	Frozen  string
	SavedAt string
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	s, err := h.read(r)
	if err != nil {
		return err
	}
	s.Table = s.tableOf(rowsOf(s.SketchRecord))
	return h.Pages.Show(w, r, s.page(), sketchPage(s))
}

func (h *Handlers) read(r *http.Request) (sketch, error) {
	c := caller.Of(r)
	var s sketch
	at, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return s, err
	}
	if s.SketchRecord, err = h.Sketches.GetSketch(r.Context(), c.Actor, at); err != nil {
		return s, err
	}
	if s.Priced, err = h.Sketches.PriceSketch(r.Context(), c.Actor, at); err != nil {
		return s, err
	}
	if s.Styles, err = h.Prices.Styles(r.Context(), c.Actor); err != nil {
		return s, err
	}
	if err := c.Actor.RequireWritable(c.Now); err != nil {
		s.Frozen = kit.RefusalOf(err, "").Text
	} else if !c.Actor.May(tenancy.SketchesWrite) {
		s.Frozen = "Your role may look at sketches, not change them."
	}
	s.SavedAt = s.Sketch.UpdatedAt.In(c.Actor.Org.Zone()).Format(clock)
	if s.MayQuote = c.Actor.May(tenancy.QuotesWrite); !s.MayQuote {
		return s, nil
	}
	quotes, err := h.Sketches.ListQuotes(r.Context(), c.Actor, quoting.QuoteFilter{PropertyID: s.Sketch.PropertyID, Shelf: quoting.ShelfDrafts})
	if err != nil {
		return s, err
	}
	for i, q := range quotes.Quotes {
		if q.SketchID == at {
			s.Quote = &quotes.Quotes[i]
			break
		}
	}
	return s, nil
}

// clock is how a time of day is written.
const clock = "3:04 PM"

func (s sketch) page() shell.Page {
	p := shell.Page{
		Title: s.Sketch.Name + ", " + s.Sketch.Place, Area: shell.AreaQuotes, Wide: true,
		Back: &kit.Link{Label: s.Sketch.Place, Href: "/properties/" + s.Sketch.PropertyID.String()},
	}
	if s.Frozen == "" {
		p.Islands = []string{"sketch"}
	}
	return p
}

// next is the page's one button: the drawing becomes a quote, or goes into the one that is being written.
func (s sketch) next() *kit.Action {
	if !s.MayQuote {
		return nil
	}
	a := kit.Action{Label: "Make a quote", Icon: "file-text", Href: Path(s.Sketch.ID) + "/quote", Post: true, Refused: s.Frozen}
	if s.Quote != nil {
		a = kit.Action{Label: "Update quote", Icon: "file-text", Href: "/quotes/" + s.Quote.ID.String() + "/reprice", Post: true, Version: int64(s.Quote.Version), Refused: s.Frozen}
	}
	return &a
}

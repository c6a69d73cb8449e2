package homeowner

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/caller"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/ui/kit"
	"fenceplatform.com/fence/internal/ui/shell"
)

// signView is the page on which a quote is signed.
type signView struct {
	link
	Choice   quoting.Choice
	Bill     quoting.Bill
	Form     signature
	Changes  []change // what is not as it was shown
	Problems kit.Problems
}

// signature is what is typed and drawn, as the form carries it.
type signature struct {
	Name    string
	Consent bool
	Kind    string // drawn or typed
	Strokes string // JSON: lines of points, each within 0 to 1
	Aspect  string
}

func signatureOf(form url.Values) signature {
	return signature{Name: form.Get("name"), Consent: form.Get("consent") != "", Kind: form.Get("kind"), Strokes: form.Get("strokes"), Aspect: form.Get("aspect")}
}

// input is the signature as quoting takes it. A drawing that cannot be read is an empty one, and refused as such.
func (s signature) input() document.Signature {
	if document.SignatureKind(s.Kind) != document.SignatureDrawn {
		return document.Signature{Kind: document.SignatureTyped}
	}
	drawn := document.Signature{Kind: document.SignatureDrawn}
	if json.Unmarshal([]byte(s.Strokes), &drawn.Strokes) != nil || json.Unmarshal([]byte(s.Aspect), &drawn.Aspect) != nil {
		drawn.Strokes = nil
	}
	return drawn
}

// signForm shows what is signed, and where.
func (h *Handlers) signForm(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	if !l.view.Open() {
		return shell.SeeOther(w, r, l.path)
	}
	choice := l.chosen(r.URL.Query())
	if choice.Option != r.URL.Query().Get(tierField) { // nobody signs what he did not choose
		return shell.SeeOther(w, r, l.path)
	}
	return h.showSign(w, r, l, signView{Choice: choice, Form: signature{Kind: string(document.SignatureTyped)}}, http.StatusOK)
}

func (h *Handlers) showSign(w http.ResponseWriter, r *http.Request, l link, s signView, status int) (err error) {
	s.link = l
	if s.Bill, err = l.view.Bill(s.Choice); err != nil {
		return err
	}
	page := l.page(l.Text("sign.title", "amount", s.Bill.TotalCents.String()))
	page.Status, page.Problem = status, len(s.Problems) > 0
	return h.answer(w, r, l, page, signPage(s))
}

// sign takes a signature under what was shown.
func (h *Handlers) sign(w http.ResponseWriter, r *http.Request) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	form := signatureOf(r.PostForm)
	in := quoting.AcceptInput{
		Choice: posted(r.PostForm), TotalCents: shownTotal(r.PostForm), DocumentHash: r.PostForm.Get("document_hash"),
		Consent: form.Consent, Name: form.Name, Signature: form.input(),
	}
	if err := h.noteView(r, l); err != nil {
		return err
	}
	_, err = h.Quotes.Accept(r.Context(), caller.Of(r).Actor, r.PathValue("token"), in)
	switch f := fault.As(err); {
	case err == nil:
		return shell.SeeOther(w, r, l.path)
	case f.Code == "idempotency-key-reused": // he went back after signing and signed once more
		return h.overtaken(w, r)
	case f.Kind == fault.Invalid:
		return h.signAgain(w, r, l, form, l.problems(err))
	case f.Code == "quote-changed" || f.Code == "total-changed":
		return h.signChanged(w, r, in)
	case f.Kind == fault.Conflict:
		return h.overtaken(w, r)
	}
	return err
}

// posted is the choice as the form names it: what is not offered is for quoting to refuse.
func posted(form url.Values) quoting.Choice {
	c := quoting.Choice{Option: form.Get(tierField)}
	for _, text := range form[extraField] {
		key, err := id.Parse(text)
		if err != nil {
			key = id.Nil // no extra has it
		}
		c.Extras = append(c.Extras, key)
	}
	return c
}

// shownTotal is the total under which the name was put. One that cannot be read was never shown.
func shownTotal(form url.Values) money.Cents {
	var c int64
	if json.Unmarshal([]byte(form.Get("total_cents")), &c) != nil {
		return -1
	}
	return money.Cents(c)
}

// signAgain gives the form back with what is wrong. A choice that is not offered leads back to the tiers.
func (h *Handlers) signAgain(w http.ResponseWriter, r *http.Request, l link, form signature, problems kit.Problems) error {
	if !l.view.Open() { // what is wrong with the form does not matter any more
		return h.overtaken(w, r)
	}
	choice := l.chosen(r.PostForm)
	if problems.For(tierField) != "" {
		return h.showQuote(w, r, l, r.PostForm, problems)
	}
	return h.showSign(w, r, l, signView{Choice: choice, Form: form, Problems: problems}, http.StatusUnprocessableEntity)
}

// signChanged shows first what is not as it was shown; the name stays, the signature is given again.
func (h *Handlers) signChanged(w http.ResponseWriter, r *http.Request, in quoting.AcceptInput) error {
	l, err := h.visit(r)
	if err != nil {
		return err
	}
	choice := l.chosen(r.PostForm)
	bill, err := l.view.Bill(choice)
	if err != nil {
		return err
	}
	s := signView{Choice: choice, Form: signature{Name: in.Name, Kind: string(document.SignatureTyped)}}
	if in.TotalCents != bill.TotalCents && in.TotalCents >= 0 {
		s.Changes = append(s.Changes, change{l.Text("bill.total"), in.TotalCents.String(), bill.TotalCents.String()})
	}
	if in.DocumentHash != l.view.DocumentHash {
		s.Changes = append(s.Changes, change{l.Text("changes.text"), l.Text("changes.opened"), l.Text("changes.now")})
	}
	return h.showSign(w, r, l, s, http.StatusConflict)
}

// shown is what was on the page when the name was put under it.
func (s signView) shown() []kit.Hidden {
	all := []kit.Hidden{{Name: "document_hash", Value: s.view.DocumentHash}, {Name: "total_cents", Value: exact(s.Bill.TotalCents)}, {Name: tierField, Value: s.Choice.Option}}
	for _, e := range s.Choice.Extras {
		all = append(all, kit.Hidden{Name: extraField, Value: e.String()})
	}
	return all
}

func quantity(l document.Line) string {
	if l.Quantity == 0 || l.Unit == "" {
		return ""
	}
	return strconv.FormatFloat(l.Quantity, 'f', -1, 64) + " " + l.Unit
}

func checked(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

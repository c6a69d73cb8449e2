package stripesim

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

//go:embed pages
var pageFiles embed.FS

var templates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// view is what every page has.
type view struct {
	Title, Now, Problem string
	Back                string
}

// reply is a page, or where to go instead.
type reply struct {
	template string
	data     any
	status   int
	to       string
	leaves   []string // addresses that a form of the page may lead to
}

func (s *Sim) view(title string) view {
	return view{Title: title, Now: shownTime(s.clock.now)}
}

func shownTime(at int64) string {
	return time.Unix(at, 0).UTC().Format("2 January 2006, 15:04") + " UTC"
}
func shownDay(at int64) string { return time.Unix(at, 0).UTC().Format("2 January 2006") }

// notHere is the page of what does not exist.
func (s *Sim) notHere() reply {
	return reply{template: "message", status: http.StatusNotFound, data: struct {
		view
		Says string
	}{s.view("There is no such page"), "It may have been of a simulator that has ended."}}
}

func (s *Sim) message(title, says, back string) reply {
	v := s.view(title)
	v.Back = back
	return reply{template: "message", data: struct {
		view
		Says string
	}{v, says}}
}

// pages are what people see. Reading one changes nothing; a form is taken only from a page of the same origin.
func (s *Sim) pages(mux *http.ServeMux) {
	own := http.NewServeMux()
	for pattern, show := range map[string]func(*http.Request) reply{
		"GET /sim/checkout/{id}": s.showCheckout, "POST /sim/checkout/{id}": s.postCheckout,
		"GET /sim/3ds/{id}": s.showBank, "POST /sim/3ds/{id}": s.postBank,
		"GET /sim/portal/{id}": s.showPortal, "POST /sim/portal/{id}": s.postPortal,
		"GET /sim/invoice/{id}": s.showInvoice, "POST /sim/invoice/{id}": s.postInvoice,
		"GET /sim/connect/{id}/{secret}": s.showConnect, "POST /sim/connect/{id}/{secret}": s.postConnect,
		"GET /sim/clock": s.showClock,
	} {
		own.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.answerPage(w, r, show) })
	}
	own.HandleFunc("POST /sim/clock", s.postClock)
	own.HandleFunc("GET /sim/invoice/{id}/pdf", s.invoiceText)
	own.HandleFunc("GET /sim/style.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, pageFiles, "pages/style.css") })
	own.HandleFunc("/sim/", func(w http.ResponseWriter, r *http.Request) {
		s.answerPage(w, r, func(*http.Request) reply { return s.notHere() })
	})
	mux.Handle("/sim/", http.NewCrossOriginProtection().Handler(own))
}

// answerPage does what a page does behind the mutex, and writes it when it is whole.
func (s *Sim) answerPage(w http.ResponseWriter, r *http.Request, show func(*http.Request) reply) {
	r.Body = http.MaxBytesReader(w, r.Body, longestBody)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	writePage(w, r, locked(s, func() reply {
		if s.config.PublicURL == "" {
			s.base = "http://" + r.Host
		}
		s.note(r, r.PostForm.Encode(), None)
		return show(r)
	}))
}

func writePage(w http.ResponseWriter, r *http.Request, made reply) {
	if made.to != "" {
		http.Redirect(w, r, made.to, http.StatusSeeOther)
		return
	}
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, made.template, made.data); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	policy := "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
	for _, address := range made.leaves {
		if u, err := url.Parse(address); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
			policy += " " + u.Scheme + "://" + u.Host // browsers hold redirects of a form against the policy too
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	if made.status != 0 {
		w.WriteHeader(made.status)
	}
	_, _ = w.Write(out.Bytes()) // whoever asked has gone
}

// testCard is one to choose on a page.
type testCard struct {
	Number, Shown, Says string
	First               bool
}

var testCards = []testCard{
	{"4242424242424242", "4242 4242 4242 4242", "pays", true},
	{"4000000000000002", "4000 0000 0000 0002", "is declined", false},
	{"4000002500003155", "4000 0025 0000 3155", "the bank wants to see you, once", false},
	{"4000000000009995", "4000 0000 0000 9995", "has no money", false},
	{"4000000000000341", "4000 0000 0000 0341", "can be saved, and is declined later", false},
}

// chosen is the card of a form: one of those shown, or a number that was typed.
func (sp *space) chosen(r *http.Request, now int64) (*paymentMethod, *Problem) {
	number := r.PostFormValue("card")
	if number == "" {
		number = r.PostFormValue("number")
	}
	m, p := sp.typedCard(number, now)
	if p == nil && m == nil {
		p = declined("incorrect_number", "", "Choose a card, or type its number.")
	}
	return m, p
}

// shownLine is a line of a bill.
type shownLine struct{ What, Amount string }

func (m *paymentMethod) shown() string {
	switch {
	case m == nil:
		return ""
	case m.Card != nil:
		return m.Card.Brand + " that ends in " + m.Card.Last4
	}
	return "the bank account that ends in " + m.USBankAccount.Last4
}

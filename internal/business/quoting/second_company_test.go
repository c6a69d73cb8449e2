package quoting_test

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// TestReadsShowNothingOfTheOtherCompany reads everything as A: B's texts carry a word that must not be in it.
func TestReadsShowNothingOfTheOtherCompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	w.Untouched(t, testkit.B, func() {
		for what, read := range map[string]func() (any, error){
			"quotes":        func() (any, error) { return w.quotes.ListQuotes(t.Context(), a, quoting.QuoteFilter{}) },
			"found by name": func() (any, error) { return w.quotes.ListQuotes(t.Context(), a, quoting.QuoteFilter{Search: "dana"}) },
			"quote":         func() (any, error) { return w.quotes.GetQuote(t.Context(), a, testkit.A.Quote()) },
			"sketch":        func() (any, error) { return w.quotes.GetSketch(t.Context(), a, testkit.A.Sketch()) },
			"sketches":      func() (any, error) { return w.quotes.ListSketchesOfProperty(t.Context(), a, testkit.A.Property()) },
			"price":         func() (any, error) { return w.quotes.PriceSketch(t.Context(), a, testkit.A.Sketch()) },
		} {
			got, err := read()
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if text := asJSON(t, got); strings.Contains(text, testkit.Sentinel) {
				t.Errorf("%s shows something of B: %s", what, text)
			}
		}
	})
}

// TestLinksAndPapersStayInTheirCompany takes what belongs to A to B's host: it is like a link of nobody.
func TestLinksAndPapersStayInTheirCompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, foreign := w.actor(t, testkit.A), w.visitor(t, testkit.B)
	s, first := w.sent(t, a, testkit.A)
	again, err := w.quotes.Revise(t.Context(), a, s.ID, quoting.ReviseInput{Version: s.Version})
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.quotes.Send(t.Context(), a, s.ID, toDana(again.Version))
	if err != nil {
		t.Fatal(err)
	}
	now := token(t, second.Links[0].URL)
	w.Untouched(t, testkit.B, func() {
		for _, link := range []string{first, now, "of nobody"} {
			_, follow := w.quotes.FollowLink(t.Context(), foreign, link)
			_, sent := w.quotes.SentPDFByToken(t.Context(), foreign, link)
			_, signed := w.quotes.SignedPDFByToken(t.Context(), foreign, link)
			previous, err := w.quotes.PreviousByToken(t.Context(), foreign, link)
			wantMissing(t, follow)
			wantMissing(t, sent)
			wantMissing(t, signed)
			if err != nil || len(previous) != 0 {
				t.Errorf("the version before on B's host: %d, %v, want nothing", len(previous), err)
			}
		}
		visitor := w.visitor(t, testkit.A)
		if previous, err := w.quotes.PreviousByToken(t.Context(), visitor, now); err != nil || len(previous) != 1 {
			t.Errorf("the version before on A's host: %d, %v, want 1", len(previous), err)
		}
		if link, err := w.quotes.FollowLink(t.Context(), visitor, first); err != nil || link.RecipientEmail != "dana@home.example" {
			t.Errorf("following on A's host: %+v, %v", link, err)
		}
		_, err := w.quotes.SignedPDFByToken(t.Context(), visitor, now)
		wantMissing(t, err) // nobody has signed
	})
}

func TestTasksOfOneCompanyDoNotReachTheOther(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	_, link := w.sent(t, a, testkit.A)
	view := w.view(t, testkit.A, link)
	w.Untouched(t, testkit.B, func() {
		signed, err := w.quotes.Accept(t.Context(), w.visitor(t, testkit.A), link, signOf(view, "premium"))
		if err != nil {
			t.Fatal(err)
		}
		wantMissing(t, w.quotes.SealSigned(t.Context(), w.actor(t, testkit.B), signed.AcceptanceID))
		if err := w.quotes.SealSigned(t.Context(), a, signed.AcceptanceID); err != nil {
			t.Fatal(err)
		}
		for _, paper := range testkit.Values[string](t, w.Database, `SELECT id::text FROM app.quote_documents WHERE org_id = $1`, testkit.A.ID) {
			_, _, err := w.quotes.Attachment(t.Context(), w.actor(t, testkit.B), uuidOf(t, paper))
			wantMissing(t, err)
			if name, content, err := w.quotes.Attachment(t.Context(), a, uuidOf(t, paper)); err != nil || name == "" || len(content) == 0 {
				t.Errorf("A's own paper: %q, %d bytes, %v", name, len(content), err)
			}
		}
	})
	wantMissing(t, w.quotes.SealSigned(t.Context(), a, id.New()))
}

package quoting_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/drawing"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/testkit"
)

func toDana(version int) quoting.SendInput {
	return quoting.SendInput{Version: version, Recipients: []quoting.Recipient{{Name: "Dana Ruiz", Email: "dana@home.example"}}}
}

func token(t *testing.T, url string) string {
	t.Helper()
	_, token, ok := strings.Cut(url, "/q/")
	if !ok || len(token) != 43 {
		t.Fatalf("address %q carries no token of 256 bits", url)
	}
	return token
}

// sent is a quote that went to Dana, and the token of her link.
func (w *world) sent(t *testing.T, a tenancy.Actor, o testkit.Org) (quoting.SentQuote, string) {
	t.Helper()
	c := w.draft(t, a, o)
	s, err := w.quotes.Send(t.Context(), a, c.ID, toDana(c.Version))
	if err != nil {
		t.Fatal(err)
	}
	return s, token(t, s.Links[0].URL)
}

func TestSendingFreezesThePaperAndMailsEachRecipient(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	in := toDana(c.Version)
	in.Recipients = append(in.Recipients, quoting.Recipient{Name: "Lee Ruiz", Email: "lee@home.example"})
	in.CopyLink, in.Message = true, "See you soon"
	var s quoting.SentQuote
	var err error
	w.Untouched(t, testkit.B, func() { s, err = w.quotes.Send(t.Context(), a, c.ID, in) })
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Links) != 3 || !strings.HasPrefix(s.Links[0].URL, "https://alpha.example/q/") {
		t.Errorf("links %+v, want two for mails and one to copy", s.Links)
	}
	if got := w.mails(t, testkit.A, "quote_sent"); len(got) != 2 || got[0] != "dana@home.example" || got[1] != "lee@home.example" {
		t.Errorf("mails to %v", got)
	}
	rec := w.record(t, a, c.ID)
	v := rec.Version(1)
	if rec.Quote.Status != quoting.Sent || rec.Draft() != nil || v.Settings.Message != "See you soon" || len(rec.Links) != 3 || len(rec.Documents) != 1 {
		t.Errorf("record after sending: %+v", rec.Quote)
	}
	pdf, err := w.quotes.GetSentPDF(t.Context(), a, c.ID, 1)
	if err != nil || !bytes.HasPrefix(pdf.Bytes, []byte("%PDF-")) || pdf.Name != c.Number+".pdf" {
		t.Errorf("paper %q of %d bytes, %v", pdf.Name, len(pdf.Bytes), err)
	}
	if sum := sha256.Sum256(pdf.Bytes); rec.Documents[0].SHA256 != hex.EncodeToString(sum[:]) {
		t.Error("the stored fingerprint is not the paper's")
	}
	document := testkit.Value[string](t, w.Database, `SELECT document FROM app.quote_versions WHERE org_id = $1 AND id = $2`, testkit.A.ID, v.ID)
	if sum := sha256.Sum256([]byte(document)); v.DocumentHash != hex.EncodeToString(sum[:]) {
		t.Error("the stored hash is not the document's")
	}
	for _, table := range w.TenantTables(t) {
		if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM `+table+` r WHERE strpos(r::text, $1) > 0 AND $2 <> 'app.mails'`, token(t, s.Links[2].URL), table); n > 0 {
			t.Errorf("%s keeps the token of a link", table)
		}
	}
	_, err = w.quotes.EditDraft(t.Context(), a, c.ID, quoting.EditDraftInput{Version: rec.Quote.Version, Settings: v.Settings})
	wantFault(t, err, fault.Conflict, "quote-sent")
}

func TestSendingFiveTimesWithOneKeyIsOneSending(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := keyed(w.actor(t, testkit.A), "send-once")
	c := w.draft(t, w.actor(t, testkit.A), testkit.A)
	var sent, refused int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			_, err := w.quotes.Send(t.Context(), a, c.ID, toDana(c.Version))
			mu.Lock()
			defer mu.Unlock()
			switch f := fault.As(err); {
			case err == nil:
				sent++
			case f.Kind == fault.Conflict && (f.Code == "already-done" || f.Code == fault.CodeInFlight):
				refused++
			default:
				t.Errorf("a repeat: %v", err)
			}
		})
	}
	all.Wait()
	if sent != 1 || refused != 4 {
		t.Errorf("%d sent and %d refused, want 1 and 4", sent, refused)
	}
	if got := w.mails(t, testkit.A, "quote_sent"); len(got) != 1 {
		t.Errorf("mails to %v, want one", got)
	}
	other := toDana(c.Version)
	other.Message = "another"
	_, err := w.quotes.Send(t.Context(), a, c.ID, other)
	wantFault(t, err, fault.Invalid, "idempotency-key-reused")
}

func TestSendingTwiceAtOnceSendsOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i := range errs {
		both.Go(func() { _, errs[i] = w.quotes.Send(t.Context(), a, c.ID, toDana(c.Version)) })
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("sent twice at once: %v and %v, want one winner", errs[0], errs[1])
	}
	for _, err := range errs {
		if err != nil {
			wantFault(t, err, fault.Conflict, "quote-sent")
		}
	}
	if got := w.mails(t, testkit.A, "quote_sent"); len(got) != 1 {
		t.Errorf("mails to %v, want one", got)
	}
}

func TestChecksMustBeAnsweredBeforeSending(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	guessed := quoting.Extras{Runs: map[string]drawing.RunNote{"s1": {Measured: true}}}
	saved, err := w.quotes.CreateSketch(t.Context(), a, quoting.CreateSketchInput{PropertyID: testkit.A.Property(), Layout: []byte(yard), Extras: guessed})
	if err != nil {
		t.Fatal(err)
	}
	c, err := w.quotes.CreateFromSketch(t.Context(), a, quoting.CreateFromSketchInput{SketchID: saved.ID})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.quotes.Send(t.Context(), a, c.ID, toDana(c.Version))
	f := fault.As(err)
	if f.Code != "checks-unanswered" || len(f.Fields) != 1 || f.Fields[0].Pointer != "/answers/estimated-runs" || f.Fields[0].Message != "2 runs, ~100 ft in all: estimated, not measured." {
		t.Fatalf("got %v, want the estimated runs", err)
	}
	in := toDana(c.Version)
	in.Answers = map[string]string{"estimated-runs": "measured from the survey"}
	if _, err := w.quotes.Send(t.Context(), a, c.ID, in); err != nil {
		t.Fatal(err)
	}
	if got := w.record(t, a, c.ID).Version(1).Answers["estimated-runs"]; got != "measured from the survey" {
		t.Errorf("the answer is kept as %q", got)
	}
}

func TestBadRecipientsAreRefusedByField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	for pointer, in := range map[string]quoting.SendInput{
		"/recipients":         {Version: c.Version},
		"/recipients/0/email": {Version: c.Version, Recipients: []quoting.Recipient{{Email: "not an address"}}},
		"/recipients/1/email": {Version: c.Version, Recipients: []quoting.Recipient{{Email: "a@b.example"}, {Email: "A@b.example"}}},
		"/recipients/0/name":  {Version: c.Version, Recipients: []quoting.Recipient{{Name: "a\nb", Email: "a@b.example"}}},
	} {
		_, err := w.quotes.Send(t.Context(), a, c.ID, in)
		if f := fault.As(err); f.Kind != fault.Invalid || len(f.Fields) == 0 || f.Fields[0].Pointer != pointer {
			t.Errorf("%s: got %v", pointer, err)
		}
	}
}

package quoting_test

import (
	"crypto/ed25519"
	"strconv"
	"strings"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/secret"
	"fenceplatform.com/fence/internal/testkit"
)

// signOf is a typed signature under what the view shows.
func signOf(view quoting.HomeownerView, tier string) quoting.AcceptInput {
	o, _ := view.Document.Option(tier)
	return quoting.AcceptInput{
		Choice: quoting.Choice{Option: tier}, TotalCents: o.TotalCents, DocumentHash: view.DocumentHash, Consent: true, Name: "Dana Ruiz",
		Signature: document.Signature{Kind: document.SignatureTyped},
	}
}

func (w *world) view(t *testing.T, o testkit.Org, token string) quoting.HomeownerView {
	t.Helper()
	view, err := w.quotes.OpenByToken(t.Context(), w.visitor(t, o), token)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// sealed does the task that an acceptance made due.
func (w *world) sealed(t *testing.T, o testkit.Org, acceptance id.ID) {
	t.Helper()
	a, err := tenancy.InTask(t.Context(), w.App, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.quotes.SealSigned(t.Context(), a, acceptance); err != nil {
		t.Fatal(err)
	}
}

func TestAHomeownerChoosesAndSigns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	c := w.draft(t, a, testkit.A)
	in := edited(w.record(t, a, c.ID))
	in.Extras = []quoting.ExtraInput{{Kind: quoting.KindLabor, Description: "Stain", Quantity: 140, Unit: "ft", PriceCents: 64_000, Optional: true}}
	c, err := w.quotes.EditDraft(t.Context(), a, c.ID, in)
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.quotes.Send(t.Context(), a, c.ID, toDana(c.Version))
	if err != nil {
		t.Fatal(err)
	}
	link := token(t, s.Links[0].URL)
	view := w.view(t, testkit.A, link)
	sign := signOf(view, "elite")
	stain := view.Document.Options[2].Extras[0]
	sign.Extras = []id.ID{uuidOf(t, stain.Key)}
	sign.TotalCents += stain.PriceCents + stain.TaxCents
	sign.Signature = document.Signature{Kind: document.SignatureDrawn, Aspect: 2.5, Strokes: [][][2]float64{{{0.1, 0.5}, {0.5, 0.2}, {0.9, 0.6}}}}
	var signed quoting.Signed
	w.Untouched(t, testkit.B, func() { signed, err = w.quotes.Accept(t.Context(), w.visitor(t, testkit.A), link, sign) })
	if err != nil {
		t.Fatal(err)
	}
	if signed.TotalCents != sign.TotalCents || signed.OptionName != "Elite" || signed.DepositCents != (signed.TotalCents*30+50)/100 {
		t.Errorf("signed %+v", signed)
	}
	kinds := testkit.Values[string](t, w.Database, `SELECT kind FROM tasks.river_job WHERE args ->> 'acceptance_id' = $1 ORDER BY kind`, signed.AcceptanceID.String())
	if strings.Join(kinds, " ") != "open_job seal_signed" {
		t.Errorf("tasks %v, want the job and the signed copy", kinds)
	}
	w.sealed(t, testkit.A, signed.AcceptanceID)
	w.sealed(t, testkit.A, signed.AcceptanceID)
	if got := w.mails(t, testkit.A, "quote_signed"); strings.Join(got, " ") != "dana@home.example owner@a.example" {
		t.Errorf("signed copies went to %v, want both sides once", got)
	}
	rec := w.record(t, a, c.ID)
	if rec.Quote.Status != quoting.Accepted || rec.Quote.TotalCents != signed.TotalCents || rec.Acceptance.Role != "homeowner" || len(rec.Acceptance.Extras) != 1 || rec.Acceptance.IP != "192.0.2.9" {
		t.Errorf("record: %+v, %+v", rec.Quote, rec.Acceptance)
	}
	pdf, err := w.quotes.SignedPDFByToken(t.Context(), w.visitor(t, testkit.A), link)
	if err != nil || pdf.Name != c.Number+"-signed.pdf" {
		t.Fatalf("signed copy %q, %v", pdf.Name, err)
	}
	report, err := document.Verify(pdf.Bytes, seal.Public().(ed25519.PublicKey))
	if err != nil || !report.Genuine || report.Certificate.Acceptance.TotalCents != signed.TotalCents {
		t.Errorf("verify: %v, %+v", err, report.Differences)
	}
	if view := w.view(t, testkit.A, link); view.Status != quoting.Accepted || view.Accepted == nil || !view.Accepted.SignedReady || view.Accepted.SignerName != "Dana Ruiz" {
		t.Errorf("afterwards the link shows %s, %+v", view.Status, view.Accepted)
	}
}

func TestOfTwoSignaturesAtOnceOneWins(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	_, link := w.sent(t, a, testkit.A)
	view := w.view(t, testkit.A, link)
	visitor := w.visitor(t, testkit.A)
	tiers := []string{"basic", "premium", "elite", "premium"}
	errs := make([]error, len(tiers))
	var all sync.WaitGroup
	for i, tier := range tiers {
		all.Go(func() { _, errs[i] = w.quotes.Accept(t.Context(), visitor, link, signOf(view, tier)) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantFault(t, err, fault.Conflict, "quote-accepted")
	}
	if n := testkit.Value[int](t, w.Database, `SELECT count(*)::int FROM app.acceptances WHERE org_id = $1`, testkit.A.ID); won != 1 || n != 2 {
		t.Errorf("%d winners and %d acceptances, want 1 beside the fixture's", won, n)
	}
}

func TestSigningAndReplacingAtOnceLeaveOneOutcome(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	for range 3 {
		s, link := w.sent(t, a, testkit.A)
		rev, err := w.quotes.Revise(t.Context(), a, s.ID, quoting.ReviseInput{Version: s.Version})
		if err != nil {
			t.Fatal(err)
		}
		view := w.view(t, testkit.A, link)
		visitor := w.visitor(t, testkit.A)
		var signErr, sendErr error
		var both sync.WaitGroup
		both.Go(func() { _, signErr = w.quotes.Accept(t.Context(), visitor, link, signOf(view, "basic")) })
		both.Go(func() { _, sendErr = w.quotes.Send(t.Context(), a, s.ID, toDana(rev.Version)) })
		both.Wait()
		got := w.record(t, a, s.ID).Quote
		switch {
		case signErr == nil:
			if !fault.Is(sendErr, fault.Conflict) || got.Status != quoting.Accepted || got.CurrentN != 1 || got.DraftN != nil {
				t.Errorf("signed: sending says %v, the quote is %+v", sendErr, got)
			}
		case sendErr == nil:
			wantFault(t, signErr, fault.Conflict, "quote-replaced")
			if got.Status != quoting.Sent || got.CurrentN != 2 {
				t.Errorf("replaced: the quote is %+v", got)
			}
		default:
			t.Errorf("nobody won: %v and %v", signErr, sendErr)
		}
	}
}

func TestWhatWasShownMustBeWhatIsSigned(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	_, link := w.sent(t, a, testkit.A)
	view := w.view(t, testkit.A, link)
	visitor := w.visitor(t, testkit.A)
	for name, c := range map[string]struct {
		spoil func(*quoting.AcceptInput)
		kind  fault.Kind
		code  string
	}{
		"another total":  {func(in *quoting.AcceptInput) { in.TotalCents-- }, fault.Conflict, "total-changed"},
		"another hash":   {func(in *quoting.AcceptInput) { in.DocumentHash = strings.Repeat("0", 64) }, fault.Conflict, "quote-changed"},
		"no consent":     {func(in *quoting.AcceptInput) { in.Consent = false }, fault.Invalid, "invalid-input"},
		"no name":        {func(in *quoting.AcceptInput) { in.Name = " 7 " }, fault.Invalid, "invalid-input"},
		"unknown option": {func(in *quoting.AcceptInput) { in.Option = "gold" }, fault.Invalid, "invalid-input"},
		"unknown extra":  {func(in *quoting.AcceptInput) { in.Extras = []id.ID{id.New()} }, fault.Invalid, "invalid-input"},
		"a dot": {func(in *quoting.AcceptInput) {
			in.Signature = document.Signature{Kind: document.SignatureDrawn, Aspect: 2}
		}, fault.Invalid, "invalid-input"},
		"recorded": {func(in *quoting.AcceptInput) { in.Signature.Kind = document.SignatureRecorded }, fault.Invalid, "invalid-input"},
	} {
		in := signOf(view, "premium")
		c.spoil(&in)
		_, err := w.quotes.Accept(t.Context(), visitor, link, in)
		if f := fault.As(err); f.Kind != c.kind || f.Code != c.code {
			t.Errorf("%s: %v, want code %s", name, err, c.code)
		}
	}
	if got := w.view(t, testkit.A, link); !got.Open() {
		t.Errorf("refused signatures left the quote %s", got.Status)
	}
}

func TestAHomeownerIsNeverPunished(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	_, link := w.sent(t, a, testkit.A)
	_, other := w.sent(t, a, testkit.A)
	w.plans(t, testkit.A, "trial", "2026-01-01T00:00:00Z") // ended long ago
	visitor := w.visitor(t, testkit.A)
	if err := w.quotes.RecordView(t.Context(), visitor, link); err != nil {
		t.Errorf("view: %v", err)
	}
	signed, err := w.quotes.Accept(t.Context(), visitor, link, signOf(w.view(t, testkit.A, link), "premium"))
	if err != nil {
		t.Fatalf("accept: %v", err)
	}
	w.sealed(t, testkit.A, signed.AcceptanceID)
	if err := w.quotes.Decline(t.Context(), visitor, other, quoting.DeclineInput{Reason: "Later"}); err != nil {
		t.Errorf("decline: %v", err)
	}
}

func TestDecliningTellsTheCompany(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	s, link := w.sent(t, a, testkit.A)
	visitor := w.visitor(t, testkit.A)
	if err := w.quotes.Decline(t.Context(), visitor, link, quoting.DeclineInput{Reason: "Too dear"}); err != nil {
		t.Fatal(err)
	}
	wantFault(t, w.quotes.Decline(t.Context(), visitor, link, quoting.DeclineInput{}), fault.Conflict, "quote-declined")
	_, err := w.quotes.Accept(t.Context(), visitor, link, signOf(w.view(t, testkit.A, link), "premium"))
	wantFault(t, err, fault.Conflict, "quote-declined")
	rec := w.record(t, a, s.ID)
	if rec.Quote.Status != quoting.Declined || rec.Version(1).DeclineReason != "Too dear" {
		t.Errorf("declined quote: %+v", rec.Quote)
	}
	if got := w.mails(t, testkit.A, "quote_declined"); len(got) != 1 || got[0] != "owner@a.example" {
		t.Errorf("mails to %v, want the owner once", got)
	}
}

func TestViewsAreCountedByTheBeaconAndNotForStaff(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	s, link := w.sent(t, a, testkit.A)
	visitor := w.visitor(t, testkit.A)
	w.view(t, testkit.A, link)
	if err := w.quotes.RecordView(t.Context(), a, link); err != nil {
		t.Fatal(err)
	}
	if rec := w.record(t, a, s.ID); rec.Quote.Status != quoting.Sent || rec.Links[0].ViewCount != 0 {
		t.Errorf("reading and staff's looking left %s with %d views", rec.Quote.Status, rec.Links[0].ViewCount)
	}
	for range 3 {
		if err := w.quotes.RecordView(t.Context(), visitor, link); err != nil {
			t.Fatal(err)
		}
	}
	rec := w.record(t, a, s.ID)
	if rec.Quote.Status != quoting.Viewed || rec.Version(1).ViewCount != 1 || rec.Links[0].ViewCount != 1 {
		t.Errorf("after three beacons in a minute: %s, %d views of the version, %d of the link", rec.Quote.Status, rec.Version(1).ViewCount, rec.Links[0].ViewCount)
	}
	if ip := testkit.Value[string](t, w.Database, "SELECT string_agg(ip, ' ') FROM app.quote_views WHERE org_id = $1 AND quote_id = $2", testkit.A.ID, s.ID); ip != "192.0.2.9" {
		t.Errorf("views came from %q, want one from 192.0.2.9", ip)
	}
	if rec.Quote.Version != s.Version {
		t.Errorf("a view made the record version %d of %d: whoever edits it would be told it is stale", rec.Quote.Version, s.Version)
	}
}

func TestATokenOpensNothingElsewhere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	_, link := w.sent(t, a, testkit.A)
	elsewhere := w.visitor(t, testkit.B)
	w.Untouched(t, testkit.B, func() {
		for _, token := range []string{link, secret.Token(), "", strings.Repeat("x", 5000)} {
			_, err := w.quotes.OpenByToken(t.Context(), elsewhere, token)
			wantMissing(t, err)
			wantMissing(t, w.quotes.RecordView(t.Context(), elsewhere, token))
			wantMissing(t, w.quotes.Decline(t.Context(), elsewhere, token, quoting.DeclineInput{}))
			_, err = w.quotes.Accept(t.Context(), elsewhere, token, signOf(w.view(t, testkit.A, link), "premium"))
			wantMissing(t, err)
			_, err = w.quotes.SentPDFByToken(t.Context(), elsewhere, token)
			wantMissing(t, err)
		}
	})
}

func TestHomeownersNeverReceiveCosts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	s, link := w.sent(t, a, testkit.A)
	shown := asJSON(t, w.view(t, testkit.A, link))
	rec := w.record(t, a, s.ID)
	for _, o := range rec.Version(1).Options {
		for _, secretly := range []money.Cents{o.CostCents, o.PriceCents - o.CostCents} {
			if strings.Contains(shown, strconv.FormatInt(int64(secretly), 10)) {
				t.Errorf("the view of %s contains %s", o.Tier, secretly)
			}
		}
		for _, l := range o.Lines {
			if l.CostCents > 999 && strings.Contains(shown, strconv.FormatInt(int64(l.CostCents), 10)) {
				t.Errorf("the view contains the cost of %s", l.Description)
			}
		}
	}
	for _, word := range []string{"cost_cents", "margin", "overhead", "formula"} {
		if strings.Contains(strings.ToLower(shown), word) {
			t.Errorf("the view says %q", word)
		}
	}
}

func TestStaffOnlyRecordAnAcceptance(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	s, link := w.sent(t, a, testkit.A)
	in := quoting.RecordAcceptanceInput{Choice: quoting.Choice{Option: "basic"}, Version: s.Version, Name: "Dana Ruiz", Note: "Signed on paper"}
	without := in
	without.Note = ""
	_, err := w.quotes.RecordAcceptance(t.Context(), a, s.ID, without)
	wantFault(t, err, fault.Invalid, "invalid-input")
	_, err = w.quotes.RecordAcceptance(t.Context(), w.actor(t, testkit.A, tenancy.QuotesRead), s.ID, in)
	wantFault(t, err, fault.Forbidden, "forbidden")
	if _, err = w.quotes.RecordAcceptance(t.Context(), a, s.ID, in); err != nil {
		t.Fatal(err)
	}
	rec := w.record(t, a, s.ID)
	if rec.Acceptance == nil || rec.Acceptance.Role != "staff" || rec.Acceptance.RecordedName != "Olive Owner" || rec.Acceptance.SignatureKind != "recorded" {
		t.Fatalf("recorded as %+v", rec.Acceptance)
	}
	w.sealed(t, testkit.A, rec.Acceptance.ID)
	pdf, err := w.quotes.GetSignedPDF(t.Context(), a, s.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	report, err := document.Verify(pdf.Bytes, seal.Public().(ed25519.PublicKey))
	if err != nil || report.Certificate.Acceptance.Role != document.RoleStaff {
		t.Errorf("verify: %v, role %s", err, report.Certificate.Acceptance.Role)
	}
	if view := w.view(t, testkit.A, link); view.Accepted == nil || !view.Accepted.Recorded {
		t.Errorf("the homeowner sees %+v, want that it was recorded", view.Accepted)
	}
}

func TestTheSameAnswerPressedTwiceIsOneAnswer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a := w.actor(t, testkit.A)
	_, link := w.sent(t, a, testkit.A)
	_, other := w.sent(t, a, testkit.A)
	visitor := keyed(w.visitor(t, testkit.A), "pressed")
	in := signOf(w.view(t, testkit.A, link), "premium")
	first, err := w.quotes.Accept(t.Context(), visitor, link, in)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.quotes.Accept(t.Context(), visitor, link, in)
	if err != nil || second.AcceptanceID != first.AcceptanceID {
		t.Errorf("pressed again: %+v, %v; want the same acceptance", second, err)
	}
	for range 2 {
		if err := w.quotes.Decline(t.Context(), visitor, other, quoting.DeclineInput{Reason: "No"}); err != nil {
			t.Errorf("declined: %v", err)
		}
	}
	if got := w.mails(t, testkit.A, "quote_declined"); len(got) != 1 {
		t.Errorf("mails to %v, want one", got)
	}
}

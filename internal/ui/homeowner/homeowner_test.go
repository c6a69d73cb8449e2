package homeowner

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

const views = `SELECT count(*) FROM app.quote_views WHERE org_id = $1 AND quote_id = $2`

func TestAQuoteIsReadChosenAndSignedWithoutScript(t *testing.T) {
	t.Parallel()
	w := setup(t)
	o := w.sent(t, "Dana Ruiz")
	path := o.paths[0]
	page := w.get(t, path)
	want(t, page, http.StatusOK, "Fence for", ", Dana", "Left 40 ft with one 48-in gate, Back 60 ft, Right 40 ft", "Basic", "Premium", "Elite",
		"Stain and seal", "+$640.00", "Choose and sign", "Update total", `data-beacon="`+path+`/view"`, "License TX-1001", "512-555-0100")
	updated := w.get(t, path+"?tier=elite&extra="+extraOf(t, page))
	want(t, updated, http.StatusOK, `<p class="summary-tier" data-chosen>Elite</p>`)

	choice := "tier=elite&extra=" + extraOf(t, page)
	sign := w.get(t, path+"/sign?"+choice)
	want(t, sign, http.StatusOK, "Sign for $", "<strong>You, the buyer, may cancel", "Stain and seal", "I agree to sign this quote electronically",
		path+"/quote.pdf", "Your typed name is your signature.")
	var done response
	form := w.signing(t, path, choice)
	w.Untouched(t, testkit.B, func() { done = w.post(t, path+"/sign", form) })
	if done.status != http.StatusSeeOther || done.header.Get("Location") != path {
		t.Fatalf("signed: %d to %q\n%s", done.status, done.header.Get("Location"), done.body)
	}
	want(t, w.get(t, path), http.StatusOK, "Thank you, Dana. It is signed.", "Elite", "You may cancel until", "Look again")
	if got := w.count(t, views, testkit.A.ID, o.id); got != 1 {
		t.Errorf("%d views, want one: who signs without script has looked", got)
	}
	if got, shown := w.count(t, `SELECT total_cents FROM app.acceptances WHERE quote_id = $1`, o.id), form.Get("total_cents"); shown != exactText(got) {
		t.Errorf("accepted %d, shown %s", got, shown)
	}
	want(t, w.get(t, path+"/signed.pdf"), http.StatusNotFound)
	w.seal(t, o.id)
	want(t, w.get(t, path), http.StatusOK, "Download the signed copy", path+"/signed.pdf")
	pdf := w.get(t, path+"/signed.pdf")
	want(t, pdf, http.StatusOK, "%PDF-")
	if got := pdf.header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=\"Q-") || pdf.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("signed copy comes as %q, %q", got, pdf.header.Get("Content-Type"))
	}
	want(t, w.get(t, path+"/sign?"+choice), http.StatusSeeOther)
}

func TestADrawnSignatureIsKept(t *testing.T) {
	t.Parallel()
	w := setup(t)
	o := w.sent(t, "Dana Ruiz")
	form := w.signing(t, o.paths[0], "tier=basic")
	form.Set("kind", "drawn")
	form.Set("strokes", "[[[0.1,0.5],[0.5,0.2],[0.9,0.6]]]")
	form.Set("aspect", "2.1438")
	want(t, w.post(t, o.paths[0]+"/sign", form), http.StatusSeeOther)
	if got := w.count(t, `SELECT count(*) FROM app.acceptances WHERE quote_id = $1 AND signature_kind = 'drawn' AND signature::text LIKE '%0.9%'`, o.id); got != 1 {
		t.Errorf("%d drawn signatures, want 1", got)
	}
}

func TestAnEmptyOrWorstFormComesBackWithItsValues(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := w.sent(t, "Dana Ruiz").paths[0]
	empty := w.signing(t, path, "tier=premium")
	for _, name := range []string{"name", "consent", "kind"} {
		empty.Del(name)
	}
	want(t, w.post(t, path+"/sign", empty), http.StatusUnprocessableEntity, "<title>Error: Sign for", "Enter your full name.", "Tick the box to sign electronically.", `id="error-summary"`)
	worst := w.signing(t, path, "tier=premium")
	worst.Set("name", strings.Repeat("é", 121))
	worst.Set("kind", "drawn")
	worst.Set("strokes", `[[[0.5,0.5],[2,1e308]]]`)
	worst.Set("aspect", "NaN")
	back := w.post(t, path+"/sign", worst)
	want(t, back, http.StatusUnprocessableEntity, "Enter your full name.", "Sign across the field, or choose to type your name.", strings.Repeat("é", 121), `value="yes" checked`)
	if n := strings.Count(back.body, `href="#f-strokes"`); n != 1 {
		t.Errorf("the summary names the signature %d times", n)
	}
	for _, strokes := range []string{"", "{", `"x"`, `[[["a"]]]`, "null"} {
		worst.Set("strokes", strokes)
		want(t, w.post(t, path+"/sign", worst), http.StatusUnprocessableEntity)
	}
	unknown := w.signing(t, path, "tier=premium")
	unknown.Set("tier", "platinum")
	want(t, w.post(t, path+"/sign", unknown), http.StatusUnprocessableEntity, "Choose one of the fences below.")
	stranger := w.signing(t, path, "tier=premium")
	stranger.Set("extra", id.New().String())
	want(t, w.post(t, path+"/sign", stranger), http.StatusUnprocessableEntity, "Choose one of the fences below.")
	long := url.Values{"reason": {strings.Repeat("x", 2001)}}
	want(t, w.post(t, path+"/decline", long), http.StatusUnprocessableEntity, "Shorten the reason", long.Get("reason"))
	want(t, w.get(t, path), http.StatusOK, "Choose and sign")
}

func TestOfTwoWhoSignAtOnceOneWinsAndTheOtherReadsWho(t *testing.T) {
	t.Parallel()
	w := setup(t)
	o := w.sent(t, "Dana Ruiz", "Lee Carter")
	forms := []url.Values{w.signing(t, o.paths[0], "tier=premium"), w.signing(t, o.paths[1], "tier=elite")}
	forms[1].Set("name", "Lee Carter")
	answers := make([]response, 2)
	var both sync.WaitGroup
	for i := range answers {
		both.Go(func() { answers[i] = w.post(t, o.paths[i]+"/sign", forms[i]) })
	}
	both.Wait()
	winner, loser := 0, 1
	if answers[0].status != http.StatusSeeOther {
		winner, loser = 1, 0
	}
	want(t, answers[winner], http.StatusSeeOther)
	name := forms[winner].Get("name")
	want(t, answers[loser], http.StatusConflict, name+" signed this quote", "a moment before you. Nothing was signed twice.")
	want(t, w.get(t, o.paths[loser]), http.StatusOK, name+" signed this quote")
	if got := w.count(t, `SELECT count(*) FROM app.acceptances WHERE quote_id = $1`, o.id); got != 1 {
		t.Errorf("%d acceptances, want 1", got)
	}
}

func TestTheSamePressTwiceIsOneSignature(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := w.sent(t, "Dana Ruiz").paths[0]
	form := w.signing(t, path, "tier=premium")
	for range 2 {
		want(t, w.post(t, path+"/sign", form), http.StatusSeeOther)
	}
	form.Set("name", "Dana R. Ruiz") // gone back, changed, and signed once more
	want(t, w.post(t, path+"/sign", form), http.StatusConflict, "It is signed.")
}

func TestWhatChangedIsShownBeforeSigningAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := w.sent(t, "Dana Ruiz").paths[0]
	form := w.signing(t, path, "tier=premium")
	form.Set("total_cents", "100000")
	want(t, w.post(t, path+"/sign", form), http.StatusConflict, "This changed since you opened it", "$1,000.00", `value="Dana Ruiz"`)
	form = w.signing(t, path, "tier=premium")
	form.Set("document_hash", strings.Repeat("0", 64))
	again := w.post(t, path+"/sign", form)
	want(t, again, http.StatusConflict, "This changed since you opened it", "Changed: read it again")
	lacks(t, again, `value="yes" checked`)
	fresh := hiddenInputs(t, again.body, path+"/sign")
	fresh.Set("name", "Dana Ruiz")
	fresh.Set("consent", "yes")
	want(t, w.post(t, path+"/sign", fresh), http.StatusSeeOther)
}

func TestAReplacedVersionLeadsOnToWhatChanged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	o := w.sent(t, "Dana Ruiz", "Lee Carter")
	form := w.signing(t, o.paths[0], "tier=premium")
	w.revise(t, o, "Dana Ruiz")
	want(t, w.post(t, o.paths[0]+"/sign", form), http.StatusConflict, "Version 2 replaced this quote", "Nothing was signed")
	page := w.get(t, o.paths[0])
	want(t, page, http.StatusOK, "Version 2 replaced this quote on ", "Open version 2")
	lacks(t, page, "Choose and sign")
	press := hiddenInputs(t, page.body, o.paths[0]+"/newest")
	on := w.post(t, o.paths[0]+"/newest", press)
	_, newest, _ := strings.Cut(on.header.Get("Location"), ":8080")
	if on.status != http.StatusSeeOther || !strings.HasPrefix(newest, "/q/") {
		t.Fatalf("led on: %d to %q", on.status, on.header.Get("Location"))
	}
	want(t, w.get(t, newest), http.StatusOK, "What changed since version 1", "Premium", "Choose and sign")
	want(t, w.post(t, o.paths[0]+"/newest", press), http.StatusConflict, "Press the button once more")
	want(t, w.post(t, o.paths[1]+"/newest", key(1)), http.StatusConflict, "The new version went to another address.")
	want(t, w.post(t, newest+"/newest", key(2)), http.StatusSeeOther)
}

func TestEveryEndSaysWhatHoldsAndWhomToReach(t *testing.T) {
	t.Parallel()
	w := setup(t)
	declined := w.sent(t, "Dana Ruiz").paths[0]
	late := w.signing(t, declined, "tier=premium")
	want(t, w.post(t, declined+"/decline", url.Values{"reason": {"Too dear"}}), http.StatusSeeOther)
	want(t, w.get(t, declined), http.StatusOK, "This quote was declined on ", `href="tel:+15125550100"`, "mailto:office@alpha.example?subject=Quote%20Q-")
	want(t, w.post(t, declined+"/sign", late), http.StatusConflict, "Nothing was signed: this quote ended")
	want(t, w.post(t, declined+"/decline", key(2)), http.StatusConflict, "This quote was declined on ")

	withdrawn := w.sent(t, "Dana Ruiz")
	a := w.owner(t, testkit.A)
	rec, err := w.quotes.GetQuote(t.Context(), a, withdrawn.id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.quotes.Withdraw(t.Context(), a, withdrawn.id, quoting.WithdrawInput{Version: rec.Quote.Version}); err != nil {
		t.Fatal(err)
	}
	want(t, w.get(t, withdrawn.paths[0]), http.StatusOK, "Alpha Fence withdrew this quote on ")

	expired := w.sent(t, "Dana Ruiz").paths[0]
	form := w.signing(t, expired, "tier=premium")
	w.Advance(t, 60*24*time.Hour)
	want(t, w.get(t, expired), http.StatusOK, "This quote was good until ", "can give this one a new date", "Call 512-555-0100")
	want(t, w.post(t, expired+"/sign", form), http.StatusConflict, "This quote was good until ")
	want(t, w.get(t, expired+"/sign?tier=premium"), http.StatusSeeOther)
}

func TestARecordedAcceptanceIsShownAsSuch(t *testing.T) {
	t.Parallel()
	w := setup(t)
	o := w.sent(t, "Dana Ruiz")
	a := w.owner(t, testkit.A)
	rec, err := w.quotes.GetQuote(t.Context(), a, o.id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.quotes.RecordAcceptance(t.Context(), a, o.id, quoting.RecordAcceptanceInput{
		Choice: quoting.Choice{Option: "basic"}, Version: rec.Quote.Version, Name: "Dana Ruiz", Note: "Signed on paper"})
	if err != nil {
		t.Fatal(err)
	}
	page := w.get(t, o.paths[0])
	want(t, page, http.StatusOK, "Dana Ruiz accepted this quote", "Alpha Fence wrote this down on ")
	lacks(t, page, "Signed on paper", "Thank you")
}

func TestOnlyTheBeaconCountsAView(t *testing.T) {
	t.Parallel()
	w := setup(t)
	o := w.sent(t, "Dana Ruiz")
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, page := range []string{"", "/sign?tier=premium", "/quote.pdf", "/drawing"} {
			if r := w.do(t, testkit.A, method, o.paths[0]+page, nil); r.status != http.StatusOK {
				t.Errorf("%s %s: %d", method, page, r.status)
			}
		}
	}
	if got := w.count(t, views, testkit.A.ID, o.id); got != 0 {
		t.Errorf("%d views by opening, want none", got)
	}
	if r := w.post(t, o.paths[0]+"/view", nil); r.status != http.StatusNoContent {
		t.Errorf("beacon: %d %s", r.status, r.body)
	}
	if got := w.count(t, views, testkit.A.ID, o.id); got != 1 {
		t.Errorf("%d views, want the beacon's", got)
	}
}

// A token of nobody, a token on another company's host and a page that does not exist are the same bytes, in
// which nothing of the contractor stands.
func TestATokenElsewhereIsATokenOfNobody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := w.sent(t, "Dana Ruiz").paths[0]
	form := w.signing(t, path, "tier=premium")
	nobody := w.get(t, "/q/"+strings.Repeat("A", 43))
	want(t, nobody, http.StatusNotFound)
	lacks(t, nobody, "Alpha", "512-555", "TX-1001", "brand.")
	for _, page := range []string{"", "/drawing", "/quote.pdf", "/signed.pdf", "/sign?tier=premium"} {
		for name, got := range map[string]response{
			"other company": w.do(t, testkit.B, http.MethodGet, path+page, nil), "nobody": w.get(t, "/q/"+strings.Repeat("z", 43)+page), "no path": w.get(t, "/nothing/here"),
		} {
			if got.status != http.StatusNotFound || got.body != nobody.body {
				t.Errorf("GET %s of %s: %d, other bytes than a token of nobody", page, name, got.status)
			}
		}
	}
	for _, deed := range []string{"/view", "/sign", "/decline", "/newest"} {
		w.Untouched(t, testkit.A, func() {
			other := w.do(t, testkit.B, http.MethodPost, path+deed, form)
			none := w.post(t, "/q/"+strings.Repeat("z", 43)+deed, form)
			if other.status != http.StatusNotFound || other.body != nobody.body || none.body != nobody.body {
				t.Errorf("POST %s: %d and %d, want the bytes of a token of nobody", deed, other.status, none.status)
			}
		})
	}
}

// Whatever became of the contractor's plan, his customers sign.
func TestAHomeownerIsNeverPunished(t *testing.T) {
	t.Parallel()
	w := setup(t)
	quotes := []offer{w.sent(t, "Dana Ruiz"), w.sent(t, "Dana Ruiz")}
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = app.now() - interval '29 days' WHERE org_id = $1`, testkit.A.ID)
	a, err := tenancy.InTask(t.Context(), w.App, testkit.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.RequireWritable(time.Now()); err == nil {
		t.Fatal("the company is not read-only")
	}
	path := quotes[0].paths[0]
	want(t, w.get(t, path), http.StatusOK, "Choose and sign")
	want(t, w.post(t, path+"/view", nil), http.StatusNoContent)
	want(t, w.post(t, path+"/sign", w.signing(t, path, "tier=premium")), http.StatusSeeOther)
	w.Exec(t, `UPDATE app.organizations SET plan = 'starter', trial_ends_at = NULL WHERE org_id = $1`, testkit.A.ID)
	w.Exec(t, `INSERT INTO app.usage_counters (org_id, metric, period_start, period_end, used)
		SELECT $1, 'jobs', period_start, period_end, 5000 FROM app.usage_counters WHERE org_id = $1 AND metric = 'quotes' ON CONFLICT DO NOTHING`, testkit.A.ID)
	path = quotes[1].paths[0]
	want(t, w.post(t, path+"/decline", key(1)), http.StatusSeeOther)
	page := w.get(t, path)
	want(t, page, http.StatusOK, "declined")
	lacks(t, page, "plan", "trial", "read-only")
}

// A company that is dormant answers every link with who it is and how to call it, the link of nobody too.
func TestADormantCompanysLinksSayWhomToCall(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := w.sent(t, "Dana Ruiz").paths[0]
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = app.now() - interval '30 days' WHERE org_id = $1`, testkit.A.ID)
	w.Untouched(t, testkit.A, func() {
		page, nobody := w.get(t, path), w.get(t, "/q/"+strings.Repeat("z", 43))
		want(t, page, http.StatusForbidden, "Alpha Fence cannot show its quotes here", "512-555-0100")
		lacks(t, page, "Dana", "plan", "trial", "Q-20")
		if page.body != nobody.body {
			t.Error("the link of a quote and one of nobody are answered differently")
		}
		want(t, w.post(t, path+"/view", nil), http.StatusForbidden)
		want(t, w.get(t, path+"/quote.pdf"), http.StatusForbidden, "512-555-0100")
	})
	w.Exec(t, `UPDATE app.organizations SET phone = '', email = 'office@alpha.example' WHERE org_id = $1`, testkit.A.ID)
	page := w.get(t, path)
	want(t, page, http.StatusForbidden, "Write to Alpha Fence", "mailto:office@alpha.example")
	lacks(t, page, "Call")
	w.Exec(t, `UPDATE app.organizations SET email = '' WHERE org_id = $1`, testkit.A.ID)
	want(t, w.get(t, path), http.StatusForbidden, "Answer the mail that brought you here")
	w.Exec(t, `UPDATE app.organizations SET plan = 'starter' WHERE org_id = $1`, testkit.A.ID)
	want(t, w.get(t, path), http.StatusOK, "Choose and sign")
}

func TestAnotherSitesPageSignsNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	o := w.sent(t, "Dana Ruiz")
	form := w.signing(t, o.paths[0], "tier=premium")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+o.paths[0]+"/sign", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "alpha.fence.localhost:8080"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("sent from another site: %d, want 403", answer.StatusCode)
	}
}

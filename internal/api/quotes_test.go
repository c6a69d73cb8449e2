package api

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/testkit"
)

func containsMember(body, quoted string) bool { return strings.Contains(body, quoted+":") }

func TestAYardBecomesASignedQuote(t *testing.T) {
	t.Parallel()
	w := setup(t)
	made := read[createdCustomer](t, w.as(t, "POST", "/v1/customers", `{"name":"Ana Li","email":"ana@example.com","property":{"street":"1 Elm St","zip":"78701"}}`), 201)
	drawn := read[savedSketch](t, w.as(t, "POST", "/v1/sketches", fmt.Sprintf(`{"property_id":"%s","layout":%s}`, made.Property.ID, yard)), 201)
	prices := read[pricedDrawing](t, w.as(t, "POST", "/v1/sketches/"+drawn.ID.String()+"/price", ""), 200)
	if len(prices.Tiers) != 3 || prices.Tiers[1].TakeOff.Posts.Total != 20 || prices.Tiers[1].Cost == nil {
		t.Fatalf("priced: %+v", prices)
	}
	q := read[quoteChanged](t, w.as(t, "POST", "/v1/quotes", fmt.Sprintf(`{"sketch_id":"%s"}`, drawn.ID)), 201)
	path := "/v1/quotes/" + q.ID.String()
	draft := read[quote](t, w.as(t, "GET", path, ""), 200)
	answers := []string{`"nothing-excluded":"Seen"`}
	for _, c := range draft.Checks {
		answers = append(answers, fmt.Sprintf("%q:%q", c.Key, "Measured"))
	}
	read[quoteChanged](t, w.as(t, "PATCH", path, `{"extras":[{"kind":"labor","description":"Clear brush","quantity":1,"unit":"job","price_cents":25000,"optional":true}]}`, "If-Match", `"1"`), 200)
	read[quoteChanged](t, w.as(t, "PATCH", path, `{"settings":{"discount_bp":500,"not_included":["Rock"]},"answers":{`+strings.Join(answers[1:], ",")+`}}`, "If-Match", `"2"`), 200)
	draft = read[quote](t, w.as(t, "GET", path, ""), 200)
	if v := draft.Versions[0]; v.Settings.DiscountBP != 500 || len(v.Options) != 3 || !hasLine(v.Options[1], "Clear brush") || v.Settings.ValidityDays != 30 {
		t.Fatalf("two patches left %+v", v.Settings)
	}
	sent := read[sentQuote](t, w.as(t, "POST", path+"/send", `{"recipients":[{"name":"Ana","email":"ana@example.com"}],"copy_link":true}`, "If-Match", `"3"`), 200)
	if len(sent.Links) != 2 {
		t.Fatalf("links: %+v", sent.Links)
	}
	public := "/v1/public/quotes/" + sent.Links[0].URL[strings.LastIndex(sent.Links[0].URL, "/")+1:]
	shown := read[publicQuote](t, w.send(t, request{method: "GET", path: public}), 200)
	option, found := shown.Document.Option("elite")
	if !found || shown.Status != "sent" {
		t.Fatalf("shown: %+v", shown)
	}
	sign := fmt.Sprintf(`{"option":"elite","extras":["%s"],"total_cents":%d,"document_hash":"%s","consent":true,"name":"Ana Li","signature":{"kind":"typed"}}`,
		option.Extras[0].Key, option.TotalCents+option.Extras[0].PriceCents+option.Extras[0].TaxCents, shown.DocumentHash)
	wantProblem(t, w.send(t, request{method: "POST", path: public + "/accept", body: strings.Replace(sign, `"total_cents":`, `"total_cents":1`, 1)}), 409, "total-changed")
	wantProblem(t, w.send(t, request{method: "POST", path: public + "/accept", body: strings.Replace(sign, shown.DocumentHash, "00", 1)}), 409, "quote-changed")
	var all sync.WaitGroup
	signatures := make([]response, 2)
	for i := range signatures {
		all.Go(func() { signatures[i] = w.send(t, request{method: "POST", path: public + "/accept", body: sign}) })
	}
	all.Wait()
	if a, b := signatures[0].status, signatures[1].status; a+b != 200+409 {
		t.Errorf("two who sign at once: %d and %d, want one winner", a, b)
	}
	wantProblem(t, w.send(t, request{method: "POST", path: public + "/decline", body: `{}`}), 409, "quote-accepted")
	final := read[quote](t, w.as(t, "GET", path, ""), 200)
	if final.Quote.Status != "accepted" || final.Acceptance == nil || final.Acceptance.SignerName != "Ana Li" || final.Acceptance.SignatureKind != "typed" {
		t.Errorf("in the end: %+v, %+v", final.Quote, final.Acceptance)
	}
	pdf := w.as(t, "GET", path+"/versions/1/pdf", "")
	if pdf.status != 200 || pdf.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.body, "%PDF-") || !strings.HasPrefix(pdf.header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("the paper: %d %v", pdf.status, pdf.header)
	}
}

func hasLine(o quoteOption, description string) bool {
	for _, l := range o.Lines {
		if l.Description == description {
			return true
		}
	}
	return false
}

func TestASentQuoteSaysWhyItCannotBeEdited(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := fixtures(testkit.A)
	newSent(t, w, &r)
	path := "/v1/quotes/" + r.Quote.String()
	wantProblem(t, w.as(t, "PATCH", path, `{"settings":{"discount_bp":1}}`, "If-Match", w.as(t, "GET", path, "").header.Get("ETag")), 409, "quote-sent")
	wantProblem(t, w.as(t, "PATCH", path, `{"settings":{"discount_bp":10001}}`, "If-Match", `"1"`), 422, "invalid-input", "/settings/discount_bp")
	wantProblem(t, w.as(t, "PATCH", path, `{"extras":[{"kind":"luck","description":"x","quantity":1,"price_cents":1}]}`, "If-Match", `"1"`), 422, "invalid-input", "/extras/0/kind")
}

func TestTheEngineAnswersItsDocuments(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if got := w.as(t, "POST", "/v1/takeoff", yard); !strings.Contains(got.body, `"total":20`) || !containsMember(got.body, `"placed"`) {
		t.Errorf("take-off: %d %s", got.status, got.body)
	}
	check := `{"kind":"lifecycle","horizon_years":20,"discount_rate":0.05,"inflation_rate":0.03,
		"a":{"name":"wood","installed_cents":450000,"annual_maintenance_cents":35000,"replacement_years":[15]},"b":{"name":"vinyl","installed_cents":675000,"annual_maintenance_cents":10000}}`
	if got := w.as(t, "POST", "/v1/roi", check); !strings.Contains(got.body, `"npv_cents":523327`) {
		t.Errorf("roi: %d %s", got.status, got.body)
	}
	wantProblem(t, w.as(t, "POST", "/v1/takeoff", strings.Replace(yard, `"offset_ft":8`, `"offset_ft":80`, 1)), 422, "invalid-input", "/gates/0/offset_ft")
	wantProblem(t, w.as(t, "POST", "/v1/takeoff", strings.Replace(yard, `"gates"`, `"doors"`, 1)), 422, "invalid-input", "/doors")
	wantProblem(t, w.as(t, "POST", "/v1/price", `{"layout":`+yard+`,"prices":{"items":{}},"method":{"kind":"margin","pct":35}}`), 422, "invalid-input", "/prices/items/picket")
	wantProblem(t, w.as(t, "POST", "/v1/roi", `{"kind":"luck"}`), 422, "invalid-input", "/kind")
	nodes := strings.Repeat(`{"id":"n","x":0,"y":0},`, 40_000)
	wantProblem(t, w.as(t, "POST", "/v1/takeoff", `{"nodes":[`+nodes+`{"id":"z","x":0,"y":0}],"segments":[],"style":{"kind":"wood"}}`), 422, "invalid-input", "/nodes")
}
